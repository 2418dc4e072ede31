"""The messages that the packages we use bring: read from their sources, as none of them lists its own in full."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import polib

# Parts of Django list their English in a catalogue.
_CATALOGUES = ("conf", *(f"contrib/{name}" for name in ("admin", "auth", "contenttypes", "postgres", "sessions")))
_SOURCES = (
    "allauth/account",
    "allauth/mfa",
    "allauth/templates/account",
    "allauth/templates/mfa",
    "unfold",
    "django_filters",
    "crispy_forms",
    "crispy_bootstrap5",
    "modeltranslation",
    "pghistory",
)
_FUNCTIONS = {"_": 0, "gettext": 0, "gettext_lazy": 0, "gettext_noop": 0, "pgettext": 1, "pgettext_lazy": 1}
_FUNCTIONS_PLURAL = {"ngettext": 0, "ngettext_lazy": 0}
_QUOTED = r"""(?:"([^"]+)"|'([^']+)')"""
_CONTEXT = re.compile(r"\bcontext\s+" + _QUOTED)
_TRANSLATE = re.compile(r"{%\s*trans(?:late)?\s+" + _QUOTED + r"([^%]*)%}")
_IN_TAG = re.compile(r"\b_\(" + _QUOTED + r"\)")
_BLOCK = re.compile(
    r"{%\s*blocktrans(?:late)?\b((?:(?!%}).)*)%}(.*?)(?:{%\s*plural\s*\w*\s*%}(.*?))?{%\s*endblocktrans(?:late)?\s*%}",
    re.DOTALL,
)


class Brought(NamedTuple):
    """A message as its package writes it."""

    text: str
    plural: str = ""
    context: str = ""


@cache
def messages() -> frozenset[Brought]:
    """Return every message of every package, but for names of languages."""
    found: set[Brought] = set()
    for part in _CATALOGUES:
        found.update(_catalogue(_site_packages() / "django" / part / "locale/en/LC_MESSAGES/django.po"))
    for part in _SOURCES:
        for path in (_site_packages() / part).rglob("*"):
            if "tests" not in path.parts:
                found.update(_of_file(path))
    return frozenset(found)


def script_messages() -> set[Brought]:
    """Return the messages of the scripts of the administration."""
    return set(_catalogue(_site_packages() / "django/contrib/admin/locale/en/LC_MESSAGES/djangojs.po"))


def _site_packages() -> Path:
    spec = find_spec("django")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent.parent


def _catalogue(path: Path) -> Iterator[Brought]:
    for entry in polib.pofile(str(path)):
        if any(name != "conf/global_settings.py" for name, _line in entry.occurrences):
            yield Brought(entry.msgid, entry.msgid_plural, entry.msgctxt or "")


def _of_file(path: Path) -> Iterator[Brought]:
    if path.suffix == ".py":
        yield from _of_python(path.read_text())
    elif path.suffix in (".html", ".txt"):
        yield from _of_template(path.read_text())


def _of_python(source: str) -> Iterator[Brought]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if len(words) > _FUNCTIONS.get(name, 9):
            place = _FUNCTIONS[name]
            yield Brought(words[place], context=words[0] if place else "")
        elif name in _FUNCTIONS_PLURAL and len(words) > 1:
            yield Brought(words[0], words[1])


def _of_template(source: str) -> Iterator[Brought]:
    for double, single, rest in _TRANSLATE.findall(source):
        yield Brought(double or single, context=_context(rest))
    for double, single in _IN_TAG.findall(source):
        yield Brought(double or single)
    for options, text, plural in _BLOCK.findall(source):
        trimmed = " trimmed" in options
        yield Brought(_as_message(text, trimmed), _as_message(plural, trimmed), _context(options))


def _context(options: str) -> str:
    match = _CONTEXT.search(options)
    return (match[1] or match[2]) if match else ""


def _as_message(text: str, trimmed: bool) -> str:
    if trimmed:
        text = " ".join(line.strip() for line in text.strip().splitlines())
    return re.sub(r"{{\s*(\w+)[^}]*}}", r"%(\1)s", text.replace("%", "%%"))
