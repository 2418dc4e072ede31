"""Messages about questions and answers: to the asker, and to those who follow the call. None says who asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from calls.enquiries.wording import current_wording
from calls.following import followers
from calls.models import AnswerCorrection, Call, Enquiry, EnquiryAnswer
from calls.pages.voice import Voice
from portal import languages
from portal.accounts.models import Person
from portal.notices.lifecycle import enqueue, enqueue_all


@dataclass(frozen=True)
class Line:
    """A published question as a message names it."""

    number: int
    question: str


def tell_received(enquiry: Enquiry, person: Person) -> None:
    """Say to the asker that the question has come, and what happens next."""
    call, language = enquiry.call, languages.fitting(languages.spoken(), person.language)
    until = call.answers_until
    due = Voice(language, call.currency, call.time_zone).moment(until) if until else ""
    context = {"call": call, "due": due}
    enqueue("enquiry_received", recipient=person, key=f"enquiry-received:{enquiry.pk}:{person.pk}", context=context)


def tell_published(call: Call, answers: Sequence[EnquiryAnswer], enquiries: Iterable[Enquiry]) -> None:
    """Tell of one act of publication: each asker once, and each follower once who is not an asker."""
    act = f"{call.pk}:{answers[0].number}"
    by_key = {answer.pk: answer for answer in answers}
    asked: dict[int, list[EnquiryAnswer]] = {}
    for enquiry in enquiries:
        if enquiry.asked_by_id and enquiry.answer_id:
            asked.setdefault(enquiry.asked_by_id, []).append(by_key[enquiry.answer_id])
    askers = Person.objects.filter(pk__in=asked, is_active=True).order_by("pk")

    def to_asker(person: Person) -> dict[str, Any]:
        own = sorted({answer.number: answer for answer in asked[person.pk]}.items())
        return {"call": call, "lines": _lines((answer for _number, answer in own), person.language)}

    def to_follower(person: Person) -> dict[str, Any]:
        return {"call": call, "lines": _lines(answers, person.language), "first": answers[0].number}

    enqueue_all("enquiry_answered", askers, lambda person: f"enquiry-answered:{person.pk}:{act}", to_asker)
    others = [person for person in followers(call) if person.pk not in asked]
    enqueue_all("enquiry_published", others, lambda person: f"enquiry-published:{person.pk}:{act}", to_follower)


def tell_answered(enquiry: Enquiry, answer: EnquiryAnswer) -> None:
    """Tell the asker alone which published answer is the answer to the question."""
    person = enquiry.asked_by
    if person is None or not person.is_active:
        return
    context = {"call": enquiry.call, "lines": _lines([answer], person.language)}
    key = f"enquiry-answered:{person.pk}:{enquiry.call_id}:by:{enquiry.pk}"
    enqueue("enquiry_answered", recipient=person, key=key, context=context)


def tell_declined(enquiry: Enquiry) -> None:
    """Tell the asker alone that and why the question is not answered."""
    person = enquiry.asked_by
    if person is None or not person.is_active:
        return
    context = {"call": enquiry.call, "reason": enquiry.reason}
    enqueue("enquiry_declined", recipient=person, key=f"enquiry-declined:{person.pk}:{enquiry.pk}", context=context)


def tell_corrected(call: Call, answer: EnquiryAnswer, correction: AnswerCorrection) -> None:
    """Tell askers and followers that an answer was corrected, each once."""
    askers = Person.objects.filter(enquiries__answer=answer, is_active=True).distinct()
    people = {person.pk: person for person in (*askers, *followers(call))}

    def context(person: Person) -> dict[str, Any]:
        return {"call": call, "lines": [_line(answer.number or 0, correction, answer.languages, person.language)]}

    key = f"{answer.pk}:{correction.number}"
    recipients = [people[pk] for pk in sorted(people)]
    enqueue_all("enquiry_corrected", recipients, lambda person: f"enquiry-corrected:{person.pk}:{key}", context)


def _lines(answers: Iterable[EnquiryAnswer], language: str) -> list[Line]:
    return [_line(answer.number or 0, answer, answer.languages, language) for answer in answers]


def _line(number: int, row: EnquiryAnswer | AnswerCorrection, written: Sequence[str], language: str) -> Line:
    return Line(number, current_wording(row)[languages.fitting(written, language)].question)
