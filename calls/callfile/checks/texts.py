"""Texts: complete in the call's languages, and fit to be stored and shown."""

import unicodedata
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from calls.callfile import shapes
from calls.callfile.checks.walk import CALL, under
from calls.callfile.problems import Path, Problem
from calls.spec import CallSpec, Longest, Strict, Text

_FORBIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})


def complete_texts(call: CallSpec) -> Iterator[Problem]:
    """Every text has all of the call's languages and no other (call file format, languages)."""
    languages = (*CALL, "languages")
    reads = tuple(path for path, _language in under(languages, call.languages))
    for path, text, field in _texts(call, CALL):
        if not text and not field.required:
            continue
        values = {"languages": ", ".join(call.languages)}
        for language in dict.fromkeys((*call.languages, *text)):
            if language not in text:
                message = _("is missing; write the text in each language of the call: %(languages)s")
                yield Problem((*path, language), message, values, reads=(languages, *reads))
            elif language not in call.languages:
                message = _("is not a language of this call; its languages are: %(languages)s")
                yield Problem((*path, language), message, values, reads=(languages, *reads))


def plain_texts(call: CallSpec) -> Iterator[Problem]:
    """No text is empty, holds control characters, or is longer than its place."""
    for path, text, field in _texts(call, CALL):
        longest = next((note.characters for note in shapes.notes(field.hint) if isinstance(note, Longest)), None)
        for language, words in text.items():
            yield from _word_problems((*path, language), words, longest)


def _word_problems(path: Path, words: str, longest: int | None) -> Iterator[Problem]:
    if not words.strip():
        yield Problem(path, _("is an empty text; write it, or leave the whole key out"))
    strange = next((sign for sign in words if unicodedata.category(sign) in _FORBIDDEN and sign not in "\n\t"), None)
    if strange:
        message = _("holds the character U+%(code)s, which cannot be shown; remove it")
        yield Problem(path, message, {"code": f"{ord(strange):04X}"})
    if longest and len(words) > longest:
        message = _("has %(length)s characters; write at most %(longest)s")
        yield Problem(path, message, {"length": len(words), "longest": longest})


def _texts(value: Strict, path: Path) -> Iterator[tuple[Path, Text, shapes.FieldShape]]:
    """Every text under a value, also each of a list of texts, with the field it belongs to."""
    for field in shapes.fields(type(value)):
        yield from _texts_of(getattr(value, field.name), (*path, field.key), field)


def _texts_of(value: Any, path: Path, field: shapes.FieldShape) -> Iterator[tuple[Path, Text, shapes.FieldShape]]:
    if isinstance(value, dict):
        yield path, value, field
    elif isinstance(value, Strict):
        yield from _texts(value, path)
    elif isinstance(value, tuple):
        for place, item in under(path, value):
            yield from _texts_of(item, place, field)


CHECKS = (complete_texts, plain_texts)
