"""White space, signs that nobody can see, and words: as patterns that read the same in Python and in a browser.

Python's ``str.split()`` and ``\\s`` of the two languages differ in what they hold for white space; so it is written out
here once, and the browser gets these very patterns as data (``applications.answers.definition``).
"""

import re
from typing import Final

SPACES: Final = r"\x09-\x0d\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""What ``str.isspace`` holds for white space, as the inside of a class of signs."""
UNSEEN: Final = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]"
"""All of Unicode's control signs but tab and line end, its half signs, and the byte order mark."""

_SPACE = re.compile(f"[{SPACES}]+")
_UNSEEN = re.compile(UNSEEN)


def one_line(text: str) -> str:
    """Return a text with every run of white space made one space, and none around it."""
    return _SPACE.sub(" ", text).strip(" ")


def visible(text: str) -> str:
    """Return a text without the signs that nobody can see."""
    return _UNSEEN.sub("", text)


def word_count(text: str) -> int:
    """Return how many words a text has: what stands between white space."""
    return len(text.split())
