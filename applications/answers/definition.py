"""The rules of one section as data: what a browser needs to judge answers as ``Sheet`` does, at once while one types.

There is one definition: conditions, limits, kinds, amounts of the call, and the very patterns by which numbers, dates
and white space are read here. ``static/site/form-rules.js`` works on it and on nothing else; a table of cases and
random forms go through both (tests/applications/test_same_verdicts.py). It is JSON without a float: numbers are text.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from applications.answers import numbers, signs, values
from applications.answers.amounts import LONGEST_MONTHS, MONTHS, REQUESTED, TOTAL
from applications.answers.basics import LOT, PRIORITY
from applications.answers.budget import CELLS
from applications.answers.sheet import Sheet
from calls.spec import (
    AllCondition,
    AnsweredCondition,
    AnyCondition,
    CallSpec,
    ColumnSpec,
    Condition,
    EqualsCondition,
    FormSpec,
    GreaterCondition,
    InCondition,
    NotCondition,
    QuestionSpec,
    SectionSpec,
)

Data = dict[str, Any]

GRAMMAR: Final[Data] = {
    "spaces": signs.SPACES,
    "unseen": signs.UNSEEN,
    "shape": numbers.SHAPE,
    "groups": numbers.GROUPS,
    "minus": numbers.MINUS,
    "digits": numbers.DIGITS,
    "places": numbers.PLACES,
    # The one difference of the two languages in these patterns: how a group is named.
    "dates": [pattern.replace("(?P<", "(?<") for pattern in numbers.DATES],
    "noBreak": numbers.NO_BREAK,
    "yes": values.YES,
    "no": values.NO,
    "rows": values.ROW_CEILING,
    "cells": CELLS,
    "textKinds": sorted(values.TEXT_KINDS),
}
"""How answers are read, for every form."""


def definition_of(sheet: Sheet, section: SectionSpec) -> Data:
    """Return the rules of one section of a form, with what is answered elsewhere and matters to it."""
    return {
        "grammar": GRAMMAR,
        "questions": [_asked(question) for question in section.questions],
        "earlier": earlier_values(sheet, section),
        "files": {q.key: sheet.files.get(q.key, 0) for q in section.questions if q.kind == "file"},
        "oneOf": _one_of(sheet, section),
        "amounts": _amounts(sheet.stage.form),
        "elsewhere": _elsewhere(sheet, section),
        "limits": _limits(sheet),
    }


def decimal_text(value: Decimal) -> str:
    """Return the shortest text of a number: no zero at its end, no exponent."""
    return format(value.normalize(), "f") if value else "0"


def _text(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)


# --- questions ---------------------------------------------------------------------------------------------------


def _asked(asked: QuestionSpec | ColumnSpec) -> Data:
    least, most = values.limits_of(asked)
    data: Data = {
        "key": asked.key,
        "kind": asked.kind,
        "required": asked.required,
        "maxWords": asked.max_words,
        "maxCharacters": asked.max_characters,
        "min": _text(least),
        "max": _text(most),
        "choices": [choice.code for choice in asked.choices],
        **(_parts(asked) if isinstance(asked, QuestionSpec) else {}),
    }
    return {name: value for name, value in data.items() if value not in (None, [], False)}


def _parts(question: QuestionSpec) -> Data:
    return {
        "maxFiles": question.max_files,
        "columns": [_asked(column) for column in question.columns],
        "minRows": question.rows.min,
        "maxRows": question.rows.max,
        "categories": [category.code for category in question.categories],
        "showIf": None if question.show_if is None else condition_data(question.show_if),
    }


def condition_data(condition: Condition) -> Data:
    """Return a condition in the words of the call file; a number in it is ``{"number": TEXT}``, apart from texts."""
    match condition:
        case AllCondition(all=parts):
            return {"all": [condition_data(part) for part in parts]}
        case AnyCondition(any=parts):
            return {"any": [condition_data(part) for part in parts]}
        case NotCondition(not_=part):
            return {"not": condition_data(part)}
        case AnsweredCondition(question=key, answered=wanted):
            return {"question": key, "answered": wanted}
        case EqualsCondition(question=key, equals=wanted):
            return {"question": key, "equals": value_data(wanted)}
        case InCondition(question=key, in_=several):
            return {"question": key, "in": [value_data(wanted) for wanted in several]}
        case GreaterCondition(question=key, greater=least):
            return {"question": key, "greater": value_data(least)}


def value_data(value: bool | Decimal | str | tuple[str, ...]) -> Any:
    """Return what an answer says: a number as ``{"number": TEXT}``, several codes as a list, others as they are."""
    if isinstance(value, Decimal):
        return {"number": decimal_text(value)}
    return list(value) if isinstance(value, tuple) else value


def _asked_about(condition: Any) -> Iterator[str]:
    if isinstance(condition, NotCondition):
        yield from _asked_about(condition.not_)
    elif isinstance(condition, AllCondition | AnyCondition):
        for part in condition.all if isinstance(condition, AllCondition) else condition.any:
            yield from _asked_about(part)
    else:
        yield condition.question


def earlier_values(sheet: Sheet, section: SectionSpec) -> Data:
    """Return what is answered in other sections and asked about by conditions of this one; hidden answers are none."""
    here = {question.key for question in section.questions}
    asked = {key for q in section.questions if q.show_if is not None for key in _asked_about(q.show_if)}
    found = {key: sheet.values[key] for key in sorted(asked - here) if key in sheet.values}
    return {key: value_data(value) for key, value in found.items()}


def _one_of(sheet: Sheet, section: SectionSpec) -> list[str]:
    """The questions on priorities, where any one of them has to be answered."""
    keys = [question.key for question in section.questions if question.key.startswith(PRIORITY)]
    return keys if sheet.call.priorities.cover == "any" else []


# --- amounts -----------------------------------------------------------------------------------------------------


def _amounts(form: FormSpec) -> Data:
    """Where the form says how much is requested, what all costs, and how long it lasts."""
    budget = form.budget_question()
    kinds = {question.key: question.kind for question in form.questions()}
    return {
        "budget": budget.key if budget else None,
        "requested": REQUESTED if budget is None and kinds.get(REQUESTED) == "money" else None,
        "total": TOTAL if budget is None and kinds.get(TOTAL) == "money" else None,
        "months": MONTHS if kinds.get(MONTHS) == "integer" else None,
    }


def _elsewhere(sheet: Sheet, section: SectionSpec) -> Data:
    """What other sections keep of the questions that amounts are made of."""
    wanted = {key for key in _amounts(sheet.stage.form).values() if key}
    here = {question.key for question in section.questions}
    return {
        key: kept
        for answers in sheet.shown_answers.values()
        for key, kept in answers.items()
        if key in wanted and key not in here and key != LOT
    }


def _limits(sheet: Sheet) -> Mapping[str, Any]:
    call: CallSpec = sheet.call
    grant, duration = call.grant_for(sheet.lot), call.duration_months
    return {
        "fixed": _text(grant.fixed),
        "min": _text(grant.min),
        "max": _text(grant.max),
        "cofinancing": decimal_text(call.cofinancing_for(sheet.lot)),
        "before": _text(sheet.before),
        "within": _text(sheet.stage.keep_requested_within_percent),
        "minMonths": duration.min or 1,
        "maxMonths": duration.max or LONGEST_MONTHS,
    }
