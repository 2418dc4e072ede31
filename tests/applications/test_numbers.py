"""Amounts and dates as people type them (facts of the field; what people see, words, dates, numbers)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.answers import Unreadable, read_date, read_number, show_date, show_number, write_number

NB, NARROW, THIN = "\u00a0", "\u202f", "\u2009"

READ = [
    ("60000", "money", "60000"),
    ("60 000", "money", "60000"),
    (f"60{NB}000", "money", "60000"),
    (f"60{NARROW}000,5", "money", "60000.5"),
    (f"1{THIN}234{THIN}567.89", "money", "1234567.89"),
    ("60000,50", "money", "60000.50"),
    ("60000.50", "money", "60000.50"),
    ("  7  ", "money", "7"),
    ("007", "money", "7"),
    ("0,5", "money", "0.5"),
    ("-5", "money", "-5"),
    ("\u22125", "decimal", "-5"),
    ("- 5", "decimal", "-5"),
    ("-0", "money", "0"),
    # Signs that can only be groups.
    ("1,234,567", "money", "1234567"),
    ("1.234.567", "money", "1234567"),
    ("60,000.50", "money", "60000.50"),
    ("60.000,50", "money", "60000.50"),
    ("1,234,567.8", "money", "1234567.8"),
    ("0,125", "decimal", "0.125"),
    ("1234,567", "decimal", "1234.567"),
    ("1,2345", "decimal", "1.2345"),
    ("1 234,567", "decimal", "1234.567"),
    ("12,5", "percent", "12.5"),
    ("1 200", "integer", "1200"),
]

UNREADABLE = [
    ("60,000", "money", "ambiguous"),
    ("60.000", "money", "ambiguous"),
    ("1,500", "integer", "ambiguous"),
    ("1.500", "decimal", "ambiguous"),
    ("999,999", "percent", "ambiguous"),
    ("60 00", "money", "not_number"),
    ("60  0000", "money", "not_number"),
    ("6000 000", "money", "not_number"),
    ("1,23,456", "money", "not_number"),
    ("1.2.3", "money", "not_number"),
    ("1,234.567,8", "money", "not_number"),
    ("60,", "money", "not_number"),
    (",50", "money", "not_number"),
    ("60 000 EUR", "money", "not_number"),
    ("60k", "money", "not_number"),
    ("1e5", "money", "not_number"),
    ("٣", "money", "not_number"),
    ("", "money", "not_number"),
    ("NaN", "decimal", "not_number"),
    ("--5", "money", "not_number"),
    ("12.345", "money", "ambiguous"),
    ("0,125", "money", "places"),
    ("1234,567", "money", "places"),
    ("60 000,123", "money", "places"),
    ("1.23456", "decimal", "places"),
    ("1.5", "integer", "not_whole"),
    ("10 000 000 000 000", "money", "too_many_digits"),
]


@pytest.mark.parametrize(("text", "kind", "value"), READ)
def test_reads_what_can_be_read_one_way(text: str, kind: str, value: str) -> None:
    assert read_number(text, kind) == Decimal(value)


@pytest.mark.parametrize(("text", "kind", "code"), UNREADABLE)
def test_asks_rather_than_guesses(text: str, kind: str, code: str) -> None:
    with pytest.raises(Unreadable) as unclear:
        read_number(text, kind)
    assert unclear.value.code == code


def test_says_both_readings_of_an_ambiguous_amount() -> None:
    with pytest.raises(Unreadable) as unclear:
        read_number("60,000", "money")
    assert unclear.value.params == {"large": f"60{NB}000", "small": "60"}


kinds = st.sampled_from([("integer", 0), ("decimal", 4), ("percent", 2), ("money", 2)])


@given(kinds, st.integers(-(10**13) + 1, 10**13 - 1), st.integers(0, 9999))
def test_a_written_and_a_shown_number_are_read_back_the_same(kind: tuple[str, int], whole: int, fraction: int) -> None:
    name, places = kind
    value = whole + Decimal(fraction % 10**places).scaleb(-places)
    written = write_number(value, name)
    assert read_number(written, name) == value
    assert write_number(read_number(written, name), name) == written
    for language in ("hy", "en"):
        assert read_number(show_number(written, language), name) == value


@pytest.mark.parametrize(
    ("kept", "hy", "en"),
    [("60000", f"60{NB}000", f"60{NB}000"), ("1234.50", f"1{NB}234,50", f"1{NB}234.50"), ("-0.5", "-0,5", "-0.5")],
)
def test_shows_groups_and_the_sign_of_the_language(kept: str, hy: str, en: str) -> None:
    assert (show_number(kept, "hy"), show_number(kept, "en")) == (hy, en)


@pytest.mark.parametrize("text", ["2027-03-15", "15.03.2027", " 15.3.2027 ", "15. 3. 2027"])
def test_reads_dates(text: str) -> None:
    assert read_date(text) == date(2027, 3, 15)


@pytest.mark.parametrize("text", ["15/03/2027", "31.02.2027", "15.03.27", "2027-13-01", "tomorrow", "00.01.2027"])
def test_does_not_guess_dates(text: str) -> None:
    with pytest.raises(Unreadable) as unclear:
        read_date(text)
    assert unclear.value.code == "not_date"


@given(st.dates())
def test_a_shown_date_is_read_back_the_same(day: date) -> None:
    assert read_date(show_date(day.isoformat())) == day
