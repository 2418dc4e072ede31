"""Finds in a text what tells who asked: names, municipalities, e-mail addresses, telephone numbers. No database.

It points out and does not decide: a staff member reads the text before it is published.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portal.armenian import fold


class Trace(StrEnum):
    """What kind of thing was found."""

    ADDRESS = "address"
    PHONE = "phone"
    PERSON = "person"
    PLACE = "place"


@dataclass(frozen=True)
class Found:
    """Words of a text that may tell who asked."""

    trace: Trace
    words: str


@dataclass(frozen=True)
class Known:
    """What is known about those who asked, and what is public anyhow.

    Attributes:
        people: their names.
        places: names of their municipalities, in any language.
        public: addresses and numbers of the offices, which may be named.
    """

    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    public: tuple[str, ...] = ()


_ADDRESS: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE: Final = re.compile(r"(?<![\w.,])\+?\(?\d[\d ()\u00a0./-]{5,}\d(?!\w)")
_DATE: Final = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_AMOUNT: Final = re.compile(r"\d{1,3}(?:[ \u00a0]\d{3})+")
_WORD: Final = re.compile(r"[^\W\d_][^\W\d_՛՜՞՝'’-]*(?:[՛՜՞՝'’-][^\W\d_]+)*")
_SURNAME: Final = re.compile(
    r"[Ա-Ֆ][ա-ևֈ]+յան(?:ը|ն|ի|ին|ից|ով|ներ|ների)?|[A-Z][a-z]+(?:yan|shvili|dze|enko)|[А-ЯІЇЄҐ][а-яіїєґ]+(?:ян|енко)"
)
_FEWEST_DIGITS: Final = 7
_SHORTEST: Final = 4
_GENERIC: Final = frozenset(fold("համայնք քաղաք գյուղ community municipality city town village council region").split())


def traces(text: str, known: Known) -> list[Found]:
    """Return what in a text may tell who asked, each thing once, in the order of the kinds and of the text."""
    public = {_bare(item) for item in known.public}
    found = [*_addresses(text, public), *_phones(text, public), *_words(text, known)]
    return sorted(set(found), key=lambda item: (list(Trace).index(item.trace), text.find(item.words)))


def _addresses(text: str, public: set[str]) -> Iterator[Found]:
    for match in _ADDRESS.finditer(text):
        if _bare(match[0]) not in public:
            yield Found(Trace.ADDRESS, match[0])


def _phones(text: str, public: set[str]) -> Iterator[Found]:
    for match in _PHONE.finditer(text):
        words = match[0].strip()
        digits = _digits(words)
        harmless = _DATE.fullmatch(words) or (_AMOUNT.fullmatch(words) and not words.startswith("0"))
        offices = any(_digits(item)[-_FEWEST_DIGITS:] == digits[-_FEWEST_DIGITS:] for item in public)
        if len(digits) >= _FEWEST_DIGITS and not harmless and not offices:
            yield Found(Trace.PHONE, words)


def _words(text: str, known: Known) -> Iterator[Found]:
    """Yield names of the askers and of their municipalities, in any case of the word, and what ends as surnames do."""
    people, places = _stems(known.people), _stems(known.places)
    for match in _WORD.finditer(text):
        word = fold(match[0])
        if any(word.startswith(stem) for stem in places):
            yield Found(Trace.PLACE, match[0])
        elif any(word.startswith(stem) for stem in people) or _SURNAME.fullmatch(match[0]):
            yield Found(Trace.PERSON, match[0])


def _stems(names: Iterable[str]) -> set[str]:
    """Return the beginnings that stay in every case of a name: all but its last letter, four letters at least."""
    words = (fold(match[0]) for name in names for match in _WORD.finditer(name))
    return {word[: max(len(word) - 1, _SHORTEST)] for word in words if len(word) >= _SHORTEST and word not in _GENERIC}


def _bare(text: str) -> str:
    return text.strip().lower()


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
