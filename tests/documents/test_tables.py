"""CSV: readable by a spreadsheet program, and never a program itself."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from portal.documents.tables import Column, csv_chunks

YEREVAN = ZoneInfo("Asia/Yerevan")


def column(kind: Any, title: str = "T") -> Column[Any]:
    return Column(key="k", title=title, kind=kind, width=10, value=lambda row: row)


def written(kind: Any, *values: Any) -> list[str]:
    text = b"".join(csv_chunks([column(kind)], values, zone=YEREVAN)).decode("utf-8-sig")
    return [row[0] if row else "" for row in csv.reader(text.splitlines(keepends=True))][1:]


def test_begins_with_the_mark_by_which_excel_knows_utf_8() -> None:
    content = b"".join(csv_chunks([column("text", "Համայնք")], ["Ալավերդի"], zone=YEREVAN))
    assert content == b"\xef\xbb\xbf" + "Համայնք\r\nԱլավերդի\r\n".encode()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_text_that_would_be_a_formula_gets_an_apostrophe(start: str) -> None:
    content = b"".join(csv_chunks([column("text")], [f"{start}1+1"], zone=YEREVAN)).decode("utf-8-sig")
    assert f"'{start}1+1" in content


def test_a_heading_is_as_safe_as_a_cell() -> None:
    assert b"'=cmd" in b"".join(csv_chunks([column("text", "=cmd")], [], zone=YEREVAN))


def test_numbers_stay_numbers_even_below_zero() -> None:
    assert written("integer", -5, 60000) == ["-5", "60000"]
    assert written("money", Decimal("-60000.50"), Decimal("1E+3"), Decimal("0.00")) == ["-60000.50", "1000", "0.00"]


def test_moments_are_local_and_name_their_zone() -> None:
    moment = datetime(2021, 10, 15, 14, 0, tzinfo=UTC)
    content = b"".join(csv_chunks([column("datetime", "Submitted")], [moment], zone=YEREVAN)).decode("utf-8-sig")
    assert content.splitlines() == ["Submitted (Asia/Yerevan)", "2021-10-15 18:00:00"]


def test_dates_empty_cells_and_several_lines() -> None:
    assert written("date", date(2027, 3, 15), None) == ["2027-03-15", ""]
    assert written("text", 'a "b", c', "one\ntwo", "") == ['a "b", c', "one\ntwo", ""]


def test_yes_and_no_are_words_of_the_language() -> None:
    with translation.override("en"):
        assert written("yes_no", True, False, None) == ["yes", "no", ""]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("money", 0.1),
        ("money", "60 000"),
        ("integer", True),
        ("date", datetime(2027, 3, 15, tzinfo=UTC)),
        ("datetime", datetime(2027, 3, 15)),  # noqa: DTZ001 - that it has no zone is the fault
        ("datetime", date(2027, 3, 15)),
    ],
)
def test_a_value_that_does_not_fit_its_column_is_refused(kind: Any, value: Any) -> None:
    with pytest.raises(TypeError):
        written(kind, value)


def test_lines_come_as_rows_are_read() -> None:
    read: list[int] = []

    def rows() -> Iterator[int]:
        for number in (1, 2, 3):
            read.append(number)
            yield number

    lines = csv_chunks([column("integer")], rows(), zone=YEREVAN)
    next(lines)
    assert read == []
    assert next(lines) == b"1\r\n"
    assert read == [1]
