"""Submitting an application, and taking it back."""

from datetime import datetime

from django.db import connection

from applications.answers import snapshot_of
from applications.lifecycle.freezing import (
    Reception,
    applicant,
    date_files,
    freeze,
    last_sequence,
    next_place,
    send_receipts,
    settle,
)
from applications.lifecycle.holding import held
from applications.models import ENTRY_TRANSITIONS, EntryState, StageEntry, Submission
from applications.queries import Dossier, dossier_of
from applications.refusals import NotAcknowledged, NotComplete, NotEligible, NotOpen, TooLate
from calls import eligibility, sentences
from calls.extensions import extension_used
from calls.models import Call, CallState
from calls.queries import Right, facts_about, names_for
from calls.sentences import Names
from portal import clock
from portal.accounts.models import Person
from portal.transitions import IllegalTransition, move


def submit_application(
    entry: StageEntry, *, by: Person, received_at: datetime, confirmation: str = "", sequence: int | None = None
) -> Submission:
    """Submit a draft, or a submitted application whose answers were changed: fix what it says, and write the receipt.

    Whoever submits the same thing again, also at the same moment from another place, gets the submission that stands.

    Args:
        by: who submits; the caller has asked ``rules.may_submit``.
        received_at: when the request arrived (``portal.middleware.Arrival``), aware. Equal to the deadline is in time;
            a grace of the stage is used silently and recorded (facts of the field: deadlines).
        confirmation: the sentence that the person confirmed.
        sequence: which submission is meant, 1 for the first. A page sent again after another submission was made
            does not submit what a colleague is changing meanwhile.

    Effects: a submission with snapshot, digest and seal; number, amounts, moment and state of the entry; a receipt by
        notice to the submitter and the heads of the municipality. An earlier submission stays on file.

    Raises:
        NotOpen: the call is not published, or the stage has not opened.
        TooLate: received after the deadline (or the end of the municipality's extension) and its grace. The draft
            stays as it is; what was submitted in time stands.
        NotAcknowledged: a corrigendum was issued, and nobody who writes the draft has taken note of it.
        NotComplete: answers are missing, cannot stand, or break a limit of the call.
        NotEligible: the municipality may not apply (any more).
        IllegalTransition: the application was withdrawn.
    """
    with held(entry) as locked:
        if locked.state == EntryState.WITHDRAWN:
            raise IllegalTransition(locked, EntryState.SUBMITTED)
        if (standing := _standing(locked, sequence)) is not None:
            return standing
        _hold_call(locked)
        _check_time(locked, received_at)
        if locked.acknowledged < locked.stage.call.last_corrigendum:
            raise NotAcknowledged(locked.stage.call.last_corrigendum)
        dossier = dossier_of(locked)
        if dossier.sheet.problems:
            raise NotComplete(dossier.sheet.problems)
        right = _right(dossier)
        return _submit(dossier, _reception(locked, right, by, received_at, confirmation))


def _standing(entry: StageEntry, sequence: int | None) -> Submission | None:
    """Return the submission that was made already, where this is the same request once more."""
    if entry.submission_id is None or entry.state == EntryState.DRAFT:
        return None
    again = entry.reopened and (sequence is None or sequence > last_sequence(entry))
    return None if again else Submission.objects.select_related("entry").get(pk=entry.submission_id)


def _reception(entry: StageEntry, right: Right, by: Person, received_at: datetime, confirmation: str) -> Reception:
    return Reception(
        by=by,
        received_at=received_at,
        deadline=entry.deadline,
        confirmation=confirmation,
        extension=extension_used(entry.stage, entry.application.municipality, received_at),
        eligibility=right.record(),
    )


def _submit(dossier: Dossier, reception: Reception) -> Submission:
    entry = dossier.entry
    number, sequence = next_place(entry)
    snapshot = snapshot_of(
        dossier.sheet,
        dossier.frozen_files(),
        number=number,
        sequence=sequence,
        municipality=applicant(entry.application.municipality, entry.application),
    )
    submission = freeze(entry, snapshot, reception)
    date_files(dossier.attachments, reception.received_at)
    if entry.state == EntryState.DRAFT:
        move(entry, EntryState.SUBMITTED, ENTRY_TRANSITIONS)
    settle(entry, submission)
    send_receipts(submission, reception.by)
    return submission


def _hold_call(entry: StageEntry) -> None:
    """Keep the call as it is until the transaction ends: a corrigendum comes before this submission, or after it.

    Those who submit do not wait for each other here; who waited for a corrigendum sees what it left.
    """
    call = entry.stage.call
    table = connection.ops.quote_name(Call._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT state, last_corrigendum, revision FROM {table} WHERE id = %s FOR SHARE",  # noqa: S608 - own name
            [call.pk],
        )
        call.state, call.last_corrigendum, call.revision = cursor.fetchone()


def _check_time(entry: StageEntry, received_at: datetime) -> None:
    stage = entry.stage
    if stage.call.state != CallState.PUBLISHED or not stage.has_opened(received_at):
        raise NotOpen
    if not stage.accepts(received_at, with_grace=True, deadline=entry.deadline):
        raise TooLate(received_at, entry.deadline)


def _right(dossier: Dossier) -> Right:
    """Find the right to apply anew, with what the applicant confirmed.

    What is recorded names countries and calls by their codes, which stay what they are; a refusal is read by people and
    names them in words.
    """
    entry, sheet = dossier.entry, dossier.sheet
    call, municipality, moment = entry.stage.call, entry.application.municipality, clock.now()
    own, declarations = str(entry.application_id), sheet.declarations
    facts = facts_about(call, municipality, moment, stage=entry.stage.code, own=own, declarations=declarations)
    found = eligibility.find(sheet.call, facts, lot=sheet.lot)
    right = Right(sentences.in_words(found, sheet.call, Names()), facts, sheet.lot, moment)
    if right.allowed:
        return right
    named = sentences.in_words(found, sheet.call, names_for(found, sheet.call))
    raise NotEligible(Right(named, facts, sheet.lot, moment))


def withdraw_application(entry: StageEntry, *, by: Person, received_at: datetime) -> StageEntry:
    """Take a draft or a submitted application back, before the deadline. What was submitted stays on file.

    Raises:
        TooLate: the deadline has passed.
        IllegalTransition: it is being clarified or evaluated, or was withdrawn already.
    """
    with held(entry) as locked:
        if received_at > locked.deadline:
            raise TooLate(received_at, locked.deadline)
        if locked.state == EntryState.CLARIFICATION:  # its open request would stay behind
            raise IllegalTransition(locked, EntryState.WITHDRAWN)
        move(locked, EntryState.WITHDRAWN, ENTRY_TRANSITIONS)
        locked.reopened_at, locked.changed_at = None, clock.now()
        locked.save(update_fields=["state", "reopened_at", "changed_at"])
    return locked
