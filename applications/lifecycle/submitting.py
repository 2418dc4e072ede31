"""Submitting an application, and taking it back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import get_language

from applications.answers import digest_of, snapshot_of
from applications.messages import exact
from applications.models import ENTRY_TRANSITIONS, EntryState, NumberSeries, StageEntry, Submission
from applications.queries import Dossier, dossier_of
from applications.refusals import NotAcknowledged, NotComplete, NotEligible, NotOpen, TooLate
from calls import eligibility, sentences
from calls.extensions import extension_used
from calls.models import Call, CallState
from calls.queries import Right, facts_about, names_for
from calls.sentences import Names
from portal import clock
from portal.accounts.models import MemberRole, Membership, Municipality, Person
from portal.notices.lifecycle import enqueue
from portal.transitions import IllegalTransition, move


@transaction.atomic
def submit_application(entry: StageEntry, *, by: Person, received_at: datetime) -> Submission:
    """Submit a draft: fix what it says, give it its number, and write the receipt.

    Whoever submits the same draft again, also at the same moment from another place, gets the submission that stands.

    Args:
        by: who submits; the caller has asked ``rules.may_submit``.
        received_at: when the request arrived (``portal.middleware.Arrival``), aware. Equal to the deadline is in time;
            a grace of the stage is used silently and recorded (facts of the field: deadlines).

    Effects: a submission with snapshot and digest; number, amounts, moment and state of the entry; a receipt by notice
        to the submitter and the heads of the municipality.

    Raises:
        NotOpen: the call is not published, or the stage has not opened.
        TooLate: received after the deadline (or the end of the municipality's extension) and its grace. The draft
            stays as it is.
        NotAcknowledged: a corrigendum was issued, and nobody who writes the draft has taken note of it.
        NotComplete: answers are missing, cannot stand, or break a limit of the call.
        NotEligible: the municipality may not apply (any more).
        IllegalTransition: the application was withdrawn.
    """
    locked = _locked(entry)
    if locked.state == EntryState.WITHDRAWN:
        raise IllegalTransition(locked, EntryState.SUBMITTED)
    if locked.state != EntryState.DRAFT and locked.submission is not None:
        return locked.submission
    _hold_call(locked)
    _check_time(locked, received_at)
    if locked.acknowledged < locked.stage.call.last_corrigendum:
        raise NotAcknowledged(locked.stage.call.last_corrigendum)
    dossier = dossier_of(locked)
    if dossier.sheet.problems:
        raise NotComplete(dossier.sheet.problems)
    right = _right(dossier)
    submission = _freeze(dossier, right, by=by, received_at=received_at)
    _settle(dossier, submission)
    _send_receipts(submission, by)
    return submission


def _locked(entry: StageEntry) -> StageEntry:
    """Return the entry, locked with its application.

    Its submission is not joined to it: whoever had to wait for the lock would see that row as it was before the wait.
    """
    rows: QuerySet[StageEntry] = StageEntry.objects.with_deadline()
    rows = rows.select_for_update(of=("self", "application"), no_key=True)
    related = ("stage__call", "application__lot", "application__municipality__country")
    return rows.select_related(*related, "application__municipality__merged_into").get(pk=entry.pk)


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


def _freeze(dossier: Dossier, right: Right, *, by: Person, received_at: datetime) -> Submission:
    entry = dossier.entry
    application = entry.application
    number = application.number or next_number(entry.stage.call)
    sequence = Submission.objects.filter(entry__application=application).count() + 1 if application.number else 1
    snapshot = snapshot_of(
        dossier.sheet,
        dossier.frozen_files(),
        number=number,
        sequence=sequence,
        municipality=_applicant(application.municipality, application),
    )
    return Submission.objects.create(
        entry=entry,
        sequence=sequence,
        number=number,
        received_at=received_at,
        deadline=entry.deadline,
        grace_used=received_at > entry.deadline,
        extension=extension_used(entry.stage, application.municipality, received_at),
        corrigendum=entry.acknowledged,
        submitted_by=by,
        language=(get_language() or by.language)[:2],
        snapshot=snapshot,
        eligibility=right.record(),
        digest=digest_of(snapshot),
    )


def _applicant(municipality: Municipality, application: Any) -> dict[str, Any]:
    return {
        "country": municipality.country_id,
        "code": municipality.code,
        "name": {"hy": application.municipality_name_hy, "en": application.municipality_name_en},
    }


def next_number(call: Call) -> str:
    """Take the next number of a call. Its row stays locked until the transaction ends: none twice, none left out."""
    table = connection.ops.quote_name(NumberSeries._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (call_id, last) VALUES (%s, 1) "  # noqa: S608 - the table's own name
            f"ON CONFLICT (call_id) DO UPDATE SET last = {table}.last + 1 RETURNING last",
            [call.pk],
        )
        (last,) = cursor.fetchone()
    return f"{call.code}-{last:04d}"


def _settle(dossier: Dossier, submission: Submission) -> None:
    """Write what is ranked, filtered and summed into the entry's own columns."""
    entry, amounts = dossier.entry, dossier.sheet.amounts
    move(entry, EntryState.SUBMITTED, ENTRY_TRANSITIONS)
    entry.requested, entry.total_cost = amounts.requested or 0, amounts.total or 0
    entry.months = amounts.months
    entry.submission, entry.submitted_at = submission, submission.received_at
    entry.changed_at = clock.now()
    entry.save(update_fields=["state", "requested", "total_cost", "months", "submission", "submitted_at", "changed_at"])
    if entry.application.number is None:
        entry.application.number = submission.number
        entry.application.save(update_fields=["number"])


def _send_receipts(submission: Submission, by: Person) -> None:
    entry = submission.entry
    application = entry.application
    zones = dict.fromkeys([entry.stage.call.time_zone, application.municipality.country.time_zone])
    context = {"submission": submission, "entry": entry, "call": entry.stage.call, "application": application}
    for person in _recipients(entry, by):
        clocks = [exact(submission.received_at, zone, person.language) for zone in zones]
        enqueue(
            "receipt",
            recipient=person,
            key=f"receipt:{person.pk}:{submission.pk}",
            context={**context, "clocks": clocks},
        )


def _recipients(entry: StageEntry, by: Person) -> Iterable[Person]:
    """Return the submitter and the heads of the municipality, each once."""
    heads = Membership.objects.in_force().filter(
        municipality=entry.application.municipality_id, role=MemberRole.HEAD, person__is_active=True
    )
    people = [by, *(membership.person for membership in heads.select_related("person"))]
    return {person.pk: person for person in people}.values()


@transaction.atomic
def withdraw_application(entry: StageEntry, *, by: Person, received_at: datetime) -> StageEntry:
    """Take a draft or a submitted application back, before the deadline. What was submitted stays on file.

    Raises:
        TooLate: the deadline has passed.
        IllegalTransition: it is being evaluated, or was withdrawn already.
    """
    locked = _locked(entry)
    if received_at > locked.deadline:
        raise TooLate(received_at, locked.deadline)
    move(locked, EntryState.WITHDRAWN, ENTRY_TRANSITIONS)
    locked.changed_at = clock.now()
    locked.save(update_fields=["state", "changed_at"])
    return locked
