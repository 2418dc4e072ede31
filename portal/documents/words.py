"""Amounts of money in words, in Armenian and English.

English numerals come from num2words, which has no Armenian and writes "sixty thousand euro, zero cents":
the Armenian numerals and the currencies of both languages are here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from num2words import num2words

_UNITS = ("", "մեկ", "երկու", "երեք", "չորս", "հինգ", "վեց", "յոթ", "ութ", "ինը")
_TENS = ("", "տասն", "քսան", "երեսուն", "քառասուն", "հիսուն", "վաթսուն", "յոթանասուն", "ութսուն", "իննսուն")
_SCALES = ((10**12, "տրիլիոն"), (10**9, "միլիարդ"), (10**6, "միլիոն"))
_LIMIT = 10**15


@dataclass(frozen=True)
class _Currency:
    """Names of a currency and its hundredth part; Armenian has no plural after a number."""

    hy: str
    hy_part: str
    one: str
    many: str
    part: str
    parts: str


_CURRENCIES = {
    "EUR": _Currency("եվրո", "եվրոցենտ", "euro", "euros", "cent", "cents"),
    "USD": _Currency("ԱՄՆ դոլար", "ցենտ", "US dollar", "US dollars", "cent", "cents"),
    "AMD": _Currency("դրամ", "լումա", "Armenian dram", "Armenian drams", "luma", "luma"),
}


def amount_in_words(amount: Decimal, currency: str, language: str) -> str:
    """Return an amount in words with its currency: «վաթսուն հազար եվրո», "sixty thousand euros and 50 cents".

    ``amount`` is in units of the currency, from 0 to below 10^15, with at most two decimals; ``currency``
    is an ISO 4217 code (one without names of its own is written as the code, its hundredths as a fraction);
    ``language`` is hy or en. Raises ValueError for an amount that cannot be written exactly.
    """
    if not 0 <= amount < _LIMIT or amount != round(amount, 2):
        raise ValueError(f"cannot be written in words: {amount}")
    whole, cents = divmod(int(amount * 100), 100)
    names = _CURRENCIES.get(currency) or _Currency(currency, "/100", currency, currency, "/100", "/100")
    return _WRITERS[language](whole, cents, names)


def number_in_words_hy(number: int) -> str:
    """Return a whole number (0 to below 10^15) in Armenian words.

    Tens and units are one word (քսանմեկ); հարյուր and հազար stand without մեկ, միլիոն and above with it
    (the rules of the Unicode locale data for Armenian).
    """
    if not number:
        return "զրո"
    words: list[str] = []
    for scale, name in _SCALES:
        count, number = divmod(number, scale)
        words += [*_below_thousand(count), name] if count else []
    thousands, number = divmod(number, 1000)
    words += _many_of(thousands, "հազար", _below_thousand)
    return " ".join([*words, *_below_thousand(number)])


def _below_thousand(number: int) -> list[str]:
    hundreds, rest = divmod(number, 100)
    return [*_many_of(hundreds, "հարյուր", _below_hundred), *_below_hundred(rest)]


def _many_of(count: int, name: str, write: Callable[[int], list[str]]) -> list[str]:
    if not count:
        return []
    return [name] if count == 1 else [*write(count), name]


def _below_hundred(number: int) -> list[str]:
    if number == 10:
        return ["տասը"]
    word = _TENS[number // 10] + _UNITS[number % 10]
    return [word] if word else []


def _in_armenian(whole: int, cents: int, names: _Currency) -> str:
    words = f"{number_in_words_hy(whole)} {names.hy}"
    return f"{words} {_hundredths(cents, names.hy_part)}" if cents else words


def _in_english(whole: int, cents: int, names: _Currency) -> str:
    words = f"{num2words(whole, lang='en')} {names.one if whole == 1 else names.many}"
    return f"{words} and {_hundredths(cents, names.part if cents == 1 else names.parts)}" if cents else words


def _hundredths(cents: int, name: str) -> str:
    return f"{cents:02d}/100" if name == "/100" else f"{cents} {name}"


_WRITERS: dict[str, Callable[[int, int, _Currency], str]] = {"hy": _in_armenian, "en": _in_english}
