"""Changes of a form beside its single questions: order, removal, doubles, copies.

Each is one transaction, under the lock of the call.
"""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation

from calls.authoring.builder.codes import proposed
from calls.authoring.builder.order import Order, same_rows
from calls.authoring.builder.rest import follow
from calls.authoring.builder.taken_over import FIXED, stage_before
from calls.authoring.saving import locked
from calls.models import Call, FormSection, Question, Stage
from calls.spec import FormSpec, QuestionSpec
from calls.transfer.reading import form_spec
from calls.transfer.rows import align, texts
from calls.transfer.writing import question_values


def order_of(stage: Stage) -> Order:
    """Return the order in which sections and questions stand; at most 2 queries."""
    sections = stage.form_sections.all().prefetch_related("questions")
    return [(section.pk, [question.pk for question in section.questions.all()]) for section in sections]


@transaction.atomic
def arrange(stage: Stage, call: Call, order: Order, drop: Collection[str] = ()) -> bool:
    """Give sections and questions an order; questions may change their section.

    Args:
        drop: keys of questions whose condition goes, since it does not hold in the new order.

    Returns:
        Whether that was done; not where somebody added or removed one meanwhile.

    Raises:
        NotDraft: the call is a draft no longer.
    """
    locked(call)
    if not same_rows(order, order_of(stage)):
        return False
    questions = {row.pk: row for row in Question.objects.filter(section__stage=stage)}
    sections = {row.pk: row for row in stage.form_sections.all()}
    for place, (section, keys) in enumerate(order):
        _set(sections[section], position=place)
        for spot, key in enumerate(keys):
            _set(questions[key], position=spot, section_id=section)
    follow(stage, "", "", drop)
    return True


def _set(row: Any, **values: Any) -> None:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)


@transaction.atomic
def remove_question(question: Question, call: Call, drop: Collection[str]) -> None:
    """Remove a question, and the conditions that rest on it.

    Args:
        drop: keys of the questions whose condition goes.

    Raises:
        NotDraft: the call is a draft no longer.
    """
    locked(call)
    section = question.section
    question.delete()
    _close(section.questions.all())
    follow(section.stage, "", "", drop)


@transaction.atomic
def remove_section(section: FormSection, call: Call, drop: Collection[str]) -> None:
    """Remove a section with its questions, and the conditions elsewhere that rest on them.

    Raises:
        NotDraft: the call is a draft no longer.
    """
    locked(call)
    stage = section.stage
    section.delete()
    _close(stage.form_sections.all())
    follow(stage, "", "", drop)


def _close(rows: Any) -> None:
    for place, row in enumerate(rows):
        _set(row, position=place)


@transaction.atomic
def duplicate(question: Question, call: Call) -> Question:
    """Make a second question like this one, right behind it, under a key of its own.

    The earlier stage does not ask a question of that key, so no answer is taken over.

    Raises:
        NotDraft: the call is a draft no longer.
    """
    locked(call)
    taken = set(Question.objects.filter(section__stage=question.section.stage_id).values_list("key", flat=True))
    rows = list(question.section.questions.all())
    for row in rows:
        if row.position > question.position:
            _set(row, position=row.position + 1)
    with translation.override(settings.MODELTRANSLATION_DEFAULT_LANGUAGE):
        second: Question = Question.objects.get(pk=question.pk)
        second.pk, second._state.adding = None, True
        second.key = _second_key(question.key, taken)
        second.settings = {name: value for name, value in question.settings.items() if name != FIXED}
        second.position = question.position + 1
        second.save()
    return second


def _second_key(key: str, taken: Collection[str]) -> str:
    """The key with the next figure that is free: ``partners-2``."""
    base, _dash, figure = key.rpartition("-")
    return proposed(base if base and figure.isdecimal() else key, {*taken, base})


@transaction.atomic
def copy_form(source: Stage, target: Stage, call: Call) -> None:
    """Make the form of a stage what that of another stage is, of whatever call.

    Texts are taken in the languages that both calls have; templates of files only within the same call. Where no
    earlier stage invites to the stage, it takes over no answers.

    Raises:
        NotDraft: the call is a draft no longer.
    """
    locked(call)
    spec = form_spec(source, [code for code in source.call.languages if code in call.languages])
    spec = spec if source.call_id == call.pk else _without(spec, "template")
    spec = spec if stage_before(target, call) else _without(spec, FIXED)
    with translation.override(settings.MODELTRANSLATION_DEFAULT_LANGUAGE):
        _write(target, spec)


def _write(stage: Stage, form: FormSpec) -> None:
    sections = [{"code": part.code, **texts(title=part.title, help=part.help)} for part in form.sections]
    for section, part in zip(align(stage.form_sections, "code", sections), form.sections, strict=True):
        align(section.questions, "key", [question_values(question) for question in part.questions])


def _without(form: FormSpec, key: str) -> FormSpec:
    """The same form, in whose questions a key has its default."""
    plain = {key: QuestionSpec.model_fields[key].default}
    sections = tuple(
        part.model_copy(update={"questions": tuple(question.model_copy(update=plain) for question in part.questions)})
        for part in form.sections
    )
    return form.model_copy(update={"sections": sections})
