"""Amounts, moments and spans of time as the site writes them, in a given language: of the house in hy and en, of the
Unicode CLDR in the others."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, get_timezone_location
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

NO_BREAK = "\N{NO-BREAK SPACE}"
_MOMENTS = {"hy": "dd.MM.yyyy, 'ժամը' HH:mm"}
_MOMENT = "d MMMM y, HH:mm"
_DAYS = {"hy": "dd.MM.yyyy"}
_DAY = "d MMMM y"
_UNITS = ("day", "hour", "minute")
_CITIES = {("hy", "Kyiv"): "Կիև"}
_MONEY = {"hy": f"#,##0.00{NO_BREAK}¤", "en": "¤#,##0.00"}


def money(amount: Decimal | int, currency: str, language: str) -> str:
    """Return an amount with its sign: «60 000 €» in hy, "€60,000" in en; cents only where there are any.

    ``amount`` is in units of the currency, ``currency`` an ISO 4217 code.
    """
    pattern = _MONEY.get(language) or Locale.parse(language).currency_formats["standard"].pattern
    if amount == int(amount):
        pattern = pattern.replace(".00", "")
    written: str = format_currency(amount, currency, format=pattern, locale=language, currency_digits=False)
    return written.replace(currency, currency + NO_BREAK, 1) if written.startswith(currency) else written


def number(value: Decimal | int, language: str) -> str:
    """Return a number with the language's separators: «60 000,5» in hy, "60,000.5" in en."""
    return format_decimal(value, format="#,##0.###", locale=language)


def moment(when: datetime, zone: str, language: str) -> str:
    """Return a moment as date and hour in a zone: «15.03.2027, ժամը 18:00» in hy, "15 March 2027, 18:00" in en."""
    written = format_datetime(when, _MOMENTS.get(language, _MOMENT), tzinfo=ZoneInfo(zone), locale=language)
    return written.replace("ժամը ", f"ժամը{NO_BREAK}")


def day(when: datetime, zone: str, language: str) -> str:
    """Return the date of a moment in a zone, in figures in hy, with the month's name in en."""
    return format_datetime(when, _DAYS.get(language, _DAY), tzinfo=ZoneInfo(zone), locale=language)


def place(zone: str, language: str) -> str:
    """Return the city by which people know an IANA zone: «Երևան», "Yerevan"."""
    city: str = get_timezone_location(zone, locale=language, return_city=True)
    return _CITIES.get((language, city), city)


def span(left: timedelta, language: str) -> str:
    """Return a span in its two largest units: days and hours, hours and minutes, or minutes (one at least)."""
    minutes = max(int(left.total_seconds() // 60), 1)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [("day", days), ("hour", hours)] if days else [("hour", hours), ("minute", rest)]
    return " ".join(format_unit(count, f"duration-{unit}", locale=language) for unit, count in parts if count)


def units(language: str) -> list[str]:
    """Return the words of a span's units for one and for more: day, days, hour, hours, minute, minutes."""
    counted = [format_unit(count, f"duration-{unit}", locale=language) for unit in _UNITS for count in (1, 2)]
    return [written.split()[-1] for written in counted]
