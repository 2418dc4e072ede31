"""Frozen shortlists, as far as a person may read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from applications.messages import language
from evaluation import rules
from evaluation.models import Shortlist, ShortlistRow
from evaluation.queries.stages import lots_of_stage
from portal.accounts.models import Person


@dataclass(frozen=True)
class ShortlistRowShown:
    """A row of a frozen shortlist with what its content says of it."""

    row: ShortlistRow
    totals: tuple[str, ...]
    counted: tuple[int, ...]
    sections: tuple[str, ...]
    failed: tuple[str, ...]


@dataclass(frozen=True)
class ShortlistLot:
    """A lot of a frozen shortlist. Money and counts are those of the whole lot; None where only a part is shown."""

    code: str
    title: str
    rows: tuple[ShortlistRowShown, ...]
    budget: Decimal | None
    selected: int | None
    requested: Decimal | None


@dataclass(frozen=True)
class ShortlistPage:
    """A frozen shortlist as one person may read it. ``countries`` names the only ones shown; empty where all are."""

    shortlist: Shortlist
    lots: tuple[ShortlistLot, ...]
    sections: tuple[str, ...]
    countries: tuple[str, ...]
    assessments: int

    @property
    def with_money(self) -> bool:
        """Whether anything was requested; expressions of interest request nothing."""
        return any(one.row.requested for one in self.rows)

    @property
    def whole(self) -> bool:
        return not self.countries

    @property
    def rows(self) -> list[ShortlistRowShown]:
        return [row for lot in self.lots for row in lot.rows]


def shortlist_for(person: Person, pk: int) -> Shortlist:
    """A shortlist that the person may read. Raises Shortlist.DoesNotExist."""
    rows = Shortlist.objects.visible_to(person).select_related("stage__call", "frozen_by", "created_by", "replaces")
    return rows.get(pk=pk)


def shortlist_page(shortlist: Shortlist, person: Person | None, *, country: str = "") -> ShortlistPage:
    """A frozen shortlist with the rows that a person may read; four queries, however many rows.

    Args:
        person: None for the whole programme, as commands ask.
        country: leave only this country's rows, of those that the person may read.
    """
    visible = ShortlistRow.objects.all() if person is None else ShortlistRow.objects.visible_to(person)
    rows = visible.filter(shortlist=shortlist).order_by("position")
    if country:
        rows = rows.filter(entry__application__municipality__country=country)
    content: Mapping[str, Any] = shortlist.content or {}
    result, frozen = content["shortlist"]["result"], content["shortlist"]["evaluation"]
    told = {one["number"]: one for one in result["applications"]}
    related = rows.select_related("lot", "entry__application__municipality__region")
    shown = [_shown(row, told, frozen) for row in related]
    partial = [country] if country else [] if person is None or rules.follows(person) else person.office_countries
    titles = {lot.code: lot.title for lot in lots_of_stage(shortlist.stage)}
    return ShortlistPage(
        shortlist=shortlist,
        lots=tuple(
            _shortlist_lot(code, told, shown, titles, whole=not partial) for code, told in result["lots"].items()
        ),
        sections=tuple(_section_title(section) for section in frozen["sections"]),
        countries=tuple(sorted(partial)),
        assessments=0 if partial else max((len(row.totals) for row in shown), default=0),
    )


def _section_title(section: Mapping[str, Any]) -> str:
    title: str = section.get("title", {}).get(language()) or section["code"]
    return title


def _shown(row: ShortlistRow, told: Mapping[str, Mapping[str, Any]], frozen: Mapping[str, Any]) -> ShortlistRowShown:
    one = told[row.entry.application.number or ""]
    sections = tuple(one["sections"][section["code"]] for section in frozen["sections"])
    return ShortlistRowShown(row, tuple(one["totals"]), tuple(one["counted"]), sections, tuple(one["failed"]))


def _shortlist_lot(
    key: str, told: Mapping[str, Any], rows: Sequence[ShortlistRowShown], titles: Mapping[str, str], *, whole: bool
) -> ShortlistLot:
    code = "" if key == "null" else key
    return ShortlistLot(
        code=code,
        title=titles.get(code, ""),
        rows=tuple(one for one in rows if (one.row.lot.code if one.row.lot else "") == code),
        budget=Decimal(told["budget"]) if whole else None,
        selected=told["selected"] if whole else None,
        requested=Decimal(told["requested"]) if whole else None,
    )
