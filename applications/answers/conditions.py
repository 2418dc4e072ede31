"""Whether a question is shown: the one place that decides it, for pages, checks and snapshots alike."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from calls.spec import (
    AllCondition,
    AnsweredCondition,
    AnyCondition,
    Condition,
    EqualsCondition,
    GreaterCondition,
    InCondition,
    NotCondition,
)

Values = Mapping[str, Any]
"""Question key to what it says: bool, Decimal, text, or a tuple of codes. What is absent is not answered."""


def holds(condition: Condition, values: Values) -> bool:
    """Return whether a condition holds over the answers to earlier questions (call file format, ``show_if``)."""
    match condition:
        case AllCondition(all=parts):
            return all(holds(part, values) for part in parts)
        case AnyCondition(any=parts):
            return any(holds(part, values) for part in parts)
        case NotCondition(not_=part):
            return not holds(part, values)
        case AnsweredCondition(question=key, answered=wanted):
            return (key in values) is wanted
        case EqualsCondition(question=key, equals=wanted):
            return _is(values.get(key), wanted)
        case InCondition(question=key, in_=several):
            return any(_is(values.get(key), wanted) for wanted in several)
        case GreaterCondition(question=key, greater=least):
            value = values.get(key)
            return isinstance(value, Decimal) and value > least


def _is(value: Any, wanted: bool | Decimal | str) -> bool:
    """Compare without Python's reading of True as 1; for several choices: whether it is among the chosen."""
    if isinstance(value, tuple):
        return any(_is(one, wanted) for one in value)
    if isinstance(wanted, bool) or isinstance(value, bool):
        return value is wanted
    if isinstance(value, Decimal) and isinstance(wanted, str):
        return False
    return bool(value == wanted) and value is not None
