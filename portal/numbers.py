"""Numbers as people type them: read exactly, or asked about; never guessed. One reader for every field of the portal.

The patterns are data that Python and a browser read alike: forms of applications give them to the browser.
"""

import re
from decimal import Decimal
from typing import Any, Final

NO_BREAK: Final = "\N{NO-BREAK SPACE}"
SHAPE: Final = "[0-9][0-9 .,]*"
"""What a number looks like without its minus; white space is folded before."""
GROUPS: Final = {sign: f"[0-9]+|[0-9]{{1,3}}(?:[{sign}][0-9]{{3}})+" for sign in " .,"}
"""Digits before the decimal sign, by the sign that parts their groups."""
MINUS: Final = "-\N{MINUS SIGN}"
DIGITS: Final = 13
"""How many digits a number may have before its decimal sign."""

_SHAPE = re.compile(SHAPE)
_GROUPS = {sign: re.compile(pattern) for sign, pattern in GROUPS.items()}


class Unreadable(ValueError):
    """A text that cannot be read in exactly one way.

    Attributes:
        code: which sentence says why.
        params: what the sentence names.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def read(text: str, places: int | None = None) -> Decimal:
    """Return the number that a text says.

    Groups of three digits may be parted by spaces of any width; the decimal sign is a comma or a point. Where commas or
    points can only be groups ("1,234,567", "60,000.50") they are read so.

    Args:
        text: what somebody typed.
        places: how many digits may follow the decimal sign; None leaves that to others to judge.

    Raises:
        Unreadable: ``ambiguous`` (with ``large`` and ``small``, the two ways to write it) where one sign and three
            digits could be sixty thousand or sixty ("60,000"); otherwise ``not_number``, ``not_whole``, ``places`` or
            ``too_many_digits``.
    """
    plain = " ".join(text.split())
    negative = bool(plain) and plain[0] in MINUS
    plain = plain[1:].lstrip() if negative else plain
    if not _SHAPE.fullmatch(plain):
        raise Unreadable("not_number")
    whole, decimals = _parts(plain, places)
    if len(whole.lstrip("0")) > DIGITS:
        raise Unreadable("too_many_digits")
    value = Decimal(f"{whole}.{decimals}" if decimals else whole)
    return value.copy_negate() if negative and value else value


def show(plain: str, language: str) -> str:
    """Return a number ("60000.50") for a person to read and change: «60 000,50» in hy, "60 000.50" in en.

    Groups are no-break spaces in every language, since a comma would have to be asked about.
    """
    whole, point, decimals = plain.partition(".")
    grouped = f"{int(whole):,}".replace(",", NO_BREAK)
    if whole.startswith("-") and not grouped.startswith("-"):
        grouped = f"-{grouped}"
    return grouped + (("." if language == "en" else ",") + decimals if point else "")


def _parts(plain: str, places: int | None) -> tuple[str, str]:
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


def _check_decimals(head: str, decimals: str, places: int | None, *, alone: bool) -> None:
    could_be_groups = alone and len(decimals) == 3 and len(head) <= 3 and not head.startswith("0")
    if could_be_groups:
        small = format(Decimal(f"{head}.{decimals}").normalize(), "f")
        raise Unreadable("ambiguous", large=f"{head}{NO_BREAK}{decimals}", small=small)
    if places == 0:
        raise Unreadable("not_whole")
    if places is not None and len(decimals) > places:
        raise Unreadable("places", places=places)
