"""Until when one may ask about a call, when answers are due, and who may do what to questions and answers."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from calls import timeline
from calls.models import Call, CallState, Enquiry, EnquiryAnswer
from calls.rules import may_prepare

MOST_CHARACTERS: Final = 2000
"""Length of a question."""
MOST_WAITING: Final = 5
"""Questions of one person in one call that wait for an answer at the same time."""
SOON: Final = timedelta(days=3)
"""From how long before the day on which all answers are due one is warned of those that are missing."""


class Due(StrEnum):
    """Whether an answer is late."""

    LATE = "late"
    SOON = "soon"
    LATER = "later"
    NEVER = "never"


def asked_until(call: Call, moment: datetime) -> datetime | None:
    """Return until when questions are taken: what the call says, else the deadline of the stage that is current.

    The cancelling of a call ends it before.

    Args:
        call: its stages are read where the call itself says nothing.
        moment: aware; the one at which the question arrives.
    """
    stage = None if call.questions_until else timeline.current(list(call.stages.all()), moment)
    until = stage.deadline if stage else call.questions_until
    return min(until, call.cancelled_at) if until and call.cancelled_at else until


def takes_questions(call: Call, moment: datetime) -> bool:
    """Say whether a question that arrives at a moment is taken; the last moment is in time."""
    until = asked_until(call, moment)
    return call.state == CallState.PUBLISHED and until is not None and moment <= until


def due(call: Call, now: datetime) -> Due:
    """Say how the answers of a call stand to the day on which it promises them."""
    if call.answers_until is None:
        return Due.NEVER
    if now > call.answers_until:
        return Due.LATE
    return Due.SOON if call.answers_until - now <= SOON else Due.LATER


def may_publish(person: Any) -> bool:
    """Programme officers and administrators publish answers, decline questions and correct what was published."""
    return may_prepare(person)


def may_draft(person: Any, enquiry: Enquiry) -> bool:
    """An office drafts answers to the questions of its country; programme officers and administrators to all."""
    return may_publish(person) or (
        enquiry.municipality is not None and enquiry.municipality.country_id in person.office_countries
    )


def may_draft_answer(person: Any, answer: EnquiryAnswer) -> bool:
    """A draft that answers questions of other countries too is not for one office alone."""
    if may_publish(person):
        return True
    enquiries = list(answer.enquiries.select_related("municipality"))
    return bool(enquiries) and all(may_draft(person, enquiry) for enquiry in enquiries)


def may_know_who_asked(person: Any) -> bool:
    """Who asked is known to those who answer for the programme, and to nobody else."""
    return may_publish(person)
