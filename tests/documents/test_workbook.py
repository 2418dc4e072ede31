"""Workbooks, opened again by another library."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from portal.documents.tables import Column
from portal.documents.workbook import Sheet, workbook_bytes
from tests.support import Clock

YEREVAN = ZoneInfo("Asia/Yerevan")
COLUMNS: list[Column[dict[str, Any]]] = [
    Column("name", "Համայնք", "text", 30, lambda row: row["name"]),
    Column("count", "Number", "integer", 8, lambda row: row["count"]),
    Column("amount", "EUR", "money", 14, lambda row: row["amount"]),
    Column("share", "Share", "percent", 8, lambda row: row["share"]),
    Column("day", "Day", "date", 12, lambda row: row["day"]),
    Column("moment", "Submitted", "datetime", 18, lambda row: row["moment"]),
    Column("member", "Member", "yes_no", 8, lambda row: row["member"]),
]
ROW: dict[str, Any] = {
    "name": "Ալավերդի",
    "count": 60,
    "amount": Decimal("60000.50"),
    "share": Decimal("12.5"),
    "day": date(2027, 3, 15),
    "moment": datetime(2027, 3, 15, 14, 0, tzinfo=UTC),
    "member": True,
}


def opened(*sheets: Sheet[Any]) -> Any:
    content = workbook_bytes(sheets, title="Shortlist", author="M4EG", zone=YEREVAN)
    return openpyxl.load_workbook(io.BytesIO(content))


def texts(*values: str) -> Any:
    """The first column of a sheet of texts."""
    columns: list[Column[str]] = [Column("t", "T", "text", 10, lambda row: row)]
    return opened(Sheet("S", columns, values)).active["A"][1:]


def test_values_keep_their_types() -> None:
    row = [cell.value for cell in opened(Sheet("S", COLUMNS, [ROW])).active[2]]
    assert row[:4] == ["Ալավերդի", 60, 60000.5, 12.5]
    assert row[4:6] == [datetime(2027, 3, 15), datetime(2027, 3, 15, 18, 0)]  # noqa: DTZ001 - as a sheet has it


def test_each_kind_has_its_format_and_numbers_stand_right() -> None:
    row = opened(Sheet("S", COLUMNS, [ROW])).active[2]
    assert [cell.number_format for cell in row[1:6]] == [
        "#,##0",
        "#,##0.00",
        '0.##"%"',
        "dd.mm.yyyy",
        "dd.mm.yyyy hh:mm",
    ]
    assert [cell.alignment.horizontal for cell in row[1:4]] == ["right"] * 3
    assert {cell.font.name for cell in row} == {"Segoe UI"}


def test_heading_stays_filters_and_prints_on_every_page() -> None:
    page = opened(Sheet("S", COLUMNS, [ROW, ROW])).active
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:G3"
    assert page.print_title_rows == "$1:$1"
    assert page.page_setup.orientation == "landscape"
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.page_setup.fitToHeight == 0, "as many pages high as it takes"
    assert page.column_dimensions["A"].width == pytest.approx(30, abs=1)
    assert [cell.value for cell in page[1]][5] == "Submitted (Asia/Yerevan)"
    assert page["A1"].font.bold


def test_text_never_becomes_a_formula_or_a_link() -> None:
    cells = texts("=1+1", "+374 10 000000", "@SUM(A1)", "https://example.org", "{=A1}")
    assert {cell.data_type for cell in cells} == {"s"}
    assert cells[0].value == "=1+1"
    assert all(cell.hyperlink is None for cell in cells)


def test_signs_that_xml_cannot_hold_and_long_texts_do_not_break_the_file() -> None:
    cells = texts("a\x0bb", "x" * 40_000)
    assert cells[0].value.startswith("a")
    assert len(cells[1].value) == 32_767
    assert cells[1].value.endswith("…")


def test_a_number_too_long_for_a_sheet_is_kept_exactly() -> None:
    columns: list[Column[Decimal]] = [Column("n", "N", "money", 20, lambda row: row)]
    exact = Decimal("1234567890123456.78")
    assert opened(Sheet("S", columns, [exact])).active["A2"].value == "1234567890123456.78"


def test_sheet_names_are_made_safe_and_unique() -> None:
    titles = ["Lot 1: [A/B]?", "Աշխարհագրական լոտ՝ Հայաստան և Վրաստան", "Աշխարհագրական լոտ՝ Հայաստան և Մոլդովա"]
    names = opened(*(Sheet(title, COLUMNS, []) for title in [*titles, "History", "''"])).sheetnames
    assert names[0] == "Lot 1   A B"
    assert names[1] == "Աշխարհագրական լոտ՝ Հայաստան և Վ"
    assert names[2] == "Աշխարհագրական լոտ՝ Հայաստան և Մ"
    assert names[3] == "History_"
    assert all(0 < len(name) <= 31 for name in names)
    same = opened(Sheet("Lot", COLUMNS, []), Sheet("LOT", COLUMNS, [])).sheetnames
    assert same == ["Lot", "LOT 2"]


def test_properties_say_what_the_file_is_and_when_it_was_made(clock: Clock) -> None:
    clock.set(datetime(2027, 3, 15, 14, 0, tzinfo=UTC))
    book = opened(Sheet("S", COLUMNS, []))
    assert (book.properties.title, book.properties.creator) == ("Shortlist", "M4EG")
    assert book.properties.created.replace(tzinfo=UTC) == datetime(2027, 3, 15, 14, 0, tzinfo=UTC)


def test_wrapped_text_has_room_in_its_row() -> None:
    columns: list[Column[str]] = [Column("t", "T", "text", 20, lambda row: row)]
    page = opened(Sheet("S", columns, ["մեկ տող", "երկար տեքստ " * 10, "a\nb\nc", "x " * 9_000])).active
    one, many, three, endless = (page.row_dimensions[line].height for line in (2, 3, 4, 5))
    assert one is None, "the usual height"
    assert 7 * 15 <= many <= 12 * 15
    assert three == 3 * 15
    assert endless == 300, "not more than a screen"


def test_headings_stand_over_their_values() -> None:
    heading = opened(Sheet("S", COLUMNS, [ROW])).active[1]
    assert [cell.alignment.horizontal for cell in heading] == ["left", *["right"] * 5, "left"]


def test_an_empty_table_is_a_sheet_with_its_heading() -> None:
    page = opened(Sheet("S", COLUMNS, [])).active
    assert page.max_row == 1
    assert page.auto_filter.ref == "A1:G1"


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError):
        opened(Sheet("S", COLUMNS, [ROW | {"amount": 0.1}]))
