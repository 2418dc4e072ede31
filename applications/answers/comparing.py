"""What differs between two versions of an application: which answers, which rows of a table.

Words of a text are compared by ``calls.comparison.words``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Protocol

from calls.comparison.words import Piece, marked
from calls.spec import SectionSpec

Row = tuple[str, ...]


class Change(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


class Answered(Protocol):
    """A form with its answers, from a snapshot or from a draft; ``files`` are records of files by question."""

    @property
    def sections(self) -> tuple[SectionSpec, ...]: ...
    @property
    def hidden(self) -> frozenset[str]: ...
    @property
    def answers(self) -> Mapping[str, Mapping[str, Any]]: ...
    @property
    def files(self) -> Mapping[str, Iterable[Mapping[str, Any]]]: ...


# --- questions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """One question in both versions. ``asked``: whether it is asked, and shown, in the version before and after."""

    section: str
    key: str
    change: Change
    asked: tuple[bool, bool]


def compare(before: Answered, after: Answered) -> tuple[Compared, ...]:
    """Return every question that either version asks, in the order of the later form; then those it asks no more."""
    old, new = _said(before), _said(after)
    return (
        *(_compared(section, key, old.get(key), said) for key, (section, said) in new.items()),
        *(Compared(section, key, _change(said, None), (True, False)) for key, (section, said) in _gone(old, new)),
    )


def changed_keys(before: Answered, after: Answered) -> tuple[str, ...]:
    """Return the questions whose answers differ."""
    return tuple(one.key for one in compare(before, after) if one.change is not Change.SAME)


Said = tuple[str, Any]
"""Where a question stands, and what it says: the kept answer and its files, None for nothing."""


def _said(version: Answered) -> dict[str, Said]:
    found = {}
    for section in version.sections:
        kept = version.answers.get(section.code, {})
        for question in section.questions:
            if question.key not in version.hidden and question.kind != "heading":
                files = sorted((record["sha256"], record["name"]) for record in version.files.get(question.key, ()))
                answer = kept.get(question.key)
                found[question.key] = (section.code, None if answer is None and not files else (answer, files))
    return found


def _compared(section: str, key: str, old: Said | None, said: Any) -> Compared:
    return Compared(section, key, _change(old[1] if old else None, said), (old is not None, True))


def _gone(old: Mapping[str, Said], new: Mapping[str, Said]) -> Iterator[tuple[str, Said]]:
    return ((key, said) for key, said in old.items() if key not in new)


def _change(before: Any, after: Any) -> Change:
    if before == after:
        return Change.SAME
    if before is None or after is None:
        return Change.ADDED if before is None else Change.REMOVED
    return Change.CHANGED


# --- rows ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ComparedRow:
    """A row of a table, each cell with its changes."""

    change: Change
    cells: tuple[tuple[Piece, ...], ...]


_KINDS = {Change.SAME: "same", Change.ADDED: "new", Change.REMOVED: "old"}


def rows(before: Sequence[Row], after: Sequence[Row]) -> tuple[ComparedRow, ...]:
    """Return the rows of two tables with the same columns: those that stayed, changed, came and went."""
    found: list[ComparedRow] = []
    for tag, i, k, m, n in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [_whole(row, Change.SAME) for row in before[i:k]]
            continue
        paired = min(k - i, n - m)
        found += [_pair(before[i + place], after[m + place]) for place in range(paired)]
        found += [_whole(row, Change.REMOVED) for row in before[i + paired : k]]
        found += [_whole(row, Change.ADDED) for row in after[m + paired : n]]
    return tuple(found)


def _whole(row: Row, change: Change) -> ComparedRow:
    return ComparedRow(change, tuple((Piece(_KINDS[change], cell),) if cell else () for cell in row))


def _pair(before: Row, after: Row) -> ComparedRow:
    return ComparedRow(Change.CHANGED, tuple(marked(old, new) for old, new in zip(before, after, strict=True)))
