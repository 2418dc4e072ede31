"""Sentences for what ``applications.answers`` finds wrong, and texts of a call in the reader's language."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from applications.answers import Problem, Words
from calls.spec import Text
from portal import languages
from portal.content import formatting

SENTENCES: Final[Mapping[str, "str | Promise"]] = {
    "required": _("Not answered yet."),
    "confirm": _("To be confirmed."),
    "file_required": _("No file uploaded yet."),
    "too_many_files": _("At most %(limit)s files can stay here: please remove some."),
    "too_many_words": _("%(used)s words; at most %(limit)s are allowed."),
    "too_many_characters": _("%(used)s characters; at most %(limit)s are allowed."),
    "ambiguous": _(
        "“%(typed)s” can be read in two ways. Please write %(large)s or %(small)s: a space between thousands, and a "
        "comma or point only before a fraction."
    ),
    "not_number": _("“%(typed)s” cannot be read as a number. Please use digits, for example 60 000."),
    "not_whole": _("“%(typed)s” is not a whole number. Please write it without a fraction."),
    "places": ngettext_lazy(
        "“%(typed)s”: please give at most %(places)s digit after the comma.",
        "“%(typed)s”: please give at most %(places)s digits after the comma.",
        "places",
    ),
    "too_many_digits": _("“%(typed)s” has too many digits."),
    "not_date": _("“%(typed)s” cannot be read as a date. Please write it as 15.03.2027."),
    "too_small": _("Must be at least %(limit)s."),
    "too_large": _("Must be at most %(limit)s."),
    "too_few_rows": ngettext_lazy("At least %(limit)s row is needed.", "At least %(limit)s rows are needed.", "limit"),
    "too_many_rows": _("At most %(limit)s rows are allowed."),
    "part_above_total": _("The part requested is above the total cost of this line."),
    "sources_differ": _(
        "Other sources add up to %(sources)s, but the rest of the cost is %(rest)s. The two must be equal."
    ),
    "one_priority": _("Please say for at least one priority how the project addresses it."),
    "grant_fixed": _("The amount requested is %(amount)s; in this call it must be exactly %(limit)s."),
    "grant_below": _("The amount requested is %(amount)s; at least %(limit)s must be requested."),
    "grant_above": _("The amount requested is %(amount)s; at most %(limit)s can be requested."),
    "request_moved": _(
        "The amount requested is %(amount)s; it may differ from the earlier stage (%(before)s) by at most "
        "%(percent)s %%."
    ),
    "requested_above_total": _("The amount requested (%(amount)s) is above the total cost (%(total)s)."),
    "cofinancing_low": _(
        "The municipality and others must bring at least %(percent)s %% of the total cost (%(total)s); requested is "
        "%(amount)s."
    ),
    "duration_below": ngettext_lazy(
        "The project must last at least %(limit)s month.", "The project must last at least %(limit)s months.", "limit"
    ),
    "duration_above": ngettext_lazy(
        "The project may last at most %(limit)s month.", "The project may last at most %(limit)s months.", "limit"
    ),
}
"""One sentence for each code of a problem."""

MONEY: Final = frozenset({"amount", "before", "total", "sources", "rest"})
"""What of a problem's figures is an amount."""
MONEY_LIMITS: Final = frozenset({"grant_fixed", "grant_below", "grant_above"})
"""The problems whose limit is an amount."""
_TITLES: Final = {
    (True, True): _("Lot and priorities"),
    (True, False): _("Lot"),
    (False, True): _("Priorities"),
    (False, False): _("Declarations"),
}
_LOT: Final = _("Which lot do you apply for?")
_PRIORITY: Final = _("How does the proposal address the priority “%(title)s”?")


def language() -> str:
    """Return the active language where the site speaks it, else English."""
    return languages.active()


def say(text: Text) -> str:
    """Return a text of a call in the reader's language, else in one that it has."""
    return languages.said(text, language())


@lru_cache(maxsize=64)
def _in_all_languages(sentence: str) -> tuple[tuple[str, str], ...]:
    found = []
    for code in languages.spoken():
        with translation.override(code):
            found.append((code, translation.gettext(sentence)))
    return tuple(found)


def in_all_languages(sentence: "str | Promise") -> Text:
    """Return a sentence of the portal as a text by language."""
    with translation.override(None):
        plain = str(sentence)
    return dict(_in_all_languages(plain))


def basics_words(*, lots: bool, priorities: bool) -> Words:
    """Return how the built-in section of a form speaks, which depends on what it asks."""
    return Words(*map(in_all_languages, (_TITLES[lots, priorities], _LOT, _PRIORITY)))


def sentence(problem: Problem, currency: str) -> str:
    """Return what is wrong in the reader's language, amounts in the call's currency."""
    shown = {name: _shown(problem.code, name, value, currency) for name, value in problem.params.items()}
    return str(SENTENCES[problem.code] % shown)


def _shown(code: str, name: str, value: Any, currency: str) -> Any:
    if not isinstance(value, Decimal):
        return value
    if name in MONEY or (name == "limit" and code in MONEY_LIMITS):
        return formatting.money(value, currency, language())
    return formatting.number(value, language())


def exact_clocks(moment: datetime, zones: Iterable[str], language: str) -> list[str]:
    """Return a moment to the second by each of several clocks, such as those of ``StageEntry.zones``."""
    return [exact(moment, zone, language) for zone in zones]


def exact(moment: datetime, zone: str, language: str) -> str:
    """Return a moment to the second with its place: "15 March 2027, 17:59:58 (Yerevan)"."""
    seconds = f"{moment.astimezone(ZoneInfo(zone)):%S}"
    return f"{formatting.moment(moment, zone, language)}:{seconds} ({formatting.place(zone, language)})"
