"""From a posted form to answers as they were typed. Nothing is judged here; ``applications.answers`` does that.

Names of fields are the keys of the questions; fields within one are ``KEY.ROW-COLUMN``, ``KEY.CATEGORY-total`` and
``KEY.source.ROW-amount``. No key holds a point, so these names and the form's own (``form.version``) never meet.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from applications.answers import CELLS, ROW_CEILING
from calls.spec import QuestionSpec, SectionSpec

SOURCES = ".source"
_SOURCE_FIELDS = ("name", "amount")


def posted_answers(section: SectionSpec, data: QueryDict) -> dict[str, Any]:
    """Return the answers of a section as they were typed."""
    return {question.key: _posted(question, data) for question in section.questions}


def _posted(question: QuestionSpec, data: QueryDict) -> Any:
    if question.kind == "choices":
        return data.getlist(question.key)
    if question.kind == "table":
        return _rows(question.key, [column.key for column in question.columns], data)
    if question.kind == "budget":
        return _budget(question, data)
    return data.get(question.key)


def _rows(prefix: str, columns: list[str] | tuple[str, ...], data: QueryDict) -> list[dict[str, Any]]:
    shape = re.compile(rf"{re.escape(prefix)}\.([0-9]{{1,4}})-")
    numbers = sorted({int(found[1]) for name in data if (found := shape.match(name))})
    return [{column: data.get(f"{prefix}.{number}-{column}") for column in columns} for number in numbers[:ROW_CEILING]]


def _budget(question: QuestionSpec, data: QueryDict) -> dict[str, Any]:
    return {
        "categories": {
            category.code: {name: data.get(f"{question.key}.{category.code}-{name}") for name in CELLS}
            for category in question.categories
        },
        "sources": _rows(question.key + SOURCES, _SOURCE_FIELDS, data),
    }


def without_row(answers: Mapping[str, Any], place: str, index: str) -> dict[str, Any]:
    """Return the answers without one row; ``place`` is a table's key, or a budget's with ``.source`` after it."""
    key = place.removesuffix(SOURCES)
    answer = answers.get(key)
    rows = answer.get("sources") if isinstance(answer, Mapping) else answer
    if not isinstance(rows, list) or not index.isdecimal() or int(index) >= len(rows):
        return dict(answers)
    kept = [row for number, row in enumerate(rows) if number != int(index)]
    return {**answers, key: {**answer, "sources": kept} if isinstance(answer, Mapping) else kept}
