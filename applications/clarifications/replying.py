"""The answer to a request for clarification: the submission in question, with only those answers changed."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from applications.answers import DECLARATION, LOT, FrozenFile, Problem, Sheet, snapshot_of
from applications.models import Clarification, StageEntry, Submission
from applications.presentation import Filled, filled_sheet, filled_submission
from applications.queries import Dossier, basics, call_spec, stage_of
from calls.spec import BUILTIN_SECTION, FormSpec, QuestionSpec, SectionSpec

_CHANGED = ("sequence", "hidden", "answers", "files", "amounts")
"""What of a snapshot can become another one by an answer; all else is the earlier submission's own."""


def askable(entry: StageEntry, about: Submission) -> list[tuple[SectionSpec, tuple[QuestionSpec, ...]]]:
    """Return what may be asked about, by section: the questions that were shown and that can be answered again.

    Left out are the lot and what was confirmed about eligibility, on which the right to apply rests; answers that the
    earlier stage fixed; and what a corrigendum has taken out of the form since.
    """
    form, spec = filled_submission(about), call_spec(entry.stage.call)
    present = {question.key for question in stage_of(spec, entry.stage.code).form.questions()}
    present |= {question.key for question in basics(spec).questions}
    barred = {LOT, *form.hidden, *entry.fixed}
    found = (
        (section, tuple(q for q in section.questions if q.key in present - barred and _answerable(q)))
        for section in form.sections
    )
    return [(section, questions) for section, questions in found if questions]


def _answerable(question: QuestionSpec) -> bool:
    return question.kind != "heading" and not question.key.startswith(DECLARATION)


@dataclass(frozen=True)
class Reply:
    """A submission with other answers to the questions that were asked.

    Attributes:
        standing: the submission as it is, as a sheet.
        sheet: the same with the answers that were written to what is asked, and to nothing else.
    """

    about: Submission
    questions: frozenset[str]
    standing: Sheet
    sheet: Sheet
    files: tuple[FrozenFile, ...]

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What is missing or wrong in the answers that were asked for, and limits that are broken only by them."""
        before = self.standing.problems
        return tuple(
            problem
            for problem in self.sheet.problems
            if problem.key in self.questions or not (problem.missing or problem in before)
        )

    @property
    def filled(self) -> Filled:
        """The form as it would read, for pages."""
        grouped: dict[str, list[Mapping[str, Any]]] = {}
        for file in self.files:
            grouped.setdefault(file.question, []).append(file.record())
        return filled_sheet(self.sheet, grouped)

    def snapshot(self, sequence: int) -> dict[str, Any]:
        """Return what is submitted: the earlier snapshot, with what the answers change."""
        frozen = self.about.snapshot
        fresh = snapshot_of(
            self.sheet, self.files, number=frozen["number"], sequence=sequence, municipality=frozen["municipality"]
        )
        return {**frozen, **{name: fresh[name] for name in _CHANGED}}


def reply_of(dossier: Dossier, asked: Clarification) -> Reply:
    """Return the answer as it is written now. No query; ``asked`` comes with ``about``.

    It is judged by the form that was submitted, and all that was not asked is read from the submission, not from what
    is written in the sections.
    """
    about, questions = asked.about, frozenset(asked.questions)
    files = tuple(_files(dossier, about, questions))
    standing = _standing(dossier, about)
    changed = {
        section.code: {
            key: kept
            for key in (question.key for question in section.questions)
            if (kept := (dossier.sheet if key in questions else standing).kept(section.code, key)) is not None
        }
        for section in standing.sections
    }
    sheet = replace(standing, answers=changed, files=Counter(file.question for file in files))
    return Reply(about, questions, standing, sheet, files)


def _standing(dossier: Dossier, about: Submission) -> Sheet:
    form, lot = filled_submission(about), about.snapshot["lot"]
    own = [section for section in form.sections if section.code != BUILTIN_SECTION]
    first = next((section for section in form.sections if section.code == BUILTIN_SECTION), None)
    stage = dossier.sheet.stage.model_copy(update={"form": FormSpec(sections=tuple(own))})
    return replace(
        dossier.sheet,
        stage=stage,
        basics=first or dossier.sheet.basics.model_copy(update={"questions": ()}),
        lot=lot["code"] if lot else None,
        answers=form.answers,
        files={question: len(list(records)) for question, records in form.files.items()},
    )


def _files(dossier: Dossier, about: Submission, questions: frozenset[str]) -> Iterator[FrozenFile]:
    for question, records in about.snapshot["files"].items():
        if question not in questions:
            yield from (FrozenFile(question, **record) for record in records)
    yield from (file for file in dossier.frozen_files() if file.question in questions)
