"""Holding one application while it is changed: its row is locked, and whoever else wants to change it waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from applications.models import StageEntry
from applications.queries import locked_questions
from applications.refusals import FixedAnswer, NotADraft
from applications.rules import writes
from portal.accounts.models import Person


def locking(rows: "QuerySet[StageEntry]") -> "QuerySet[StageEntry]":
    """Return the rows to be locked with what the lifecycle needs of them.

    The submission is not joined: whoever had to wait for the lock would see that row as it was before the wait.
    """
    related = ("stage__call", "application__lot", "application__municipality__country")
    locked = rows.select_for_update(of=("self", "application"), no_key=True)
    return locked.select_related(*related, "application__municipality__merged_into")


def hold(pk: int, person: Person) -> StageEntry:
    """Lock an entry that a person writes, in the caller's transaction, in one query.

    What the lifecycle does with the entry until that transaction ends needs no lock of its own.

    Raises:
        StageEntry.DoesNotExist: there is no such entry, or the person does not write it.
    """
    rows: Any = StageEntry.objects.all()
    entry: StageEntry = locking(rows.with_deadline().with_figures().for_reader(person)).get(pk=pk)
    if not writes(person, entry):
        raise StageEntry.DoesNotExist
    entry.__dict__["held"] = True
    transaction.on_commit(lambda: entry.__dict__.pop("held", None))
    return entry


@contextmanager
def held(entry: StageEntry) -> Iterator[StageEntry]:
    """Lock an entry until the end of the block, which is one transaction; one that is held already stays so."""
    if entry.__dict__.get("held") and connection.in_atomic_block:
        yield entry
        return
    with transaction.atomic():
        rows: Any = StageEntry.objects.all()
        yield locking(rows.with_deadline().with_figures()).get(pk=entry.pk)


@contextmanager
def writing(entry: StageEntry, question: str = "") -> Iterator[StageEntry]:
    """Hold an entry whose answers are about to be written.

    Args:
        question: key of the one that is written, where it is one alone.

    Raises:
        NotADraft: it takes no text any more.
        FixedAnswer: the question cannot be changed now.
    """
    with held(entry) as locked:
        if not locked.takes_text:
            raise NotADraft
        if question and question in locked_questions(locked):
            raise FixedAnswer
        yield locked
