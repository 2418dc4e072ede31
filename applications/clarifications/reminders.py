"""Reminding a municipality that a clarification waits for its answer."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from applications.clarifications.telling import context_of, writers_of
from applications.models import Clarification, ClarificationState
from portal.content import formatting
from portal.notices.models import Message
from portal.notices.registry import Reminder

THRESHOLDS = (timedelta(hours=3), timedelta(days=1), timedelta(days=3))
"""How long before its end a request is reminded of, the nearest first."""
KIND = "clarification_reminder"


def due_reminders(now: datetime) -> Iterator[Reminder]:
    """Yield the reminders that are due: the nearest threshold that has passed, once for each head and editor.

    A request made later than a threshold is not reminded of that one; after missed beats only the nearest one is due.
    """
    rows = Clarification.objects.filter(
        state=ClarificationState.OPEN, due_at__gt=now, due_at__lte=now + max(THRESHOLDS)
    ).select_related("about", "entry__stage__call", "entry__application__municipality__country")
    for asked in rows:
        if (threshold := _threshold(asked, now)) is not None:
            yield from _of(asked, threshold, now)


def _threshold(asked: Clarification, now: datetime) -> timedelta | None:
    nearest = next((one for one in THRESHOLDS if asked.due_at - now <= one), None)
    return nearest if nearest and asked.asked_at <= asked.due_at - nearest else None


def _of(asked: Clarification, threshold: timedelta, now: datetime) -> Iterator[Reminder]:
    hours = int(threshold.total_seconds()) // 3600
    keys = {f"{KIND}:{person.pk}:{asked.pk}:{hours}h": person for person in writers_of(asked)}
    written = set(Message.objects.filter(key__in=list(keys)).values_list("key", flat=True))
    for key, person in keys.items():
        if key not in written:
            left = formatting.span(asked.due_at - now, person.language)
            yield Reminder(KIND, person, key, {**context_of(asked, person), "left": left})
