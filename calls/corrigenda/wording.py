"""Changes in words, in every language in which somebody may read them, fit for JSON and for ever."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from babel import Locale
from django.utils import translation

from calls.comparison import Change, Kind, Side
from calls.corrigenda.places import place_of, what_of
from calls.corrigenda.values import Speaker
from calls.pages.voice import Voice
from calls.spec import QuestionSpec, SectionSpec, Text
from portal import languages

Record = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """What one state of a call says beside its own values: rules in words, names of regions, files by path."""

    side: Side
    rules: Mapping[str, Text] = field(default_factory=dict)
    regions: Mapping[str, Text] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def records(changes: Iterable[Change], old: Known, new: Known) -> list[Record]:
    """Return changes as they are kept in a corrigendum: path, kind, and by language place, what, old and new."""
    return [_record(change, old, new) for change in changes]


def languages_for(old: Known, new: Known) -> tuple[str, ...]:
    """Return the languages in which a change is said: the call's and those of the site."""
    return tuple(dict.fromkeys((*new.side.call.languages, *old.side.call.languages, *languages.spoken())))


def _record(change: Change, old: Known, new: Known) -> Record:
    found: Record = {
        "path": list(change.path),
        "kind": str(change.difference.kind),
        "questions": _questions(change),
        **{name: {} for name in ("place", "what", "old", "new")},
    }
    for language in languages_for(old, new):
        with translation.override(language):
            for name, text in _said(change, old, new, language).items():
                found[name][language] = text
    _say_where_it_differs(found)
    return found


def _say_where_it_differs(record: Record) -> None:
    """Where a text stayed as it was in a language, show it in the first one in which it changed, with its name."""
    old, new = record["old"], record["new"]
    other = next((language for language in old if old[language] != new[language]), None)
    for language in [language for language in old if old[language] == new[language]]:
        if other is not None:
            name = Locale.parse(language).languages.get(other, other)
            old[language], new[language] = (f"{name}: {text[other]}" for text in (old, new))


def _said(change: Change, old: Known, new: Known, language: str) -> dict[str, str]:
    difference = change.difference
    voice = Voice(language, new.side.call.currency, new.side.call.time_zone)
    whole = difference.new if difference.old is None else difference.old
    before, after = (Speaker(one.side.call, voice, one.rules, one.regions, one.names) for one in (old, new))
    if difference.kind is Kind.MOVED:
        values = {"old": ", ".join(difference.old), "new": ", ".join(difference.new)}
    else:
        values = {
            "old": before.say(change.path, difference.old),
            "new": after.say(change.path, difference.new),
        }
    place = place_of(change.path, difference.kind, old.side.call, new.side.call, voice)
    return {"place": place, "what": what_of(change.path, difference.kind, whole), **values}


def _questions(change: Change) -> list[str]:
    """Return the questions of a form that a change concerns, as ``stage/section/key``."""
    path = change.path
    if path[:1] != ("stages",) or path[2:4] != ("form", "sections") or len(path) < 5:
        return []
    stage, section = path[1], path[4]
    if len(path) > 6 and path[5] == "questions":
        return [f"{stage}/{section}/{path[6]}"]
    part = change.difference.new or change.difference.old
    asked = part.questions if isinstance(part, SectionSpec) else ()
    return [f"{stage}/{section}/{one.key}" for one in asked if isinstance(one, QuestionSpec)]
