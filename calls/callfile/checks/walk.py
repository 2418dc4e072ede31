"""Steps through a call, with the path of each part."""

from collections.abc import Iterator
from typing import TypeVar

from calls.callfile.problems import Path
from calls.spec import CallSpec, ColumnSpec, EvaluationSpec, FormSpec, QuestionSpec, SectionSpec, StageSpec

T = TypeVar("T")

CALL: Path = ("call",)


def under(path: Path, items: tuple[T, ...]) -> Iterator[tuple[Path, T]]:
    """Each item of a list with its path."""
    return (((*path, place), item) for place, item in enumerate(items))


def stages(call: CallSpec) -> Iterator[tuple[Path, StageSpec]]:
    """Each stage."""
    return under((*CALL, "stages"), call.stages)


def grids(call: CallSpec) -> Iterator[tuple[Path, EvaluationSpec]]:
    """Each stage's evaluation, where it has one."""
    for path, stage in stages(call):
        if stage.evaluation is not None:
            yield (*path, "evaluation"), stage.evaluation


def sections(path: Path, stage: StageSpec) -> Iterator[tuple[Path, SectionSpec]]:
    """Each section of a stage's form."""
    return under((*path, "form", "sections"), stage.form.sections)


def questions(path: Path, stage: StageSpec) -> Iterator[tuple[Path, QuestionSpec]]:
    """Each question of a stage's form, in its order."""
    yield from form_questions((*path, "form"), stage.form)


def form_questions(path: Path, form: FormSpec) -> Iterator[tuple[Path, QuestionSpec]]:
    """Each question of a form that stands at this path, in its order."""
    for place, section in under((*path, "sections"), form.sections):
        yield from under((*place, "questions"), section.questions)


def all_questions(call: CallSpec) -> Iterator[tuple[Path, QuestionSpec]]:
    """Each question of each stage."""
    for path, stage in stages(call):
        yield from questions(path, stage)


def fields(call: CallSpec) -> Iterator[tuple[Path, QuestionSpec | ColumnSpec]]:
    """Each question and each column of a table."""
    for path, question in all_questions(call):
        yield path, question
        yield from under((*path, "columns"), question.columns)
