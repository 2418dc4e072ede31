"""Codes and keys proposed from an English title."""

import re
import unicodedata
from collections.abc import Collection
from typing import Final

_OTHER: Final = re.compile(r"[^a-z0-9]+")
_LONGEST: Final = 40
_WORDS: Final = 6


def slug(title: str) -> str:
    """Return the first words of a title as a code of small letters; empty where it has no Latin letters."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = [word for word in _OTHER.split(plain) if word][:_WORDS]
    return "-".join(words)[:_LONGEST].strip("-")


def proposed(title: str, taken: "Collection[str | None]", number: int = 1, fallback: str = "") -> str:
    """Return a code for a title that is not taken: its words, else its number; a figure is added where needed."""
    code = slug(title) or fallback or str(number)
    if code not in taken:
        return code
    return next(name for extra in range(2, len(taken) + 3) if (name := f"{code}-{extra}") not in taken)
