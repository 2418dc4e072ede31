"""Where the parts of the call itself are listed."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from calls.models import Call


def listed_at(name: str) -> Callable[[Any], str]:
    """Return the function that leads from a row of the call to the list of its siblings."""

    def back(row: Any) -> str:
        return reverse("admin:calls_setup_list", args=[row.call_id, name])

    return back


def setup_of(call: Call) -> str:
    """Return the address of the checklist of a call."""
    return reverse("admin:calls_setup", args=[call.pk])
