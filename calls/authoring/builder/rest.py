"""A form as it would be after a change, and the conditions that follow."""

from collections.abc import Collection, Sequence
from typing import Any

from calls.authoring.builder.conditions import asked_about, renamed
from calls.models import Question, Stage
from calls.spec import FormSpec, QuestionSpec, SectionSpec
from calls.transfer.reading import form_spec
from calls.transfer.writing import question_values

Structure = Sequence[tuple[str, Sequence[str]]]
"""Codes of sections, each with the keys of its questions, in their order."""


def replaced(form: FormSpec, old: str, question: QuestionSpec, section: str) -> FormSpec:
    """Return a form in which a question stands in place of the one keyed ``old``, or last in its section if it is new.

    Conditions that ask about the old key follow to the new one.
    """
    return FormSpec(sections=tuple(_in_section(part, old, question, section) for part in form.sections))


def _in_section(part: SectionSpec, old: str, question: QuestionSpec, section: str) -> SectionSpec:
    questions = [question if one.key == old else _following(one, old, question.key) for one in part.questions]
    if not old and part.code == section:
        questions.append(question)
    return part.model_copy(update={"questions": tuple(questions)})


def _following(question: QuestionSpec, old: str, new: str) -> QuestionSpec:
    if question.show_if is None or not old or old == new:
        return question
    return question.model_copy(update={"show_if": renamed(question.show_if, old, new)})


def without(form: FormSpec, keys: Collection[str]) -> FormSpec:
    """Return a form without some of its questions."""
    return FormSpec(
        sections=tuple(
            part.model_copy(update={"questions": tuple(one for one in part.questions if one.key not in keys)})
            for part in form.sections
        )
    )


def arranged(form: FormSpec, structure: Structure) -> FormSpec:
    """Return a form whose sections and questions stand in the order of a structure that names all of them."""
    sections = {part.code: part for part in form.sections}
    questions = {question.key: question for question in form.questions()}
    return FormSpec(
        sections=tuple(
            sections[code].model_copy(update={"questions": tuple(questions[key] for key in keys)})
            for code, keys in structure
        )
    )


def follow(stage: Stage, old: str, new: str, dropped: Collection[str]) -> None:
    """Bring the conditions of a stage's questions in line with a change, within the transaction of that change.

    Args:
        old, new: the key of a question before and after; where it changed, conditions name it anew.
        dropped: keys of questions whose condition goes.
    """
    if old == new and not dropped:
        return
    fresh = Stage.objects.select_related("call").get(pk=stage.pk)
    spec = form_spec(fresh, fresh.call.languages)
    rows = {row.key: row for row in Question.objects.filter(section__stage=fresh)}
    for question in spec.questions():
        if question.key in dropped:
            _write(rows[question.key], question.model_copy(update={"show_if": None}))
        elif old != new and question.show_if is not None and old in set(asked_about(question.show_if)):
            _write(rows[question.key], _following(question, old, new))


def _write(row: Any, question: QuestionSpec) -> None:
    """Write the condition alone: the other settings stay as they are, in whatever languages they have."""
    condition = question_values(question)["settings"].get("show_if")
    others = {name: value for name, value in row.settings.items() if name != "show_if"}
    row.settings = {**others, "show_if": condition} if condition is not None else others
    row.save(update_fields=["settings"])
