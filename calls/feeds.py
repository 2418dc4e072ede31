"""Atom feeds: the calls as they are published, and what is new in one call. One feed for each language."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape, linebreaks
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls import changes, outlets, queries, registry, timeline
from calls.models import Call
from calls.pages.cards import card
from portal import clock
from portal.content.identity import identity

CONTENT_TYPE: Final = "application/atom+xml; charset=utf-8"
LENGTH: Final = 50
"""How many of the newest entries a feed has."""


@dataclass(frozen=True)
class Entry:
    """One entry; ``key`` is the same for ever, ``html`` is safe, ``url`` is from the root of the site."""

    key: str
    title: str
    html: str
    url: str
    published: datetime
    updated: datetime
    categories: tuple[str, ...]


_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Signs that no XML can hold (XML 1.0, 2.2)."""


def _tag(key: str, year: int) -> str:
    """Return a name for an entry that stays when the site moves within its host (RFC 4151)."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"tag:{host},{year}:{get_language()}/{key}"


class EntryFeed(Feed[Any, Any]):
    """A feed whose items are entries. Parts of a call make theirs of it (``calls/enquiries``)."""

    feed_type = Atom1Feed

    def author_name(self) -> str:
        return identity().name

    def item_title(self, item: Entry) -> str:
        return _UNWRITABLE.sub("", item.title)

    def item_description(self, item: Entry) -> str:
        return _UNWRITABLE.sub("", item.html)

    def item_link(self, item: Entry) -> str:
        return outlets.absolute(item.url)

    def item_guid(self, item: Entry) -> str:
        return _tag(item.key, item.published.year)

    def item_pubdate(self, item: Entry) -> datetime:
        return item.published

    def item_updateddate(self, item: Entry) -> datetime:
        return item.updated

    def item_categories(self, item: Entry) -> tuple[str, ...]:
        return item.categories


class CallsFeed(EntryFeed):
    """The public calls, the newest first; the query string narrows them as it does the list."""

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpRequest:
        return request

    def title(self, request: HttpRequest) -> str:
        return " · ".join((_("Calls for proposals"), identity().name))

    def subtitle(self, request: HttpRequest) -> str:
        return _("Calls as they are published")

    def link(self, request: HttpRequest) -> str:
        query = request.GET.urlencode()
        return outlets.absolute(reverse("calls:list")) + (f"?{query}" if query else "")

    def feed_url(self, request: HttpRequest) -> str:
        return outlets.absolute(request.get_full_path())

    def items(self, request: HttpRequest) -> list[Entry]:
        calls = list(outlets.chosen(request).order_by("-published_at", "code")[:LENGTH])
        known, names = changes.revisions(calls), queries.country_names()
        return [_of_call(call, known[call.pk].moment, names) for call in calls]


def _of_call(call: Call, updated: datetime, countries: dict[str, str]) -> Entry:
    stages = list(call.stages.all())
    shown = card(call, clock.now(), countries, decided=False)
    stage = timeline.current(stages, clock.now())
    facts = "".join(f"<li>{escape(fact.term)}: {escape(fact.text)}</li>" for fact in shown.facts)
    kinds = [str(stage.get_kind_display())] if stage else []
    return Entry(
        key=call.code,
        title=call.title,
        html=f"{linebreaks(call.summary, autoescape=True)}<ul>{facts}</ul>",
        url=shown.url,
        published=call.published_at or updated,
        updated=updated,
        categories=(call.programme.title, *kinds, *(countries.get(code, code) for code in call.countries)),
    )


class NewsFeed(EntryFeed):
    """What is new in one call, the newest first."""

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Call:
        call = outlets.public_call(kwargs["code"])
        if call is None:
            raise Http404
        return call

    def title(self, call: Call) -> str:
        return _("What is new: %(call)s") % {"call": call.title}

    def subtitle(self, call: Call) -> str:
        return call.summary

    def link(self, call: Call) -> str:
        return outlets.absolute(reverse("calls:detail", args=[call.code]))

    def feed_url(self, call: Call) -> str:
        return outlets.absolute(reverse("calls:feed", args=[call.code]))

    def categories(self, call: Call) -> tuple[str, ...]:
        return (call.programme.title, call.code)

    def items(self, call: Call) -> list[Entry]:
        return [_of_news(call, item) for item in registry.news_of(call)[:LENGTH]]


def _of_news(call: Call, item: registry.NewsItem) -> Entry:
    html = str(linebreaks(item.text, autoescape=True))
    return Entry(f"{call.code}/{item.key}", item.title, html, item.url, item.moment, item.moment, (call.code,))


def served(feed: EntryFeed) -> Callable[..., HttpResponse]:
    """Return the view of a feed, which answers conditionally (``outlets.answer``)."""

    def view(request: HttpRequest, **named: str) -> HttpResponse:
        made = feed(request, **named)
        return outlets.answer(request, made.content, CONTENT_TYPE)

    return require_safe(view)


calls = served(CallsFeed())
news = served(NewsFeed())
