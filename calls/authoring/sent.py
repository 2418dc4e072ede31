"""Numbers by which a page sends back which rows it means. Pure."""

from typing import Final

_LONGEST: Final = 18


def key_sent(text: str) -> int | None:
    """Return a key of a row or a place in a list that a page sent back; None where it is no such number."""
    return int(text) if text.isdecimal() and len(text) <= _LONGEST else None
