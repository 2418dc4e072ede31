"""How applications to a stage will be scored, for the public: sections, criteria and maxima, all computed."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from calls.pages.voice import Voice
from calls.spec import CriterionSpec, EvaluationSpec, GridSectionSpec


@dataclass(frozen=True)
class CriterionRow:
    code: str
    title: str
    help: str
    maximum: str
    minimum: str


@dataclass(frozen=True)
class GridRows:
    """One section of the grid. ``minimum`` is the eliminatory one; empty where there is none."""

    title: str
    maximum: str
    minimum: str
    criteria: tuple[CriterionRow, ...]


@dataclass(frozen=True)
class GridPage:
    stage: str
    sections: tuple[GridRows, ...]
    maximum: str
    pass_mark: str
    assessors: int
    scale: str


def grid_of(title: str, evaluation: EvaluationSpec, voice: Voice) -> GridPage:
    """Prepare a grid. Maxima follow from scale and weights and are never read from anywhere."""
    scale = evaluation.scale
    low, high = voice.number(scale.min), voice.number(scale.max)
    return GridPage(
        stage=title,
        sections=tuple(_section(section, evaluation, voice) for section in evaluation.sections),
        maximum=voice.number(evaluation.maximum()),
        pass_mark=voice.number(evaluation.pass_mark),
        assessors=evaluation.assessors,
        scale=_("from %(low)s to %(high)s") % {"low": low, "high": high},
    )


def _section(section: GridSectionSpec, evaluation: EvaluationSpec, voice: Voice) -> GridRows:
    return GridRows(
        title=voice.text(section.title),
        maximum=voice.number(section.maximum(evaluation.scale)),
        minimum="" if section.min is None else voice.number(section.min),
        criteria=tuple(_criterion(criterion, evaluation, voice) for criterion in section.criteria),
    )


def _criterion(criterion: CriterionSpec, evaluation: EvaluationSpec, voice: Voice) -> CriterionRow:
    """A criterion's maximum counts its weight; its minimum is a mean of scores, without weight."""
    return CriterionRow(
        code=criterion.code,
        title=voice.text(criterion.title),
        help=voice.text(criterion.help),
        maximum=voice.number(evaluation.scale.max * criterion.weight),
        minimum="" if criterion.min is None else voice.number(criterion.min),
    )
