"""Forms: conditions that look back, kinds that have what they need, keys that carry amounts."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from calls.callfile.checks import walk
from calls.callfile.checks.amounts import ordered
from calls.callfile.checks.walk import under
from calls.callfile.messages import Expected, OneOf, excerpt, nearest
from calls.callfile.problems import Path, Problem
from calls.callfile.shapes import Words
from calls.spec import (
    CHOICE_KINDS,
    FILE_ENDINGS,
    NEEDED_KEYS,
    NUMBER_KINDS,
    AllCondition,
    AnyCondition,
    CallSpec,
    Condition,
    EqualsCondition,
    Expect,
    FormSpec,
    GreaterCondition,
    InCondition,
    NotCondition,
    QuestionSpec,
)

_AMOUNT_KINDS: Final[Mapping[str, str]] = {"requested": "money", "total-cost": "money", "months": "integer"}
"""Keys whose answers are the amounts that are limited, ranked and carried on."""
_TRUTH_KINDS: Final = frozenset({"yes_no", "declaration"})
_WORD_KINDS: Final = frozenset({"short_text", "long_text", "date"})

Leaf = tuple[Path, Condition]


def kinds(call: CallSpec) -> Iterator[Problem]:
    """Each question and column has what its kind lives from, and limits in order."""
    for path, field in walk.fields(call):
        needed = NEEDED_KEYS.get(field.kind)
        if needed and not getattr(field, needed):
            message = _("is missing; a question of kind %(kind)s needs at least one entry there")
            yield Problem((*path, needed), message, {"kind": field.kind}, reads=((*path, "kind"),))
        yield from ordered(path, field.min, field.max)
    for path, question in walk.all_questions(call):
        yield from ordered((*path, "rows"), question.rows.min, question.rows.max)
        for place, ending in under((*path, "accept"), question.accept):
            if ending not in FILE_ENDINGS:
                message = _("files of kind “%(ending)s” are not taken; write %(expected)s")
                yield Problem(place, message, {"ending": ending, "expected": OneOf(FILE_ENDINGS, ending)})


def amounts(call: CallSpec) -> Iterator[Problem]:
    """Keys that carry amounts have the kind for it; a form has one budget (call file format, the amount)."""
    for path, stage in walk.stages(call):
        budget: Path | None = None
        for place, question in walk.questions(path, stage):
            kind = _AMOUNT_KINDS.get(question.key, question.kind)
            if kind != question.kind:
                message = _(
                    "a question keyed “%(key)s” is of kind %(kind)s, since it is reckoned with; or choose another key"
                )
                yield Problem((*place, "kind"), message, {"key": question.key, "kind": kind}, ((*place, "key"),))
            if question.kind == "budget" and budget:
                message = _("a form has one budget only; make it one question")
                yield Problem((*place, "kind"), message, reads=((*budget, "kind"),))
            budget = place if question.kind == "budget" else budget


def conditions(call: CallSpec) -> Iterator[Problem]:
    """A condition asks about an earlier question of the form, for an answer it can have."""
    for path, stage in walk.stages(call):
        yield from form_conditions((*path, "form"), stage.form)


def form_conditions(path: Path, form: FormSpec) -> Iterator[Problem]:
    """The faults of the conditions of one form, which stands at this path."""
    asked = list(walk.form_questions(path, form))
    reads = tuple((*place, "key") for place, _question in asked)
    for position, (place, question) in enumerate(asked):
        if question.show_if is None:
            continue
        before = {earlier.key: (where, earlier) for where, earlier in asked[:position]}
        for leaf, condition in _leaves((*place, "show_if"), question.show_if):
            key = getattr(condition, "question", "")
            if key in before:
                yield from _value_problems(leaf, condition, *before[key])
            else:
                yield _not_before(leaf, key, question, form, tuple(before), reads)


def _leaves(path: Path, condition: Condition) -> Iterator[Leaf]:
    if isinstance(condition, NotCondition):
        yield from _leaves((*path, "not"), condition.not_)
    elif isinstance(condition, AllCondition):
        for place, part in under((*path, "all"), condition.all):
            yield from _leaves(place, part)
    elif isinstance(condition, AnyCondition):
        for place, part in under((*path, "any"), condition.any):
            yield from _leaves(place, part)
    else:
        yield path, condition


def _not_before(
    leaf: Path,
    key: str,
    asking: QuestionSpec,
    form: FormSpec,
    before: tuple[str, ...],
    reads: tuple[Path, ...],
) -> Problem:
    if key == asking.key:
        message = _("“%(key)s” is this question itself; write the key of an earlier one")
    elif form.question(key):
        message = _("“%(key)s” comes later in the form; write the key of an earlier question, or move it up")
    elif any(column.key == key for question in form.questions() for column in question.columns):
        message = _("“%(key)s” is a column of a table; write the key of an earlier question")
    elif nearest(key, before):
        message = _("there is no question “%(key)s” in this form; write “%(near)s” or another earlier one")
    else:
        message = _("there is no question “%(key)s” in this form; write the key of an earlier question")
    return Problem((*leaf, "question"), message, {"key": key, "near": nearest(key, before)}, reads)


def _value_problems(path: Path, condition: Condition, where: Path, asked: QuestionSpec) -> Iterator[Problem]:
    reads = (
        (*where, "kind"),
        (*where, "choices"),
        *((*place, "code") for place, _c in under((*where, "choices"), asked.choices)),
    )
    values = {"question": asked.key, "kind": asked.kind}
    if asked.kind == "heading":
        yield Problem(
            (*path, "question"),
            _("“%(question)s” is a heading and has no answer; write another key"),
            values,
            reads,
        )
    elif isinstance(condition, GreaterCondition) and asked.kind not in NUMBER_KINDS:
        message = _("“%(question)s” is of kind %(kind)s, not a number; write “equals”, “in” or “answered”")
        yield Problem((*path, "greater"), message, values, reads)
    for place, value in _values(path, condition):
        words = _mismatch(value, asked)
        if words:
            message = _("“%(value)s” is never the answer to “%(question)s” (%(kind)s); write %(expected)s")
            yield Problem(place, message, {**values, "value": excerpt(str(value)), "expected": words}, reads)


def _values(path: Path, condition: Condition) -> Iterator[tuple[Path, bool | Decimal | str]]:
    if isinstance(condition, EqualsCondition):
        yield (*path, "equals"), condition.equals
    elif isinstance(condition, InCondition):
        yield from under((*path, "in"), condition.in_)


def _mismatch(value: bool | Decimal | str, asked: QuestionSpec) -> Words | None:
    """What the value of a condition has to be, where it is not that."""
    if asked.kind in _TRUTH_KINDS:
        return None if isinstance(value, bool) else Expected(Expect("boolean"))
    if asked.kind in CHOICE_KINDS:
        codes = [choice.code for choice in asked.choices]
        return None if value in codes and isinstance(value, str) else OneOf(codes, str(value))
    if asked.kind in NUMBER_KINDS:
        return None if isinstance(value, Decimal) else Expected(Expect("number"))
    if asked.kind in _WORD_KINDS:
        return None if isinstance(value, str) else Expected(Expect("quoted"))
    return Expected(Expect("answered"))


def templates(call: CallSpec) -> Iterator[Problem]:
    """What a question offers for download is a template among the documents of the call."""
    kinds_of = {document.file: document.kind for document in call.documents}
    reads: tuple[Path, ...] = tuple(
        (*place, name) for place, _d in under((*walk.CALL, "documents"), call.documents) for name in ("file", "kind")
    )
    offered = [file for file, kind in kinds_of.items() if kind == "template"]
    for path, question in walk.all_questions(call):
        if question.template is None or question.template in offered:
            continue
        if question.template in kinds_of:
            message = _("the document “%(file)s” is of kind %(kind)s; write the file of a document of kind template")
        elif offered:
            message = _("there is no document “%(file)s” of kind template in this call; write %(expected)s")
        else:
            message = _("there is no document of kind template in this call; add “%(file)s” to the documents")
        values = {
            "file": excerpt(question.template),
            "kind": kinds_of.get(question.template, ""),
            "expected": OneOf(offered, question.template),
        }
        yield Problem((*path, "template"), message, values, reads)


CHECKS = (kinds, amounts, conditions, templates)
