"""Telling people of new calls that their saved searches match."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict

from calls import following, queries
from calls.filters import PASSING, CallFilter
from calls.models import Call, CallAnnouncement, CallState, SavedSearch
from portal.accounts.models import Person
from portal.notices.lifecycle import enqueue_all

KIND = "new_call"


def announce(now: datetime) -> int:
    """Tell of the calls that were published since the last sweep; one query where there are none.

    A person is told of a call once, in one message that names all their searches that match. Searches that were kept
    after a call was published do not tell of it; neither do filters tell that only say how one looks at the list
    (``filters.PASSING``): what opens later is new already when it is published.

    Effects: messages, and the mark that a call was announced, in one transaction for each call.

    Returns:
        How many messages were written.
    """
    new = list(_unannounced())
    if not new:
        return 0
    searches = SavedSearch.objects.filter(alerts=True, person__is_active=True, saved_at__lt=max(_moments(new)))
    found = _matches(new, list(searches.select_related("person").order_by("person", "name", "pk")), now)
    unmatched = [CallAnnouncement(call=call) for call in new if call.pk not in found]
    CallAnnouncement.objects.bulk_create(unmatched, ignore_conflicts=True)
    return sum(_announce(call, found[call.pk]) for call in new if call.pk in found)


def _unannounced() -> "QuerySet[Call]":
    new: QuerySet[Call] = Call.objects.filter(state=CallState.PUBLISHED, announcement=None)
    return new.prefetch_related("stages").order_by("published_at", "pk")


def _moments(calls: Iterable[Call]) -> list[datetime]:
    return [call.published_at for call in calls if call.published_at]


def _matches(new: list[Call], searches: list[SavedSearch], now: datetime) -> dict[int, list[SavedSearch]]:
    """Return the searches that match each call: one query for all that have the same filters."""
    alike: dict[str, list[SavedSearch]] = defaultdict(list)
    for search in searches:
        alike[search.query].append(search)
    names = {"countries": queries.country_names(), "programmes": queries.programme_titles()} if searches else {}
    published = {call.pk: call.published_at for call in new if call.published_at}
    found: dict[int, list[SavedSearch]] = defaultdict(list)
    for query, same in alike.items():
        for key in _matching(query, list(published), names, now):
            found[key] += [search for search in same if search.saved_at < published[key]]
    return found


def _matching(query: str, new: list[int], names: dict[str, dict[str, str]], now: datetime) -> list[int]:
    """Return those of the new calls that match; none where a filter means nothing any more."""
    data = QueryDict(query, mutable=True)
    for name in PASSING:
        data.pop(name, None)
    calls = CallFilter(data, queryset=queries.listed(now).filter(pk__in=new), **names)
    return list(calls.qs.values_list("pk", flat=True)) if calls.is_valid() else []


@transaction.atomic
def _announce(call: Call, searches: list[SavedSearch]) -> int:
    """Write the messages about a call, with the mark that it was announced."""
    CallAnnouncement.objects.get_or_create(call=call)
    names: dict[Person, list[str]] = defaultdict(list)
    for search in searches:
        names[search.person].append(search.name)
    messages = enqueue_all(
        KIND,
        names,
        partial(_key, call),
        partial(_context, call, names),
        unsubscribe_for=following.way_out_of_alerts,
    )
    return len(messages)


def _key(call: Call, person: Person) -> str:
    return f"{KIND}:{person.pk}:{call.pk}"


def _context(call: Call, names: dict[Person, list[str]], person: Person) -> dict[str, Any]:
    deadline = min((stage.deadline for stage in call.stages.all()), default=None)
    return {"call": call, "searches": names[person], "deadline": deadline}
