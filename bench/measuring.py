"""Times of a subject and of its floor, taken in turn so that a busy machine slows both."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

Work = Callable[[], object]


@dataclass(frozen=True)
class Measured:
    """What a subject and its floor took, in milliseconds, run by run."""

    subject: str
    floor: str
    times: tuple[float, ...]
    floor_times: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """How often the floor fits into the subject: by their best times, which other programs disturb least."""
        return min(self.times) / min(self.floor_times)


def measure(subject: str, floor: str, work: Work, floor_work: Work, *, runs: int, warm: int = 3) -> Measured:
    """Run both so many times in turn, after a few runs that are not counted."""
    for _run in range(warm):
        floor_work()
        work()
    pairs = [(_milliseconds(floor_work), _milliseconds(work)) for _run in range(runs)]
    floors, subjects = zip(*pairs, strict=True)
    return Measured(subject, floor, subjects, floors)


def _milliseconds(work: Work) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def table(rows: list[Measured]) -> str:
    """Return the rows as a table for a terminal."""
    heads = ("what", "best ms", "median", "floor", "best ms", "median", "ratio", "runs")
    lines = [heads, *map(_cells, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    left = {0, 3}
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def _cells(row: Measured) -> tuple[str, ...]:
    own = (f"{min(row.times):.1f}", f"{median(row.times):.1f}")
    floor = (f"{min(row.floor_times):.2f}", f"{median(row.floor_times):.2f}")
    return (row.subject, *own, row.floor, *floor, f"{row.ratio:.1f}", str(len(row.times)))
