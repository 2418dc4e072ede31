"""Which applications of one lot's ranking are selected: docs/call-file.md, scoring rule 5. Pure and exact."""

from collections.abc import Sequence
from fractions import Fraction

from evaluation.scoring import Outcome, SelectionRule


def fitting(requested: Sequence[Fraction], ceiling: Fraction, *, skip: bool) -> set[int]:
    """Positions taken in order while their sum is at most the ceiling; a misfit ends it, or is skipped."""
    taken: set[int] = set()
    spent = Fraction()
    for position, amount in enumerate(requested):
        if spent + amount <= ceiling:
            taken.add(position)
            spent += amount
        elif not skip:
            break
    return taken


def select(rule: SelectionRule, requested: Sequence[Fraction], budget: Fraction) -> tuple[Outcome, ...]:
    """The outcome of each application of one lot that passed, in the order of its ranking.

    `requested` holds the amounts they ask for and `budget` the lot's own, without the factor, in one
    currency. Gives `selected` or `reserve`; with `manual` all stay `passed`, for the committee.
    """
    everyone = range(len(requested))
    if rule.rule == "manual":
        return tuple(Outcome.PASSED for _ in everyone)
    if rule.rule == "budget":
        chosen = fitting(requested, budget * rule.factor, skip=rule.on_overflow == "skip")
    else:
        chosen = set(everyone[: rule.limit] if rule.rule == "count" else everyone)
    return tuple(Outcome.SELECTED if position in chosen else Outcome.RESERVE for position in everyone)
