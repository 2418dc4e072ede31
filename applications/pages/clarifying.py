"""What is asked about a submitted application, as the municipality sees it: questions, until when, both versions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.answers import Problem
from applications.clarifications import Compared, compared
from applications.clarifications.comparing import compared_forms
from applications.clarifications.replying import reply_of
from applications.messages import language, say, sentence
from applications.models import Clarification, ClarificationState, StageEntry, Submission
from applications.pages.frame import Frame, url
from applications.pages.tasks import ErrorLine, label_at
from applications.presentation import filled_submission
from applications.queries import Dossier
from calls.spec import QuestionSpec
from portal.content import formatting
from portal.content.deadlines import Deadline, prepare

TONES = {
    ClarificationState.OPEN: "warn",
    ClarificationState.ANSWERED: "done",
    ClarificationState.LAPSED: "error",
}
"""The tone of each state's word; the others are neutral."""


@dataclass(frozen=True)
class AskedLine:
    """One question that is asked, with the way to its field; ``url`` is empty for who does not write."""

    compared: Compared
    url: str
    errors: tuple[str, ...]


@dataclass(frozen=True)
class OpenRequest:
    """What is asked now.

    Attributes:
        unchanged: nothing was written to any of the questions yet.
        errors: what stands between what is written and its being sent.
    """

    key: int
    text: str
    asked: str
    deadline: Deadline
    lines: tuple[AskedLine, ...]
    unchanged: bool
    errors: tuple[ErrorLine, ...]


@dataclass(frozen=True)
class PastRequest:
    """What was asked, and what came of it."""

    word: str
    tone: str
    text: str
    asked: str
    due: str
    closed: str
    lines: tuple[Compared, ...]
    receipt_url: str


@dataclass(frozen=True)
class ClarificationPage:
    """What ``applications/clarification.html`` prints."""

    frame: Frame
    open: OpenRequest | None
    past: tuple[PastRequest, ...]


def clarification_page(
    dossier: Dossier, asked: Sequence[Clarification], frame: Frame, now: datetime, *, reads_draft: bool, writes: bool
) -> ClarificationPage:
    """Prepare the page.

    Args:
        asked: all requests, the latest first (``clarifications.asked_of``).
        reads_draft: the reader is of the municipality, so what is being written is shown.
    """
    current = next((one for one in asked if one.state == ClarificationState.OPEN), None)
    return ClarificationPage(
        frame=frame,
        open=_open(dossier, current, now, reads_draft=reads_draft, writes=writes) if current else None,
        past=tuple(past_request(one, own_zone(dossier.entry)) for one in asked if one is not current),
    )


def _open(dossier: Dossier, asked: Clarification, now: datetime, *, reads_draft: bool, writes: bool) -> OpenRequest:
    reply = reply_of(dossier, asked)
    after = reply.filled if reads_draft else None
    lines = compared_forms(filled_submission(asked.about), after, asked.questions)
    lines = [line for line in lines if line.key in reply.questions]
    problems = reply.problems if reads_draft else ()
    return OpenRequest(
        key=asked.pk,
        text=asked.text,
        asked=moment_of(asked.asked_at, own_zone(dossier.entry)),
        deadline=_prepared(asked.due_at, dossier.entry, now),
        lines=tuple(_line(dossier, line, problems, writes=writes) for line in lines),
        unchanged=not any(line.changed for line in lines),
        errors=tuple(_error(dossier, problem) for problem in problems) if writes else (),
    )


def _line(dossier: Dossier, line: Compared, problems: Iterable[Problem], *, writes: bool) -> AskedLine:
    own = [problem for problem in problems if problem.key == line.key]
    currency = dossier.sheet.call.currency
    address = _address(dossier, line.section, line.key) if writes else ""
    return AskedLine(line, address, tuple(sentence(problem, currency) for problem in own))


def _error(dossier: Dossier, problem: Problem) -> ErrorLine:
    question = _question(dossier, problem)
    label = label_at(question, problem.target) if question else ""
    address = _address(dossier, problem.section, problem.target)
    return ErrorLine(address, label, sentence(problem, dossier.sheet.call.currency))


def _question(dossier: Dossier, problem: Problem) -> QuestionSpec | None:
    section = dossier.sheet.section(problem.section)
    return next((q for q in section.questions if q.key == problem.key), None) if section else None


def _address(dossier: Dossier, section: str, target: str) -> str:
    return f"{url('section', dossier.entry, section)}?check=1#field-{target}"


def past_request(asked: Clarification, zone: str) -> PastRequest:
    """Return a request with both versions of what was asked, its moments by a clock; no query.

    Args:
        asked: with its submissions, as ``clarifications.asked_of`` reads it.
        zone: the clock, as an IANA name.
    """
    return PastRequest(
        word=asked.get_state_display(),
        tone=TONES.get(ClarificationState(asked.state), "neutral"),
        text=asked.text,
        asked=moment_of(asked.asked_at, zone),
        due=moment_of(asked.due_at, zone),
        closed=moment_of(asked.closed_at, zone) if asked.closed_at else "",
        lines=tuple(compared(asked.about, asked.answer, asked.questions)),
        receipt_url=receipt_url(asked.answer) if asked.answer else "",
    )


def receipt_url(submission: Submission) -> str:
    return reverse("applications:receipt", args=[submission.number, submission.sequence])


def own_zone(entry: StageEntry) -> str:
    """Return the clock of the municipality."""
    zone: str = entry.application.municipality.country.time_zone
    return zone


def moment_of(moment: datetime, zone: str) -> str:
    """Return a moment by a clock, with its place."""
    return f"{formatting.moment(moment, zone, language())} ({formatting.place(zone, language())})"


def _prepared(due: datetime, entry: StageEntry, now: datetime) -> Deadline:
    """Return until when to answer, by the clocks of the call and of the municipality's country."""
    return prepare(
        due,
        call_zone=entry.stage.call.time_zone,
        reader_zone=entry.application.municipality.country.time_zone,
        now=now,
        language=language(),
    )


def asked_labels(asked: Clarification) -> list[str]:
    """Return the questions that are asked, in the reader's language and the order of the form."""
    chosen: set[Any] = set(asked.questions)
    sections = filled_submission(asked.about).sections
    return [say(q.label) or _("Question") for section in sections for q in section.questions if q.key in chosen]
