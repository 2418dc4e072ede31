"""Frozen shortlists as workbook, CSV and JSON: the columns of the page, as far as the person may read."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.messages import language
from calls.models import Call
from evaluation.content import exported
from evaluation.models import Shortlist
from evaluation.queries.shortlists import ShortlistPage, ShortlistRowShown
from portal.content import formatting
from portal.documents.tables import Column, csv_chunks
from portal.documents.workbook import Sheet, workbook_bytes

Row = ShortlistRowShown
Shown = Column[Row]


def municipality_name(row: Row) -> str:
    """The municipality as it was called when it applied, in the reader's language."""
    application = row.row.entry.application
    name: str = getattr(application, f"municipality_name_{language()}")
    return name


def _at(part: str, position: int) -> Callable[[Row], Decimal | None]:
    def value(row: Row) -> Decimal | None:
        values = getattr(row, part)
        return Decimal(values[position]) if position < len(values) else None

    return value


def columns(page: ShortlistPage, *, with_lot: bool) -> list[Shown]:
    """The columns of a shortlist; ``with_lot`` where one table holds several lots.

    The totals of single assessors, without their names, are shown only where the whole shortlist is.
    """
    currency = page.shortlist.stage.call.currency
    lot: list[Shown] = [Column("lot", gettext_lazy("Lot"), "text", 12, _lot_code)]
    return [
        *(lot if with_lot else []),
        Column("rank", gettext_lazy("Rank"), "integer", 8, lambda row: row.row.rank),
        Column("outcome", gettext_lazy("Outcome"), "text", 22, lambda row: row.row.get_outcome_display()),
        Column("number", gettext_lazy("Number"), "text", 26, lambda row: row.row.entry.application.number),
        Column("municipality", gettext_lazy("Municipality"), "text", 28, municipality_name),
        Column("region", gettext_lazy("Region"), "text", 18, lambda row: str(_municipality(row).region or "")),
        Column("country", gettext_lazy("Country"), "text", 10, lambda row: _municipality(row).country_id),
        Column("requested", _("Requested, %(currency)s") % {"currency": currency}, "money", 16, _requested),
        Column("score", gettext_lazy("Score"), "number", 10, lambda row: row.row.score),
        *_section_columns(page),
        *_total_columns(page),
    ]


def _lot_code(row: Row) -> str:
    return row.row.lot.code if row.row.lot else ""


def _municipality(row: Row) -> Any:
    return row.row.entry.application.municipality


def _requested(row: Row) -> Decimal:
    amount: Decimal = row.row.requested
    return amount


def _section_columns(page: ShortlistPage) -> list[Shown]:
    return [
        Column(f"section-{position}", title, "number", 16, _at("sections", position))
        for position, title in enumerate(page.sections)
    ]


def _total_columns(page: ShortlistPage) -> list[Shown]:
    title = gettext_lazy("Assessment %(position)d, total")
    return [
        Column(f"total-{position}", title % {"position": position + 1}, "number", 14, _at("totals", position))
        for position in range(page.assessments)
    ]


def file_name(page: ShortlistPage, ending: str) -> str:
    """A name that says call, stage and, where not all is shown, the countries."""
    stage = page.shortlist.stage
    return "-".join([stage.call.code, stage.code, "shortlist", *page.countries]).lower() + f".{ending}"


def note(page: ShortlistPage) -> str:
    """What is left out, where not all is shown; an empty text where all is."""
    if page.whole:
        return ""
    content: Any = page.shortlist.content
    left_out = len(content["shortlist"]["result"]["applications"]) - len(page.rows)
    shown = _("Only applications from %(countries)s are shown; ranks are those of the whole lot.")
    others = ngettext(
        "%(count)d application from another country is left out.",
        "%(count)d applications from other countries are left out.",
        left_out,
    )
    return " ".join([shown % {"countries": ", ".join(page.countries)}, others % {"count": left_out}])


@dataclass(frozen=True)
class Fact:
    """A line of the sheet that says what the workbook is."""

    name: str
    value: str


def facts(page: ShortlistPage) -> list[Fact]:
    """What a shortlist is: call, stage, when it was frozen, its state, seed and digest, and what is left out."""
    shortlist, call = page.shortlist, page.shortlist.stage.call
    frozen = formatting.moment(cast(datetime, shortlist.frozen_at), call.time_zone, language())
    place = formatting.place(call.time_zone, language())
    listed = [
        Fact(_("Call for proposals"), f"{call.code} · {call.title}"),
        Fact(_("Stage"), shortlist.stage.title),
        Fact(_("State"), shortlist.get_state_display()),
        Fact(_("Frozen at"), f"{frozen} ({place})"),
        Fact(_("Seed of the draw"), str(shortlist.seed)),
        Fact("SHA-256", shortlist.digest),
    ]
    return listed + ([Fact(_("Note"), note(page))] if not page.whole else [])


def workbook(page: ShortlistPage) -> bytes:
    """The shortlist as XLSX in the active language: a sheet for each lot, and one that says what this is."""
    call: Call = page.shortlist.stage.call
    listed = columns(page, with_lot=False)
    title = " · ".join((call.code, page.shortlist.stage.title, _("Shortlist")))
    sheets: list[Sheet[Any]] = [Sheet(lot.code or _("Shortlist"), listed, lot.rows) for lot in page.lots]
    about: list[Column[Fact]] = [
        Column("name", gettext_lazy("About this list"), "text", 26, lambda fact: fact.name),
        Column("value", " ", "text", 80, lambda fact: fact.value),
    ]
    sheets.append(Sheet(_("About this list"), about, facts(page)))
    return workbook_bytes(sheets, title=title, author=call.funder or call.code, zone=call.zone)


def csv(page: ShortlistPage) -> Iterator[bytes]:
    """The shortlist as CSV in the active language, all lots in one table."""
    return csv_chunks(columns(page, with_lot=True), page.rows, zone=page.shortlist.stage.call.zone)


def verifiable(shortlist: Shortlist) -> bytes:
    """The whole shortlist as JSON, which ``manage.py verify_shortlist`` and ``manage.py rank`` read."""
    return json.dumps(exported(shortlist.content or {}, shortlist.digest), ensure_ascii=False, indent=1).encode()
