"""How a text differs from another, word by word."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

_MANY_WORDS = 6
"""From so many words on, a text is shown once with its differences marked, and not as old and new."""
_ALIKE = 0.4
"""From so alike on; below it the two are read better one after the other."""
_MOST_WORDS = 4000
"""Longer texts are not compared word by word: it would hold up the page."""


@dataclass(frozen=True)
class Piece:
    """A run of words that stayed, went or came: same, old, new."""

    kind: str
    text: str


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Return two texts as one, with what went and what came; nothing where either is short, or all is new."""
    before, after = _words(old), _words(new)
    if min(len(before), len(after)) < 2 * _MANY_WORDS:
        return ()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return ()
    return tuple(_pieces(matcher, before, after))


def marked(old: str, new: str) -> tuple[Piece, ...]:
    """Return two texts as one, however short they are: the old one whole before the new one where they are not alike.

    Without what came it is the old text, without what went the new one.
    """
    if old == new:
        return (Piece("same", new),) if new else ()
    before, after = _spaced_words(old), _spaced_words(new)
    if max(len(before), len(after)) <= _MOST_WORDS:
        matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
        if matcher.ratio() >= _ALIKE:
            apart = _with_space_apart(list(_pieces(matcher, before, after)))
            runs = groupby(apart, key=lambda piece: piece.kind)
            return tuple(Piece(kind, "".join(piece.text for piece in run)) for kind, run in runs)
    return tuple(piece for piece in (Piece("old", old), Piece("new", new)) if piece.text)


def _with_space_apart(found: list[Piece]) -> Iterator[Piece]:
    """Where words take the place of others, leave the space before both as it was: it is not struck nor underlined."""
    for place, piece in enumerate(found):
        before, after = found[place - 1] if place else None, found[place + 1] if place + 1 < len(found) else None
        space = piece.text[: len(piece.text) - len(piece.text.lstrip())]
        if piece.kind == "old" and after is not None and after.kind == "new" and _same_space(space, after):
            yield Piece("same", space)
            yield Piece("old", piece.text[len(space) :])
        elif piece.kind == "new" and before is not None and before.kind == "old" and _same_space(space, before):
            yield Piece("new", piece.text[len(space) :])
        else:
            yield piece


def _same_space(space: str, other: Piece) -> bool:
    rest = other.text.lstrip()
    return bool(space and rest) and other.text == space + rest


def _spaced_words(text: str) -> list[str]:
    """Words, each with the white space before it: far quicker to compare than words and spaces apart."""
    return re.findall(r"\s*\S+|\s+$", text)


def _words(text: str) -> list[str]:
    """Words and the white space between them."""
    return re.findall(r"\s+|\S+", text)


def _pieces(matcher: "difflib.SequenceMatcher[str]", before: list[str], after: list[str]) -> Iterator[Piece]:
    for step, start, end, from_, to in matcher.get_opcodes():
        if step == "equal":
            yield Piece("same", "".join(before[start:end]))
            continue
        if end > start:
            yield Piece("old", "".join(before[start:end]))
        if to > from_:
            yield Piece("new", "".join(after[from_:to]))
