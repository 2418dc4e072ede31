"""Reads a tree of YAML nodes along the types of ``calls.spec``."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from calls.callfile import scalars, shapes
from calls.callfile.messages import OneOf, excerpt, nearest
from calls.callfile.problems import Path, Problem
from calls.eligibility import kinds
from calls.spec import CONDITIONS, Strict


class Walker:
    """Collects problems, broken places and line numbers while it reads."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.broken: set[Path] = set()
        self.lines: dict[Path, int] = {}

    def read(self, node: Node, hint: Any, path: Path) -> Any:
        """The value of a node as the type asks for it; otherwise a problem, and a blank of that type."""
        self.lines.setdefault(path, _line(node))
        if shapes.may_be_null(hint):
            return None if scalars.is_null(node) else self.read(node, shapes.without_null(hint), path)
        if scalars.is_null(node):
            message = _("is empty; write %(expected)s, or leave the key out")
            return self._refuse(path, hint, message, expected=shapes.words(hint))
        if shapes.members(hint) or shapes.is_rule(hint):
            return self._read_union(node, hint, path)
        return self._read_kind(node, hint, path)

    def _read_kind(self, node: Node, hint: Any, path: Path) -> Any:
        kind = shapes.bare(hint)
        origin = get_origin(kind)
        if origin is tuple:
            return self._read_list(node, hint, path)
        if origin is dict:
            return self._read_texts(node, hint, path)
        if origin is Literal:
            return self._read_literal(node, hint, path)
        if issubclass(kind, Strict):
            return self._read_model(node, kind, path)
        return self._read_scalar(node, hint, kind, path)

    def _read_union(self, node: Node, hint: Any, path: Path) -> Any:
        if not (shapes.is_rule(hint) or shapes.is_condition(hint)):
            return self._read_scalar(node, object, object, path)
        if not isinstance(node, MappingNode):
            return self._wrong_type(node, hint, path)
        if shapes.is_rule(hint):
            return self._read_rule(node, hint, path)
        return self._read_condition(node, hint, path)

    # ------------------------------------------------------------------------------------------ maps

    def _read_model(self, node: Node, model: type[Strict], path: Path) -> Any:
        if not isinstance(node, MappingNode):
            return self._wrong_type(node, model, path)
        before = len(self.problems)
        found = self._pairs(node, model, path)
        values = {}
        for field in shapes.fields(model):
            place = (*path, field.key)
            if field.key in found:
                values[field.name] = self.read(found[field.key], field.hint, place)
            elif field.required:
                message = _("is missing; add it with %(expected)s")
                words = shapes.words(field.hint)
                values[field.name] = self._refuse(place, field.hint, message, expected=words)
        return model(**values) if len(self.problems) == before else model.model_construct(**values)

    def _pairs(self, node: MappingNode, model: type[Strict], path: Path) -> dict[str, Node]:
        """The values of a map by key. An unknown key that is nearly one of the others is read as that one."""
        found = dict(self._unique(node, path))
        every = model.keys()
        kind = found.get("kind")
        known = model.keys(kind.value if isinstance(kind, ScalarNode) else None)
        for key in [key for key in found if key not in known]:
            value = found.pop(key)
            meant = None if key in every else nearest(key, known - found.keys())
            self._unknown_key((*path, key), model, known, meant)
            if meant:
                found[meant] = value
                self.lines[(*path, meant)] = self.lines[(*path, key)]
        return found

    def _unique(self, node: MappingNode, path: Path) -> Iterator[tuple[str, Node]]:
        for key_node, value in node.value:
            line = _line(key_node)
            place = (*path, str(key_node.value))
            if not isinstance(key_node, ScalarNode):
                message = _("has a key that is not plain text; write a key and a colon")
                self._note(path, message, line)
            elif key_node.tag == "tag:yaml.org,2002:merge":
                message = _("merging maps with “<<” is not part of the format; write the keys out")
                self._note(place, message, line)
            elif place in self.lines:
                message = _("stands twice here, first in line %(first)s; keep one of them")
                self._note(place, message, line, first=self.lines[place])
            else:
                self.lines[place] = _line(value) if isinstance(value, ScalarNode) else line
                yield key_node.value, value

    def _unknown_key(self, place: Path, model: type[Strict], known: frozenset[str], meant: str | None) -> None:
        keys = ", ".join(field.key for field in shapes.fields(model) if field.key in known)
        if meant:
            self._note(place, _("is not a key of the format; write “%(meant)s”"), meant=meant)
        elif place[-1] in {field.key for field in shapes.fields(model)}:
            self._note(place, _("does not go with this kind of question; its keys are: %(known)s"), known=keys)
        else:
            self._note(place, _("is not a key of the format; the keys here are: %(known)s"), known=keys)

    def _read_rule(self, node: MappingNode, hint: Any, path: Path) -> Any:
        tag = next((value for key, value in node.value if key.value == "rule"), None)
        place, known = (*path, "rule"), kinds()
        if tag is None:
            message = _("is missing; add it with %(expected)s")
            return self._refuse(place, hint, message, expected=OneOf(known))
        self.lines[place] = _line(tag)
        name = tag.value if isinstance(tag, ScalarNode) else "…"
        if name not in known:
            message = _("“%(found)s” is not a rule of eligibility; write %(expected)s")
            return self._refuse(place, hint, message, found=excerpt(name), expected=OneOf(known, name))
        del self.lines[place]
        return self._read_model(node, known[name], path)

    def _read_condition(self, node: MappingNode, hint: Any, path: Path) -> Any:
        keys = [key.value for key, _value in node.value if isinstance(key, ScalarNode)]
        named = {key for key in keys if key in CONDITIONS} or {nearest(key, CONDITIONS) for key in keys} - {None}
        if len(named) == 1:
            return self._read_model(node, CONDITIONS[str(named.pop())], path)
        message = _("a condition has exactly one of the keys %(keys)s; write for example %(example)s")
        example = "{question: partners, equals: true}"
        return self._refuse(path, hint, message, keys=", ".join(CONDITIONS), example=example)

    # ------------------------------------------------------------------------------------------ the rest

    def _read_list(self, node: Node, hint: Any, path: Path) -> Any:
        if not isinstance(node, SequenceNode):
            return self._wrong_type(node, hint, path)
        if not node.value and shapes.needs_entries(hint):
            return self._refuse(path, hint, _("is an empty list; write at least one entry"))
        item = get_args(shapes.bare(hint))[0]
        return tuple(self.read(child, item, (*path, place)) for place, child in enumerate(node.value))

    def _read_texts(self, node: Node, hint: Any, path: Path) -> Any:
        if not isinstance(node, MappingNode):
            return self._wrong_type(node, hint, path)
        return {key: self.read(value, str, (*path, key)) for key, value in self._unique(node, path)}

    def _read_literal(self, node: Node, hint: Any, path: Path) -> Any:
        if not isinstance(node, ScalarNode):
            return self._wrong_type(node, hint, path)
        options = {str(option): option for option in get_args(shapes.bare(hint))}
        if node.value in options:
            return options[node.value]
        message = _("“%(found)s” is not known here; write %(expected)s")
        return self._refuse(path, hint, message, found=excerpt(node.value), expected=OneOf(options, node.value))

    def _read_scalar(self, node: Node, hint: Any, kind: type, path: Path) -> Any:
        if not isinstance(node, ScalarNode):
            return self._wrong_type(node, hint, path)
        try:
            return shapes.checked(scalars.convert(node, kind), hint)
        except ValueError:
            return self._wrong_type(node, hint, path)

    def _wrong_type(self, node: Node, hint: Any, path: Path) -> Any:
        expected = shapes.words(hint)
        if isinstance(node, ScalarNode):
            message = _("“%(found)s” cannot stand here; write %(expected)s")
            return self._refuse(path, hint, message, found=excerpt(node.value), expected=expected)
        if isinstance(node, SequenceNode):
            return self._refuse(path, hint, _("a list cannot stand here; write %(expected)s"), expected=expected)
        message = _("a group of keys cannot stand here; write %(expected)s")
        return self._refuse(path, hint, message, expected=expected)

    def _refuse(self, path: Path, hint: Any, message: Promise, **values: object) -> Any:
        self.problems.append(Problem(path, message, values))
        self.broken.add(path)
        return shapes.blank(hint)

    def _note(self, path: Path, message: Promise, line: int | None = None, **values: object) -> None:
        self.problems.append(Problem(path, message, values, line=line))


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
