"""Finds mistakes that would keep a message from being translated.

- an f-string, a sum or a call of format() inside gettext: the catalogue never has the text that is looked up;
- gettext inside an f-string: the text is never collected;
- ``{% blocktranslate %}`` without ``trimmed``: the message has the template's line breaks and indents;
- a literal with ``{`` braces for values: translators are promised ``%(name)s``.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("portal", "calls", "applications", "evaluation", "grants", "templates")
GETTEXT = {"_"} | {
    f"{plural}{context}gettext{lazy}"
    for plural in ("", "n")
    for context in ("", "p")
    for lazy in ("", "_lazy", "_noop")
}
_BLOCK = re.compile(r"{%-?\s*blocktrans(?:late)?\b(?P<options>[^%]*)%}")


def python_faults(path: Path) -> Iterator[str]:
    """Yield a line for every fault in a module."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Call) and _name(node.func) in GETTEXT:
            for argument in node.args:
                if why := _why_not(argument):
                    yield f"{path.relative_to(ROOT)}:{argument.lineno}: {why}"
        if isinstance(node, ast.JoinedStr) and any(map(_is_gettext, ast.walk(node))):
            yield f"{path.relative_to(ROOT)}:{node.lineno}: gettext inside an f-string is not collected"


def _is_gettext(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _name(node.func) in GETTEXT


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _why_not(argument: ast.expr) -> str:
    """Return what is wrong with an argument of gettext, or an empty string."""
    if isinstance(argument, ast.JoinedStr):
        return "an f-string inside gettext is never found in the catalogue"
    if isinstance(argument, ast.BinOp) and isinstance(argument.op, ast.Add | ast.Mod):
        return "put the values in after gettext, not inside it"
    if isinstance(argument, ast.Call) and _name(argument.func) == "format":
        return "put the values in after gettext, not inside it"
    if isinstance(argument, ast.Constant) and re.search(r"{\w*}", str(argument.value)):
        return "write %(name)s for values, not {name}"
    return ""


def template_faults(path: Path) -> Iterator[str]:
    """Yield a line for every fault in a template."""
    text = path.read_text()
    for match in _BLOCK.finditer(text):
        if "trimmed" not in match["options"].split():
            line = text.count("\n", 0, match.start()) + 1
            yield f"{path.relative_to(ROOT)}:{line}: blocktranslate without trimmed"


def main() -> int:
    """Print all faults; return 1 when there are any."""
    faults: list[str] = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix == ".py":
                faults += python_faults(path)
            elif path.suffix in (".html", ".txt") and "templates" in path.parts:
                faults += template_faults(path)
    print("\n".join(faults) or "Translations: no faults.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
