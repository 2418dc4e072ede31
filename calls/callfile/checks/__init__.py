"""What concerns several values of a call at once. Pure: files and calls made in the admin share them."""

from collections.abc import Callable, Iterator
from typing import Final

from calls.callfile.checks import amounts, codes, forms, grids, moments, places, stages, texts
from calls.callfile.problems import Problem
from calls.spec import CallSpec

_CHECKS: Final[tuple[Callable[[CallSpec], Iterator[Problem]], ...]] = (
    *texts.CHECKS,
    *codes.CHECKS,
    *places.CHECKS,
    *amounts.CHECKS,
    *moments.CHECKS,
    *stages.CHECKS,
    *forms.CHECKS,
    *grids.CHECKS,
)


def problems(call: CallSpec) -> list[Problem]:
    """All faults of a call that its types alone do not exclude; empty for a call that can be published."""
    return [problem for check in _CHECKS for problem in check(call)]
