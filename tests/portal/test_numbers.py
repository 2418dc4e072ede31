"""One reader of numbers: every field of the portal reads a text the same, or asks about it in the same two ways."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from applications.answers import read_number
from calls.authoring.builder.fields import SignedField
from calls.authoring.fields import NumberField
from calls.finding_forms import AmountField
from portal import numbers

FIELDS = (AmountField(required=False), NumberField(required=False), SignedField(required=False))
AMBIGUOUS = {"60,000": "60", "60.000": "60", "1,234": "1.234", "12,500": "12.5"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("60 000", "60000"),
        ("60\N{NARROW NO-BREAK SPACE}000,5", "60000.5"),
        ("1,234,567", "1234567"),
        ("60.000,50", "60000.50"),
        ("60,000.50", "60000.50"),
        (" 007 ", "7"),
        ("9" * 13, "9" * 13),
    ],
)
def test_every_field_reads_a_text_the_same(text: str, value: str) -> None:
    found: list[Any] = [numbers.read(text), read_number(text, "money"), *(field.clean(text) for field in FIELDS)]
    assert found == [Decimal(value)] * len(found)


@pytest.mark.parametrize(("text", "small"), AMBIGUOUS.items())
def test_every_field_asks_about_the_same_two_ways(text: str, small: str) -> None:
    large = f"{text[:-4]}\N{NO-BREAK SPACE}{text[-3:]}"
    with pytest.raises(numbers.Unreadable) as asked:
        read_number(text, "money")
    assert (asked.value.code, asked.value.params) == ("ambiguous", {"large": large, "small": small})
    for field in FIELDS:
        with pytest.raises(ValidationError) as said:
            field.clean(text)
        assert f"“{text}” can be read in two ways. Please write {large} or {small}" in said.value.messages[0]


@pytest.mark.parametrize("text", ["60 00", "1,23,456", "60k", "1e5", "٣", "--5", "60 000 €", "9" * 14, "NaN"])
def test_no_field_guesses(text: str) -> None:
    with pytest.raises(numbers.Unreadable):
        read_number(text, "money")
    for field in FIELDS:
        with pytest.raises(ValidationError):
            field.clean(text)


def test_only_some_fields_take_what_lies_below_zero() -> None:
    amount, number, signed = FIELDS
    assert signed.clean("\N{MINUS SIGN}1 234,5") == Decimal("-1234.5")
    for field in (amount, number):
        with pytest.raises(ValidationError, match="“-5” cannot be read as a number"):
            field.clean("-5")
    assert signed.prepare_value(Decimal("-60000.5")) == "-60\N{NO-BREAK SPACE}000.5"
    assert number.prepare_value(Decimal("60000.50")) == "60\N{NO-BREAK SPACE}000.50"
    with pytest.raises(ValidationError, match="no more than 13 digits before the decimal point"):
        number.clean("9" * 14)
