"""Applications as rows of a list: what was submitted and decided, and what a person helps with from outside."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.messages import language
from applications.models import Application, EntryState, StageEntry
from applications.pages.frame import deadline_of, tone, url
from portal.content import formatting
from portal.content.deadlines import prepare


@dataclass(frozen=True)
class Row:
    """One application in one stage.

    Attributes:
        name: that of the municipality when the application was begun, where it is called otherwise now.
        when: when what counts was received.
        until: until when it can be submitted, as long as it can; ``left`` how long that is.
        receipt: the address of the receipt of what counts.
    """

    title: str
    about: str
    name: str
    number: str
    url: str
    word: str
    tone: str
    when: str
    until: str
    left: str
    receipt: str


def row(entry: StageEntry, now: datetime, name: str = "") -> Row:
    """Prepare a row; ``name`` is that of the municipality under which the row stands."""
    submission, made_as = entry.submission, name_then(entry.application)
    late, open_still = now > entry.deadline, entry.reopened or entry.state == EntryState.DRAFT
    missed = late and entry.state == EntryState.DRAFT
    receipt = reverse("applications:receipt", args=[submission.number, submission.sequence]) if submission else ""
    return Row(
        title=entry.stage.call.title,
        about=about(entry),
        name=made_as if made_as != name else "",
        number=entry.application.number or "",
        url=url("tasks", entry),
        word=_("not submitted in time") if missed else entry.get_state_display(),
        tone="neutral" if missed else tone(entry),
        when=received(entry) if entry.submitted_at else "",
        until=both_clocks(entry, entry.deadline) if open_still and not late else "",
        left=deadline_of(entry, now).left if open_still else "",
        receipt=receipt,
    )


def about(entry: StageEntry) -> str:
    """Return stage and lot of an entry in one line."""
    lot = entry.application.lot
    return " · ".join([entry.stage.title, lot.title] if lot else [entry.stage.title])


def name_then(application: Application) -> str:
    """Return the name under which an application was made, which is kept in Armenian and English."""
    return application.municipality_name_hy if language() == "hy" else application.municipality_name_en


def received(entry: StageEntry) -> str:
    """Return when the submission that counts was received, by the municipality's clock."""
    zone = entry.application.municipality.country.time_zone
    return with_place(entry.submitted_at, zone)


def with_place(moment: Any, zone: str) -> str:
    """Return a moment with the place of the clock: "15 March 2027, 18:00 (Yerevan)"."""
    return f"{formatting.moment(moment, zone, language())} ({formatting.place(zone, language())})"


def both_clocks(entry: StageEntry, moment: datetime) -> str:
    """Return a moment by the call's clock, and by that of the municipality's country where it differs."""
    return clocks(moment, entry.stage.call.time_zone, entry.application.municipality.country.time_zone)


def clocks(moment: datetime, call_zone: str, own_zone: str) -> str:
    """Return a moment by two clocks: "15 March 2027, 18:00 (Brussels), 21:00 (Yerevan)"."""
    block = prepare(moment, call_zone=call_zone, reader_zone=own_zone, now=moment, language=language())
    own = f", {block.reader_local} ({block.reader_place})" if block.reader_local else ""
    return f"{block.call_local} ({block.call_place}){own}"
