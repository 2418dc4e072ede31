"""Two people write the same section: what each changed is kept, and only where both changed one answer they choose.

A page carries, for each question, the mark of the answer that it showed. From the mark, from what was typed and from
what is kept now it follows who changed what, without keeping the text that the page was made from.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from applications.answers.snapshot import canonical

_LENGTH = 12
"""Signs of a mark: 48 bits, enough to tell the versions of one answer apart."""


@dataclass(frozen=True)
class Merged:
    """What a section says after two people wrote it.

    Attributes:
        answers: to be kept; where both changed an answer it is the one that was kept already.
        clashing: the questions that both changed, in other ways.
        theirs: the questions that only somebody else changed.
    """

    answers: Mapping[str, Any]
    clashing: frozenset[str]
    theirs: frozenset[str]


def mark_of(answer: Any) -> str:
    """Return the mark of a kept answer; that of none is empty."""
    return "" if answer is None else hashlib.sha256(canonical({"": answer})).hexdigest()[:_LENGTH]


def marks_of(answers: Mapping[str, Any]) -> dict[str, str]:
    """Return the marks of the answers of a section; a question that is not answered has none."""
    return {key: mark_of(answer) for key, answer in answers.items() if answer is not None}


def merge(marks: Mapping[str, str] | None, typed: Mapping[str, Any], kept: Mapping[str, Any]) -> Merged:
    """Merge what was typed on a page with what is kept now.

    Args:
        marks: of the answers that the page was made from, by question; None where that is not known, so that every
            difference has to be decided.
        typed, kept: cleaned answers by question; an empty one is absent.
    """
    answers, clashing, theirs = dict(kept), set(), set()
    for key in {*typed, *kept}:
        mine, other = typed.get(key), kept.get(key)
        if mine == other:
            continue
        shown = None if marks is None else marks.get(key, "")
        if shown == mark_of(mine):
            theirs.add(key)
        elif shown == mark_of(other):
            answers.pop(key, None)
            answers.update({} if mine is None else {key: mine})
        else:
            clashing.add(key)
    return Merged(answers, frozenset(clashing), frozenset(theirs))
