"""Every change of questions and answers: asked, drafted, published, declined, corrected.

All of them lock the call first, so that numbers are without gaps and two officers cannot answer the same question.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.enquiries import notices, rules
from calls.enquiries.queries import mergeable
from calls.enquiries.wording import Wording, current_wording, missing_languages, write
from calls.models import (
    ANSWER_TRANSITIONS,
    ENQUIRY_TRANSITIONS,
    AnswerCorrection,
    AnswerState,
    Call,
    CallState,
    Enquiry,
    EnquiryAnswer,
    EnquiryState,
)
from portal import clock
from portal.accounts.models import Municipality, Person
from portal.armenian import fold
from portal.history import unsigned
from portal.transitions import move


class Refused(Exception):
    """A change cannot be made. Its text is for people."""


class NotTaken(Refused):
    """The call takes no questions: it is cancelled or archived, or the question came too late."""


class TooMany(Refused):
    """The person has as many waiting questions in the call as one may have."""


class Changed(Refused):
    """Somebody else has saved, published or corrected the answer in the meantime; ``answer`` is as it is now."""

    def __init__(self, answer: EnquiryAnswer) -> None:
        self.answer = answer
        super().__init__(_("Somebody else has changed this answer in the meantime. Look at it again."))


class Incomplete(Refused):
    """A question or an answer is missing in one of the call's languages."""


class NothingChanged(Refused):
    """A correction says what stands there already."""


# Asking


@dataclass(frozen=True)
class Asked:
    """What became of a question: ``new`` is False where the person had asked the same before."""

    enquiry: Enquiry
    new: bool


@transaction.atomic
def ask(
    call: Call, *, by: Person, text: str, language: str, arrived_at: datetime, municipality: Municipality | None = None
) -> Asked:
    """Take a question about a call.

    Args:
        by: who asks; any person who may read the call.
        text: at most ``rules.MOST_CHARACTERS`` characters, not empty.
        language: one of the call's.
        arrived_at: the arrival of the request, which alone counts; the last moment is in time.
        municipality: one for which the person works, where the question is asked for it.

    Effects: the question waits, and a note to the asker says so. The same question of the same person is one, whatever
    became of it. History does not tell who asked.

    Raises:
        NotTaken: the call is not published, or the question came too late.
        TooMany: the person waits for as many answers as one may.
    """
    locked = _locked(call)
    digest = hashlib.sha256(" ".join(fold(text).split()).encode()).hexdigest()
    known: Enquiry | None = Enquiry.objects.filter(call=locked, asked_by=by, digest=digest).first()
    if known is not None:
        return Asked(known, new=False)
    _refuse(locked, by, arrived_at)
    with unsigned():
        enquiry = Enquiry.objects.create(
            call=locked,
            asked_by=by,
            municipality=municipality,
            language=language,
            text=text,
            digest=digest,
            asked_at=arrived_at,
        )
    notices.tell_received(enquiry, by)
    return Asked(enquiry, new=True)


def _refuse(call: Call, person: Person, arrived_at: datetime) -> None:
    if call.state != CallState.PUBLISHED:
        raise NotTaken(_("This call no longer takes questions."))
    if not rules.takes_questions(call, arrived_at):
        raise NotTaken(_("The time for questions about this call is over."))
    waiting = Enquiry.objects.waiting().filter(call=call, asked_by=person).count()
    if waiting >= rules.MOST_WAITING:
        text = ngettext(
            "You wait for an answer to %(count)s question about this call. Please ask again when it is answered.",
            "You wait for answers to %(count)s questions about this call. Please ask again when some are answered.",
            waiting,
        )
        raise TooMany(text % {"count": waiting})


# Answering


@transaction.atomic
def save_draft(
    enquiry: Enquiry, wordings: Mapping[str, Wording], *, merged: Iterable[int], version: int, by: Person | None
) -> EnquiryAnswer:
    """Save the draft of an answer, with the questions that it answers.

    Args:
        wordings: by language; may be empty as long as it is a draft.
        merged: primary keys of the other questions that it answers too. Of those that ``by`` may merge, the ones that
            are not named are parted from it; a draft that is left without a question is dropped.
        version: of the draft that was changed, 0 for a new one.
        by: who saves; the caller has asked ``rules.may_draft`` and ``rules.may_draft_answer``.

    Raises:
        Changed: somebody else saved the draft in the meantime.
        IllegalTransition: the question was answered or declined.
    """
    _locked(enquiry.call)
    row = Enquiry.objects.select_for_update(of=("self",)).select_related("answer", "call").get(pk=enquiry.pk)
    move(row, EnquiryState.ANSWERED, ENQUIRY_TRANSITIONS)  # only asks the table: the row is not saved
    answer: EnquiryAnswer = row.answer or EnquiryAnswer(call=row.call, drafted_by=by)
    if answer.version != version:
        raise Changed(answer)
    write(answer, wordings)
    answer.version += 1
    answer.save()
    chosen = set(merged)
    others = mergeable(enquiry, by).select_for_update(of=("self",))
    joined = [enquiry.pk, *(other.pk for other in others if other.pk in chosen)]
    parted = [other.pk for other in others if other.pk not in chosen and other.answer_id == answer.pk]
    left = {other.answer_id for other in others if other.pk in joined} - {answer.pk, None}
    Enquiry.objects.filter(pk__in=joined).update(answer=answer)
    Enquiry.objects.filter(pk__in=parted).update(answer=None)
    _drop_empty(left)
    return answer


def _drop_empty(answers: Iterable[int | None]) -> None:
    """Delete the drafts that no question needs any more."""
    EnquiryAnswer.objects.filter(pk__in=list(answers), state=AnswerState.DRAFT, enquiries=None).delete()


@transaction.atomic
def publish_answers(call: Call, versions: Mapping[int, int], *, by: Person | None) -> list[EnquiryAnswer]:
    """Publish answers in one act: numbered within the call, for everybody, and never changed again.

    Args:
        versions: the drafts to publish by primary key, each in the version that was looked at.
        by: who publishes; the caller has asked ``rules.may_publish``.

    Returns:
        The answers by number.

    Effects: their questions are answered; one notice to each asker, one to each follower of the call.

    Raises:
        Changed: a draft is not there any more, was published, or was saved in another version.
        Incomplete: a question or an answer is missing in one of the call's languages.
    """
    locked, now = _locked(call), clock.now()
    rows = list(EnquiryAnswer.objects.filter(call=locked, pk__in=versions).select_for_update())
    asked = Enquiry.objects.filter(answer__in=rows).select_for_update(of=("self",)).order_by("asked_at", "pk")
    enquiries = list(asked)
    order = {row.answer_id: place for place, row in reversed(list(enumerate(enquiries)))}
    if len(rows) != len(versions) or any(row.pk not in order for row in rows):
        raise Changed(rows[0] if rows else EnquiryAnswer(call=locked))
    last = EnquiryAnswer.objects.filter(call=locked).aggregate(last=Max("number"))["last"] or 0
    rows.sort(key=lambda row: order[row.pk])
    for number, row in enumerate(rows, last + 1):
        _publish(row, number, versions[row.pk], locked, now, by)
    for enquiry in enquiries:
        _decide(enquiry, EnquiryState.ANSWERED, now, by)
    notices.tell_published(locked, rows, enquiries)
    return rows


def _publish(row: EnquiryAnswer, number: int, version: int, call: Call, now: datetime, by: Person | None) -> None:
    if row.state != AnswerState.DRAFT or row.version != version:
        raise Changed(row)
    if missing_languages(current_wording(row), call.languages):
        raise Incomplete(_("Question and answer are needed in every language of the call."))
    move(row, AnswerState.PUBLISHED, ANSWER_TRANSITIONS)
    row.number, row.published_at, row.published_by, row.languages = number, now, by, list(call.languages)
    row.save()


@transaction.atomic
def answer_by_published(enquiry: Enquiry, answer: EnquiryAnswer, *, by: Person | None) -> Enquiry:
    """Answer a question by what was published already for an equal one.

    Args:
        answer: a published answer of the same call.
        by: who decides; the caller has asked ``rules.may_publish``.

    Effects: the question is answered, a draft that only it had is dropped, and a notice goes to the asker alone.

    Raises:
        IllegalTransition: the question was answered or declined.
        ValueError: the answer is a draft, or of another call.
    """
    _locked(enquiry.call)
    row = _enquiry(enquiry)
    if answer.state != AnswerState.PUBLISHED or answer.call_id != row.call_id:
        raise ValueError("a published answer of the same call is needed")
    left, row.answer = row.answer_id, answer
    _decide(row, EnquiryState.ANSWERED, clock.now(), by)
    _drop_empty([left])
    notices.tell_answered(row, answer)
    return row


@transaction.atomic
def decline(enquiry: Enquiry, *, reason: str, by: Person | None) -> Enquiry:
    """Decline a question; the reason is told to the asker and to nobody else.

    Args:
        by: who declines; the caller has asked ``rules.may_publish``.

    Effects: the question is declined, a draft that only it had is dropped, and a notice goes to the asker.

    Raises:
        Refused: no reason is given.
        IllegalTransition: the question was answered or declined.
    """
    if not reason.strip():
        raise Refused(_("A reason is needed: the asker is told why."))
    _locked(enquiry.call)
    row = _enquiry(enquiry)
    left, row.answer, row.reason = row.answer_id, None, reason.strip()
    _decide(row, EnquiryState.DECLINED, clock.now(), by)
    _drop_empty([left])
    notices.tell_declined(row)
    return row


@transaction.atomic
def correct(
    answer: EnquiryAnswer, wordings: Mapping[str, Wording], *, number: int, by: Person | None
) -> AnswerCorrection:
    """Correct a published answer: the new words stand in its place, the old ones stay beside them.

    Args:
        wordings: question and answer in every language in which it was published.
        number: of this correction, one more than that of the last one that was looked at.
        by: who corrects; the caller has asked ``rules.may_publish``.

    Effects: a correction that nothing changes any more; a notice to each asker and follower.

    Raises:
        Changed: somebody else corrected it in the meantime.
        Incomplete: a question or an answer is missing in one of the languages.
        NothingChanged: the words are those that stand there.
        ValueError: the answer is a draft.
    """
    call = _locked(answer.call)
    row = EnquiryAnswer.objects.select_for_update(of=("self",), no_key=True).get(pk=answer.pk)
    if row.state != AnswerState.PUBLISHED:
        raise ValueError("only what was published is corrected")
    corrections = list(row.corrections.order_by("number"))
    if number != len(corrections) + 1:
        raise Changed(row)
    if missing_languages(wordings, row.languages):
        raise Incomplete(_("Question and answer are needed in every language of the call."))
    present = current_wording(corrections[-1] if corrections else row)
    if all(wordings[language] == present[language] for language in row.languages):
        raise NothingChanged(_("Nothing was changed."))
    correction = AnswerCorrection(answer=row, number=number, corrected_at=clock.now(), corrected_by=by)
    write(correction, {language: wordings[language] for language in row.languages})
    correction.save()
    notices.tell_corrected(call, row, correction)
    return correction


def _locked(call: Call) -> Call:
    locked: Call = Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    return locked


def _enquiry(enquiry: Enquiry) -> Enquiry:
    row: Enquiry = Enquiry.objects.select_for_update(of=("self",)).select_related("call", "asked_by").get(pk=enquiry.pk)
    return row


def _decide(row: Enquiry, state: EnquiryState, now: datetime, by: Person | None) -> None:
    move(row, state, ENQUIRY_TRANSITIONS)
    row.decided_at, row.decided_by = now, by
    row.save(update_fields=["state", "answer", "reason", "decided_at", "decided_by"])
