"""sitemap.xml and robots.txt: the public pages for search engines, each in every language in which it is written."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from calls import changes, outlets
from calls.models import Call
from portal.content.models import Page
from portal.languages import spoken

_CLOSED = ("admin/", "accounts/", "applications/", "grants/", "letters/")
"""Below the prefix of a language: what is for people who have logged in."""


class _InEachLanguage(Sitemap[Any]):
    """Pages at the address of the site by the settings, each with its other languages."""

    i18n = True
    alternates = True
    x_default = True

    def __init__(self) -> None:
        self.protocol = urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return str(urlsplit(settings.SITE_URL).netloc)


class SitePages(_InEachLanguage):
    """The home page, the list of calls, and the page about open data."""

    def items(self) -> list[str]:
        return ["home", "calls:list", "calls:opendata"]

    def location(self, item: str) -> str:
        return reverse(item)


class TextPages(_InEachLanguage):
    """About, help, privacy and the like."""

    def items(self) -> Iterable[Page]:
        return list(Page.objects.all())

    def location(self, item: Page) -> str:
        return item.get_absolute_url()


class CallPages(_InEachLanguage):
    """The public calls, in the languages in which they are written."""

    def items(self) -> list[Call]:
        calls = list(Call.objects.public().order_by("-published_at", "code"))
        self._revisions = changes.revisions(calls)
        return calls

    def get_languages_for_item(self, item: Call) -> list[str]:
        return list(outlets.languages_of(item))

    def location(self, item: Call) -> str:
        return reverse("calls:detail", args=[item.code])

    def lastmod(self, item: Call) -> datetime:
        return self._revisions[item.pk].moment


class QuestionPages(CallPages):
    """All questions of each public call."""

    def location(self, item: Call) -> str:
        return reverse("calls:questions", args=[item.code])


SITEMAPS: Final = (SitePages, TextPages, CallPages, QuestionPages)
_KEY: Final = "calls:sitemap"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Give the sitemap. It is kept for a while: with thousands of calls it takes seconds to write."""
    content = cache.get_or_set(_KEY, _written, outlets.FRESH_SECONDS)
    return outlets.answer(request, cast(bytes, content), "application/xml")


def _written() -> bytes:
    rows = [row for part in SITEMAPS for row in part().get_urls()]
    return render_to_string("sitemap.xml", {"urlset": rows}).encode()


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines what is not for them, and where the list of pages is."""
    closed = [f"Disallow: /{language}/{path}" for language in spoken() for path in _CLOSED]
    lines = ["User-agent: *", *closed, "", f"Sitemap: {outlets.absolute(reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
