"""My searches: the calls that a person follows and the searches that they keep."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.urls import reverse

from calls import queries, registry
from calls.filters import CallFilter
from calls.models import Call, CallSubscription, SavedSearch
from calls.pages import cards, finding
from calls.pages.cards import Card
from calls.pages.finding import Tag
from portal.accounts.models import Person


@dataclass(frozen=True)
class Followed:
    """A call that a person follows."""

    card: Card
    unfollow_url: str


@dataclass(frozen=True)
class Kept:
    """A search that a person keeps. ``wrong`` says that a filter in it means nothing any more."""

    pk: int
    name: str
    url: str
    tags: list[Tag]
    alerts: bool
    wrong: bool


@dataclass(frozen=True)
class KeptPage:
    """What calls/searches.html prints."""

    followed: list[Followed]
    searches: list[Kept]


def prepare(person: Person, now: datetime) -> KeptPage:
    """Return what a person follows and keeps, in the same number of queries for any number of these."""
    countries = queries.country_names()
    rows = CallSubscription.objects.visible_to(person).values("call")
    calls = list(queries.listed(now).filter(pk__in=rows))
    shown = cards.cards(calls, now, countries, registry.decided_among(call.pk for call in calls))
    urls = [reverse("calls:unfollow", args=[call.code]) for call in calls]
    return KeptPage(
        followed=[Followed(card, url) for card, url in zip(shown, urls, strict=True)],
        searches=list(_searches(SavedSearch.objects.visible_to(person), countries, queries.programme_titles())),
    )


def _searches(searches: Iterable[SavedSearch], countries: dict[str, str], programmes: dict[str, str]) -> Iterator[Kept]:
    for search in searches:
        data = QueryDict(search.query)
        found = CallFilter(data, queryset=Call.objects.none(), countries=countries, programmes=programmes)
        url = f"{reverse('calls:list')}{'?' if search.query else ''}{search.query}"
        yield Kept(search.pk, search.name, url, finding.tags_of(found), search.alerts, not found.is_valid())
