"""Finds what has grown too long to be read at once: functions over 60 lines, modules over 400."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("portal", "calls", "applications", "evaluation", "grants", "scripts", "bench")
FUNCTION = 60
MODULE = 400


def faults(path: Path) -> Iterator[str]:
    """Yield a line for every function of a module that is too long, and for the module."""
    text = path.read_text()
    place = path.relative_to(ROOT)
    if (lines := len(text.splitlines())) > MODULE:
        yield f"{place}: {lines} lines, {MODULE} are the most"
    for node in ast.walk(ast.parse(text, str(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION:
                yield f"{place}:{node.lineno}: {node.name} has {length} lines, {FUNCTION} are the most"


def modules() -> Iterator[Path]:
    """Yield the product's modules; migrations are written by Django."""
    for folder in FOLDERS:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts)


def main() -> int:
    """Print all faults; return 1 when there are any."""
    found = [fault for path in modules() for fault in faults(path)]
    print("\n".join(found) or "Sizes: no faults.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
