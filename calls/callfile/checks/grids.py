"""Evaluation grids: marks that can be reached, ties that end in a draw, rules that have what they need."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from calls.callfile.checks import walk
from calls.callfile.checks.walk import under
from calls.callfile.messages import nearest
from calls.callfile.problems import Path, Problem
from calls.spec import LOT_DRAW, CallSpec, EvaluationSpec


def scales(call: CallSpec) -> Iterator[Problem]:
    """The scale rises, in whole steps from its lowest score to its highest."""
    for path, grid in walk.grids(call):
        scale = grid.scale
        reads = tuple((*path, "scale", name) for name in ("min", "max", "step"))
        values = {"min": scale.min, "max": scale.max, "step": scale.step}
        if scale.min >= scale.max:
            message = _("the highest score, %(max)s, is not above the lowest, %(min)s; write a higher one")
            yield Problem((*path, "scale", "max"), message, values, reads)
        elif (scale.max - scale.min) % scale.step:
            message = _("steps of %(step)s do not lead from %(min)s to %(max)s; write a step that divides the range")
            yield Problem((*path, "scale", "step"), message, values, reads)


def reachable_marks(call: CallSpec) -> Iterator[Problem]:
    """No mark is above what scale and weights allow (call file format, scoring rules 1 and 3)."""
    for path, grid in walk.grids(call):
        scale = (*path, "scale", "max")
        weights = tuple(_weights(path, grid))
        if grid.pass_mark > grid.maximum():
            values = {"mark": grid.pass_mark, "most": grid.maximum()}
            yield _unreachable((*path, "pass_mark"), values, (scale, *weights))
        for place, section in under((*path, "sections"), grid.sections):
            most = section.maximum(grid.scale)
            if section.min is not None and section.min > most:
                yield _unreachable((*place, "min"), {"mark": section.min, "most": most}, (scale, *weights))
            for spot, criterion in under((*place, "criteria"), section.criteria):
                if criterion.min is not None and criterion.min > grid.scale.max:
                    yield _unreachable((*spot, "min"), {"mark": criterion.min, "most": grid.scale.max}, (scale,))


def _weights(path: Path, grid: EvaluationSpec) -> Iterator[Path]:
    for place, section in under((*path, "sections"), grid.sections):
        yield (*place, "criteria")
        for spot, _criterion in under((*place, "criteria"), section.criteria):
            yield (*spot, "weight")


def _unreachable(path: Path, values: Mapping[str, object], reads: tuple[Path, ...]) -> Problem:
    message = _("%(mark)s cannot be reached: scale and weights allow at most %(most)s; write at most that")
    return Problem(path, message, values, reads)


def tie_breaks(call: CallSpec) -> Iterator[Problem]:
    """A tie break names sections and criteria and ends in the draw (call file format, scoring rule 4)."""
    for path, grid in walk.grids(call):
        place = (*path, "tie_break")
        if grid.tie_break[-1:] != (LOT_DRAW,):
            message = _("does not end in “%(draw)s”, so a tie could stay; add it as the last entry")
            yield Problem(place, message, {"draw": LOT_DRAW}, reads=((*place, len(grid.tie_break) - 1),))
        yield from _tie_entries(place, path, grid)


def _tie_entries(place: Path, path: Path, grid: EvaluationSpec) -> Iterator[Problem]:
    known = {code for section in grid.sections for code in (section.code, *(item.code for item in section.criteria))}
    reads = tuple((*spot[:-1], "code") for spot in _weights(path, grid))
    for position, code in enumerate(grid.tie_break):
        spot = (*place, position)
        values = {"code": code, "near": nearest(code, known), "known": ", ".join(sorted(known))}
        if code != LOT_DRAW and code in grid.tie_break[:position]:
            yield Problem(spot, _("“%(code)s” stands twice in the tie break; keep the first"), values)
        elif code == LOT_DRAW and position < len(grid.tie_break) - 1:
            yield Problem(spot, _("after “%(code)s” nothing is left to decide; move it to the end"), values)
        elif code != LOT_DRAW and code not in known:
            message = _("“%(code)s” is no section or criterion of this grid; write one of: %(known)s")
            yield Problem(spot, message, values, reads)


def divergences(call: CallSpec) -> Iterator[Problem]:
    """A way to settle divergence has its percentage, and a third assessor comes after two."""
    for path, grid in walk.grids(call):
        divergence = grid.divergence
        resolve = (*path, "divergence", "resolve")
        if divergence.resolve == "none":
            continue
        if divergence.percent_of_higher is None:
            message = _("is missing; write from which divergence on “%(resolve)s” settles it, such as 30")
            percent = (*path, "divergence", "percent_of_higher")
            yield Problem(percent, message, {"resolve": divergence.resolve}, reads=(resolve,))
        if divergence.resolve == "third_assessor" and grid.assessors != 2:
            message = _("a third assessor needs “assessors: 2”, and here they are %(count)s; write that or “consensus”")
            yield Problem(resolve, message, {"count": grid.assessors}, reads=((*path, "assessors"),))


def selections(call: CallSpec) -> Iterator[Problem]:
    """A rule of selection has what it needs, nothing it would ignore (call file format, scoring rule 5)."""
    for path, grid in walk.grids(call):
        place = (*path, "selection")
        rule = grid.selection.rule
        reads = ((*place, "rule"),)
        if rule == "count" and grid.selection.limit is None:
            message = _("is missing; with “rule: count”, write how many are selected in each lot")
            yield Problem((*place, "limit"), message, reads=reads)
        if rule != "count" and grid.selection.limit is not None:
            message = _("only “rule: count” has a limit, and here it is %(rule)s; remove the limit or change the rule")
            yield Problem((*place, "limit"), message, {"rule": rule}, reads)
        if rule != "budget" and grid.selection.factor != 1:
            message = _(
                "only “rule: budget” has a factor, and here it is %(rule)s; remove the factor or change the rule"
            )
            yield Problem((*place, "factor"), message, {"rule": rule}, reads)


CHECKS = (scales, reachable_marks, tie_breaks, divergences, selections)
