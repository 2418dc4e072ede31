"""Reminding those who write of the deadline: of a draft and what is missing, and of changes that were not submitted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import translation

from applications.messages import exact_clocks, say
from applications.models import EntryState, StageEntry
from applications.pages.versions import unsent_labels
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
REOPENED = "reopened_deadline"
_IS_REOPENED = Q(state=EntryState.SUBMITTED, reopened_at__isnull=False)
FEW = 5
"""So many missing answers are named; of the others the number is told."""


@dataclass(frozen=True)
class _Due:
    """A reminder that would be due, before it is known whether it was written."""

    kind: str
    entry: StageEntry
    person: Person
    key: str


def due_reminders(now: datetime) -> Iterator[Reminder]:
    """Yield the reminders that are due: for each draft the nearest threshold that has passed, once for each writer.

    After missed beats only the nearest one is due. A draft begun later than a threshold is not reminded of that one. A
    deadline that moves is a new deadline, with its own reminders; so is the end of a municipality's extension. Of what
    was submitted and opened for change people are reminded where anything was changed.
    """
    entries = [entry for entry in _drafts(now) if _threshold(entry, now)]
    due = list(_unwritten(list(_expected(entries, now))))
    dossiers = {dossier.entry.pk: dossier for dossier in dossiers_of({d.entry.pk: d.entry for d in due}.values())}
    for item in due:
        dossier = dossiers[item.entry.pk]
        if item.kind == KIND:
            yield Reminder(KIND, item.person, item.key, _context(item, dossier, now))
        elif changed := _changed(item, dossier):
            yield Reminder(REOPENED, item.person, item.key, {**_context(item, dossier, now), **changed})


def _drafts(now: datetime) -> Iterable[StageEntry]:
    # An extension's end is never before the deadline, so whose deadline is further away need not be looked at.
    extended = Extension.objects.in_force().filter(until__gt=now).values("stage")
    written: Any = StageEntry.objects.filter(Q(state=EntryState.DRAFT) | _IS_REOPENED).with_deadline()
    rows: QuerySet[StageEntry] = written.filter(
        Q(stage__deadline__gt=now) | Q(stage__in=extended),
        stage__deadline__lte=now + max(THRESHOLDS),
        closes_at__gt=now,
        closes_at__lte=now + max(THRESHOLDS),
        stage__opens_at__lte=now,
        stage__call__state=CallState.PUBLISHED,
    )
    related = ("stage__call", "application__lot", "application__municipality__country", "submission")
    return rows.select_related(*related).iterator()


def _threshold(entry: StageEntry, now: datetime) -> timedelta | None:
    """Return the nearest threshold that has passed, where the draft was there, or opened for change, when it passed."""
    left = entry.deadline - now
    nearest = next((threshold for threshold in THRESHOLDS if left <= threshold), None)
    if nearest is None or (entry.reopened_at or entry.created_at) > entry.deadline - nearest:
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
            kind = REOPENED if entry.reopened else KIND
            key = f"{kind}:{person.pk}:{entry.pk}:{hours}h:{entry.deadline.isoformat()}"
            yield _Due(kind, entry, person, key)


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
        "zones": entry.zones,
        "left": formatting.span(entry.deadline - now, item.person.language),
        "missing": len(problems),
        "labels": labels[:FEW],
        "more": max(0, len(labels) - FEW),
    }


def _changed(item: _Due, dossier: Dossier) -> dict[str, object]:
    """Return what a reminder says of changes that were not submitted; nothing where there are none."""
    entry, submission = item.entry, item.entry.submission
    if submission is None:
        return {}
    with translation.override(item.person.language):
        labels = unsent_labels(dossier, submission)
    if not labels:
        return {}
    return {
        "submission": submission,
        "clocks": exact_clocks(submission.received_at, entry.zones, item.person.language),
        "changed": len(labels),
        "labels": labels[:FEW],
        "more": max(0, len(labels) - FEW),
    }
