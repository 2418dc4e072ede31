"""Dates and amounts as they stand in letters, in the language of the letter and not of the reader's page."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

_LETTER_DATES = {"hy": "d MMMM y 'թ.'", "en": "d MMMM y"}
_NAMES_HY = {"EUR": "եվրո", "AMD": "դրամ", "USD": "ԱՄՆ դոլար"}
_NO_BREAK = "\N{NO-BREAK SPACE}"


def letter_date(day: date, language: str) -> str:
    """Return a date with the month in letters: «15 մարտի 2027 թ.» in hy, "15 March 2027" in en."""
    return format_date(day, _LETTER_DATES[language], locale=language).replace(" ", _NO_BREAK)


def number(value: Decimal | int, language: str) -> str:
    """Return a number as the language writes it, two decimals only where any: «60 000,50», "60,000.50"."""
    pattern = "#,##0" if value == int(value) else "#,##0.00"
    return format_decimal(value, format=pattern, locale=language)


def money(amount: Decimal, currency: str, language: str) -> str:
    """Return an amount in figures as letters write it: «60 000 եվրո» in hy, "EUR 60,000.50" in en.

    ``amount`` is in units of the currency, ``currency`` an ISO 4217 code; a code without an Armenian name
    stands as code.
    """
    figures = number(amount, language)
    if language == "hy":
        return f"{figures}{_NO_BREAK}{_NAMES_HY.get(currency, currency)}"
    return f"{currency}{_NO_BREAK}{figures}"
