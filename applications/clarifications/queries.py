"""What pages and notices need of clarifications, starting from who asks."""

from collections.abc import Iterable
from typing import Any

from django.db.models import DateTimeField, OuterRef, QuerySet, Subquery

from applications.models import Clarification, ClarificationState, StageEntry
from applications.standing_time import Interval


def clarifications_for(person: Any) -> "QuerySet[Clarification]":
    """Return the clarifications of the applications that the person may know of, with what every list of them shows."""
    rows: QuerySet[Clarification] = Clarification.objects.filter(entry__in=StageEntry.objects.visible_to(person))
    return rows.select_related(
        "entry__stage__call", "entry__application__municipality__country", "entry__application__lot", "asked_by"
    )


def asked_of(entry: StageEntry) -> list[Clarification]:
    """Return all that was asked of an application in a stage, the latest first, with both submissions; one query."""
    rows = Clarification.objects.filter(entry=entry).select_related("about", "answer", "asked_by", "closed_by")
    return list(rows.order_by("-asked_at", "-pk"))


def open_of(entry: StageEntry) -> Clarification | None:
    """Return what is asked of an application now, None where nothing is."""
    found: Clarification | None = (
        Clarification.objects.filter(entry=entry, state=ClarificationState.OPEN).select_related("about").first()
    )
    return found


def due_at(entry: str = "pk") -> Subquery:
    """Return until when an open clarification is to be answered, for ``annotate``; nothing where none is open.

    Args:
        entry: the way to the entry from the rows of the query set.
    """
    asked = Clarification.objects.filter(entry=OuterRef(entry), state=ClarificationState.OPEN)
    return Subquery(asked.values("due_at")[:1], output_field=DateTimeField())


def intervals_of(clarifications: Iterable[Clarification]) -> list[Interval]:
    """Return when the clock of the time limits stood still."""
    return [(one.asked_at, one.closed_at) for one in clarifications]
