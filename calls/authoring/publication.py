"""What stands against publishing a call: faults that stop it, and warnings that staff may pass over with a reason.

Pure: both are concluded from the call's plain values and the moment of publication.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from calls.callfile import problems
from calls.callfile.checks.moments import is_zone
from calls.callfile.checks.walk import CALL, stages, under
from calls.callfile.problems import Path, Problem
from calls.pages.voice import whole_range
from calls.spec import CallSpec, StageSpec
from portal import languages

# EU practice (facts of the field): open calls run 90 days, 60 where grants are at most EUR 100,000, concept notes 45.
DAYS, DAYS_FOR_SMALL_GRANTS, DAYS_FOR_CONCEPT_NOTES = 90, 60, 45
SMALL_GRANT = Decimal(100_000)
# Questions until 21 days before the deadline, answers at the latest 11 days before (facts of the field).
QUESTIONS_BEFORE, ANSWERS_BEFORE = timedelta(days=21), timedelta(days=11)


@dataclass(frozen=True)
class Caution:
    """Something that can be published so, but that is unusual.

    Attributes:
        code: what makes it the same warning later: ``short:concept``.
        path: the value that it is about, as in the call file.
    """

    code: str
    path: Path
    message: "str | Promise"
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: str | None = None) -> str:
        """Return the sentence in a language, by default the active one."""
        with translation.override(language or translation.get_language()):
            return str(self.message) % self.values if self.values else str(self.message)

    def texts(self) -> dict[str, str]:
        """Return the sentence in each language of the site."""
        return {code: self.text(code) for code, _name in settings.LANGUAGES}


def faults(spec: CallSpec, now: datetime) -> list[Problem]:
    """Return what keeps a call from being published at a moment; empty where nothing does."""
    found = problems(spec)
    return [*found, *_passed(spec, now)] if is_zone(spec.time_zone) else found


def _passed(spec: CallSpec, now: datetime) -> Iterator[Problem]:
    for path, stage in stages(spec):
        if spec.moment(stage.deadline) < now:
            yield Problem((*path, "deadline"), _("has passed; write a later moment"))


def warnings(spec: CallSpec, now: datetime) -> list[Caution]:
    """Return what is unusual about publishing a call at a moment, in the order of its parts."""
    if not is_zone(spec.time_zone):
        return []
    return [warning for check in _CHECKS for warning in check(spec, now)]


def usual_days(spec: CallSpec) -> int:
    """Return for how many days a call is usually open: 90, or 60 where no grant is above 100,000."""
    largest = whole_range([spec.grant_for(lot.code) for lot in spec.lots] or [spec.grant])
    most = largest.max if largest.max is not None else largest.fixed
    return DAYS_FOR_SMALL_GRANTS if most is not None and most <= SMALL_GRANT else DAYS


def _short(spec: CallSpec, now: datetime) -> Iterator[Caution]:
    for path, stage in stages(spec):
        usual = DAYS_FOR_CONCEPT_NOTES if stage.kind == "concept_note" else usual_days(spec)
        days = (stage.deadline - max(stage.opens, spec.local(now))).days
        if 0 <= days < usual:
            message = _("“%(stage)s” gives %(days)s days to apply; %(usual)s are usual.")
            values = {"stage": said_title(stage), "days": days, "usual": usual}
            yield Caution(f"short:{stage.code}", (*path, "deadline"), message, values)


def _questions(spec: CallSpec, _now: datetime) -> Iterator[Caution]:
    # Days are those of the call's clock: 21 days before 16:00 is 16:00, also where summer time begins between.
    first = min((stage.deadline for stage in spec.stages), default=None)
    until, answers = spec.questions_until, spec.answers_until
    if until is None:
        message = _("Nobody can ask questions: the call has no moment until which questions are taken.")
        yield Caution("no-questions", (*CALL, "questions_until"), message)
    elif first and until > first - QUESTIONS_BEFORE:
        message = _("Questions are taken until less than 21 days before the first deadline.")
        yield Caution("questions-late", (*CALL, "questions_until"), message)
    if answers and first and answers > first - ANSWERS_BEFORE:
        message = _("Answers may come less than 11 days before the first deadline.")
        yield Caution("answers-late", (*CALL, "answers_until"), message)


def _documents(spec: CallSpec, _now: datetime) -> Iterator[Caution]:
    if not spec.documents:
        yield Caution("no-documents", (*CALL, "documents"), _("The call has no documents to download."))


def _forms(spec: CallSpec, _now: datetime) -> Iterator[Caution]:
    for path, stage in stages(spec):
        if not any(True for _question in stage.form.questions()):
            message = _("The form of “%(stage)s” has no questions.")
            yield Caution(f"no-questions-asked:{stage.code}", (*path, "form"), message, {"stage": said_title(stage)})


def _grids(spec: CallSpec, _now: datetime) -> Iterator[Caution]:
    for path, stage in stages(spec):
        values = {"stage": said_title(stage)}
        if stage.evaluation is None:
            message = _("“%(stage)s” has no evaluation grid: its applications cannot be scored.")
            yield Caution(f"no-grid:{stage.code}", (*path, "evaluation"), message, values)
        elif stage.evaluation.assessors == 1:
            message = _("One assessor alone scores each application of “%(stage)s”; two are usual.")
            yield Caution(f"one-assessor:{stage.code}", (*path, "evaluation", "assessors"), message, values)


def _lots(spec: CallSpec, _now: datetime) -> Iterator[Caution]:
    for path, lot in under((*CALL, "lots"), spec.lots):
        grant = spec.grant_for(lot.code)
        least = grant.fixed if grant.fixed is not None else grant.min
        if least is not None and lot.budget < least:
            message = _("The budget of %(lot)s, %(budget)s, is below its smallest grant, %(least)s.")
            values = {"lot": lot.code, "budget": _amount(lot.budget), "least": _amount(least)}
            yield Caution(f"lot-small:{lot.code}", (*path, "budget"), message, values)
    total = sum((lot.budget for lot in spec.lots), Decimal(0))
    if spec.lots and total < spec.budget:
        message = _("The budgets of the lots come to %(total)s, less than the call's budget of %(budget)s.")
        values = {"total": _amount(total), "budget": _amount(spec.budget)}
        yield Caution("lots-below-budget", (*CALL, "budget"), message, values)


_CHECKS: Final[tuple[Callable[[CallSpec, datetime], Iterator[Caution]], ...]] = (
    _lots,
    _documents,
    _questions,
    _short,
    _forms,
    _grids,
)


class Said:
    """A text of the call, put into words only when a message is shown."""

    def __init__(self, text: Mapping[str, str], otherwise: str) -> None:
        self._text, self._otherwise = text, otherwise

    def __str__(self) -> str:
        return languages.said(self._text, languages.active()) or self._otherwise


def said_title(stage: StageSpec) -> Said:
    """Return the title of a stage in the language in which it is read later."""
    return Said(stage.title, stage.code)


def _amount(value: Decimal) -> str:
    whole = f"{value:,.2f}".removesuffix(".00")
    return whole.replace(",", "\N{NO-BREAK SPACE}")
