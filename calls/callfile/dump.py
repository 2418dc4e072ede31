"""Writes a call back as a call file: readable, without what the format supplies by itself."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from calls.callfile import shapes
from calls.spec import CallFile, CallSpec, Rule, Strict

_ENDLESS: Final = 1_000_000_000
_KEPT: Final = frozenset({"rule"})
"""Keys that tell what a value is; they stand although they equal their default."""
_TAG: Final = "tag:yaml.org,2002:"


class _Dumper(yaml.SafeDumper):
    """Indents lists under their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def dump_text(call: CallSpec) -> str:
    """The text of a call file that reads back as this call.

    Equal calls give the same text, and what equals its default is left out (docs/call-file.md).
    """
    node = _Nodes(call.languages).of(CallFile(format=1, call=call))
    return yaml.serialize(node, Dumper=_Dumper, allow_unicode=True, width=_ENDLESS)


def value_text(value: Strict) -> str:
    """One value, such as a condition, as it stands in a call file."""
    return yaml.serialize(_Nodes(()).of(value), Dumper=_Dumper, allow_unicode=True, width=_ENDLESS)


def number_text(number: Decimal) -> str:
    """A number as call files write it: without exponent, and without zeros that say nothing."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if number == 0 else text


class _Nodes:
    """Makes the nodes of a call; every text has its languages in the call's order."""

    def __init__(self, languages: tuple[str, ...]) -> None:
        self._languages = languages

    def of(self, value: Any) -> Node:
        if isinstance(value, Strict):
            return self._map(_said(value))
        if isinstance(value, Mapping):
            return self._map(sorted(value.items(), key=self._by_language))
        if isinstance(value, tuple):
            return self._list(value)
        return _scalar(value)

    def _by_language(self, pair: tuple[str, str]) -> tuple[int, str]:
        language = pair[0]
        known = self._languages
        return (known.index(language) if language in known else len(known), language)

    def _map(self, pairs: list[tuple[str, Any]]) -> Node:
        """Keys on lines of their own; on one line where they are only numbers and true or false."""
        nodes = [(_scalar(key), self.of(part)) for key, part in pairs]
        small = all(isinstance(part, bool | int | Decimal) for _key, part in pairs)
        return MappingNode(f"{_TAG}map", nodes, flow_style=small)

    def _list(self, items: tuple[Any, ...]) -> Node:
        """Entries on lines of their own; on one line where they are single values."""
        nodes = [self.of(item) for item in items]
        return SequenceNode(f"{_TAG}seq", nodes, flow_style=all(isinstance(node, ScalarNode) for node in nodes))


def _said(value: Strict) -> list[tuple[str, Any]]:
    """The keys of a value that the format would not supply by itself."""
    said = []
    for field in shapes.fields(type(value)):
        part = getattr(value, field.name)
        if field.required or field.name in _KEPT or part != type(value).model_fields[field.name].default:
            said.append((field.key, part))
    return sorted(said, key=_comes_last) if isinstance(value, Rule) else said


def _comes_last(pair: tuple[str, Any]) -> bool:
    """A rule reads better when its consequence follows what it is about."""
    return pair[0] in {"otherwise", "reason"}


def _scalar(value: bool | Decimal | int | datetime | str) -> ScalarNode:
    """A single value; a text that looks like something else gets quotes, and one of many lines a block."""
    if isinstance(value, str):
        return ScalarNode(f"{_TAG}str", value, style="|" if "\n" in value else None)
    if isinstance(value, bool):
        return ScalarNode(f"{_TAG}bool", "true" if value else "false")
    if isinstance(value, datetime):
        return _moment(value)
    text = number_text(Decimal(value))
    return ScalarNode(f"{_TAG}{'float' if '.' in text else 'int'}", text)


def _moment(value: datetime) -> ScalarNode:
    """Without seconds YAML takes a moment for a text, with them for a timestamp; neither gets quotes."""
    if value.second:
        return ScalarNode(f"{_TAG}timestamp", value.isoformat(" ", "seconds"))
    return ScalarNode(f"{_TAG}str", value.isoformat(" ", "minutes"))
