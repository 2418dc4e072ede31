"""A grid is added to a stage, taken from another one, or removed. Each one transaction, under the lock of the call."""

from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import translation

from calls.authoring.saving import locked
from calls.models import Call, Grid, Stage
from calls.spec import LOT_DRAW
from calls.transfer.reading import evaluation_spec
from calls.transfer.writing import write_grid

LOWEST, HIGHEST, ASSESSORS = Decimal(1), Decimal(5), 2
"""What a new grid begins with: two assessors who give 1 to 5 (PRAG, evaluation grids of calls for proposals)."""
_FRESH: Final = {"assessors": ASSESSORS, "scale_min": LOWEST, "scale_max": HIGHEST, "pass_mark": Decimal(0)}


@transaction.atomic
def add_grid(stage: Stage, call: Call) -> Grid:
    """Give a stage a grid without sections; the one that it has stays as it is.

    Raises:
        NotDraft: the call is a draft no longer.
    """
    locked(call)
    fresh = {**_FRESH, "tie_break": [LOT_DRAW], "selection_rule": Grid.Selection.BUDGET}
    grid, _made = Grid.objects.get_or_create(stage=stage, defaults=fresh)
    return grid


@transaction.atomic
def remove_grid(stage: Stage, call: Call) -> None:
    """Remove the grid of a stage with its sections and criteria: the stage is not scored.

    Raises:
        NotDraft: the call is a draft no longer.
    """
    locked(call)
    Grid.objects.filter(stage=stage).delete()


@transaction.atomic
def copy_grid(source: Stage, target: Stage, call: Call) -> None:
    """Make the grid of a stage what that of another stage is, of whatever call, in the languages that both calls have.

    Raises:
        NotDraft: the call is a draft no longer.
    """
    locked(call)
    spec = evaluation_spec(source.grid, [code for code in source.call.languages if code in call.languages])
    with translation.override(settings.MODELTRANSLATION_DEFAULT_LANGUAGE):
        write_grid(target, spec)
