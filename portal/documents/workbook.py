"""Workbooks (XLSX) of one or more tables, written row by row so that memory stays small."""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import IO, Any, Generic
from zoneinfo import ZoneInfo

import xlsxwriter
from django.utils.encoding import force_str
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from portal import clock
from portal.documents.tables import Cell, Column, Row

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# Has Armenian letters on Windows; elsewhere the whole sheet falls back to one other font.
_FONT = {"font_name": "Segoe UI", "font_size": 10}
_HEADING = _FONT | {"bold": True, "text_wrap": True, "valign": "top", "bottom": 2, "bottom_color": "#0b5a78"}
_KINDS: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True},
    "integer": {"num_format": "#,##0", "align": "right"},
    "number": {"num_format": "#,##0.00", "align": "right"},
    "money": {"num_format": "#,##0.00", "align": "right"},
    "percent": {"num_format": '0.##"%"', "align": "right"},
    "date": {"num_format": "dd.mm.yyyy", "align": "right"},
    "datetime": {"num_format": "dd.mm.yyyy hh:mm", "align": "right"},
    "yes_no": {},
}
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NAME_LENGTH = 31
_CELL_LENGTH = 32_767
_MAX_ROWS = 1_048_575
_EXACT_DIGITS = 15
_A4 = 9


@dataclass(frozen=True)
class Sheet(Generic[Row]):
    """One sheet: its title, columns, and rows, which may be a generator."""

    title: str | Promise
    columns: Sequence[Column[Row]]
    rows: Iterable[Row]


def write_workbook(target: IO[bytes], sheets: Sequence[Sheet[Any]], *, title: str, author: str, zone: ZoneInfo) -> None:
    """Write a workbook in the active language to an open binary file.

    Each sheet has a frozen heading row with filters, the width and format of each column, and prints
    landscape on A4, one page wide, with the heading on each page. Moments are local times of ``zone``.
    Raises ValueError for more rows than a sheet can hold, and TypeError for a value that does not fit its
    column.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    created = clock.now().astimezone(UTC).replace(tzinfo=None)
    book.set_properties({"title": title, "author": author, "created": created})
    heading = book.add_format(_HEADING)
    formats = {kind: book.add_format(_FONT | {"valign": "top"} | look) for kind, look in _KINDS.items()}
    taken: set[str] = set()
    for sheet in sheets:
        page = book.add_worksheet(_sheet_name(force_str(sheet.title), taken))
        _write_sheet(page, sheet, heading, formats, zone)
    book.close()


def workbook_bytes(sheets: Sequence[Sheet[Any]], *, title: str, author: str, zone: ZoneInfo) -> bytes:
    """Return the workbook that ``write_workbook`` writes."""
    buffer = io.BytesIO()
    write_workbook(buffer, sheets, title=title, author=author, zone=zone)
    return buffer.getvalue()


def _write_sheet(
    page: Worksheet, sheet: Sheet[Any], heading: Format, formats: dict[str, Format], zone: ZoneInfo
) -> None:
    _prepare_page(page, sheet, formats)
    for at, column in enumerate(sheet.columns):
        page.write_string(0, at, column.heading(zone), heading)
    line = 0
    for line, row in enumerate(sheet.rows, start=1):
        if line > _MAX_ROWS:
            raise ValueError("more rows than a sheet can hold")
        for at, column in enumerate(sheet.columns):
            _write_cell(page, line, at, column.cell(row, zone), formats[column.kind])
    page.autofilter(0, 0, line, len(sheet.columns) - 1)


def _prepare_page(page: Worksheet, sheet: Sheet[Any], formats: dict[str, Format]) -> None:
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width, formats[column.kind])
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer("&L&8&A&R&8&P / &N")


def _write_cell(page: Worksheet, line: int, at: int, cell: Cell, look: Format) -> None:
    if cell is None:
        page.write_blank(line, at, None, look)
    elif isinstance(cell, str):
        page.write_string(line, at, _fitting(cell), look)
    elif isinstance(cell, datetime | date):
        page.write_datetime(line, at, cell, look)
    else:
        _write_number(page, line, at, cell, look)


def _write_number(page: Worksheet, line: int, at: int, value: int | Decimal, look: Format) -> None:
    # A workbook keeps numbers in binary floating point: what has more digits than fit stays text, unrounded.
    if len(Decimal(value).as_tuple().digits) > _EXACT_DIGITS:
        page.write_string(line, at, str(value), look)
    else:
        page.write_number(line, at, value, look)


def _fitting(text: str) -> str:
    return text if len(text) <= _CELL_LENGTH else text[: _CELL_LENGTH - 1] + "…"


def _sheet_name(title: str, taken: set[str]) -> str:
    base = _NOT_IN_NAMES.sub(" ", title).strip().strip("'")[:_NAME_LENGTH].strip() or _("Sheet")
    # Excel keeps this one name for itself.
    base = f"{base}_" if base.lower() == "history" else base
    name, count = base, 1
    while name.lower() in taken:
        count += 1
        suffix = f" {count}"
        name = base[: _NAME_LENGTH - len(suffix)] + suffix
    taken.add(name.lower())
    return name
