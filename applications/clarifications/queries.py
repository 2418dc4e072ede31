"""What pages and notices need of clarifications, starting from who asks."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from applications.models import Clarification, StageEntry
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


def intervals_of(clarifications: Iterable[Clarification]) -> list[Interval]:
    """Return when the clock of the time limits stood still."""
    return [(one.asked_at, one.closed_at) for one in clarifications]
