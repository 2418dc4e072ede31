"""Reminding those who write a draft of its deadline, and of what is missing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import translation

from applications.messages import say
from applications.models import StageEntry
from applications.queries import Dossier, dossiers_of
from applications.rules import WRITERS
from calls.models import CallState, Extension
from portal.accounts.models import Membership, Person
from portal.content import formatting
from portal.notices.models import Message
from portal.notices.registry import Reminder

THRESHOLDS = (timedelta(hours=3), timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=14))
"""How long before a deadline drafts are reminded (facts of the field: deadlines), the nearest first."""
KIND = "draft_deadline"
FEW = 5
"""So many missing answers are named; of the others the number is told."""


@dataclass(frozen=True)
class _Due:
    """A reminder that would be due, before it is known whether it was written."""

    entry: StageEntry
    person: Person
    key: str


def due_reminders(now: datetime) -> Iterator[Reminder]:
    """Yield the reminders that are due: for each draft the nearest threshold that has passed, once for each writer.

    After missed beats only the nearest one is due. A draft begun later than a threshold is not reminded of that one. A
    deadline that moves is a new deadline, with its own reminders; so is the end of a municipality's extension.
    """
    entries = [entry for entry in _drafts(now) if _threshold(entry, now)]
    due = list(_unwritten(list(_expected(entries, now))))
    dossiers = {dossier.entry.pk: dossier for dossier in dossiers_of({d.entry.pk: d.entry for d in due}.values())}
    for item in due:
        yield Reminder(KIND, item.person, item.key, _context(item, dossiers[item.entry.pk], now))


def _drafts(now: datetime) -> Iterable[StageEntry]:
    # An extension's end is never before the deadline, so whose deadline is further away need not be looked at.
    extended = Extension.objects.in_force().filter(until__gt=now).values("stage")
    drafts: Any = StageEntry.objects.drafts().with_deadline()
    rows: QuerySet[StageEntry] = drafts.filter(
        Q(stage__deadline__gt=now) | Q(stage__in=extended),
        stage__deadline__lte=now + max(THRESHOLDS),
        closes_at__gt=now,
        closes_at__lte=now + max(THRESHOLDS),
        stage__opens_at__lte=now,
        stage__call__state=CallState.PUBLISHED,
    )
    return rows.select_related("stage__call", "application__lot", "application__municipality__country").iterator()


def _threshold(entry: StageEntry, now: datetime) -> timedelta | None:
    """Return the nearest threshold that has passed, where the draft was there when it passed."""
    left = entry.deadline - now
    nearest = next((threshold for threshold in THRESHOLDS if left <= threshold), None)
    if nearest is None or entry.created_at > entry.deadline - nearest:
        return None
    return nearest


def _expected(entries: list[StageEntry], now: datetime) -> Iterator[_Due]:
    municipalities = {entry.application.municipality_id for entry in entries}
    writers: dict[int, list[Person]] = {}
    held = Membership.objects.in_force().filter(
        municipality__in=municipalities, role__in=WRITERS, person__is_active=True
    )
    for membership in held.select_related("person"):
        writers.setdefault(membership.municipality_id, []).append(membership.person)
    for entry in entries:
        for person in writers.get(entry.application.municipality_id, []):
            threshold = _threshold(entry, now)
            hours = int(threshold.total_seconds()) // 3600 if threshold else 0
            key = f"{KIND}:{person.pk}:{entry.pk}:{hours}h:{entry.deadline.isoformat()}"
            yield _Due(entry, person, key)


def _unwritten(due: list[_Due]) -> Iterator[_Due]:
    """Leave out what was written; the key in the outbox decides all the same when two sweeps run at once."""
    written = set(Message.objects.filter(key__in=[item.key for item in due]).values_list("key", flat=True))
    return (item for item in due if item.key not in written)


def _context(item: _Due, dossier: Dossier, now: datetime) -> dict[str, object]:
    problems = dossier.sheet.problems
    entry = item.entry
    questions = {q.key: q for section in dossier.sheet.sections for q in section.questions}
    with translation.override(item.person.language):
        labels = list(dict.fromkeys(say(questions[p.key].label) for p in problems if p.key in questions))
    return {
        "entry": entry,
        "call": entry.stage.call,
        "application": entry.application,
        "municipality": entry.application.municipality,
        "deadline": entry.deadline,
        "zones": list(dict.fromkeys([entry.stage.call.time_zone, entry.application.municipality.country.time_zone])),
        "left": formatting.span(entry.deadline - now, item.person.language),
        "missing": len(problems),
        "labels": labels[:FEW],
        "more": max(0, len(labels) - FEW),
    }
