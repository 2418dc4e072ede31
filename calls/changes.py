"""When the content of calls last changed and how often, read from their history.

What calendars, feeds, sitemap and open data say of a change rests on this alone: nothing has to be remembered by
whoever changes a call.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.apps import apps
from django.db.models import Count, F, Max, Min, QuerySet, Value

from calls.models import Call, CallState

_PARTS: Final = {
    "CallEvent": "pgh_obj",
    "StageEvent": "call",
    "LotEvent": "call",
    "ObjectiveEvent": "lot__call",
    "PriorityEvent": "call",
    "EligibilityRuleEvent": "call",
    "CallDocumentEvent": "call",
    "ProgrammeEvent": "pgh_obj__calls",
}
"""The histories that tell of a call, each with the way to it."""


@dataclass(frozen=True)
class Revision:
    """The content of a call as it is now: ``number`` never falls, ``moment`` is that of the last change."""

    number: int
    moment: datetime


def revisions(calls: Iterable[Call]) -> dict[int, Revision]:
    """Return the revision of each published call, by primary key; one query for any number of calls.

    What changed before publication counts in the number, and not in the moment: nobody had seen it.
    """
    published = {call.pk: call.published_at for call in calls if call.published_at}
    if not published:
        return {}
    numbers, moments = dict.fromkeys(published, 0), dict(published)
    for row in _changes(published):
        numbers[row["of"]] += row["number"]
        moments[row["of"]] = max(moments[row["of"]], row["moment"])
    return {key: Revision(numbers[key], moments[key]) for key in published}


def modified(call: Call) -> datetime | None:
    """Return when the content of a call last changed; None for a draft."""
    revision = revisions([call]).get(call.pk)
    return revision.moment if revision else None


def _changes(keys: Iterable[int]) -> "QuerySet[Any, dict[str, Any]]":
    wanted = list(keys)
    first, *others = (
        history(name)
        .filter(**{f"{way}__in": wanted})
        .order_by()
        .values(of=F(way))
        .annotate(number=_number(way), moment=Max("pgh_created_at"))
        for name, way in _PARTS.items()
    )
    united: QuerySet[Any, dict[str, Any]] = first.union(*others, all=True)
    return united


def _number(way: str) -> Any:
    """Count what is found without other tables: what leads over one is lost where its row is deleted."""
    return Value(0) if "__" in way else Count("pgh_id")


def cancelled_at(calls: Iterable[Call]) -> dict[int, datetime]:
    """Return when each of the calls was cancelled, by primary key, also where it was archived afterwards."""
    ended = [call for call in calls if call.state in (CallState.CANCELLED, CallState.ARCHIVED)]
    known = {call.pk: call.cancelled_at for call in ended if call.cancelled_at}
    # Calls that were cancelled before the moment was kept have it in their history alone.
    possible = [call.pk for call in ended if call.pk not in known]
    if not possible:
        return known
    events = history("CallEvent").filter(pgh_obj__in=possible, state=CallState.CANCELLED).order_by()
    rows = events.values("pgh_obj").annotate(moment=Min("pgh_created_at"))
    return known | {row["pgh_obj"]: row["moment"] for row in rows}


def history(name: str) -> "QuerySet[Any]":
    """Return the history that an event model of this app keeps; the models are made when the app is loaded."""
    rows: QuerySet[Any] = apps.get_model("calls", name)._default_manager.all()
    return rows
