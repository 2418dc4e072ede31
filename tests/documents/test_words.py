"""Amounts in words: every expectation is written by hand."""

from decimal import Decimal

import pytest

from portal.documents.words import amount_in_words, number_in_words_hy

ARMENIAN = {
    0: "զրո",
    1: "մեկ",
    9: "ինը",
    10: "տասը",
    11: "տասնմեկ",
    16: "տասնվեց",
    19: "տասնինը",
    20: "քսան",
    21: "քսանմեկ",
    40: "քառասուն",
    57: "հիսունյոթ",
    70: "յոթանասուն",
    99: "իննսունինը",
    100: "հարյուր",
    101: "հարյուր մեկ",
    110: "հարյուր տասը",
    121: "հարյուր քսանմեկ",
    200: "երկու հարյուր",
    1_000: "հազար",
    1_001: "հազար մեկ",
    1_100: "հազար հարյուր",
    2_000: "երկու հազար",
    2_027: "երկու հազար քսանյոթ",
    10_000: "տասը հազար",
    21_000: "քսանմեկ հազար",
    60_000: "վաթսուն հազար",
    100_000: "հարյուր հազար",
    101_001: "հարյուր մեկ հազար մեկ",
    1_000_000: "մեկ միլիոն",
    1_200_000: "մեկ միլիոն երկու հարյուր հազար",
    12_600_000: "տասներկու միլիոն վեց հարյուր հազար",
    100_000_000: "հարյուր միլիոն",
    1_000_000_000: "մեկ միլիարդ",
}


@pytest.mark.parametrize(("number", "words"), ARMENIAN.items())
def test_armenian_numerals(number: int, words: str) -> None:
    assert number_in_words_hy(number) == words


@pytest.mark.parametrize(
    ("amount", "currency", "armenian", "english"),
    [
        ("60000", "EUR", "վաթսուն հազար եվրո", "sixty thousand euros"),
        ("60000.50", "EUR", "վաթսուն հազար եվրո 50 եվրոցենտ", "sixty thousand euros and 50 cents"),
        ("0", "EUR", "զրո եվրո", "zero euros"),
        ("1", "EUR", "մեկ եվրո", "one euro"),
        ("1.01", "EUR", "մեկ եվրո 1 եվրոցենտ", "one euro and 1 cent"),
        ("21.10", "USD", "քսանմեկ ԱՄՆ դոլար 10 ցենտ", "twenty-one US dollars and 10 cents"),
        (
            "12600000",
            "AMD",
            "տասներկու միլիոն վեց հարյուր հազար դրամ",
            "twelve million, six hundred thousand Armenian drams",
        ),
        ("1000.05", "AMD", "հազար դրամ 5 լումա", "one thousand Armenian drams and 5 luma"),
        (
            "999999999.99",
            "EUR",
            "ինը հարյուր իննսունինը միլիոն ինը հարյուր իննսունինը հազար ինը հարյուր իննսունինը եվրո 99 եվրոցենտ",
            "nine hundred and ninety-nine million, nine hundred and ninety-nine thousand, "
            "nine hundred and ninety-nine euros and 99 cents",
        ),
        ("5.07", "GEL", "հինգ GEL 07/100", "five GEL and 07/100"),
    ],
)
def test_amounts_in_both_languages(amount: str, currency: str, armenian: str, english: str) -> None:
    assert amount_in_words(Decimal(amount), currency, "hy") == armenian
    assert amount_in_words(Decimal(amount), currency, "en") == english


@pytest.mark.parametrize("amount", ["-1", "0.001", "1000000000000000"])
def test_an_amount_that_cannot_be_written_exactly_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        amount_in_words(Decimal(amount), "EUR", "en")
