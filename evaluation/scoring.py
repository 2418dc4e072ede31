"""Scores of one application: which assessments count, the means, and whether it passes.

Pure and exact: every amount of points is a `Fraction`, and nothing is rounded before it is shown. The rules
are numbered as in docs/call-file.md, "Scoring".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import combinations

from calls.spec.values import LOT_DRAW, OnOverflow, Resolve
from calls.spec.values import SelectionRule as RuleName

Number = int | Decimal | Fraction


class Outcome(StrEnum):
    """What became of an application. `assess` gives the last five, selection the first two."""

    SELECTED = "selected"
    RESERVE = "reserve"
    PASSED = "passed"
    FAILED = "failed"
    NEEDS_ASSESSOR = "needs_assessor"
    NEEDS_THIRD = "needs_third"
    NEEDS_CONSENSUS = "needs_consensus"

    @property
    def waits(self) -> bool:
        """Whether the application has no score yet."""
        return self.value.startswith("needs_")


class ScoreFault(StrEnum):
    """What is wrong with one score."""

    OUT_OF_RANGE = "out_of_range"
    OFF_STEP = "off_step"


class ConsensusFault(StrEnum):
    """What is wrong with the agreed assessments of one application."""

    TWO = "two"
    NOT_ALLOWED = "not_allowed"


class ScoringError(ValueError):
    """The assessments of an application cannot be scored: they contradict the grid."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the grid; `minimum` is held against the mean of its scores, without weight."""

    code: str
    weight: Fraction = Fraction(1)
    minimum: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A group of criteria; `minimum` is held against the mean of its weighted sums."""

    code: str
    criteria: tuple[Criterion, ...]
    minimum: Fraction | None = None


@dataclass(frozen=True, slots=True)
class SelectionRule:
    """How many of a ranking are selected; `limit` belongs to `count`, the two others to `budget`."""

    rule: RuleName
    limit: int | None = None
    factor: Fraction = Fraction(1)
    on_overflow: OnOverflow = "stop"


@dataclass(frozen=True, slots=True)
class Grid:
    """The evaluation grid of one stage, in points. `tie_break` ends in `lot-draw`."""

    assessors: int
    scale_min: Fraction
    scale_max: Fraction
    scale_step: Fraction
    sections: tuple[Section, ...]
    pass_mark: Fraction
    selection: SelectionRule
    divergence_percent: Fraction | None = None
    divergence_resolve: Resolve = "none"
    tie_break: tuple[str, ...] = (LOT_DRAW,)

    def __post_init__(self) -> None:
        if self.divergence_resolve == "third_assessor" and self.assessors != 2:
            raise ScoringError("third_assessor is only defined for two assessors")
        if self.tie_break[-1:] != (LOT_DRAW,):
            raise ScoringError("tie_break must end in lot-draw")

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria, in the grid's order."""
        return tuple(criterion for section in self.sections for criterion in section.criteria)


@dataclass(frozen=True, slots=True)
class Entry:
    """One completed assessment: a score for each criterion code.

    `assessor` only names it, in messages and in exports.
    """

    scores: Mapping[str, Number]
    assessor: str | None = None
    consensus: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What the assessments of one application come to.

    `totals` has one value for each entry, `counted` the positions of those that count, ascending. `outcome`
    is `passed`, `failed` or what the application waits for: then `score` is None and the rest is empty.
    `failed` names what it failed: `pass_mark`, `section:CODE`, `criterion:CODE`, in this order.
    """

    totals: tuple[Fraction, ...]
    outcome: Outcome
    counted: tuple[int, ...] = ()
    score: Fraction | None = None
    section_means: Mapping[str, Fraction] = field(default_factory=dict)
    criterion_means: Mapping[str, Fraction] = field(default_factory=dict)
    failed: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the application has a score and failed nothing."""
        return self.outcome is Outcome.PASSED

    def mean(self, code: str) -> Fraction:
        """The mean of a section or of a criterion: their codes share one set of names."""
        return self.section_means[code] if code in self.section_means else self.criterion_means[code]


def display(value: Fraction) -> str:
    """Text with two places, rounded half up (a negative half away from zero); for people and files only."""
    hundredths = (abs(value) * 200 + 1) // 2
    sign = "-" if value < 0 and hundredths else ""
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d}"


def maximum_of_section(grid: Grid, section: Section) -> Fraction:
    """The most points a section can have: never written down, always from scale and weights."""
    return sum((grid.scale_max * criterion.weight for criterion in section.criteria), Fraction())


def maximum_total(grid: Grid) -> Fraction:
    """The most points an application can have."""
    return sum((maximum_of_section(grid, section) for section in grid.sections), Fraction())


def score_fault(grid: Grid, score: Number) -> ScoreFault | None:
    """What is wrong with a finite score on the grid's scale, or None."""
    value = Fraction(score)
    if not grid.scale_min <= value <= grid.scale_max:
        return ScoreFault.OUT_OF_RANGE
    on_step = ((value - grid.scale_min) / grid.scale_step).denominator == 1
    return None if on_step else ScoreFault.OFF_STEP


def consensus_fault(grid: Grid, entries: Sequence[Entry]) -> ConsensusFault | None:
    """What is wrong with the agreed ones among the entries, or None (scoring rule 2)."""
    agreed = sum(entry.consensus for entry in entries)
    if agreed and grid.divergence_resolve != "consensus":
        return ConsensusFault.NOT_ALLOWED
    return ConsensusFault.TWO if agreed > 1 else None


def section_sum(section: Section, entry: Entry) -> Fraction:
    """Sum of score x weight over one section, for one assessment."""
    return sum((Fraction(entry.scores[c.code]) * c.weight for c in section.criteria), Fraction())


def total(grid: Grid, entry: Entry) -> Fraction:
    """An assessment's total: sum over all criteria of score x weight (scoring rule 1)."""
    return sum((section_sum(section, entry) for section in grid.sections), Fraction())


def mean(values: Iterable[Fraction]) -> Fraction:
    """Arithmetic mean of at least one value, exact."""
    listed = list(values)
    return sum(listed, Fraction()) / len(listed)


def diverges(grid: Grid, totals: Sequence[Fraction]) -> bool:
    """Whether totals differ by more than the allowed percentage of the higher; exactly that much does not."""
    if grid.divergence_resolve == "none" or grid.divergence_percent is None:
        return False
    return max(totals) - min(totals) > max(totals) * grid.divergence_percent / 100


def closest(totals: Sequence[Fraction]) -> tuple[int, ...]:
    """Positions of the two closest of three totals, or all three if two gaps are equally smallest."""
    gaps = {pair: abs(totals[pair[0]] - totals[pair[1]]) for pair in combinations(range(3), 2)}
    nearest = [pair for pair, gap in gaps.items() if gap == min(gaps.values())]
    return nearest[0] if len(nearest) == 1 else (0, 1, 2)


def choose(grid: Grid, entries: Sequence[Entry], totals: Sequence[Fraction]) -> tuple[int, ...] | Outcome:
    """Positions of the entries that count, ascending, or what the application waits for (scoring rule 2)."""
    agreed = [position for position, entry in enumerate(entries) if entry.consensus]
    if agreed:
        return (agreed[0],)
    if len(entries) < grid.assessors:
        return Outcome.NEEDS_ASSESSOR
    if not diverges(grid, totals[: grid.assessors]):
        return tuple(range(grid.assessors))
    if grid.divergence_resolve == "consensus":
        return Outcome.NEEDS_CONSENSUS
    return closest(totals[:3]) if len(entries) > grid.assessors else Outcome.NEEDS_THIRD


def failures(
    grid: Grid, score: Fraction, sections: Mapping[str, Fraction], criteria: Mapping[str, Fraction]
) -> tuple[str, ...]:
    """What a score and its means fall below (scoring rule 3); equal passes."""
    below = ["pass_mark"] if score < grid.pass_mark else []
    below += [f"section:{s.code}" for s in grid.sections if s.minimum is not None and sections[s.code] < s.minimum]
    below += [f"criterion:{c.code}" for c in grid.criteria if c.minimum is not None and criteria[c.code] < c.minimum]
    return tuple(below)


def assess(grid: Grid, entries: Sequence[Entry]) -> Standing:
    """Score one application from its completed assessments, in the order in which they were assigned.

    Every entry must have a score for every criterion of the grid. Raises ScoringError for two agreed
    assessments, or for one where the grid does not resolve by consensus. Source: call file format, scoring
    rules 1 to 3.
    """
    fault = consensus_fault(grid, entries)
    if fault is not None:
        raise ScoringError(f"agreed assessments: {fault}")
    totals = tuple(total(grid, entry) for entry in entries)
    counted = choose(grid, entries, totals)
    if isinstance(counted, Outcome):
        return Standing(totals, counted)
    kept = [entries[position] for position in counted]
    score = mean(totals[position] for position in counted)
    sections = {s.code: mean(section_sum(s, entry) for entry in kept) for s in grid.sections}
    criteria = {c.code: mean(Fraction(entry.scores[c.code]) for entry in kept) for c in grid.criteria}
    failed = failures(grid, score, sections, criteria)
    outcome = Outcome.FAILED if failed else Outcome.PASSED
    return Standing(totals, outcome, counted, score, sections, criteria, failed)
