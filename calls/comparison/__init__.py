"""What differs between two states of a call, and what of it may be changed after publication. Pure: no database.

``compare`` finds the differences, ``judged`` says of each whether it is harmless, a matter for a corrigendum, or
refused (docs/corrigenda.md).
"""

from calls.comparison.differences import Difference, Kind, Path, Side, compare
from calls.comparison.table import TABLE
from calls.comparison.verdicts import Change, Row, Standing, Verdict, judged

__all__ = [
    "TABLE",
    "Change",
    "Difference",
    "Kind",
    "Path",
    "Row",
    "Side",
    "Standing",
    "Verdict",
    "compare",
    "judged",
]
