"""When a question is shown: conditions on the answers to earlier questions."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import Discriminator, Field, Tag

from calls.spec.values import Code, Number, Strict


class EqualsCondition(Strict):
    """The answer is this value; for a question of kind ``choices``, this code is among the chosen."""

    question: Code
    equals: bool | Decimal | str


class InCondition(Strict):
    """The answer is one of these values; for ``choices``, at least one of them is among the chosen."""

    question: Code
    in_: Annotated[tuple[bool | Decimal | str, ...], Field(min_length=1, alias="in")]


class GreaterCondition(Strict):
    """The answer is a number above this one."""

    question: Code
    greater: Number


class AnsweredCondition(Strict):
    """The question has an answer (``true``) or has none (``false``)."""

    question: Code
    answered: bool


class AllCondition(Strict):
    all: Annotated[tuple["Condition", ...], Field(min_length=1)]


class AnyCondition(Strict):
    any: Annotated[tuple["Condition", ...], Field(min_length=1)]


class NotCondition(Strict):
    not_: Annotated["Condition", Field(alias="not")]


CONDITIONS: Final[Mapping[str, type[Strict]]] = {
    "equals": EqualsCondition,
    "in": InCondition,
    "greater": GreaterCondition,
    "answered": AnsweredCondition,
    "all": AllCondition,
    "any": AnyCondition,
    "not": NotCondition,
}
"""The class of a condition by the one key that tells its kind."""


def condition_kind(value: Any) -> str | None:
    """The key in ``CONDITIONS`` that a mapping or a condition belongs to; None when there is none."""
    if isinstance(value, Mapping):
        return next((key for key in CONDITIONS if key in value), None)
    return next((key for key, kind in CONDITIONS.items() if isinstance(value, kind)), None)


Condition = Annotated[
    Annotated[EqualsCondition, Tag("equals")]
    | Annotated[InCondition, Tag("in")]
    | Annotated[GreaterCondition, Tag("greater")]
    | Annotated[AnsweredCondition, Tag("answered")]
    | Annotated[AllCondition, Tag("all")]
    | Annotated[AnyCondition, Tag("any")]
    | Annotated[NotCondition, Tag("not")],
    Discriminator(condition_kind),
]
