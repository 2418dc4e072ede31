"""The differences between two calls as plain values: parts of lists are found again by their codes, not by place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from calls.spec import (
    CONDITIONS,
    CallSpec,
    CategorySpec,
    CheckSpec,
    ChoiceSpec,
    ColumnSpec,
    CriterionSpec,
    DivergenceSpec,
    DocumentSpec,
    DurationSpec,
    GrantLimits,
    GridSectionSpec,
    LotSpec,
    PrioritySpec,
    QuestionSpec,
    RowLimits,
    Rule,
    ScaleSpec,
    SectionSpec,
    SelectionSpec,
    StageSpec,
    Strict,
)

Path = tuple[str, ...]
"""From the call down: keys of the call file and codes: ``("stages", "concept", "deadline")``."""


class Kind(StrEnum):
    """What happened to a value. ``moved``: the parts of a list stand in another order, and its values are codes."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True)
class Difference:
    """One value that is another one now; None stands for nothing."""

    path: Path
    kind: Kind
    old: Any
    new: Any


@dataclass(frozen=True)
class Side:
    """A call with the digests of its documents by their path: a file can be replaced under the same name."""

    call: CallSpec
    files: Mapping[str, str] = field(default_factory=dict)


CONTENT: Final = "content"
"""The last step to the content of a document."""
_NAMED_BY: Final[Mapping[type[Strict], str]] = {
    PrioritySpec: "code",
    LotSpec: "code",
    Rule: "identity",
    DocumentSpec: "file",
    StageSpec: "code",
    SectionSpec: "code",
    QuestionSpec: "key",
    ColumnSpec: "key",
    ChoiceSpec: "code",
    CategorySpec: "code",
    CheckSpec: "code",
    GridSectionSpec: "code",
    CriterionSpec: "code",
}
_WHOLE: Final[tuple[type[Any], ...]] = (
    GrantLimits,
    DurationSpec,
    RowLimits,
    Rule,
    ScaleSpec,
    DivergenceSpec,
    SelectionSpec,
    *CONDITIONS.values(),
)
"""Said and judged as one value."""


def compare(old: Side, new: Side) -> tuple[Difference, ...]:
    """Return the differences in the order of the call file; none between equal calls.

    No two differences speak of the same value, and together they speak of all that differ.
    """
    return (*_values(old.call, new.call, ()), *_contents(old, new))


def name_of(part: Strict) -> str:
    """Return the code by which a part of a list is found again."""
    return str(getattr(part, next(name for kind, name in _NAMED_BY.items() if isinstance(part, kind))))


def by_name(parts: Sequence[Strict]) -> dict[str, Any]:
    """Return the parts of a list by their codes; a code that stands twice, as in a draft, gets its number."""
    found: dict[str, Any] = {}
    for part in parts:
        name = name_of(part)
        number = sum(known == name or known.startswith(f"{name}#") for known in found) + 1
        found[name if number == 1 else f"{name}#{number}"] = part
    return found


def _values(old: Any, new: Any, path: Path) -> Iterator[Difference]:
    if old == new:
        return
    if _is_list(old) or _is_list(new):
        yield from _lists(old, new, path)
    elif isinstance(old, Strict) and type(old) is type(new) and not isinstance(old, _WHOLE):
        for name in type(old).model_fields:
            yield from _values(getattr(old, name), getattr(new, name), (*path, name))
    else:
        yield Difference(path, _kind(old, new), old, new)


def _is_list(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], tuple(_NAMED_BY))


def _kind(old: Any, new: Any) -> Kind:
    if _is_nothing(old):
        return Kind.ADDED
    return Kind.REMOVED if _is_nothing(new) else Kind.CHANGED


def _is_nothing(value: Any) -> bool:
    return value is None or value in ({}, ())


def _lists(old: Sequence[Strict], new: Sequence[Strict], path: Path) -> Iterator[Difference]:
    before, after = by_name(old), by_name(new)
    for name, part in before.items():
        if name in after:
            yield from _values(part, after[name], (*path, name))
        else:
            yield Difference((*path, name), Kind.REMOVED, part, None)
    for name, part in after.items():
        if name not in before:
            yield Difference((*path, name), Kind.ADDED, None, part)
    stayed = tuple(name for name in before if name in after)
    order = tuple(name for name in after if name in before)
    if stayed != order:
        yield Difference(path, Kind.MOVED, stayed, order)


def _contents(old: Side, new: Side) -> Iterator[Difference]:
    """Documents that are another file now under the same path."""
    kept = {document.file for document in old.call.documents} & {document.file for document in new.call.documents}
    for place in sorted(kept):
        before, after = old.files.get(place), new.files.get(place)
        if before != after:
            yield Difference(("documents", place, CONTENT), Kind.CHANGED, before, after)
