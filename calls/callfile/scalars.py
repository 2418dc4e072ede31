"""Single values as they are written in a call file. Numbers never pass through a float."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from yaml.nodes import Node, ScalarNode

_INTEGER: Final = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_MOMENT: Final = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_DIGITS: Final = 40
_TRUTH: Final = {"true": True, "false": False}


def is_null(node: Node) -> bool:
    """Whether nothing is written, or ``null``."""
    return isinstance(node, ScalarNode) and _is_plain(node) and node.value in {"", "~", "null"}


def convert(node: ScalarNode, kind: type) -> Any:
    """The value of a scalar as str, bool, int, Decimal or local datetime; as ``object``, what it looks like.

    Raises:
        ValueError: it is not written as a value of this kind.
    """
    if kind is str:
        return node.value
    if kind is datetime:
        return _moment(node.value)
    if kind is object:
        return _by_look(node)
    if not _is_plain(node):
        raise ValueError(node.value)
    return _truth(node.value) if kind is bool else _number(node.value, kind)


def _by_look(node: ScalarNode) -> bool | Decimal | str:
    if _is_plain(node) and node.value in _TRUTH:
        return _TRUTH[node.value]
    if _is_plain(node) and _DECIMAL.fullmatch(node.value) and len(node.value) <= _DIGITS:
        return Decimal(node.value)
    return str(node.value)


def _truth(text: str) -> bool:
    if text not in _TRUTH:
        raise ValueError(text)
    return _TRUTH[text]


def _number(text: str, kind: type) -> Any:
    pattern = _INTEGER if kind is int else _DECIMAL
    if len(text) > _DIGITS or not pattern.fullmatch(text):
        raise ValueError(text)
    return kind(text)


def _moment(text: str) -> datetime:
    match = _MOMENT.fullmatch(text)
    if not match:
        raise ValueError(text)
    return datetime.fromisoformat(text)


def _is_plain(node: ScalarNode) -> bool:
    return node.style is None
