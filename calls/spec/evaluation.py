"""Checks, the evaluation grid, and how a ranking becomes a selection."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from calls.spec.values import (
    AT_LEAST_ONE,
    AssessorCount,
    CheckKind,
    Code,
    CommentRule,
    Count,
    GridCode,
    Mark,
    OnOverflow,
    Percent,
    Positive,
    Resolve,
    SelectionRule,
    Strict,
    Text,
    Title,
)


class CheckSpec(Strict):
    """Yes, no or not applicable, answered by staff before scoring."""

    code: Code
    kind: CheckKind
    title: Title = {}
    fatal: bool = True


class ScaleSpec(Strict):
    min: Mark
    max: Mark
    step: Positive = Decimal(1)


class CriterionSpec(Strict):
    code: GridCode
    title: Title = {}
    help: Text = {}
    weight: Positive = Decimal(1)
    min: Mark | None = None


class GridSectionSpec(Strict):
    code: GridCode
    title: Title = {}
    min: Mark | None = None
    criteria: Annotated[tuple[CriterionSpec, ...], AT_LEAST_ONE]

    def maximum(self, scale: ScaleSpec) -> Decimal:
        """The highest sum of score x weight that the section allows."""
        return sum((scale.max * criterion.weight for criterion in self.criteria), Decimal(0))


class DivergenceSpec(Strict):
    percent_of_higher: Percent | None = None
    resolve: Resolve = "none"


class SelectionSpec(Strict):
    rule: SelectionRule
    factor: Positive = Decimal(1)
    limit: Count | None = None
    on_overflow: OnOverflow = "stop"


class EvaluationSpec(Strict):
    assessors: AssessorCount
    scale: ScaleSpec
    comment: CommentRule = "never"
    sections: Annotated[tuple[GridSectionSpec, ...], AT_LEAST_ONE]
    pass_mark: Mark
    divergence: DivergenceSpec = DivergenceSpec()
    tie_break: Annotated[tuple[GridCode, ...], AT_LEAST_ONE]
    selection: SelectionSpec

    def criteria(self) -> Iterator[CriterionSpec]:
        """All criteria in the grid's order."""
        return (criterion for section in self.sections for criterion in section.criteria)

    def maximum(self) -> Decimal:
        """The highest total of one assessment: never written down, always computed."""
        return sum((section.maximum(self.scale) for section in self.sections), Decimal(0))
