"""What scale and weights of a grid add up to while it is being written: exact, and as in the browser. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Totals:
    """The most points: of each section in its order, and of the grid. None where a number is missing."""

    sections: tuple[Decimal | None, ...]
    whole: Decimal | None

    def percent(self, mark: Decimal | None) -> Decimal | None:
        """Return a mark as a percentage of the whole, half up to one place; None where nothing can be reached."""
        if mark is None or not self.whole:
            return None
        return (mark * 100 / self.whole).quantize(Decimal("0.1"), rounding="ROUND_HALF_UP")


def totals(highest: Decimal | None, weights: Sequence[Sequence[Decimal | None]]) -> Totals:
    """Add up a grid (call file format: a maximum is computed, never written).

    Args:
        highest: the highest score of the scale.
        weights: of the criteria of each section; None for one that cannot be read.
    """
    sections = tuple(_most(highest, section) for section in weights)
    known = [section for section in sections if section is not None]
    return Totals(sections, sum(known, Decimal(0)) if len(known) == len(sections) and highest is not None else None)


def _most(highest: Decimal | None, weights: Sequence[Decimal | None]) -> Decimal | None:
    known = [weight for weight in weights if weight is not None]
    if highest is None or len(known) != len(weights):
        return None
    return sum((highest * weight for weight in known), Decimal(0))
