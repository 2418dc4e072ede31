"""What concerns several values of a call at once. Pure: files and calls made in the admin share them."""

from collections.abc import Callable, Collection, Iterator
from typing import Final

from calls.callfile.checks import (
    amounts,
    codes,
    continuation,
    entries,
    forms,
    grids,
    moments,
    places,
    rules,
    stages,
    texts,
)
from calls.callfile.problems import Path, Problem
from calls.spec import CallSpec

_CHECKS: Final[tuple[Callable[[CallSpec], Iterator[Problem]], ...]] = (
    *entries.CHECKS,
    *texts.CHECKS,
    *codes.CHECKS,
    *places.CHECKS,
    *amounts.CHECKS,
    *moments.CHECKS,
    *stages.CHECKS,
    *rules.CHECKS,
    *forms.CHECKS,
    *continuation.CHECKS,
    *grids.CHECKS,
)


def problems(call: CallSpec, broken: Collection[Path] = ()) -> list[Problem]:
    """All faults of a call that its types alone do not exclude; empty for a call that can be published.

    Args:
        broken: places whose values only stand in for what could not be read; nothing is concluded from them.
    """
    found = [problem for check in _CHECKS for problem in check(call) if not problem.is_moot(broken)]
    breaking = [problem.path for problem in found if problem.breaks]
    return [problem for problem in found if problem.breaks or not problem.is_moot(breaking)]
