"""From a call's specification and the database to the plain values that scoring and ranking work on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.conf import settings

from applications.models import StageEntry
from calls.models import Criterion as CriterionRow
from calls.models import GridSection, Stage
from calls.models import Lot as LotRow
from calls.spec import (
    CallSpec,
    CriterionSpec,
    DivergenceSpec,
    EvaluationSpec,
    GridSectionSpec,
    ScaleSpec,
    SelectionSpec,
)
from evaluation.assessments_file import StageFrame
from evaluation.models import Assessment, AssessmentState, Score
from evaluation.ranking import Application, Lot, Ranking, rank_stage
from evaluation.scoring import Criterion, Entry, Grid, Section, SelectionRule

GridLines = tuple[GridSection, list[CriterionRow]]
"""A section of a stored grid with its criteria."""


def exact(value: Decimal | None) -> Fraction | None:
    """The same number as a fraction; None stays None."""
    return None if value is None else Fraction(value)


def criterion_of(criterion: CriterionSpec) -> Criterion:
    """One criterion of the grid."""
    return Criterion(criterion.code, Fraction(criterion.weight), exact(criterion.min))


def section_of(section: GridSectionSpec) -> Section:
    """One section of the grid."""
    return Section(section.code, tuple(map(criterion_of, section.criteria)), exact(section.min))


def selection_of(selection: SelectionSpec) -> SelectionRule:
    """The rule by which a ranking becomes a selection."""
    return SelectionRule(selection.rule, selection.limit, Fraction(selection.factor), selection.on_overflow)


def grid_of(evaluation: EvaluationSpec) -> Grid:
    """The grid of one stage, in exact points. Raises ScoringError for one that contradicts itself."""
    return Grid(
        assessors=evaluation.assessors,
        scale_min=Fraction(evaluation.scale.min),
        scale_max=Fraction(evaluation.scale.max),
        scale_step=Fraction(evaluation.scale.step),
        sections=tuple(map(section_of, evaluation.sections)),
        pass_mark=Fraction(evaluation.pass_mark),
        selection=selection_of(evaluation.selection),
        divergence_percent=exact(evaluation.divergence.percent_of_higher),
        divergence_resolve=evaluation.divergence.resolve,
        tie_break=evaluation.tie_break,
    )


def lots_of(call: CallSpec) -> tuple[Lot, ...]:
    """The call's lots in its order; without lots, one whose budget is the call's."""
    return tuple(Lot(lot.code, lot.budget) for lot in call.lots) or (Lot(None, call.budget),)


def frame_of(call: CallSpec, stage: str) -> StageFrame | None:
    """What an assessments file of this stage is held against; None if no such stage is evaluated."""
    found = call.stage(stage)
    if found is None or found.evaluation is None:
        return None
    return StageFrame(call.code, stage, lots_of(call), grid_of(found.evaluation))


# From the database: the rows of a stage, each table read once however many rows there are.


def spec_of_grid(stage: Stage) -> EvaluationSpec:
    """The stored grid of a stage as the call file writes it. Needs ``stage.grid``; one query."""
    grid = stage.grid
    return EvaluationSpec(
        assessors=grid.assessors,
        scale=ScaleSpec(min=grid.scale_min, max=grid.scale_max, step=grid.scale_step),
        comment=grid.comment,
        sections=tuple(_section_spec(section, rows) for section, rows in grid_lines(stage)),
        pass_mark=grid.pass_mark,
        divergence=DivergenceSpec(
            percent_of_higher=grid.divergence_percent,
            resolve=grid.divergence_resolve,
        ),
        tie_break=tuple(grid.tie_break),
        selection=SelectionSpec(
            rule=grid.selection_rule,
            factor=grid.selection_factor,
            limit=grid.selection_limit,
            on_overflow=grid.on_overflow,
        ),
    )


def grid_lines(stage: Stage) -> list[GridLines]:
    """The sections of a stage's grid in its order, each with its criteria; one query."""
    rows = CriterionRow.objects.filter(section__grid__stage=stage).select_related("section__grid")
    found: dict[int, GridLines] = {}
    for row in rows.order_by("section__position", "section__pk", "position", "pk"):
        found.setdefault(row.section_id, (row.section, []))[1].append(row)
    return list(found.values())


def _section_spec(section: GridSection, rows: Iterable[CriterionRow]) -> GridSectionSpec:
    criteria = tuple(CriterionSpec(code=row.code, title=_titles(row), weight=row.weight, min=row.min) for row in rows)
    return GridSectionSpec(code=section.code, title=_titles(section), min=section.min, criteria=criteria)


def _titles(row: "GridSection | CriterionRow") -> dict[str, str]:
    texts = {language: getattr(row, f"title_{language}", None) for language in settings.MODELTRANSLATION_LANGUAGES}
    return {language: text for language, text in texts.items() if text}


def evaluation_of(stage: Stage) -> Grid:
    """The stored grid of a stage in exact points."""
    return grid_of(spec_of_grid(stage))


def pure_entry(assessment: Assessment, scores: Iterable[Score], name: str | None = None) -> Entry:
    """A completed assessment as a plain value. An agreed one belongs to nobody and is not named."""
    values = {score.criterion.code: score.value for score in scores if score.value is not None}
    return Entry(values, None if assessment.consensus else name, assessment.consensus)


@dataclass(frozen=True)
class StageFile:
    """A stage under evaluation: its grid, and all applications with their completed assessments.

    ``entries`` are those that were submitted and neither withdrawn nor rejected; ``pending`` says how many
    assessments of each are under way; ``names`` holds the pseudonyms of assessors, by key of the person.
    """

    stage: Stage
    lots: tuple[LotRow, ...]
    evaluation: EvaluationSpec
    frame: StageFrame
    entries: tuple[StageEntry, ...]
    applications: tuple[Application, ...]
    pending: Mapping[int, int]

    def ranking(self, seed: int) -> Ranking:
        """The ranking and selection with this seed of the draw."""
        return rank_stage(self.frame.grid, self.frame.lots, self.applications, seed)


def pseudonyms(assessments: Iterable[Assessment]) -> dict[int, str]:
    """Names for a stage's assessors by which no person is known: a1, a2 … in the order of their first assignment.

    An assessor keeps the name whatever happens later, since no assignment is ever deleted: all of the stage's are
    needed, the declined too.
    """
    ordinary = sorted((one for one in assessments if not one.consensus), key=lambda one: one.pk)
    people = dict.fromkeys(one.assessor_id for one in ordinary)
    return {person: f"a{position}" for position, person in enumerate(people, start=1)}


def pure_lots(stage: Stage, rows: Iterable[LotRow]) -> tuple[Lot, ...]:
    """The lots of a stage's call in its order; without lots, one whose budget is the call's."""
    return tuple(Lot(row.code, row.budget) for row in rows) or (Lot(None, stage.call.budget),)


def load_stage(stage: Stage, *, lock: bool = False) -> StageFile:
    """Read a stage for ranking. Needs ``stage.call`` and ``stage.grid``; five queries, however many applications.

    With ``lock`` the applications stay locked until the transaction ends.
    """
    entries = StageEntry.objects.in_evaluation().filter(stage=stage).order_by("pk")
    entries = entries.select_related("application__municipality", "application__lot")
    rows = tuple(entries.select_for_update(of=("self",)) if lock else entries)
    everything = list(Assessment.objects.filter(entry__stage=stage).in_order())
    names, assessments = pseudonyms(everything), _by_entry(everything)
    scores = _scores(stage)
    evaluation = spec_of_grid(stage)
    lots = tuple(stage.call.lots.order_by("position", "pk"))
    applications = tuple(_application(row, assessments.get(row.pk, ()), scores, names) for row in rows)
    frame = StageFrame(stage.call.code, stage.code, pure_lots(stage, lots), grid_of(evaluation))
    pending = {pk: sum(one.state != AssessmentState.COMPLETED for one in group) for pk, group in assessments.items()}
    return StageFile(stage, lots, evaluation, frame, rows, applications, pending)


def _by_entry(assessments: Iterable[Assessment]) -> dict[int, list[Assessment]]:
    """All but the declined, by application, in the order of assignment."""
    found: dict[int, list[Assessment]] = {}
    for row in assessments:
        if row.state != AssessmentState.DECLINED:
            found.setdefault(row.entry_id, []).append(row)
    return found


def _scores(stage: Stage) -> dict[int, dict[str, Decimal]]:
    found: dict[int, dict[str, Decimal]] = {}
    rows = Score.objects.filter(assessment__entry__stage=stage, assessment__state=AssessmentState.COMPLETED)
    for assessment, code, value in rows.values_list("assessment", "criterion__code", "value"):
        if value is not None:
            found.setdefault(assessment, {})[code] = value
    return found


def _application(
    row: StageEntry,
    assessments: Iterable[Assessment],
    scores: Mapping[int, Mapping[str, Decimal]],
    names: Mapping[int, str],
) -> Application:
    entries = tuple(
        Entry(scores[one.pk], None if one.consensus else names[one.assessor_id], one.consensus)
        for one in assessments
        if one.state == AssessmentState.COMPLETED
    )
    lot = row.application.lot
    return Application(row.application.number or "", lot.code if lot else None, row.requested, entries)
