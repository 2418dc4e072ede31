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
_CELL = _FONT | {"valign": "top", "bottom": 1, "bottom_color": "#d8dfe6"}
_KINDS: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True, "align": "left", "indent": 1},
    "integer": {"num_format": "#,##0", "align": "right"},
    "number": {"num_format": "#,##0.00", "align": "right"},
    "money": {"num_format": "#,##0.00", "align": "right"},
    "percent": {"num_format": '0.##"%"', "align": "right"},
    "date": {"num_format": "dd.mm.yyyy", "align": "right"},
    "datetime": {"num_format": "dd.mm.yyyy hh:mm", "align": "right"},
    "yes_no": {"align": "left", "indent": 1},
}
_LEFT = frozenset({"text", "yes_no"})
_SIDES: dict[bool, dict[str, Any]] = {False: {"align": "left", "indent": 1}, True: {"align": "right"}}
_LINE = 15
_MAX_HEIGHT = 300
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
    formats = {kind: book.add_format(_CELL | look) for kind, look in _KINDS.items()}
    headings = {right: book.add_format(_HEADING | _SIDES[right]) for right in _SIDES}
    taken: set[str] = set()
    for sheet in sheets:
        page = book.add_worksheet(_sheet_name(force_str(sheet.title), taken))
        _write_sheet(page, sheet, _Looks(headings, formats), zone)
    book.close()


def workbook_bytes(sheets: Sequence[Sheet[Any]], *, title: str, author: str, zone: ZoneInfo) -> bytes:
    """Return the workbook that ``write_workbook`` writes."""
    buffer = io.BytesIO()
    write_workbook(buffer, sheets, title=title, author=author, zone=zone)
    return buffer.getvalue()


@dataclass(frozen=True)
class _Looks:
    """The formats of a workbook: of headings by whether they stand right, of cells by kind."""

    headings: dict[bool, Format]
    cells: dict[str, Format]


def _write_sheet(page: Worksheet, sheet: Sheet[Any], looks: _Looks, zone: ZoneInfo) -> None:
    _prepare_page(page, sheet, looks.cells)
    titles = [column.heading(zone) for column in sheet.columns]
    page.set_row(0, _height(titles, sheet.columns))
    for at, (title, column) in enumerate(zip(titles, sheet.columns, strict=True)):
        page.write_string(0, at, title, looks.headings[column.kind not in _LEFT])
    line = 0
    for line, row in enumerate(sheet.rows, start=1):
        if line > _MAX_ROWS:
            raise ValueError("more rows than a sheet can hold")
        cells = [column.cell(row, zone) for column in sheet.columns]
        page.set_row(line, _height(cells, sheet.columns))
        for at, (cell, column) in enumerate(zip(cells, sheet.columns, strict=True)):
            _write_cell(page, line, at, cell, looks.cells[column.kind])
    page.autofilter(0, 0, line, len(sheet.columns) - 1)


def _height(cells: Sequence[Cell], columns: Sequence[Column[Any]]) -> float:
    """Return the height of a row in points: not every program makes room for wrapped text by itself."""
    texts = ((cell, column) for cell, column in zip(cells, columns, strict=True) if isinstance(cell, str))
    lines = max((_lines(text, column.width) for text, column in texts), default=1)
    return min(_LINE * max(lines, 1), _MAX_HEIGHT)


def _lines(text: str, width: int) -> int:
    # Armenian letters are wider than the digits in which a column's width is counted, and lines break at words.
    room = max(int(width * 0.8), 1)
    if len(text) <= room and "\n" not in text:
        return 1
    return sum(-(-len(part) // room) or 1 for part in text.split("\n"))


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
