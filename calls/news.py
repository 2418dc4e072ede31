"""What every call has to tell by itself: that it was published, and that it was cancelled."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from calls import changes, registry
from calls.models import Call
from calls.pages.voice import Voice
from calls.registry import NewsItem


def of_the_call(call: Call) -> Iterator[NewsItem]:
    """Tell of the call's publication and, where it was cancelled, of that; no query for a call that was not."""
    url = reverse("calls:detail", args=[call.code])
    if call.published_at:
        yield NewsItem(call.published_at, _("The call was published"), "", url, "published")
    for moment in changes.cancelled_at([call]).values():
        yield NewsItem(moment, _("The call was cancelled"), _("Applications are no longer taken."), url, "cancelled")


@dataclass(frozen=True)
class NewsRow:
    """One line of «What is new» on the page of a call; ``url`` is empty where it leads to that very page."""

    when: str
    iso: str
    title: str
    text: str
    url: str


def rows(call: Call, voice: Voice) -> list[NewsRow]:
    """Return what is new in a call, the newest first, as its page prints it."""
    own = reverse("calls:detail", args=[call.code])
    return [_row(item, voice, "" if item.url == own else item.url) for item in registry.news_of(call)]


def _row(item: NewsItem, voice: Voice, url: str) -> NewsRow:
    return NewsRow(voice.moment(item.moment), item.moment.isoformat(), item.title, item.text, url)
