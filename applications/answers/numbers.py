"""Numbers and dates as people type them: read exactly, or asked about; never guessed."""

import re
from datetime import date
from decimal import Decimal

from applications.answers.problems import Unreadable
from applications.answers.signs import SPACES, one_line

NO_BREAK = "\N{NO-BREAK SPACE}"
PLACES = {"integer": 0, "decimal": 4, "percent": 2, "money": 2}
"""How many digits a number of each kind may have after its decimal sign."""

# Patterns that Python and a browser read alike: each has to fit a whole text.
SHAPE = "[0-9][0-9 .,]*"
GROUPS = {sign: f"[0-9]+|[0-9]{{1,3}}(?:[{sign}][0-9]{{3}})+" for sign in " .,"}
MINUS = "-\N{MINUS SIGN}"
DIGITS = 13
"""How many digits a number may have before its decimal sign."""
DATES = (
    "(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})",
    rf"(?P<d>[0-9]{{1,2}})\.[{SPACES}]?(?P<m>[0-9]{{1,2}})\.[{SPACES}]?(?P<y>[0-9]{{4}})",
)

_SHAPE = re.compile(SHAPE)
_GROUPS = {sign: re.compile(pattern) for sign, pattern in GROUPS.items()}
_DATES = tuple(re.compile(pattern) for pattern in DATES)


def read_number(text: str, kind: str) -> Decimal:
    """Return the number that a text says, for one of the kinds in ``PLACES``.

    Groups of three digits may be parted by spaces of any width; the decimal sign is a comma or a point. Where commas or
    points can only be groups ("1,234,567", "60,000.50") they are read so.

    Raises:
        Unreadable: ``ambiguous`` where one sign and three digits could be sixty thousand or sixty ("60,000"); otherwise
            ``not_number``, ``not_whole``, ``places`` or ``too_many_digits``.
    """
    plain = one_line(text)
    sign = bool(plain) and plain[0] in MINUS
    plain = plain[1:].lstrip() if sign else plain
    if not _SHAPE.fullmatch(plain):
        raise Unreadable("not_number")
    whole, decimals = _parts(plain, PLACES[kind])
    if len(whole.lstrip("0")) > DIGITS:
        raise Unreadable("too_many_digits")
    value = Decimal(f"{whole}.{decimals or '0'}")
    return -value if sign and value else value


def _parts(plain: str, places: int) -> tuple[str, str]:
    """Return the digits before and after the decimal sign."""
    signs = [sign for sign in plain if sign in ".,"]
    if not signs:
        return _ungrouped(plain, " "), ""
    if len(signs) > 1 and len(set(signs)) == 1:
        return _ungrouped(plain, signs[0]), ""
    head, decimals = plain.rsplit(signs[-1], 1)
    if signs.count(signs[-1]) > 1 or not re.fullmatch("[0-9]+", decimals):
        raise Unreadable("not_number")
    whole = _ungrouped(head, signs[0] if len(signs) > 1 else " ")
    _check_decimals(head, decimals, places, alone=len(signs) == 1)
    return whole, decimals


def _ungrouped(digits: str, sign: str) -> str:
    if not _GROUPS[sign].fullmatch(digits):
        raise Unreadable("not_number")
    return digits.replace(sign, "")


def _check_decimals(head: str, decimals: str, places: int, *, alone: bool) -> None:
    could_be_groups = alone and len(decimals) == 3 and len(head) <= 3 and not head.startswith("0")
    if could_be_groups:
        small = format(Decimal(f"{head}.{decimals}").normalize(), "f")
        raise Unreadable("ambiguous", large=f"{head}{NO_BREAK}{decimals}", small=small)
    if not places:
        raise Unreadable("not_whole")
    if len(decimals) > places:
        raise Unreadable("places", places=places)


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
    """Return a kept number for a person to read and change: «60 000,50» in hy, "60 000.50" in en.

    Groups are no-break spaces in both languages, since a comma would have to be asked about.
    """
    whole, point, decimals = kept.partition(".")
    grouped = f"{int(whole):,}".replace(",", NO_BREAK)
    if whole.startswith("-") and not grouped.startswith("-"):
        grouped = f"-{grouped}"
    return grouped + (("." if language == "en" else ",") + decimals if point else "")


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
