"""Dates and numbers on pages (Django's formats) and in letters."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from portal.documents.formats import letter_date, money

NB = "\N{NO-BREAK SPACE}"
MOMENT = datetime(2027, 3, 15, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "day", "moment", "amount"),
    [
        ("hy", "15.03.2027", "15.03.2027, ժամը 18:00", f"60{NB}000,50"),
        ("en", "15 March 2027", "15 March 2027, 18:00", "60,000.50"),
    ],
)
def test_pages_write_dates_and_numbers_as_the_language_does(language: str, day: str, moment: str, amount: str) -> None:
    template = Template("{{ m|date:'DATE_FORMAT' }}|{{ m|date:'DATETIME_FORMAT' }}|{{ n|floatformat:'2g' }}")
    with translation.override(language):
        written = template.render(Context({"m": MOMENT, "n": Decimal("60000.50")}))
    assert written.split("|") == [day, moment, amount]


@pytest.mark.parametrize(("language", "typed"), [("hy", "05.03.2027"), ("en", "05/03/2027"), ("hy", "2027-03-05")])
def test_a_typed_date_has_the_day_first(language: str, typed: str) -> None:
    with translation.override(language):
        assert forms.DateField(localize=True).clean(typed) == date(2027, 3, 5)


def test_an_armenian_amount_is_read_with_its_own_signs() -> None:
    field = forms.DecimalField(localize=True)
    with translation.override("hy"):
        assert field.clean("60000,50") == Decimal("60000.50")


@pytest.mark.parametrize(("language", "written"), [("hy", f"5{NB}մարտի{NB}2027{NB}թ."), ("en", f"5{NB}March{NB}2027")])
def test_letters_write_the_month_in_letters(language: str, written: str) -> None:
    assert letter_date(date(2027, 3, 5), language) == written


@pytest.mark.parametrize(
    ("amount", "currency", "armenian", "english"),
    [
        ("60000", "EUR", f"60{NB}000{NB}եվրո", f"EUR{NB}60,000"),
        ("60000.00", "EUR", f"60{NB}000{NB}եվրո", f"EUR{NB}60,000"),
        ("60000.5", "EUR", f"60{NB}000,50{NB}եվրո", f"EUR{NB}60,000.50"),
        ("12600000", "AMD", f"12{NB}600{NB}000{NB}դրամ", f"AMD{NB}12,600,000"),
        ("999", "GEL", f"999{NB}GEL", f"GEL{NB}999"),
    ],
)
def test_letters_write_amounts_with_their_currency(amount: str, currency: str, armenian: str, english: str) -> None:
    assert money(Decimal(amount), currency, "hy") == armenian
    assert money(Decimal(amount), currency, "en") == english
