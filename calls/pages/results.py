"""The announced results of a call, by lot."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from calls.pages.voice import Voice
from calls.registry import ResultRow
from calls.spec import CallSpec


@dataclass(frozen=True)
class LotResults:
    """The selected applications of one lot. ``total`` is empty where no amounts are awarded."""

    title: str
    rows: tuple[ResultRow, ...]
    total: Decimal | None

    @property
    def named(self) -> bool:
        """Whether projects have titles: an expression of interest has none."""
        return any(row.title for row in self.rows)


def by_lot(rows: Iterable[ResultRow], spec: CallSpec, voice: Voice) -> list[LotResults]:
    """Group announced rows by lot, in the call's order; lots without any are left out."""
    announced = list(rows)
    order: list[str | None] = [lot.code for lot in spec.lots]
    found = [(code, tuple(row for row in announced if row.lot == code)) for code in order or [None]]
    return [LotResults(_title(code, spec, voice), part, _total(part)) for code, part in found if part]


def _title(code: str | None, spec: CallSpec, voice: Voice) -> str:
    lot = spec.lot(code)
    return voice.text(lot.title) if lot else ""


def _total(rows: Iterable[ResultRow]) -> Decimal | None:
    amounts = [row.amount for row in rows if row.amount is not None]
    return sum(amounts, Decimal(0)) if amounts else None
