"""What is in a PDF that should not be: found by a word, here or in a process of its own.

A PDF of a few megabytes can unpack to gigabytes. So one that is not small is looked at by this file run as a program,
with limits of memory and time; it stands alone and imports nothing of the portal.
"""

import io
import resource
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import pikepdf

SMALL = 64 << 10
"""Bytes up to which a PDF cannot swell to more than the memory at hand."""
_SECONDS = 20
_BYTES = 768 << 20
_MOST_OBJECTS = 400_000
_WORDS = frozenset({"ok", "broken", "password", "script", "launch", "attached", "form", "huge"})
_AT_ONCE = ("/PO", "/PV", "/PI", "/O", "/WC", "/WS", "/DS", "/WP", "/DP")
"""Events that come without anybody typing into a field."""


def look(stream: BinaryIO, size: int) -> str:
    """Return what is wrong with a PDF, or ``ok``.

    One of: ``broken``, ``password``, ``script`` (a program that starts by itself), ``launch`` (starts a program of the
    computer), ``attached`` (other files inside), ``form`` (a form whose pages only one program can show), ``huge`` (too
    much of memory or time is needed to read it).
    """
    if size <= SMALL:
        return inspect(stream)
    stream.seek(0)
    command = [sys.executable, "-I", __file__]
    try:
        done = subprocess.run(command, input=stream.read(), capture_output=True, timeout=_SECONDS + 5, check=False)
    except subprocess.TimeoutExpired:
        return "huge"
    word = done.stdout.decode("ascii", "replace").strip()
    return word if done.returncode == 0 and word in _WORDS else "huge"


def inspect(stream: BinaryIO) -> str:
    """Return what ``look`` returns, in this process."""
    try:
        with pikepdf.open(stream, suppress_warnings=True) as document:
            return _word(document) if len(document.pages) else "broken"
    except pikepdf.PasswordError:
        return "password"
    except (pikepdf.PdfError, ValueError, RuntimeError, TypeError, AttributeError, IndexError, KeyError):
        # Whatever a spoilt structure leads to in the library.
        return "broken"


def _word(document: pikepdf.Pdf) -> str:
    root = document.Root
    names = root.get("/Names", pikepdf.Dictionary())
    if ("/EmbeddedFiles" in names and _filled(names.EmbeddedFiles)) or "/Collection" in root:
        return "attached"
    if root.get("/NeedsRendering", False):
        return "form"
    if "/JavaScript" in names:
        return "script"
    if len(document.objects) > _MOST_OBJECTS:
        return "huge"
    kinds = {kind for thing in document.objects for kind in _actions(thing)}
    return "launch" if "/Launch" in kinds else "script" if "/JavaScript" in kinds else "ok"


def _filled(tree: Any) -> bool:
    return bool(tree.get("/Names", ())) or bool(tree.get("/Kids", ()))


def _actions(thing: Any) -> Iterator[str]:
    """Yield the kinds of what an object does by itself, and ``/Launch`` also where it waits for a click."""
    if not isinstance(thing, pikepdf.Dictionary):
        return
    yield from (kind for kind in _chain(thing) if kind == "/Launch")
    yield from (kind for kind in _chain(thing.get("/A")) if kind == "/Launch")
    yield from _chain(thing.get("/OpenAction"))
    events = thing.get("/AA")
    if isinstance(events, pikepdf.Dictionary):
        for event in _AT_ONCE:
            yield from _chain(events.get(event))


def _chain(action: Any) -> Iterator[str]:
    """Yield the kind of an action and of the one that follows it."""
    for _step in range(2):
        if not isinstance(action, pikepdf.Dictionary):
            return
        kind = action.get("/S")
        if isinstance(kind, pikepdf.Name):
            yield str(kind)
        action = action.get("/Next")


def _alone() -> str:
    """Return the word on what stands on standard input; the library takes want of memory for damage."""
    content = sys.stdin.buffer.read()
    word = inspect(io.BytesIO(content))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    return "huge" if word == "broken" and peak - 2 * len(content) > _BYTES // 5 else word


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    sys.stdout.write(_alone())
