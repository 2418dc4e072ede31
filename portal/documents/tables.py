"""Columns that a list on a page and its exports share, and the CSV writer."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar
from zoneinfo import ZoneInfo

from django.utils.encoding import force_str
from django.utils.functional import Promise
from django.utils.translation import gettext as _

Kind = Literal["text", "integer", "number", "money", "percent", "date", "datetime", "yes_no"]
Row = TypeVar("Row")
Cell = str | int | Decimal | date | datetime | None

NUMERIC: frozenset[str] = frozenset({"integer", "number", "money", "percent"})
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
# The signs with which a spreadsheet program begins a formula, the wide forms included.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: its stable key, heading, kind, width (in characters) and how a row gives its value.

    Values are text, int, Decimal, date, aware datetime, bool for ``yes_no``, or None for an empty cell. A
    percentage is given as parts of a hundred: Decimal("12.5") is 12.5 %.
    """

    key: str
    title: str | Promise
    kind: Kind
    width: int
    value: Callable[[Row], Any]

    @property
    def numeric(self) -> bool:
        """Return whether the column is right-aligned and can be summed."""
        return self.kind in NUMERIC

    def heading(self, zone: ZoneInfo) -> str:
        """Return the heading in the active language; a column of moments names its zone."""
        title = force_str(self.title)
        return f"{title} ({zone.key})" if self.kind == "datetime" else title

    def cell(self, row: Row, zone: ZoneInfo) -> Cell:
        """Return what an export writes for a row: moments as local time of the zone, yes and no in words.

        Raises TypeError where the value does not fit the kind of the column, so that no text becomes a
        number unseen.
        """
        value = self.value(row)
        return None if value is None or value == "" else _CELLS[self.kind](value, zone)


def _text(value: Any, zone: ZoneInfo) -> str:
    return force_str(value)


def _number(value: Any, zone: ZoneInfo) -> int | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"not an exact number: {value!r}")
    return value


def _day(value: Any, zone: ZoneInfo) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise TypeError(f"not a date: {value!r}")
    return value


def _moment(value: Any, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(f"not an aware moment: {value!r}")
    return value.astimezone(zone).replace(tzinfo=None)


def _yes_no(value: Any, zone: ZoneInfo) -> str:
    return _("yes") if value else _("no")


_CELLS: dict[str, Callable[[Any, ZoneInfo], Cell]] = {
    "text": _text,
    "integer": _number,
    "number": _number,
    "money": _number,
    "percent": _number,
    "date": _day,
    "datetime": _moment,
    "yes_no": _yes_no,
}


def csv_chunks(columns: Sequence[Column[Row]], rows: Iterable[Row], *, zone: ZoneInfo) -> Iterator[bytes]:
    """Yield a CSV file line by line, for a streaming response: UTF-8 with BOM, comma, CRLF, heading first.

    Text that a spreadsheet program would run as a formula gets an apostrophe before it; numbers stay
    numbers, with a decimal point. Moments are local times of ``zone``, written ISO 8601 with a space.
    """
    yield (_BOM + _csv_line([_safe(column.heading(zone)) for column in columns])).encode()
    for row in rows:
        yield _csv_line([_csv_value(column.cell(row, zone)) for column in columns]).encode()


def _csv_line(values: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(values)
    return buffer.getvalue()


def _csv_value(cell: Cell) -> str:
    if isinstance(cell, str):
        return _safe(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return "" if cell is None else format(cell, "f") if isinstance(cell, Decimal) else str(cell)


def _safe(text: str) -> str:
    cleaned = text.replace("\0", "")
    return f"'{cleaned}" if cleaned.startswith(_FORMULA_STARTS) else cleaned
