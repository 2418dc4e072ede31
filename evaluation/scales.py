"""A grid's scale as people use it: its choices, and where a score needs words."""

from decimal import Decimal
from fractions import Fraction

from calls.models import Grid

MOST_CHOICES = 21
"""So many scores are shown side by side; a longer scale is typed."""


def on_scale(grid: Grid, value: Decimal) -> bool:
    """Whether a score lies on the scale and on one of its steps."""
    if not grid.scale_min <= value <= grid.scale_max:
        return False
    return ((Fraction(value) - Fraction(grid.scale_min)) / Fraction(grid.scale_step)).denominator == 1


def choices(grid: Grid) -> list[Decimal]:
    """All scores of the scale, lowest first; none if they are too many to be shown."""
    count = int((grid.scale_max - grid.scale_min) / grid.scale_step) + 1
    if count > MOST_CHOICES:
        return []
    return [grid.scale_min + grid.scale_step * position for position in range(count)]


def plain(value: Decimal) -> str:
    """A score or weight without superfluous zeros: 4, 4.5."""
    return f"{value.normalize():f}"


def comment_needed(grid: Grid, value: Fraction) -> bool:
    """Whether a score must be explained: always, never, or at the two ends of the scale."""
    if grid.comment == Grid.Comment.AT_EXTREMES:
        return value in (Fraction(grid.scale_min), Fraction(grid.scale_max))
    return grid.comment == Grid.Comment.ALWAYS
