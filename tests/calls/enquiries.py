"""Questions and answers for tests, made by the portal's own functions."""

from datetime import timedelta
from typing import Any

from calls.enquiries.lifecycle import ask, publish_answers, save_draft
from calls.enquiries.wording import Wording
from calls.models import Call, Enquiry, EnquiryAnswer
from portal import clock
from portal.accounts.models import Municipality, Person
from tests.factories import make_call, make_country, make_person

BOTH = {"hy": Wording("Հարց", "Պատասխան"), "en": Wording("A question", "An answer")}


def make_open(code: str = "M4EG-2021-PORTFOLIO") -> Call:
    make_country()
    call = make_call(code)
    Call.objects.filter(pk=call.pk).update(questions_until=clock.now() + timedelta(days=3))
    call.refresh_from_db()
    return call


def make_enquiry(
    call: Call, text: str = "May we apply twice?", *, by: Person | None = None, place: Municipality | None = None
) -> Enquiry:
    by = by or make_person()
    return ask(call, by=by, text=text, language="en", arrived_at=clock.now(), municipality=place).enquiry


def make_answer_draft(enquiry: Enquiry, *, merged: tuple[int, ...] = (), words: str = "") -> EnquiryAnswer:
    wordings = {code: Wording(words + held.question, words + held.text) for code, held in BOTH.items()}
    return save_draft(enquiry, wordings, merged=merged, version=0, by=None)


def publish(call: Call, *answers: EnquiryAnswer) -> list[EnquiryAnswer]:
    return publish_answers(call, {answer.pk: answer.version for answer in answers}, by=None)


def make_answer(call: Call, **asked: Any) -> EnquiryAnswer:
    (answer,) = publish(call, make_answer_draft(make_enquiry(call, **asked)))
    return answer
