"""From a call's specification to the plain values that scoring and ranking work on."""

from decimal import Decimal
from fractions import Fraction

from calls.spec import CallSpec, CriterionSpec, EvaluationSpec, GridSectionSpec, SelectionSpec
from evaluation.assessments_file import StageFrame
from evaluation.ranking import Lot
from evaluation.scoring import Criterion, Grid, Section, SelectionRule


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
