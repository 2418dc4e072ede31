"""From bytes to a tree of YAML nodes that know their lines. Nothing is converted: every scalar stays text."""

from dataclasses import dataclass
from typing import Any, Final

import yaml
from django.utils.translation import gettext_lazy as _
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from calls.callfile.problems import CallFileErrors, Fault, Problem

MAX_BYTES: Final = 1_000_000
MAX_VALUES: Final = 100_000
"""Values of a file, each alias counted as often as it is used."""
MAX_DEPTH: Final = 60
_KNOWN_TAGS: Final = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("null", "bool", "int", "float", "timestamp", "value", "str", "seq", "map", "merge")
)


@dataclass(frozen=True)
class _RefusalError(Exception):
    line: int
    problem: Problem


class _Loader(yaml.SafeLoader):
    """Composes nodes in which an alias stands at its own place, and not at the place of what it repeats."""

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        if not self.check_event(yaml.AliasEvent):
            return super().compose_node(parent, index)
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        node = super().compose_node(parent, index)
        return _moved(node, mark) if node is not None else None


def _moved(node: Node, mark: Any) -> Node:
    if isinstance(node, ScalarNode):
        return ScalarNode(node.tag, node.value, mark, mark, node.style)
    kind = MappingNode if isinstance(node, MappingNode) else SequenceNode
    return kind(node.tag, node.value, mark, mark)


def decode(content: bytes, name: str) -> str:
    """The text of a call file.

    Raises:
        CallFileErrors: it is too large, or not in UTF-8.
    """
    if len(content) > MAX_BYTES:
        message = _("the file is larger than %(limit)s bytes; a call file holds texts, not documents")
        raise CallFileErrors([Fault(name, 1, Problem((), message, {"limit": MAX_BYTES}))])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = _("the file is not in UTF-8 from here on; save it again as UTF-8")
        raise CallFileErrors([Fault(name, line, Problem((), message))]) from error


def compose(text: str, name: str) -> Node:
    """The node tree of a call file.

    Raises:
        CallFileErrors: one line, for text that is not YAML or that this format does not take.
    """
    try:
        if len(text) > MAX_BYTES:
            decode(text.encode(), name)
        return _bounded(_parse(text))
    except _RefusalError as refusal:
        raise CallFileErrors([Fault(name, refusal.line, refusal.problem)]) from refusal


def _parse(text: str) -> Node:
    try:
        loader = _Loader(text)
    except yaml.reader.ReaderError as error:
        raise _unreadable(text, error) from error
    try:
        node = loader.get_single_node()
    except yaml.reader.ReaderError as error:
        raise _unreadable(text, error) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = _("this is not YAML: %(reason)s; check the indentation (spaces, never tabs), quotes and brackets")
        line = mark.line + 1 if mark else 1
        raise _RefusalError(line, Problem((), message, {"reason": error.problem or error.context})) from error
    except RecursionError as error:
        raise _too_deep(loader.line + 1) from error
    finally:
        loader.dispose()
    if node is None:
        raise _RefusalError(1, Problem((), _("the file is empty; begin with “format: 1” and “call:”")))
    return node


def _unreadable(text: str, error: yaml.reader.ReaderError) -> _RefusalError:
    line = text[: error.position].count("\n") + 1
    message = _("the character U+%(code)s cannot stand in a call file; remove it")
    code = error.character if isinstance(error.character, int) else ord(str(error.character)[:1] or "?")
    return _RefusalError(line, Problem((), message, {"code": f"{code:04X}"}))


def _too_deep(line: int) -> _RefusalError:
    message = _("the values are nested more than %(limit)s deep here; the format needs far fewer levels")
    return _RefusalError(line, Problem((), message, {"limit": MAX_DEPTH}))


def _bounded(root: Node) -> Node:
    if _Measure().of(root).values > MAX_VALUES:
        message = _("the aliases (*) of this file stand for more than %(limit)s values; write less by alias")
        raise _RefusalError(1, Problem((), message, {"limit": MAX_VALUES}))
    return root


@dataclass(frozen=True)
class _Size:
    values: int
    levels: int


class _Measure:
    """Measures a tree as if every alias were written out, and refuses loops; each node is visited once."""

    def __init__(self) -> None:
        self._sizes: dict[int, _Size] = {}
        self._open: set[int] = set()

    def of(self, node: Node) -> _Size:
        _check_tag(node)
        _check_characters(node)
        if not isinstance(node, CollectionNode):
            return _Size(1, 1)
        key = id(node.value)
        if key in self._open:
            message = _("this alias stands inside what it repeats; write the value out")
            raise _RefusalError(node.start_mark.line + 1, Problem((), message))
        if key not in self._sizes:
            self._open.add(key)
            self._sizes[key] = self._measured(node)
            self._open.discard(key)
        return self._sizes[key]

    def _measured(self, node: Node) -> _Size:
        parts = [self.of(child) for child in children(node)]
        size = _Size(1 + sum(part.values for part in parts), 1 + max((part.levels for part in parts), default=0))
        if size.levels > MAX_DEPTH:
            raise _too_deep(node.start_mark.line + 1)
        return size


def _check_tag(node: Node) -> None:
    if node.tag not in _KNOWN_TAGS:
        message = _("the tag “%(tag)s” is not part of the format; write the value without it")
        tag = node.tag.replace("tag:yaml.org,2002:", "!!")
        raise _RefusalError(node.start_mark.line + 1, Problem((), message, {"tag": tag}))


def _check_characters(node: Node) -> None:
    """Refuse half of a character, as an escape can bring it: no message could show it."""
    text = node.value if isinstance(node, ScalarNode) else ""
    if half := next((one for one in text if "\ud800" <= one <= "\udfff"), ""):
        message = _("the character U+%(code)s cannot stand in a call file; remove it")
        raise _RefusalError(node.start_mark.line + 1, Problem((), message, {"code": f"{ord(half):04X}"}))


def children(node: Node) -> list[Node]:
    """The nodes directly under a list or a map, keys included."""
    if isinstance(node, MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, SequenceNode) else []
