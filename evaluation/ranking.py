"""The ranking of a stage, lot by lot: docs/call-file.md, scoring rules 4 to 6. Pure and exact."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

from evaluation.scoring import Entry, Grid, Outcome, Standing, assess
from evaluation.selection import select


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot and its own budget, in the call's currency. A call without lots has one, whose code is None."""

    code: str | None
    budget: Decimal


@dataclass(frozen=True, slots=True)
class Application:
    """What the ranking needs to know of an application; entries are in the order of assignment."""

    number: str
    lot: str | None
    requested: Decimal
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an application stands. `rank` is None unless it passed."""

    application: Application
    standing: Standing
    rank: int | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class LotResult:
    """What is selected in a lot: how many applications, and the sum they request."""

    lot: Lot
    selected: int
    requested: Fraction
    waiting: int

    @property
    def can_freeze(self) -> bool:
        """Whether nothing in the lot waits for an assessment (scoring rule 6)."""
        return self.waiting == 0


@dataclass(frozen=True, slots=True)
class Ranking:
    """Lots in the call's order; places by lot, then rank (those without one last), then number."""

    lots: tuple[LotResult, ...]
    places: tuple[Place, ...]


def draw(seed: int, number: str) -> str:
    """The lot that an application draws: lower-case hexadecimal SHA-256 of `SEED:NUMBER` in UTF-8."""
    return sha256(f"{seed}:{number}".encode()).hexdigest()


def rank(grid: Grid, standings: Mapping[str, Standing], seed: int) -> tuple[str, ...]:
    """Numbers of those that passed, best first, without equals (scoring rule 4).

    `standings` are those of one lot, by application number.
    """

    def order(number: str) -> tuple[list[Fraction], str]:
        standing = standings[number]
        points = [standing.score or Fraction(), *(standing.mean(code) for code in grid.tie_break[:-1])]
        return [-value for value in points], draw(seed, number)

    return tuple(sorted((number for number, standing in standings.items() if standing.passed), key=order))


def place_lot(grid: Grid, lot: Lot, applications: Mapping[str, Application], seed: int) -> list[Place]:
    """Places of one lot's applications, by rank (those without one last), then number."""
    standings = {number: assess(grid, one.entries) for number, one in applications.items()}
    order = rank(grid, standings, seed)
    amounts = [Fraction(applications[number].requested) for number in order]
    outcomes = select(grid.selection, amounts, Fraction(lot.budget))
    ranked = [
        Place(applications[number], standings[number], position, outcome)
        for position, (number, outcome) in enumerate(zip(order, outcomes, strict=True), start=1)
    ]
    others = sorted(applications.keys() - set(order))
    return ranked + [Place(applications[n], standings[n], None, standings[n].outcome) for n in others]


def summarise(lot: Lot, places: Sequence[Place]) -> LotResult:
    """Counts and sums of one lot's places."""
    chosen = [place for place in places if place.outcome is Outcome.SELECTED]
    requested = sum((Fraction(place.application.requested) for place in chosen), Fraction())
    return LotResult(lot, len(chosen), requested, sum(place.outcome.waits for place in places))


def rank_stage(grid: Grid, lots: Sequence[Lot], applications: Iterable[Application], seed: int) -> Ranking:
    """Rank and select all applications of a stage.

    `lots` are all of the call's, in its order; a call without lots gives one, `Lot(None, call budget)`.
    `seed` is the stored seed of the draw. Applications that wait do not hold up the others. Raises
    ScoringError for assessments that contradict the grid, ValueError for an unknown lot or a number given
    twice. Source: call file format, scoring rules 4 to 6.
    """
    by_lot: dict[str | None, dict[str, Application]] = {lot.code: {} for lot in lots}
    numbers: set[str] = set()
    for one in applications:
        if one.lot not in by_lot or one.number in numbers:
            raise ValueError(f"{one.number}: unknown lot {one.lot!r}, or the number is given twice")
        numbers.add(one.number)
        by_lot[one.lot][one.number] = one
    placed = [(lot, place_lot(grid, lot, by_lot[lot.code], seed)) for lot in lots]
    return Ranking(
        lots=tuple(summarise(lot, places) for lot, places in placed),
        places=tuple(place for _, places in placed for place in places),
    )
