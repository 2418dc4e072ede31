"""Remarks that colleagues make to each other on a question. They are never part of what is submitted."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from applications.models import Helper, Remark, StageEntry
from applications.refusals import Refused
from applications.rules import WRITERS
from portal import clock
from portal.accounts.models import Person
from portal.accounts.queries import people_of
from portal.notices.lifecycle import enqueue_all

log = structlog.get_logger(__name__)
MOST_CHARACTERS: Final = 2000
MOST: Final = 200
"""So many remarks a question can have in one stage."""
TWICE: Final = timedelta(minutes=1)
"""The same text of the same person within this time is a button that was pressed twice."""


class TooManyRemarks(Refused):
    """The question has as many remarks as it may."""

    def __init__(self) -> None:
        super().__init__(_("This question has too many remarks already. Please talk about it in another way."))


@transaction.atomic
def write_remark(entry: StageEntry, question: str, text: str, *, by: Person) -> Remark:
    """Say something to the colleagues about a question.

    Args:
        question: the key of a question of the form, as the caller has looked up; ``text``: at most MOST_CHARACTERS.
        by: the caller has asked ``rules.may_remark``.

    Effects: the others who write are told, each once a day for an application. The same text sent twice is one remark.

    Raises:
        TooManyRemarks
    """
    StageEntry.objects.select_for_update(no_key=True).only("pk").get(pk=entry.pk)
    rows, now = Remark.objects.filter(entry=entry, question=question), clock.now()
    twice = rows.filter(author=by, text=text, written_at__gt=now - TWICE).first()
    if twice is not None:
        return twice
    if rows.count() >= MOST:
        raise TooManyRemarks
    remark = Remark.objects.create(entry=entry, question=question, text=text, author=by, written_at=now)
    _tell_of_remarks(remark, entry, by)
    log.info("remark written", entry=entry.pk, question=question)
    return remark


@transaction.atomic
def settle_remark(remark: Remark, *, by: Person) -> Remark:
    """Mark a remark as settled; one that is settled already stays as it was."""
    locked = Remark.objects.select_for_update().get(pk=remark.pk)
    if locked.settled_at is None:
        locked.settled_at, locked.settled_by = clock.now(), by
        locked.save(update_fields=["settled_at", "settled_by"])
    return locked


@transaction.atomic
def open_remark_again(remark: Remark) -> Remark:
    """Take back that a remark is settled."""
    locked = Remark.objects.select_for_update().get(pk=remark.pk)
    if locked.settled_at is not None:
        locked.settled_at = locked.settled_by = None
        locked.save(update_fields=["settled_at", "settled_by"])
    return locked


def _tell_of_remarks(remark: Remark, entry: StageEntry, by: Person) -> None:
    """Write to the others who write: the first remark of a day by the municipality's clock tells of all."""
    zone = entry.application.municipality.country.time_zone
    day = remark.written_at.astimezone(ZoneInfo(zone)).date()
    context: dict[str, Any] = {
        "entry": entry,
        "call": entry.stage.call,
        "municipality": entry.application.municipality,
        "author": str(by),
    }
    enqueue_all(
        "remark_new",
        (person for person in _writers(entry) if person.pk != by.pk),
        lambda person: f"remark_new:{person.pk}:{entry.pk}:{day.isoformat()}",
        lambda person: context,
    )


def _writers(entry: StageEntry) -> Iterable[Person]:
    """Return heads, editors and helpers, each once; two queries."""
    rows = Helper.objects.in_force().filter(application=entry.application_id, person__is_active=True)
    helpers: list[Any] = [row.person for row in rows.select_related("person")]
    people = [*people_of(entry.application.municipality_id, *WRITERS), *helpers]
    return {person.pk: person for person in people}.values()
