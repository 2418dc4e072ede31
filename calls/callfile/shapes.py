"""What the types of ``calls.spec`` say about the values of a call file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from calls.callfile.messages import Expected, OneOf
from calls.spec import AT_LEAST_ONE, CONDITIONS, AnsweredCondition, Expect, Rule, Strict

Words = Expected | OneOf

_WORDS_BY_TYPE: Final[Mapping[Any, Expect]] = {
    bool: Expect("boolean"),
    str: Expect("text"),
    object: Expect("value"),
    tuple: Expect("list"),
    dict: Expect("texts"),
}
_BLANKS: Final[Mapping[Any, Any]] = {
    str: "",
    object: "",
    bool: False,
    int: 0,
    Decimal: Decimal(0),
    datetime: datetime.fromisoformat("2000-01-01"),
    tuple: (),
}


@dataclass(frozen=True)
class FieldShape:
    """One field of a value: its key in the file, its annotation, and whether it has to be there."""

    name: str
    key: str
    hint: Any
    required: bool


@cache
def fields(model: type[Strict]) -> tuple[FieldShape, ...]:
    """The fields of a value in the order of the format."""
    hints = get_type_hints(model, include_extras=True)
    return tuple(
        FieldShape(name, field.alias or name, hints[name], field.is_required())
        for name, field in model.model_fields.items()
    )


def bare(hint: Any) -> Any:
    """The type without its notes: ``Decimal`` of ``Money``."""
    return bare(get_args(hint)[0]) if get_origin(hint) is Annotated else hint


def notes(hint: Any) -> tuple[Any, ...]:
    """The notes of a type: its ``Expect``, its limits."""
    return (*notes(get_args(hint)[0]), *get_args(hint)[1:]) if get_origin(hint) is Annotated else ()


def members(hint: Any) -> tuple[Any, ...]:
    """The alternatives of a union, without None; empty for what is no union."""
    kind = bare(hint)
    if get_origin(kind) not in (Union, UnionType):
        return ()
    return tuple(member for member in get_args(kind) if member is not type(None))


def may_be_null(hint: Any) -> bool:
    """Whether the type has None among its alternatives."""
    return type(None) in get_args(bare(hint)) and bool(members(hint))


def without_null(hint: Any) -> Any:
    """The type without None among its alternatives."""
    return Union[members(hint)]  # noqa: UP007 - put together at run time


def is_rule(hint: Any) -> bool:
    """Whether any registered rule of eligibility belongs here."""
    return bare(hint) is Rule


def is_condition(hint: Any) -> bool:
    """Whether this is the union of the conditions of ``show_if``."""
    return {bare(member) for member in members(hint)} == set(CONDITIONS.values())


def needs_entries(hint: Any) -> bool:
    """Whether a list must not be empty."""
    limits = [limit for note in notes(hint) if isinstance(note, FieldInfo) for limit in note.metadata]
    return AT_LEAST_ONE in notes(hint) or any(getattr(limit, "min_length", 0) for limit in limits)


def words(hint: Any) -> Words:
    """What belongs at a place of this type, in words."""
    if may_be_null(hint):
        return words(without_null(hint))
    kind = bare(hint)
    if get_origin(kind) is Literal:
        return OneOf(str(option) for option in get_args(kind))
    own = next((note for note in notes(hint) if isinstance(note, Expect)), None)
    return Expected(own or _WORDS_BY_TYPE.get(get_origin(kind) or kind, Expect("map")))


def blank(hint: Any) -> Any:
    """A value of this type that stands in for one that could not be read."""
    if may_be_null(hint):
        return None
    if members(hint):
        return AnsweredCondition.model_construct(question="", answered=True)
    kind = bare(hint)
    if is_rule(hint):
        return Rule.model_construct(rule="")
    origin = get_origin(kind) or kind
    if origin is dict:
        return {}
    if origin is Literal:
        return get_args(kind)[0]
    return _BLANKS[origin] if origin in _BLANKS else blank_model(kind)


def blank_model(model: type[Strict]) -> Strict:
    """A value with nothing in it."""
    return model.model_construct(**{field.name: blank(field.hint) for field in fields(model) if field.required})


def checked(value: Any, hint: Any) -> Any:
    """The value within the limits of its type.

    Raises:
        ValueError: it lies outside of them.
    """
    expect = next((note for note in notes(hint) if isinstance(note, Expect)), None)
    return value if expect is None or bare(hint) is object else _adapter(expect, _Held(hint)).validate_python(value)


class _Held:
    """Carries a type, which cannot be a key itself, past the cache; the ``Expect`` beside it is the key."""

    def __init__(self, hint: Any) -> None:
        self.hint = hint

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@cache
def _adapter(_expect: Expect, held: _Held) -> TypeAdapter[Any]:
    return TypeAdapter(held.hint)
