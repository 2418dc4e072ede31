"""The messages of the portal, taken from its source as makemessages does, without needing gettext."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import templatize

from portal.embedded import ROOT

FOLDERS = ("portal", "calls", "applications", "evaluation", "grants", "templates", "static/site", "static/admin-site")
Key = tuple[str | None, str, str | None]
"""Context, message and its plural."""

_TEXT = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(?P<name>_|n?p?gettext)\(\s*(?P<texts>{_TEXT}(?:\s*,\s*{_TEXT})*)")


def extracted() -> dict[Key, str]:
    """Return every message of the product with a place where it is used."""
    found: dict[Key, str] = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            for key in _messages(path):
                found.setdefault(key, str(path.relative_to(ROOT)))
    return found


def _messages(path: Path) -> Iterator[Key]:
    if path.suffix == ".py" and "migrations" not in path.parts:
        yield from _of_python(path.read_text())
    elif path.suffix in (".html", ".txt") and "templates" in path.parts:
        yield from _of_calls(templatize(path.read_text(), origin=str(path)))
    elif path.suffix == ".js":
        yield from _of_calls(path.read_text())


def _of_python(text: str) -> Iterator[Key]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            yield from _key(re.sub("_(lazy|noop)$", "", name), texts)


def _of_calls(text: str) -> Iterator[Key]:
    for call in _CALL.finditer(text):
        yield from _key(call["name"], [ast.literal_eval(part) for part in re.findall(_TEXT, call["texts"])])


def _key(name: str, texts: list[str]) -> Iterator[Key]:
    if name in ("_", "gettext") and texts:
        yield None, texts[0], None
    elif name == "ngettext" and len(texts) > 1:
        yield None, texts[0], texts[1]
    elif name == "pgettext" and len(texts) > 1:
        yield texts[0], texts[1], None
    elif name == "npgettext" and len(texts) > 2:
        yield texts[0], texts[1], texts[2]
