"""Answers by kind of question: what is kept, what it says, and what is wrong with it.

What is kept is JSON: text; numbers and dates in their one written form, or as typed where they cannot be read; true and
false; codes; rows of a table as maps of column to text; a budget as ``{"categories": {CODE: {"total", "requested"}},
"sources": [{"name", "amount"}]}``. Nothing is kept for an empty answer. Files are kept apart.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from applications.answers.budget import CELLS, budget_problems
from applications.answers.numbers import number_of, read_date, read_number, write_number
from applications.answers.problems import Problem, Unreadable
from applications.answers.signs import one_line as on_one_line
from applications.answers.signs import visible, word_count
from calls.spec import NUMBER_KINDS, ColumnSpec, QuestionSpec

Asked = QuestionSpec | ColumnSpec
TEXT_KINDS = frozenset({"short_text", "long_text"})
ROW_CEILING = 200
"""No table is kept longer than this, whatever a request brings."""
YES = ("yes", "true", "on", "1")
NO = ("no", "false", "0")


# --- what is kept ----------------------------------------------------------------------------------------------


def clean(question: Asked, raw: Any) -> Any:
    """Return what is kept of an answer, None for nothing. Cleaning what is kept changes nothing."""
    return _CLEANERS[question.kind](question, raw)


def _text(question: Asked, raw: Any) -> str | None:
    return clean_text(raw, one_line=question.kind == "short_text")


def clean_text(raw: Any, *, one_line: bool = False) -> str | None:
    """Return a text without signs that nobody can see, line ends made one kind and the space around it left off."""
    if not isinstance(raw, str):
        return None
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    if one_line:
        # Some of what is not seen is white space and parts words; the rest leaves spaces side by side where it goes.
        text = on_one_line(visible(on_one_line(text)))
    return visible(text).strip() or None


def _number(question: Asked, raw: Any) -> str | None:
    return clean_number(question.kind, raw)


def clean_number(kind: str, raw: Any) -> str | None:
    """Return a number in its written form, or the text as it was typed where it cannot be read."""
    text = clean_text(raw, one_line=True)
    try:
        return write_number(read_number(text, kind), kind) if text else None
    except Unreadable:
        return text


def _date(question: Asked, raw: Any) -> str | None:
    text = clean_text(raw, one_line=True)
    try:
        return read_date(text).isoformat() if text else None
    except Unreadable:
        return text


def _yes_no(question: Asked, raw: Any) -> bool | None:
    word = str(raw).lower()
    return True if word in YES else False if word in NO else None


def _declaration(question: Asked, raw: Any) -> bool | None:
    return _yes_no(question, raw) or None


def _choice(question: Asked, raw: Any) -> str | None:
    return raw if any(raw == choice.code for choice in question.choices) else None


def _choices(question: Asked, raw: Any) -> list[str] | None:
    chosen = raw if isinstance(raw, list | tuple) else [raw]
    return [choice.code for choice in question.choices if choice.code in chosen] or None


def _table(question: QuestionSpec, raw: Any) -> list[dict[str, Any]] | None:
    rows = raw[:ROW_CEILING] if isinstance(raw, list) else []
    cleaned = (_row(question.columns, row) for row in rows if isinstance(row, Mapping))
    return [row for row in cleaned if row] or None


def _row(columns: tuple[ColumnSpec, ...], row: Mapping[str, Any]) -> dict[str, Any]:
    cells = ((column.key, clean(column, row.get(column.key))) for column in columns)
    return {key: value for key, value in cells if value is not None}


def _budget(question: QuestionSpec, raw: Any) -> dict[str, Any] | None:
    if not isinstance(raw, Mapping):
        return None
    given = raw.get("categories")
    given = given if isinstance(given, Mapping) else {}
    lines = ((category.code, _cells(given.get(category.code))) for category in question.categories)
    sources = raw.get("sources")
    named = [_source(row) for row in sources[:ROW_CEILING]] if isinstance(sources, list) else []
    categories = {code: cells for code, cells in lines if cells}
    kept = {"categories": categories, "sources": [row for row in named if row]}
    return kept if any(kept.values()) else None


def _cells(given: Any) -> dict[str, str]:
    cells = given if isinstance(given, Mapping) else {}
    cleaned = ((name, clean_number("money", cells.get(name))) for name in CELLS)
    return {name: value for name, value in cleaned if value is not None}


def _source(row: Any) -> dict[str, str]:
    cells = row if isinstance(row, Mapping) else {}
    name, amount = clean_text(cells.get("name"), one_line=True), clean_number("money", cells.get("amount"))
    return {key: value for key, value in (("name", name), ("amount", amount)) if value is not None}


def _nothing(question: Asked, raw: Any) -> None:
    return None


_CLEANERS: Mapping[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(TEXT_KINDS, _text),
    **dict.fromkeys(NUMBER_KINDS, _number),
    "date": _date,
    "yes_no": _yes_no,
    "declaration": _declaration,
    "choice": _choice,
    "choices": _choices,
    "table": _table,
    "budget": _budget,
    "file": _nothing,
    "heading": _nothing,
}


# --- what it says ----------------------------------------------------------------------------------------------


def value_of(question: Asked, kept: Any) -> Any:
    """Return what an answer says, for conditions: bool, Decimal, text or codes; None where it says nothing.

    A table and a budget have no single value: what they say is ``()``, which is answered and equals nothing.
    """
    if kept is None or question.kind in ("file", "heading"):
        return None
    if question.kind in NUMBER_KINDS:
        return number_of(question.kind, kept)
    if question.kind == "choices":
        return tuple(kept)
    return () if question.kind in ("table", "budget") else kept


# --- what is wrong with it ---------------------------------------------------------------------------------------


def problems_of(question: Asked, kept: Any, files: int = 0) -> Iterator[Problem]:
    """Yield what is wrong with a kept answer to a question that is shown; ``files`` is how many were uploaded."""
    if question.kind == "file":
        yield from _file_problems(question, files)
    elif kept is None:
        if question.required:
            yield Problem("confirm" if question.kind == "declaration" else "required", missing=True)
    elif check := _CHECKS.get(question.kind):
        yield from check(question, kept)


def _file_problems(question: QuestionSpec, files: int) -> Iterator[Problem]:
    if question.required and not files:
        yield Problem("file_required", missing=True)
    if question.max_files is not None and files > question.max_files:
        yield Problem("too_many_files", params={"limit": question.max_files})


def _text_problems(question: Asked, kept: str) -> Iterator[Problem]:
    words, characters = word_count(kept), len(kept)
    if question.max_words is not None and words > question.max_words:
        yield Problem("too_many_words", params={"used": words, "limit": question.max_words})
    if question.max_characters is not None and characters > question.max_characters:
        yield Problem("too_many_characters", params={"used": characters, "limit": question.max_characters})


def _number_problems(question: Asked, kept: str) -> Iterator[Problem]:
    try:
        value = read_number(kept, question.kind)
    except Unreadable as unclear:
        yield Problem(unclear.code, params={"typed": kept, **unclear.params})
        return
    least, most = limits_of(question)
    if least is not None and value < least:
        yield Problem("too_small", params={"limit": least})
    if most is not None and value > most:
        yield Problem("too_large", params={"limit": most})


def limits_of(question: Asked) -> tuple[Decimal | None, Decimal | None]:
    """Return the least and greatest number a question takes; money and per cent are never negative."""
    least, most = question.min, question.max
    if least is None and question.kind in ("money", "percent"):
        least = Decimal(0)
    if most is None and question.kind == "percent":
        most = Decimal(100)
    return least, most


def _date_problems(question: Asked, kept: str) -> Iterator[Problem]:
    try:
        read_date(kept)
    except Unreadable as unclear:
        yield Problem(unclear.code, params={"typed": kept})


def _table_problems(question: QuestionSpec, kept: list[dict[str, Any]]) -> Iterator[Problem]:
    rows = question.rows
    if rows.min is not None and len(kept) < rows.min:
        yield Problem("too_few_rows", missing=True, params={"limit": rows.min})
    if rows.max is not None and len(kept) > rows.max:
        yield Problem("too_many_rows", params={"limit": rows.max})
    for index, row in enumerate(kept):
        for column in question.columns:
            for problem in problems_of(column, row.get(column.key)):
                yield problem.at(f"{question.key}.{index}-{column.key}")


def _budget_problems(question: QuestionSpec, kept: dict[str, Any]) -> Iterator[Problem]:
    yield from budget_problems(question, kept)


_CHECKS: Mapping[str, Callable[[Any, Any], Iterator[Problem]]] = {
    **dict.fromkeys(TEXT_KINDS, _text_problems),
    **dict.fromkeys(NUMBER_KINDS, _number_problems),
    "date": _date_problems,
    "table": _table_problems,
    "budget": _budget_problems,
}
