"""Changing what was submitted, before the deadline: it stands and counts until another submission arrives."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from applications.answers import clean_section
from applications.lifecycle.holding import held
from applications.lifecycle.rewriting import rewrite
from applications.messages import exact_clocks
from applications.models import Attachment, EntryState, StageEntry, Submission
from applications.queries import Dossier, dossier_of
from applications.refusals import NotOpen, TooLate
from calls.models import CallState
from portal import clock
from portal.accounts.models import MemberRole, Person
from portal.accounts.queries import people_of
from portal.documents.models import Scan
from portal.notices.lifecycle import enqueue_all
from portal.transitions import IllegalTransition


class TooLateToChange(TooLate):
    """The deadline has passed: what was submitted stands as it is."""

    def __str__(self) -> str:
        return _("The deadline has passed, so the answers can no longer be changed. What was submitted stands.")


@transaction.atomic
def reopen_application(entry: StageEntry, *, by: Person, received_at: datetime) -> StageEntry:
    """Open the answers of a submitted application for change. Asked twice, nothing more happens.

    Args:
        by: who does it; the caller has asked ``rules.may_reopen``.
        received_at: when the request arrived, aware. Equal to the deadline is in time; there is no grace for it.

    Effects: the answers are those of the submission that stands, and can be changed; it counts until another one
        arrives. A notice to the heads of the municipality, which says so.

    Raises:
        NotOpen: the call is not published.
        TooLateToChange: the deadline, or the end of the municipality's extension, has passed.
        IllegalTransition: it is a draft, was withdrawn, is being clarified, or was decided.
    """
    with held(entry) as locked:
        if locked.reopened:
            return locked
        if locked.state != EntryState.SUBMITTED:
            raise IllegalTransition(locked, EntryState.DRAFT)
        if locked.stage.call.state != CallState.PUBLISHED:
            raise NotOpen
        if received_at > locked.deadline:
            raise TooLateToChange(received_at, locked.deadline)
        bring_back(locked, by=by)
        locked.reopened_at = locked.changed_at = clock.now()
        locked.save(update_fields=["reopened_at", "changed_at"])
        _tell_heads(locked, by)
    return locked


@transaction.atomic
def discard_changes(entry: StageEntry, *, by: Person) -> StageEntry:
    """Give up what was changed since the submission that stands. Asked twice, nothing more happens.

    Effects: answers and files are those of that submission again; what is given up stays in the history of the
        draft.

    Args:
        by: who does it; the caller has asked ``rules.may_edit``.
    """
    with held(entry) as locked:
        if locked.reopened:
            bring_back(locked, by=by)
            locked.reopened_at, locked.changed_at = None, clock.now()
            locked.save(update_fields=["reopened_at", "changed_at"])
    return locked


def bring_back(entry: StageEntry, *, by: Person | None) -> None:
    """Make answers and files of a held entry those of the submission that stands.

    Answers to questions that it did not show stay as they are: they count for nothing, and nothing typed is lost.

    Args:
        by: who does it; None for the portal itself.
    """
    submission, dossier = _standing(entry), dossier_of(entry)
    rewrite(entry, _answers_of(dossier, submission.snapshot), by=by)
    _bring_files_back(entry, submission.snapshot)


def _standing(entry: StageEntry) -> Submission:
    """Return the submission that counts, read anew: the entry may have waited for its lock."""
    return Submission.objects.get(pk=entry.submission_id or 0)


def _answers_of(dossier: Dossier, snapshot: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the sections as they have to be, whatever section of the form a question stands in by now."""
    submitted = {key: kept for section in snapshot["answers"].values() for key, kept in section.items()}
    shown = {question["key"] for section in snapshot["form"] for question in section.get("questions", ())}
    shown -= set(snapshot["hidden"])
    found = {}
    for section in dossier.sheet.sections:
        present = dossier.sheet.answers.get(section.code, {})
        beside = {key: kept for key, kept in present.items() if key not in shown}
        kept = clean_section(section, {**beside, **submitted})
        if kept or present:
            found[section.code] = kept
    return found


def _bring_files_back(entry: StageEntry, snapshot: Mapping[str, Any]) -> None:
    """Take out what was added since, and put back what was taken out, as the same attachment; but none with a virus."""
    wanted = {(question, record["token"]) for question, records in snapshot["files"].items() for record in records}
    rows = Attachment.objects.filter(entry=entry).exclude(question__in=snapshot["hidden"])
    places = [((row.question, row.file.token), row) for row in rows.select_related("file").order_by("pk")]
    wanted -= {place for place, row in places if row.file.scan == Scan.INFECTED}
    there = {place for place, row in places if row.removed_at is None}
    added = [row.pk for place, row in places if row.removed_at is None and place not in wanted]
    back = {place: row.pk for place, row in places if place in wanted - there}
    if added:
        Attachment.objects.filter(pk__in=added).update(removed_at=clock.now())
    if back:
        Attachment.objects.filter(pk__in=back.values()).update(removed_at=None)


def _tell_heads(entry: StageEntry, by: Person) -> None:
    submission = _standing(entry)
    context = {"by": by, **standing_context(entry, submission)}
    moment = entry.reopened_at.isoformat() if entry.reopened_at else ""
    enqueue_all(
        "reopened",
        people_of(entry.application.municipality_id, MemberRole.HEAD),
        lambda person: f"reopened:{person.pk}:{entry.pk}:{moment}",
        lambda person: {**context, "clocks": exact_clocks(submission.received_at, entry.zones, person.language)},
    )


def standing_context(entry: StageEntry, submission: Submission) -> dict[str, Any]:
    """Return what a notice says of an entry that is being changed, and of the submission that stands."""
    call, municipality = entry.stage.call, entry.application.municipality
    return {
        "entry": entry,
        "call": call,
        "application": entry.application,
        "municipality": municipality,
        "submission": submission,
        "deadline": entry.deadline,
        "zones": entry.zones,
    }
