"""Answers against the form they belong to, as plain values: no database, no requests, no sentences.

One definition serves every page, check, snapshot and test: what is kept of what was typed (``clean_section``), what is
shown (``Sheet.hidden``), what is missing or wrong (``Sheet.problems``), what is requested (``Sheet.amounts``).
"""

from applications.answers.amounts import Amounts, amounts_of, limit_problems, request_range
from applications.answers.basics import DECLARATION, LOT, PRIORITY, PRIORITY_WORDS, BasicsSection, Words, basics_of
from applications.answers.budget import CELLS, Sums, sums_of
from applications.answers.conditions import holds
from applications.answers.definition import decimal_text, definition_of, earlier_values
from applications.answers.numbers import (
    NO_BREAK,
    number_of,
    read_date,
    read_number,
    show_date,
    show_number,
    write_number,
)
from applications.answers.problems import Problem, Unreadable
from applications.answers.sheet import Answers, Progress, Sheet, clean_section
from applications.answers.signs import word_count
from applications.answers.snapshot import FrozenFile, canonical, digest_of, money_text, snapshot_of
from applications.answers.values import ROW_CEILING, TEXT_KINDS, clean, clean_text, limits_of, problems_of, value_of

__all__ = [
    "CELLS",
    "DECLARATION",
    "LOT",
    "NO_BREAK",
    "PRIORITY",
    "PRIORITY_WORDS",
    "ROW_CEILING",
    "TEXT_KINDS",
    "Amounts",
    "Answers",
    "BasicsSection",
    "FrozenFile",
    "Problem",
    "Progress",
    "Sheet",
    "Sums",
    "Unreadable",
    "Words",
    "amounts_of",
    "basics_of",
    "canonical",
    "clean",
    "clean_section",
    "clean_text",
    "decimal_text",
    "definition_of",
    "digest_of",
    "earlier_values",
    "holds",
    "limit_problems",
    "limits_of",
    "money_text",
    "number_of",
    "problems_of",
    "read_date",
    "read_number",
    "request_range",
    "show_date",
    "show_number",
    "snapshot_of",
    "sums_of",
    "value_of",
    "word_count",
    "write_number",
]
