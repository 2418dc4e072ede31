"""A filled form: what is shown, what is missing, what is wrong, how far each section is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from applications.answers.amounts import Amounts, amounts_of, limit_problems
from applications.answers.basics import DECLARATION, LOT, PRIORITY
from applications.answers.conditions import holds
from applications.answers.problems import Problem
from applications.answers.values import clean, problems_of, value_of
from calls.spec import BUILTIN_SECTION, CallSpec, QuestionSpec, SectionSpec, StageSpec

Answers = Mapping[str, Mapping[str, Any]]
"""Section code to question key to what is kept."""


class Progress(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DONE = "done"


@dataclass(frozen=True)
class Sheet:
    """A form with its answers, as plain values.

    Attributes:
        basics: the built-in section, made by ``basics_of``.
        lot: code of the lot that was chosen; it is an answer of the built-in section too.
        answers: what is kept, by section. A section that was never saved is absent.
        files: how many files were uploaded, by question.
        before: what was requested in the earlier stage.
    """

    call: CallSpec
    stage: StageSpec
    basics: SectionSpec
    lot: str | None = None
    answers: Answers = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)
    before: Decimal | None = None

    @cached_property
    def sections(self) -> tuple[SectionSpec, ...]:
        """All sections in the order of the form; a built-in one without questions is left out."""
        return (*((self.basics,) if self.basics.questions else ()), *self.stage.form.sections)

    def section(self, code: str) -> SectionSpec | None:
        return next((section for section in self.sections if section.code == code), None)

    def kept(self, section: str, key: str) -> Any:
        """Return what is kept of one answer, None for nothing."""
        return self.lot if key == LOT else self.answers.get(section, {}).get(key)

    @cached_property
    def _shown_or_not(self) -> tuple[frozenset[str], dict[str, Any]]:
        values: dict[str, Any] = {}
        hidden = set()
        for section in self.stage.form.sections:
            for question in section.questions:
                if question.show_if is not None and not holds(question.show_if, values):
                    hidden.add(question.key)
                elif (value := self._value(section.code, question)) is not None:
                    values[question.key] = value
        return frozenset(hidden), values

    @property
    def hidden(self) -> frozenset[str]:
        """The keys of the questions that are not shown. The answer to a hidden question counts as none."""
        return self._shown_or_not[0]

    @property
    def values(self) -> Mapping[str, Any]:
        """What the answers to the questions that are shown say, for conditions; what is not answered is absent."""
        return self._shown_or_not[1]

    def _value(self, section: str, question: QuestionSpec) -> Any:
        if question.kind == "file":
            return () if self.files.get(question.key) else None
        return value_of(question, self.kept(section, question.key))

    @cached_property
    def shown_answers(self) -> dict[str, dict[str, Any]]:
        """What is kept for the questions that are shown, by section: what a submission freezes."""
        return {
            section.code: {
                question.key: kept
                for question in section.questions
                if question.key not in self.hidden and (kept := self.kept(section.code, question.key)) is not None
            }
            for section in self.sections
        }

    @cached_property
    def amounts(self) -> Amounts:
        form = {
            key: kept
            for code, section in self.shown_answers.items()
            if code != BUILTIN_SECTION
            for key, kept in section.items()
        }
        return amounts_of(self.stage.form, form)

    @cached_property
    def declarations(self) -> frozenset[str]:
        """Codes of the statements of eligibility that are confirmed."""
        given = self.shown_answers.get(BUILTIN_SECTION, {})
        return frozenset(key.removeprefix(DECLARATION) for key in given if key.startswith(DECLARATION))

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """All that stands between the draft and its submission, in the order of the form."""
        found = list(self._of_questions())
        # A sum over amounts that have to be made clear first is held against nothing.
        unclear = {problem.key for problem in found if not problem.missing and problem.code != "sources_differ"}
        found += [problem for problem in self._of_limits() if problem.key not in unclear]
        order = {question.key: place for place, question in enumerate(q for s in self.sections for q in s.questions)}
        return tuple(sorted(found, key=lambda problem: order.get(problem.key, len(order))))

    @cached_property
    def missing(self) -> tuple[Problem, ...]:
        """What was not answered yet."""
        return tuple(problem for problem in self.problems if problem.missing)

    def problems_in(self, section: str) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.section == section)

    def _of_questions(self) -> Iterator[Problem]:
        for section in self.sections:
            for question in section.questions:
                if question.key not in self.hidden:
                    kept = self.kept(section.code, question.key)
                    for problem in problems_of(question, kept, self.files.get(question.key, 0)):
                        yield problem.of(section.code, question.key)
        yield from self._of_priorities()

    def _of_priorities(self) -> Iterator[Problem]:
        """Where any one priority will do, at least one has to be addressed."""
        keys = [question.key for question in self.basics.questions if question.key.startswith(PRIORITY)]
        if self.call.priorities.cover == "any" and keys and not any(self.kept(BUILTIN_SECTION, key) for key in keys):
            yield Problem("one_priority", missing=True).of(BUILTIN_SECTION, keys[0])

    def _of_limits(self) -> Iterator[Problem]:
        places = {question.key: section.code for section in self.sections for question in section.questions}
        within = self.stage.keep_requested_within_percent
        for problem in limit_problems(self.call, self.lot, self.amounts, before=self.before, within=within):
            yield problem.of(places[problem.target], problem.target)

    def progress(self, section: SectionSpec) -> Progress:
        """Return how far a section is; one that was saved and misses nothing is done."""
        if section.code not in self.answers and not self._has_files(section) and not self._only_lot(section):
            return Progress.NOT_STARTED
        return Progress.IN_PROGRESS if self.problems_in(section.code) else Progress.DONE

    def _has_files(self, section: SectionSpec) -> bool:
        return any(self.files.get(question.key) for question in section.questions)

    def _only_lot(self, section: SectionSpec) -> bool:
        """A built-in section that asks for the lot alone was answered when the application was begun."""
        return bool(self.lot) and [question.key for question in section.questions] == [LOT]

    def with_answers(self, section: str, answers: Mapping[str, Any]) -> "Sheet":
        """Return the same sheet with other answers in one section."""
        return replace(self, answers={**self.answers, section: answers})


def clean_section(section: SectionSpec, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of the answers of a section; unknown keys and empty answers are left out, and so is the lot.

    Cleaning what is kept changes nothing.
    """
    cleaned = (
        (question.key, clean(question, raw.get(question.key))) for question in section.questions if question.key != LOT
    )
    return {key: kept for key, kept in cleaned if kept is not None}
