"""The addresses of the pages of an application."""

from django.urls import reverse

from applications.models import StageEntry


def url(name: str, entry: StageEntry, *more: str) -> str:
    """Return the address of a page of an entry."""
    return reverse(f"applications:{name}", args=[entry.pk, *more])
