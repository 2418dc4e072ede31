"""What a section's page gives to its script: the rules of the section, and the words and figures to say them in."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from applications.answers import Sheet, definition_of
from applications.answers.definition import GRAMMAR
from applications.messages import MONEY, MONEY_LIMITS, SENTENCES, language
from calls.spec import SectionSpec
from portal.content import formatting

_LATER: Final = frozenset({"required", "confirm", "file_required", "too_few_rows", "one_priority"})
"""What is only missing is said when the answers are checked, not while one types."""
_COUNTED: Final[Mapping[str, str]] = {
    "places": "places",
    "duration_below": "limit",
    "duration_above": "limit",
}
"""Sentences with a number that their words follow; each is written out for the numbers that can stand in it."""


def live_data(sheet: Sheet, section: SectionSpec) -> dict[str, Any]:
    """Return all that the page of a section judges answers by while one types, fit for JSON."""
    data = definition_of(sheet, section)
    return {
        **data,
        "money": money_style(sheet.call.currency, language()),
        "numbers": {text: formatting.number(Decimal(text), language()) for text in sorted(set(_limits(data)))},
        "sentences": {code: _sentence(code, data) for code in SENTENCES if code not in _LATER},
        "moneyNames": sorted(MONEY),
        "moneyLimits": sorted(MONEY_LIMITS),
    }


def money_style(currency: str, language: str) -> dict[str, str]:
    """Return how amounts are written: what stands before and after the digits, between thousands, before cents."""
    written = formatting.money(Decimal("1234567.89"), currency, language)
    first, last = written.index("1"), written.index("9")
    negative = formatting.money(Decimal("-1234567.89"), currency, language)
    digits = written[first : last + 1]
    return {
        "before": written[:first],
        "beforeNegative": negative[: negative.index("1")],
        "after": written[last + 1 :],
        "group": digits[1 : digits.index("2")],
        "point": digits[digits.index("7") + 1 : digits.index("8")],
    }


class _Names(dict[str, Any]):
    """What is not known yet stands in a sentence as ``{name}``."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def _sentence(code: str, data: Mapping[str, Any]) -> str | dict[str, str]:
    name = _COUNTED.get(code)
    if name is None:
        return str(SENTENCES[code] % _Names())
    return {str(number): str(SENTENCES[code] % _Names({name: number})) for number in sorted(set(_numbers(code, data)))}


def _numbers(code: str, data: Mapping[str, Any]) -> Iterator[int]:
    if code == "places":
        yield from (places for places in GRAMMAR["places"].values() if places)
    else:
        yield data["limits"]["minMonths" if code == "duration_below" else "maxMonths"]


def _limits(data: Mapping[str, Any]) -> Iterator[str]:
    """Every number that is a limit of this section."""
    yield "0"
    for asked in (one for question in data["questions"] for one in (question, *question.get("columns", ()))):
        yield from (asked[name] for name in ("min", "max") if name in asked)
    yield from (data["limits"][name] for name in ("cofinancing", "within") if data["limits"][name] is not None)
