"""Asking an applicant for a clarification after submission: asked, answered, lapsed, taken back.

A clerical error of the applicant calls for such a request, a formal step with its own deadline (facts of the field:
evaluation). While one is open the time limits of the stage stand still (``applications.standing_time``).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers import Problem
from applications.clarifications.replying import askable, reply_of
from applications.clarifications.telling import tell_applicant, tell_staff
from applications.lifecycle.freezing import Reception, date_files, freeze, last_sequence, send_receipts, settle
from applications.lifecycle.holding import held
from applications.lifecycle.reopening import bring_back
from applications.models import (
    CLARIFICATION_TRANSITIONS,
    ENTRY_TRANSITIONS,
    Clarification,
    ClarificationState,
    EntryState,
    StageEntry,
    Submission,
)
from applications.queries import dossier_of
from applications.refusals import Refused
from portal import clock
from portal.accounts.models import Person
from portal.transitions import IllegalTransition, move

log = structlog.get_logger(__name__)
UNDER_WAY: Final = timedelta(minutes=1)
"""So long after its end a request is left open: an answer that arrived in time may still be on its way through."""
NO_TEXT = gettext_lazy("Say what has to be clarified: the municipality reads it.")
NO_QUESTION = gettext_lazy("Choose at least one question.")
NOT_ASKED = gettext_lazy("This application was not asked, or cannot be answered again: %(keys)s.")
PAST = gettext_lazy("The time to answer must end later than now.")
TOO_LONG = gettext_lazy("At most 4,000 characters.")


class CannotAsk(Refused):
    """A clarification cannot be asked for like this; ``field`` is questions, text or due_at."""

    def __init__(self, field: str, message: "str | Promise") -> None:
        super().__init__(str(message))
        self.field = field


class AnswerTooLate(Refused):
    """The answer arrived after its deadline."""

    def __init__(self) -> None:
        text = _("The time to answer has passed, so the answer could not be taken. What was submitted before stands.")
        super().__init__(text)


class AnswerNotComplete(Refused):
    """Answers that were asked for are missing or cannot stand."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(_("The answer could not be sent yet: please look at the questions below."))
        self.problems = tuple(problems)


def ask_clarification(
    entry: StageEntry, *, questions: Iterable[str], text: str, due_at: datetime, by: Person | None
) -> Clarification:
    """Ask the applicant about particular answers of a submission, until a moment.

    Args:
        questions: keys of the form that was submitted; see ``replying.askable``.
        due_at: aware; equal to it is in time.
        by: who asks; the caller has asked ``clarifications.may_ask``. None for the portal itself.

    Effects: the request; state of the entry; changes that were not submitted yet are closed and stay in the history
        of the sections, so that the applicant starts from what stands; a notice to the heads and editors.

    Raises:
        CannotAsk: nothing is asked, an unknown question, no text, or the moment has passed.
        IllegalTransition: the application is not submitted, or is asked already.
    """
    with held(entry) as locked:
        about = locked.submission
        if about is None or locked.state != EntryState.SUBMITTED:
            raise IllegalTransition(locked, EntryState.CLARIFICATION)
        chosen = _chosen(locked, about, set(questions))
        _check(text.strip(), due_at)
        move(locked, EntryState.CLARIFICATION, ENTRY_TRANSITIONS)
        moment = clock.now()
        locked.reopened_at, locked.changed_at = None, moment
        locked.save(update_fields=["state", "reopened_at", "changed_at"])
        bring_back(locked, by=None)
        asked: Clarification = Clarification.objects.create(
            entry=locked,
            questions=chosen,
            text=text.strip(),
            asked_by=by,
            asked_at=moment,
            due_at=due_at,
            about=about,
        )
        tell_applicant("clarification_asked", asked)
        log.info("clarification asked", entry=locked.pk, clarification=asked.pk, questions=len(chosen))
    return asked


def _chosen(entry: StageEntry, about: Submission, wanted: set[str]) -> list[str]:
    """Return the questions in the order of the form."""
    chosen = [q.key for _section, questions in askable(entry, about) for q in questions if q.key in wanted]
    if unknown := wanted - set(chosen):
        raise CannotAsk("questions", str(NOT_ASKED) % {"keys": ", ".join(sorted(unknown))})
    if not chosen:
        raise CannotAsk("questions", NO_QUESTION)
    return chosen


def _check(text: str, due_at: datetime) -> None:
    if not text:
        raise CannotAsk("text", NO_TEXT)
    if len(text) > 4000:
        raise CannotAsk("text", TOO_LONG)
    if due_at <= clock.now():
        raise CannotAsk("due_at", PAST)


def answer_clarification(
    asked: Clarification, *, by: Person, received_at: datetime, confirmation: str = ""
) -> Submission:
    """Hand in the answer: the submission in question, with only the answers changed that were asked for.

    Whoever hands in the same answer again, also at the same moment from another place, gets the submission that stands.

    Args:
        by: who hands it in; the caller has asked ``rules.may_submit``.
        received_at: when the request arrived, aware; equal to the end is in time, and there is no grace.
        confirmation: the sentence that the person confirmed.

    Effects: a submission with its own digest and seal, the earlier one stays on file; amounts and state of the entry;
        the request is closed; a receipt to the submitter and the heads, a notice to who asked.

    Raises:
        AnswerTooLate: received after the end, or the request has lapsed.
        AnswerNotComplete: what was asked is missing, cannot stand, or breaks a limit of the call.
        IllegalTransition: the request was taken back.
    """
    with held(asked.entry) as entry:
        row = _locked(asked.pk, entry)
        if row.answer is not None:
            return row.answer
        if row.state == ClarificationState.LAPSED or received_at > row.due_at:
            raise AnswerTooLate
        if row.state == ClarificationState.OPEN and entry.state != EntryState.CLARIFICATION:
            raise IllegalTransition(entry, EntryState.SUBMITTED)
        dossier = dossier_of(entry)
        reply = reply_of(dossier, row)
        if row.state == ClarificationState.OPEN and reply.problems:
            raise AnswerNotComplete(reply.problems)
        move(row, ClarificationState.ANSWERED, CLARIFICATION_TRANSITIONS)
        move(entry, EntryState.SUBMITTED, ENTRY_TRANSITIONS)
        reception = Reception(by, received_at, row.due_at, confirmation, eligibility=row.about.eligibility)
        row.answer = freeze(entry, reply.snapshot(last_sequence(entry) + 1), reception)
        date_files(dossier.attachments, received_at)
        settle(entry, row.answer, clarified=True)
        _close(row, by)
        send_receipts(row.answer, by)
        tell_staff("clarification_answered", row)
        log.info("clarification answered", entry=entry.pk, clarification=row.pk, submission=row.answer.pk)
    return row.answer


def withdraw_clarification(asked: Clarification, *, by: Person | None) -> Clarification:
    """Take a request back: what was submitted stands.

    Effects: the request is closed; the entry is submitted again, its sections say what stands; a notice to the heads
        and editors.

    Raises:
        IllegalTransition: it is not open any more.
    """
    with held(asked.entry) as entry:
        row = _locked(asked.pk, entry)
        _end(entry, row, ClarificationState.WITHDRAWN, by)
        tell_applicant("clarification_withdrawn", row)
        log.info("clarification taken back", entry=entry.pk, clarification=row.pk)
    return row


def lapse_due() -> int:
    """End the requests whose time has passed without an answer, each once however often this runs; return how many.

    Effects of each, in a transaction of its own: what was submitted stands; a notice to the municipality and to who
        asked.
    """
    keys = list(_overdue().values_list("pk", flat=True))
    return sum(_lapse(key) for key in keys)


def _overdue() -> "QuerySet[Clarification]":
    rows: QuerySet[Clarification] = Clarification.objects.filter(
        state=ClarificationState.OPEN, due_at__lt=clock.now() - UNDER_WAY
    )
    return rows.select_related("entry").order_by("due_at", "pk")


def _lapse(key: int) -> bool:
    found = _overdue().filter(pk=key).first()
    if found is None:
        return False
    with held(found.entry) as entry:
        row = _locked(key, entry)
        if row.state != ClarificationState.OPEN:
            return False
        _end(entry, row, ClarificationState.LAPSED, None)
        tell_applicant("clarification_lapsed", row)
        tell_staff("clarification_unanswered", row)
        log.info("clarification lapsed", entry=entry.pk, clarification=row.pk)
    return True


def _locked(key: int, entry: StageEntry) -> Clarification:
    """Return a request, locked after its entry, with its submissions as they are now."""
    row: Clarification = Clarification.objects.select_for_update(of=("self",), no_key=True).get(pk=key)
    row.entry = entry
    return row


def _end(entry: StageEntry, row: Clarification, state: str, by: Person | None) -> None:
    """Close a request without an answer."""
    move(row, state, CLARIFICATION_TRANSITIONS)
    _close(row, by)
    if entry.state == EntryState.CLARIFICATION:
        move(entry, EntryState.SUBMITTED, ENTRY_TRANSITIONS)
        entry.changed_at = clock.now()
        entry.save(update_fields=["state", "changed_at"])
        bring_back(entry, by=None)


def _close(row: Clarification, by: Person | None) -> None:
    row.closed_at, row.closed_by = clock.now(), by
    row.save(update_fields=["state", "answer", "closed_at", "closed_by"])
