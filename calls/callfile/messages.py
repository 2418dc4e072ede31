"""What belongs at each place of a call file, in words."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.spec import Expect

_SENTENCES: Final[Mapping[str, Promise]] = {
    "upper_code": _("a code of A-Z, 0-9 and hyphens, at most %(limit)s characters, such as LOT1"),
    "lower_code": _("a code of a-z, 0-9 and hyphens, at most %(limit)s characters, such as concept-note"),
    "grid_code": _("a code of a-z, 0-9, hyphens and points, such as relevance or 1.1"),
    "language": _("a language code of two small letters (ISO 639-1), such as hy"),
    "country": _("a country code of two capitals (ISO 3166-1), such as AM"),
    "region": _("a region code (ISO 3166-2), such as AM-LO"),
    "currency": _("a currency code of three capitals (ISO 4217), such as EUR"),
    "ending": _("a file ending in small letters without a point, such as pdf"),
    "file_path": _("the path of a file, from the folder of the call file"),
    "time_zone": _("a time zone by its place, such as Asia/Yerevan or Europe/Brussels"),
    "money": _(
        "an amount as a whole number or with at most two decimals, at most 16 digits before the point, "
        "without quotes, spaces, commas or currency, such as 5000000 or 1250.50"
    ),
    "percent": _("a number from 0 to 100 with at most two decimals, without quotes or a sign, such as 10"),
    "number": _("a number with at most four decimals, without quotes or separators, such as 20 or 2.5"),
    "mark": _("a number from 0 with at most two decimals, without quotes, such as 30"),
    "positive": _("a number above 0 with at most two decimals, without quotes, such as 1 or 1.5"),
    "count": _("a whole number from 1 to 30000, without quotes"),
    "natural": _("a whole number from 0, without quotes or separators"),
    "minutes": _("a whole number of minutes from 0 to 1440"),
    "megabytes": _("a whole number of megabytes from 1 to 100"),
    "file_count": _("a whole number of files from 1 to 50"),
    "assessor_count": _("a whole number of assessors from 1 to 9"),
    "moment": _("a local date and time, without a zone, such as 2021-04-06 16:00"),
    "boolean": _("true or false"),
    "quoted": _("a text, in quotes where it looks like a number or like true and false"),
    "answered": _("“answered: true” in its place, since this kind has no single value"),
    "value": _("true, false, a number or a text"),
    "text": _("text"),
    "texts": _("a text in each language of the call, such as {hy: …, en: …}"),
    "list": _("a list, such as [a, b]"),
    "map": _("a group of keys with their values"),
}


def expected(expect: Expect) -> str:
    """The words for what belongs at a place, in the active language."""
    return str(_SENTENCES[expect.name]) % {"limit": expect.limit}


class Expected:
    """Words for what belongs at a place, put together only when a message is shown."""

    def __init__(self, expect: Expect) -> None:
        self._expect = expect

    def __str__(self) -> str:
        return expected(self._expect)


class OneOf:
    """ "one of: a, b, c", with the nearest one first where the writer probably meant it."""

    def __init__(self, options: Iterable[str], found: str = "") -> None:
        self._options = tuple(options)
        self._found = found

    def __str__(self) -> str:
        values = {"options": ", ".join(self._options), "nearest": nearest(self._found, self._options)}
        if values["nearest"]:
            return gettext("“%(nearest)s”, or another of: %(options)s") % values
        return gettext("one of: %(options)s") % values


def nearest(found: str, options: Iterable[str]) -> str | None:
    """The option that the writer probably meant, or None."""
    matches = get_close_matches(found, list(options), n=1, cutoff=0.7)
    return matches[0] if matches else None


def excerpt(text: str) -> str:
    """A value as an error line can show it: on one line, and not too long."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
