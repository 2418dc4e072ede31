"""What a stage takes over from the one before it: answers that stay as they were."""

from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from calls.callfile.checks import walk
from calls.callfile.checks.walk import under
from calls.callfile.messages import nearest
from calls.callfile.problems import Path, Problem
from calls.spec import FILE_ENDINGS, CallSpec, ColumnSpec, FormSpec, QuestionSpec

_MOST: Final = ("max_characters", "max_words", "max", "max_mb", "max_files")
_LISTS: Final = ("choices", "categories")


def fixed_answers(call: CallSpec) -> Iterator[Problem]:
    """A fixed question stands in a stage by invitation, and the stage before asks the same."""
    found = list(walk.stages(call))
    for path, stage in found[:1]:
        for place, _question in [pair for pair in walk.questions(path, stage) if pair[1].fixed]:
            message = _("no stage comes before this one whose answer could stand; remove “fixed”")
            yield Problem((*place, "fixed"), message)
    for (where, before), (path, stage) in pairwise(found):
        for place, question in walk.questions(path, stage):
            if question.fixed and stage.admission != "invited":
                message = _(
                    "answers are taken over in stages by invitation; write “admission: invited”, or remove “fixed”"
                )
                yield Problem((*place, "fixed"), message, reads=((*path, "admission"),))
            elif question.fixed:
                yield from not_the_same(place, question, (*where, "form"), before.form, before.code)


def not_the_same(
    place: Path, question: QuestionSpec, where: Path, before: FormSpec, stage: str = ""
) -> Iterator[Problem]:
    """What keeps a fixed question from taking over the answer of the stage before; nothing where it can.

    Args:
        place, where: the paths of the question, and of the form of the stage before.
        stage: the code of that stage.
    """
    asked = list(walk.form_questions(where, before))
    values: dict[str, Any] = {"key": question.key, "kind": question.kind, "stage": stage}
    reads = (*_all_of(where, before), (*place, "key"), (*place, "kind"))
    same = next(((path, earlier) for path, earlier in asked if earlier.key == question.key), None)
    if same is None:
        near = nearest(question.key, [earlier.key for _path, earlier in asked if earlier.kind == question.kind])
        message = _(
            "the stage “%(stage)s” does not ask “%(key)s”; write the key of one of its questions, or remove “fixed”"
        )
        if near:
            message = _("the stage “%(stage)s” does not ask “%(key)s”; write the key “%(near)s”, or remove “fixed”")
        yield Problem((*place, "fixed"), message, {**values, "near": near}, reads)
    elif same[1].kind != question.kind:
        message = _(
            "the stage “%(stage)s” asks “%(key)s” as %(earlier)s, not %(kind)s; make it %(earlier)s, or remove “fixed”"
        )
        yield Problem((*place, "fixed"), message, {**values, "earlier": same[1].kind}, reads)
    elif narrower := _narrower(question, same[1]):
        message = _(
            "answers from the stage “%(stage)s” may not fit “%(narrower)s” here; write it as there, or remove “fixed”"
        )
        yield Problem((*place, "fixed"), message, {**values, "narrower": narrower}, (*reads, place, same[0]))


def _all_of(where: Path, form: FormSpec) -> Iterator[Path]:
    """What tells which questions a form has."""
    yield (*where, "sections")
    for path, _section in under((*where, "sections"), form.sections):
        yield (*path, "questions")
    for path, _question in walk.form_questions(where, form):
        yield from ((*path, "key"), (*path, "kind"))


def _narrower(now: QuestionSpec | ColumnSpec, before: QuestionSpec | ColumnSpec) -> str:
    """The first key by which not every answer to the one is an answer to the other; empty where all are."""
    for name in _MOST:
        if _less(getattr(now, name, None), getattr(before, name, None)):
            return name
    if _more(now.min, before.min):
        return "min"
    for name in _LISTS:
        if _codes(getattr(before, name, ())) - _codes(getattr(now, name, ())):
            return name
    if isinstance(now, QuestionSpec) and isinstance(before, QuestionSpec):
        return _narrower_parts(now, before)
    return ""


def _narrower_parts(now: QuestionSpec, before: QuestionSpec) -> str:
    if now.accept and not set(before.accept or FILE_ENDINGS) <= set(now.accept):
        return "accept"
    if _less(now.rows.max, before.rows.max) or _more(now.rows.min, before.rows.min):
        return "rows"
    columns = {column.key: column for column in before.columns}
    if columns.keys() != {column.key for column in now.columns}:
        return "columns"
    changed = (
        column.kind != columns[column.key].kind
        or column.required > columns[column.key].required
        or _narrower(column, columns[column.key])
        for column in now.columns
    )
    return "columns" if any(changed) else ""


def _less(now: Any, before: Any) -> bool:
    return now is not None and (before is None or now < before)


def _more(now: Any, before: Any) -> bool:
    return now is not None and (before is None or now > before)


def _codes(parts: Collection[Any]) -> set[str]:
    return {part.code for part in parts}


CHECKS = (fixed_answers,)
