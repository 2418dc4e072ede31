"""From a call file to a ``CallSpec``, or to every error line the file deserves.

The tree of nodes is read along the types of ``calls.spec``: each field's annotation says how its value is
read. What cannot be read is reported, marked as broken, and replaced by a blank value, so that the rest of
the file is still checked in the same run. A check that rests on a broken value stays silent.
"""

from pathlib import Path as FilePath

from calls.callfile.checks import problems
from calls.callfile.problems import CallFileErrors, Fault, Path, Problem
from calls.callfile.source import compose, decode
from calls.callfile.walker import Walker
from calls.spec import CallFile, CallSpec


def load_file(path: FilePath | str) -> CallSpec:
    """Read a call file (docs/call-file.md).

    Args:
        path: the file; its error lines begin with this path as given.

    Raises:
        CallFileErrors: all that is wrong with the file.
        OSError: the file cannot be opened.
    """
    return read_file(path).call


def read_file(path: FilePath | str) -> "Reading":
    """Read a call file as ``load_file`` does, keeping the lines for what is found wrong later."""
    return read(decode(FilePath(path).read_bytes(), str(path)), str(path))


def load_text(text: str, name: str) -> CallSpec:
    """Read the text of a call file; ``name`` is what its error lines call the file.

    Raises:
        CallFileErrors: all that is wrong with the text.
    """
    return read(text, name).call


class Reading:
    """A call that was read without fault, and the line at which each of its values stands."""

    def __init__(self, name: str, call: CallSpec, lines: dict[Path, int]) -> None:
        self.name = name
        self.call = call
        self._lines = lines

    def fault(self, problem: Problem) -> Fault:
        """Place a problem found later, such as a missing document, at its line."""
        return Fault(self.name, line_of(problem.path, self._lines), problem)


def read(text: str, name: str) -> Reading:
    """Read the text of a call file, keeping the lines.

    Raises:
        CallFileErrors: all that is wrong with the text.
    """
    walker = Walker()
    file: CallFile = walker.read(compose(text, name), CallFile, ())
    found = list(walker.problems)
    if walker.broken.isdisjoint({(), ("call",)}):
        found += problems(file.call, walker.broken)
    if found:
        raise CallFileErrors(_faults(name, found, walker.lines))
    return Reading(name, file.call, walker.lines)


def _faults(name: str, found: list[Problem], lines: dict[Path, int]) -> list[Fault]:
    """The faults in the order of the file; what stands under an alias is wrong only once."""
    faults: dict[tuple[object, ...], Fault] = {}
    for problem in found:
        line = problem.line or line_of(problem.path, lines)
        faults.setdefault((line, problem.path[-1:], problem.text()), Fault(name, line, problem))
    return list(faults.values())


def line_of(path: Path, lines: dict[Path, int]) -> int:
    """The line of a value; of what holds it, when the value is not in the file."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)
