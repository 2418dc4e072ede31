"""Numbers and dates as people type them into answers: read by the portal's one reader, kept as one text each."""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from applications.answers.signs import SPACES
from portal import numbers
from portal.numbers import DIGITS, GROUPS, MINUS, NO_BREAK, SHAPE, Unreadable

__all__ = [
    "DATES",
    "DIGITS",
    "GROUPS",
    "MINUS",
    "NO_BREAK",
    "PLACES",
    "SHAPE",
    "Unreadable",
    "number_of",
    "read_date",
    "read_number",
    "show_date",
    "show_number",
    "write_number",
]

PLACES: Final = {"integer": 0, "decimal": 4, "percent": 2, "money": 2}
"""How many digits a number of each kind may have after its decimal sign."""
# Patterns that Python and a browser read alike: each has to fit a whole text.
DATES = (
    "(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})",
    rf"(?P<d>[0-9]{{1,2}})\.[{SPACES}]?(?P<m>[0-9]{{1,2}})\.[{SPACES}]?(?P<y>[0-9]{{4}})",
)

_DATES = tuple(re.compile(pattern) for pattern in DATES)


def read_number(text: str, kind: str) -> Decimal:
    """Return the number that a text says, for one of the kinds in ``PLACES``.

    Raises:
        Unreadable: as ``portal.numbers.read`` says.
    """
    return numbers.read(text, PLACES[kind])


def number_of(kind: str, kept: str | None) -> Decimal | None:
    """Return a kept number, None where there is none or it cannot be read."""
    try:
        return read_number(kept, kind) if kept else None
    except Unreadable:
        return None


def write_number(value: Decimal, kind: str) -> str:
    """Return the one text under which a number is kept; ``read_number`` reads it back as the same number."""
    text = format(value.normalize(), "f") if value else "0"
    whole, point, decimals = text.partition(".")
    if not point:
        return whole
    # Three digits after the point would be read as thousands.
    width = 2 if PLACES[kind] == 2 else 4 if len(decimals) == 3 else len(decimals)
    return f"{whole}.{decimals.ljust(width, '0')}"


def show_number(kept: str, language: str) -> str:
    """Return a kept number for a person to read and change: «60 000,50» in hy, "60 000.50" in en."""
    return numbers.show(kept, language)


def read_date(text: str) -> date:
    """Return the date that a text says: 2027-03-15 or 15.03.2027.

    Raises:
        Unreadable: ``not_date``.
    """
    for shape in _DATES:
        if found := shape.fullmatch(text.strip()):
            try:
                return date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                break
    raise Unreadable("not_date")


def show_date(kept: str) -> str:
    """Return a kept date for a person to read and change: 15.03.2027."""
    day = date.fromisoformat(kept)
    return f"{day.day:02}.{day.month:02}.{day.year:04}"
