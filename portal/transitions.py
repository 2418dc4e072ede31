"""One table of transitions for each lifecycle: it feeds the functions, the buttons and the database's own guard."""

from collections.abc import Iterator, Mapping

import pgtrigger
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

TransitionTable = Mapping[str, frozenset[str]]


class Refusal(Exception):
    """A step that is not taken. Its text is for people, and said in the language of whoever reads it.

    Args:
        message: a text that is translated when it is read.
        values: what the text names.
    """

    def __init__(self, message: str | Promise, **values: object) -> None:
        super().__init__()
        self._message = message
        self._values = values

    def __str__(self) -> str:
        return str(self._message) % self._values if self._values else str(self._message)


class IllegalTransition(Exception):
    """The state asked for cannot be reached from the present one. Its text is for people."""

    def __init__(self, row: models.Model, to: str, field: str = "state") -> None:
        display = getattr(row, f"get_{field}_display", lambda: "")
        self.present = str(display())
        self.to = to
        super().__init__(_("This is no longer possible: the present state is “%(state)s”.") % {"state": self.present})


def pairs(table: TransitionTable) -> Iterator[tuple[str, str]]:
    """Yield each permitted step of a table as (from, to)."""
    for present, following in table.items():
        for to in sorted(following):
            yield str(present), str(to)


def guard(table: TransitionTable, field: str = "state") -> pgtrigger.Trigger:
    """Return the trigger by which PostgreSQL itself refuses every step that is not in the table."""
    return pgtrigger.FSM(name=f"{field}_transitions", field=field, transitions=list(pairs(table)))


def immutable(*fields: str) -> pgtrigger.Trigger:
    """Return the trigger by which PostgreSQL refuses change of the fields; if none is named, of all, and deletion."""
    if not fields:
        return pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete)
    return pgtrigger.ReadOnly(name="fixed_fields", fields=list(fields))


def kept() -> pgtrigger.Trigger:
    """Return the trigger by which PostgreSQL refuses deletion of a row some of whose fields may change."""
    return pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)


def move(row: models.Model, to: str, table: TransitionTable, field: str = "state") -> None:
    """Set the state of ``row`` to ``to``, on an object that the caller has locked and will save.

    Args:
        field: which field holds the state that the table is of.

    Raises:
        IllegalTransition: the table has no such step.
    """
    present: str = getattr(row, field)
    if to not in table.get(present, frozenset()):
        raise IllegalTransition(row, to, field)
    setattr(row, field, to)
