"""The parts of a call as the administration edits them. Each kind of part is registered once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils.functional import Promise

from calls.models import Call
from calls.pages.voice import Voice

if TYPE_CHECKING:
    from calls.authoring.forms import PartForm


@dataclass(frozen=True)
class Line:
    """One row in a list of parts: its title, facts beside it, tags as (word, tone)."""

    title: str
    facts: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Part:
    """One kind of part.

    Attributes:
        name: in addresses: "lot", "priority", "question".
        relation: the manager on the parent that holds the siblings ("lots"); a one-to-one relation has its name.
        parent: name of the part that holds it; "" is the call itself.
        form: ``form(data, files, call=…, parent=…, instance=…, initial=…)`` returns its form.
        title: what one of them is called: "lot".
        describe: one row of a list, in the voice of the page.
        back: the address of the page that lists the siblings of a row, which may be unsaved; its parent is set.
        choose: for parts of several kinds, the kinds to choose from before one is added.
        plural: what the list is called; parts that other pages list have none.
        about: one sentence for who has not seen such a list before.
        prepare: gives the rows of a list at once what ``describe`` needs beside them.
        sheet: the name of a sheet of the call itself that belongs to the list.
        more: the name of a template below the form, for parts that show more than their fields.
    """

    name: str
    model: type[Model]
    relation: str
    parent: str
    form: "Callable[..., PartForm]"
    title: "str | Promise"
    describe: Callable[[Any, Voice], Line]
    back: Callable[[Any], str]
    choose: "Callable[[Call], list[Choice]] | None" = None
    plural: "str | Promise" = ""
    about: "str | Promise" = ""
    prepare: "Callable[[Call, list[Any]], None] | None" = None
    sheet: str = ""
    more: str = ""

    @property
    def holder(self) -> type[Model]:
        """The model of the parent."""
        return part_named(self.parent).model if self.parent else Call

    @property
    def link(self) -> str:
        """The field of a row that leads to its parent."""
        related: Any = self.holder._meta.get_field(self.relation)
        return str(related.field.name)

    @property
    def single(self) -> bool:
        """Whether a parent has at most one."""
        return bool(self.holder._meta.get_field(self.relation).one_to_one)

    @property
    def ordered(self) -> bool:
        """Whether its rows stand in an order that people choose."""
        return any(field.name == "position" for field in self.model._meta.fields)

    def parent_of(self, row: Any) -> Any:
        """Return the part or the call that holds a row."""
        return getattr(row, self.link)

    def siblings(self, parent: Any) -> Any:
        """Return the rows that a parent has, in their order."""
        return self.model._default_manager.filter(**{self.link: parent})

    def path_to_call(self) -> str:
        """Return the lookup from a row to its call: ``section__stage__call``."""
        return self.link if not self.parent else f"{self.link}__{part_named(self.parent).path_to_call()}"

    def rows_in(self, call: Call) -> Any:
        """Return all rows of this kind in a call."""
        return self.model._default_manager.filter(**{self.path_to_call(): call})


@dataclass(frozen=True)
class Choice:
    """One of the kinds among which one chooses before a part is added: its name, a word and a sentence for it."""

    name: str
    title: "str | Promise"
    sentence: "str | Promise"


_PARTS: dict[str, Part] = {}


def register(part: Part) -> None:
    """Add a kind of part, or put another in its place."""
    _PARTS[part.name] = part


def part_named(name: str) -> Part:
    """Return the kind of part of this name.

    Raises:
        KeyError: there is none.
    """
    return _PARTS[name]


def registered(name: str) -> bool:
    """Whether there is a kind of part of this name."""
    return name in _PARTS


def ancestors(part: Part, row: Any) -> Iterator[tuple[Part, Any]]:
    """Yield the parts that hold a row, the nearest first, without the call."""
    while part.parent:
        row, part = part.parent_of(row), part_named(part.parent)
        yield part, row
