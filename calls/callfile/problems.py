"""What is wrong with a call, where, and what would be right."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise

Path = tuple[str | int, ...]
"""Keys and positions from the top of the file: ``("call", "lots", 0, "budget")``."""


@dataclass(frozen=True)
class Problem:
    """One fault. ``reads`` are the values it was concluded from: where one is at fault itself, this is moot.

    ``line`` is given where the path alone does not lead there, as for a key that stands twice. ``breaks`` says
    that the value cannot be built upon, so what else is concluded from it is moot.
    """

    path: Path
    message: str | Promise
    values: Mapping[str, object] = field(default_factory=dict)
    reads: tuple[Path, ...] = ()
    line: int | None = None
    breaks: bool = False

    def text(self) -> str:
        """The sentence in the active language."""
        return str(self.message) % self.values if self.values else str(self.message)

    def is_moot(self, broken: Iterable[Path]) -> bool:
        """Whether it rests on a value that could not be read."""
        places = (self.path, *self.reads)
        return any(place[: len(part)] == part for part in broken for place in places)


@dataclass(frozen=True)
class Fault:
    """A problem at its line of a named file."""

    name: str
    line: int
    problem: Problem

    def __str__(self) -> str:
        return f"{self.name}:{self.line}: {dotted(self.problem.path)}: {self.problem.text()}"


class CallFileErrors(Exception):
    """A call file cannot be taken as it is; ``lines`` says all that is wrong, in the order of the file."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__()

    @property
    def lines(self) -> list[str]:
        """``FILE:LINE: path.to.key: what is wrong, and what would be right``, in the active language."""
        return [str(fault) for fault in self.faults]

    def __str__(self) -> str:
        return "\n".join(self.lines)


def dotted(path: Path) -> str:
    """The path as people write it: ``call.lots[0].budget``; the whole file is ``call``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".") or "call"
