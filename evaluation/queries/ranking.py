"""The ranking of a stage as it stands, and as it would be frozen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, Subquery
from django.utils.translation import gettext as _

from applications.messages import language
from applications.models import StageEntry
from calls.models import CheckItem, Lot, Stage
from calls.spec import EvaluationSpec
from evaluation import rules
from evaluation.assembly import StageFile, load_stage
from evaluation.lifecycle.shortlists import fingerprint, obstacles
from evaluation.models import Outcome, Shortlist, ShortlistState
from evaluation.queries.clarified import assessed_before_answers
from evaluation.ranking import LotResult, Place, Ranking
from evaluation.scoring import Outcome as Standing
from evaluation.scoring import display, maximum_total
from portal import clock


@dataclass(frozen=True)
class TotalCell:
    """One assessor's total, by pseudonym; pale where it does not count."""

    name: str
    total: str
    counts: bool
    consensus: bool


@dataclass(frozen=True)
class RankingRow:
    """An application in the ranking, as the page prints it."""

    entry: StageEntry
    rank: int | None
    number: str
    totals: tuple[TotalCell, ...]
    score: str
    sections: tuple[str, ...]
    outcome: str
    failed: tuple[str, ...]
    pending: int

    @property
    def waits(self) -> bool:
        return Standing(self.outcome).waits


@dataclass(frozen=True)
class LotTable:
    """One lot's ranking with its money: the budget, that with the factor, what the selected request, what is left."""

    code: str
    title: str
    budget: Decimal
    ceiling: Decimal
    selected: int
    requested: Decimal
    rows: tuple[RankingRow, ...]

    @property
    def left(self) -> Decimal:
        return self.ceiling - self.requested

    @property
    def waiting(self) -> int:
        return sum(row.waits for row in self.rows)

    def with_outcome(self, outcome: str) -> list[RankingRow]:
        return [row for row in self.rows if row.outcome == outcome]

    @property
    def reserve(self) -> int:
        return len(self.with_outcome(Outcome.RESERVE))


@dataclass(frozen=True)
class RankingPage:
    """A stage's ranking, as it would be frozen now.

    ``outdated`` are the applications with an assessment from before a clarification was answered.
    """

    stage: Stage
    file: StageFile
    lots: tuple[LotTable, ...]
    section_titles: tuple[str, ...]
    maximum: str
    draft: Shortlist | None
    in_force: Shortlist | None
    obstacles: tuple[str, ...]
    shown: str
    unchecked: int = 0
    outdated: tuple[str, ...] = ()
    history: tuple[Shortlist, ...] = ()

    @property
    def rows(self) -> list[RankingRow]:
        return [row for lot in self.lots for row in lot.rows]

    @property
    def with_money(self) -> bool:
        """Whether anything is requested; expressions of interest request nothing."""
        return any(entry.requested for entry in self.file.entries)


def ranking_page(stage: Stage) -> RankingPage:
    """A stage's ranking from what is completed now. Eight queries, however many applications.

    Before a draft has drawn, equals stand in a provisional order, by a draw with the seed 0.
    """
    file = load_stage(stage)
    shortlists = list(Shortlist.objects.filter(stage=stage).defer("content").select_related("frozen_by"))
    draft = next((one for one in shortlists if one.state == ShortlistState.DRAFT), None)
    in_force = next((one for one in shortlists if one.state == ShortlistState.FROZEN), None)
    ranking = file.ranking(draft.seed if draft else in_force.seed if in_force else 0)
    lots: dict[str | None, Lot] = {lot.code: lot for lot in file.lots}
    return RankingPage(
        stage=stage,
        file=file,
        lots=tuple(_lot_table(file, ranking, result, lots) for result in ranking.lots),
        section_titles=tuple(section.title.get(language()) or section.code for section in file.evaluation.sections),
        maximum=display(maximum_total(file.frame.grid)),
        draft=draft,
        in_force=in_force,
        obstacles=tuple(obstacles(file, ranking, clock.now())),
        shown=fingerprint(ranking),
        unchecked=_unchecked(stage),
        outdated=tuple(assessed_before_answers(stage)),
        history=tuple(one for one in shortlists if one.state == ShortlistState.SUPERSEDED),
    )


def _unchecked(stage: Stage) -> int:
    """How many applications under evaluation have lines of the checklist without an answer."""
    lines = CheckItem.objects.filter(stage=stage).order_by().values("stage").annotate(number=Count("pk"))
    judged = StageEntry.objects.filter(stage=stage, state__in=rules.JUDGED)
    answered = judged.annotate(answered=Count("check_results"))
    return answered.filter(answered__lt=Subquery(lines.values("number"))).count()


def _lot_table(file: StageFile, ranking: Ranking, result: LotResult, lots: Mapping[str | None, Lot]) -> LotTable:
    code = result.lot.code
    entries = {entry.application.number: entry for entry in file.entries}
    places = [place for place in ranking.places if place.application.lot == code]
    rule = file.frame.grid.selection
    factor = rule.factor if rule.rule == "budget" else Fraction(1)
    return LotTable(
        code=code or "",
        title=lots[code].title if code in lots else "",
        budget=result.lot.budget,
        ceiling=Decimal(display(Fraction(result.lot.budget) * factor)),
        selected=result.selected,
        requested=Decimal(display(result.requested)),
        rows=tuple(_row(file, place, entries[place.application.number]) for place in places),
    )


def _row(file: StageFile, place: Place, entry: StageEntry) -> RankingRow:
    standing = place.standing
    means = standing.section_means
    return RankingRow(
        entry=entry,
        rank=place.rank,
        number=place.application.number,
        totals=_totals(place),
        score="" if standing.score is None else display(standing.score),
        sections=tuple(display(means[s.code]) if s.code in means else "" for s in file.evaluation.sections),
        outcome=place.outcome.value,
        failed=failed_words(file.evaluation, standing.failed),
        pending=file.pending.get(entry.pk, 0),
    )


def failed_words(evaluation: EvaluationSpec, failed: Iterable[str]) -> tuple[str, ...]:
    """What an application failed, in words: the score, or the title of a section or criterion with its code."""
    titles = {f"section:{one.code}": one.title.get(language()) or one.code for one in evaluation.sections}
    titles |= {f"criterion:{one.code}": f"{one.code} {one.title.get(language(), '')}" for one in evaluation.criteria()}
    return tuple(titles.get(code, _("the score as a whole")) for code in failed)


def _totals(place: Place) -> tuple[TotalCell, ...]:
    counted = set(place.standing.counted)
    pairs = zip(place.application.entries, place.standing.totals, strict=True)
    return tuple(
        TotalCell((one.assessor or "").upper(), display(total), position in counted or not counted, one.consensus)
        for position, (one, total) in enumerate(pairs)
    )
