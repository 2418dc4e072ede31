"""Amounts, moments and spans as people of each language write them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from portal.content import deadlines, formatting

NB = "\N{NO-BREAK SPACE}"
SUMMER = datetime(2027, 7, 15, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "hy", "en"),
    [
        (Decimal(60000), "EUR", f"60{NB}000{NB}€", "€60,000"),
        (Decimal("60000.50"), "EUR", f"60{NB}000,50{NB}€", "€60,000.50"),
        (Decimal("6000.00"), "EUR", f"6{NB}000{NB}€", "€6,000"),
        (Decimal(12600000), "AMD", f"12{NB}600{NB}000{NB}֏", f"AMD{NB}12,600,000"),
        (Decimal("-0.05"), "EUR", f"-0,05{NB}€", "-€0.05"),
    ],
)
def test_money(amount: Decimal, currency: str, hy: str, en: str) -> None:
    assert formatting.money(amount, currency, "hy") == hy
    assert formatting.money(amount, currency, "en") == en


def test_moments_name_day_and_hour() -> None:
    assert formatting.moment(SUMMER, "Asia/Yerevan", "hy") == f"15.07.2027, ժամը{NB}18:00"
    assert formatting.moment(SUMMER, "Europe/Brussels", "en") == "15 July 2027, 16:00"


def test_places_are_known_by_their_city() -> None:
    assert formatting.place("Asia/Yerevan", "hy") == "Երևան"
    assert formatting.place("Europe/Kyiv", "hy") == "Կիև"
    assert formatting.place("Europe/Brussels", "en") == "Brussels"


@pytest.mark.parametrize(
    ("left", "hy", "en"),
    [
        (timedelta(days=21, hours=3, minutes=59), "21 օր 3 ժամ", "21 days 3 hours"),
        (timedelta(days=1), "1 օր", "1 day"),
        (timedelta(hours=1, minutes=1), "1 ժամ 1 րոպե", "1 hour 1 minute"),
        (timedelta(minutes=59, seconds=59), "59 րոպե", "59 minutes"),
        (timedelta(seconds=3), "1 րոպե", "1 minute"),
    ],
)
def test_spans_have_two_units_at_most(left: timedelta, hy: str, en: str) -> None:
    assert formatting.span(left, "hy") == hy
    assert formatting.span(left, "en") == en


def prepared(now: datetime, reader_zone: str | None, when: datetime = SUMMER) -> deadlines.Deadline:
    return deadlines.prepare(when, call_zone="Asia/Yerevan", reader_zone=reader_zone, now=now, language="en")


def test_a_deadline_has_both_clocks() -> None:
    deadline = prepared(SUMMER - timedelta(days=2), "Europe/Brussels")
    assert (deadline.call_local, deadline.call_place) == ("15 July 2027, 18:00", "Yerevan")
    assert (deadline.reader_local, deadline.reader_place) == ("16:00", "Brussels")
    assert deadline.left == "2 days"


def test_the_readers_date_is_said_where_it_is_another_day() -> None:
    early = datetime(2027, 7, 15, 21, 0, tzinfo=UTC)  # one o'clock at night in Yerevan
    assert prepared(SUMMER, "Europe/Brussels", early).reader_local == "15 July 2027, 23:00"


def test_a_reader_with_the_same_clock_is_not_told_twice() -> None:
    assert prepared(SUMMER, "Asia/Tbilisi").reader_local == ""
    assert prepared(SUMMER, None).reader_local == ""


def test_equal_to_the_deadline_is_in_time() -> None:
    assert not prepared(SUMMER, None).over
    assert prepared(SUMMER + timedelta(microseconds=1), None).over
