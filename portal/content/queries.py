"""What the foot of every page shows. It is kept in the cache, since every page asks for it."""

from dataclasses import dataclass
from typing import cast

from django.core.cache import cache
from django.urls import reverse

from portal import languages
from portal.accounts.models import CountryOffice
from portal.content import registry
from portal.content.models import Page

_KEPT_SECONDS = 300


@dataclass(frozen=True)
class Link:
    """A title and where it leads."""

    title: str
    url: str


@dataclass(frozen=True)
class Office:
    """Whom a municipality of a country asks."""

    name: str
    email: str


@dataclass(frozen=True)
class Footer:
    """The pages, with those that the apps registered, and the country offices, in the reader's language."""

    pages: list[Link]
    offices: list[Office]


def _key(language: str) -> str:
    return f"content:footer:{language}"


def _read_footer() -> Footer:
    pages = [Link(page.title, page.get_absolute_url()) for page in Page.objects.for_footer()]
    pages += [Link(str(entry.title), reverse(entry.route)) for entry in registry.footer_links]
    return Footer(pages, [Office(office.name, office.email) for office in CountryOffice.objects.all()])


def footer() -> Footer:
    """Return the footer in the active language; a change of an office is seen after five minutes at the latest."""
    return cast(Footer, cache.get_or_set(_key(languages.active()), _read_footer, _KEPT_SECONDS))


def forget_footer() -> None:
    """Make the next page read the footer anew."""
    cache.delete_many([_key(language) for language in languages.spoken()])
