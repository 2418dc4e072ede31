"""What every page of one application has around it: way, deadline, steps, and the bar that says it is not submitted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.messages import language
from applications.models import EntryState, StageEntry
from applications.pages.changes import Unread, unread_of
from applications.pages.links import url as url
from applications.queries import Dossier
from calls.pages.cards import voice_of
from portal.content import formatting
from portal.content.deadlines import Deadline, prepare

TONES = {
    EntryState.DRAFT: "warn",
    EntryState.SUBMITTED: "done",
    EntryState.CLARIFICATION: "warn",
    EntryState.SELECTED: "done",
    EntryState.RESERVE: "open",
    EntryState.REJECTED: "error",
}
"""The tone of each state's word; the others are neutral."""


@dataclass(frozen=True)
class Crumb:
    title: str
    url: str


@dataclass(frozen=True)
class Step:
    title: str
    state: str


@dataclass(frozen=True)
class Bar:
    """What ``components/not_submitted_bar.html`` shows; ``standing`` since when an earlier submission counts."""

    missing: int
    url: str
    button: str
    late: bool
    standing: str = ""


@dataclass(frozen=True)
class Frame:
    """The surroundings of a page of one application.

    Attributes:
        unread: what changed in the call, for those who write.
        extended_from: the deadline of all others, where the municipality has an extension.
    """

    entry: StageEntry
    title: str
    stage: str
    municipality: str
    lot: str
    deadline: Deadline
    crumbs: tuple[Crumb, ...]
    steps: tuple[Step, ...]
    bar: Bar | None
    unread: Unread | None = None
    extended_from: str = ""

    @property
    def late(self) -> bool:
        return self.deadline.over


def frame_of(dossier: Dossier, now: datetime, *, step: int, writes: bool) -> Frame:
    """Return the surroundings of a page.

    Args:
        step: 1 fill in, 2 check, 3 submitted.
        writes: the reader may write, so the bar leads on.
    """
    entry = dossier.entry
    draft = entry.state == EntryState.DRAFT or entry.reopened
    lot = entry.application.lot
    return Frame(
        entry=entry,
        title=entry.stage.call.title,
        stage=entry.stage.title,
        municipality=entry.application.municipality.name,
        lot=lot.title if lot else "",
        deadline=deadline_of(entry, now),
        crumbs=_crumbs(entry, inner=step > 1),
        steps=_steps(step),
        bar=_bar(dossier, step, late=now > entry.deadline) if draft and writes else None,
        unread=unread_of(dossier) if writes else None,
        extended_from=voice_of(entry.stage.call).moment(entry.stage.deadline) if entry.extended else "",
    )


def deadline_of(entry: StageEntry, now: datetime) -> Deadline:
    """Return the deadline by the clocks of the call and of the municipality's country."""
    return prepare(
        entry.deadline,
        call_zone=entry.stage.call.time_zone,
        reader_zone=entry.application.municipality.country.time_zone,
        now=now,
        language=language(),
    )


def _crumbs(entry: StageEntry, *, inner: bool) -> tuple[Crumb, ...]:
    way = [Crumb(_("My municipality"), reverse("applications:list"))]
    if inner:
        way.append(Crumb(entry.stage.call.title, url("tasks", entry)))
    return tuple(way)


def inner_crumbs(frame: Frame) -> tuple[Crumb, ...]:
    """Return the way to a page below the task list."""
    return _crumbs(frame.entry, inner=True)


def _steps(current: int) -> tuple[Step, ...]:
    titles = (_("Fill in"), _("Check your answers"), _("Submit"))
    states = {-1: "done", 0: "current", 1: "next"}
    order = [(number > current) - (number < current) for number in range(1, 4)]
    return tuple(Step(title, states[place]) for title, place in zip(titles, order, strict=True))


def _bar(dossier: Dossier, step: int, *, late: bool) -> Bar:
    """Return the bar; on the page of checking it leads to the place on that page, after the deadline nowhere."""
    problems = dossier.sheet.problems
    button = _("See what is missing") if problems else _("Check and submit")
    here = "#to-do" if problems else "#submit"
    place = here if step == 2 else url("review", dossier.entry)
    standing = standing_since(dossier.entry) if dossier.entry.reopened else ""
    return Bar(missing=len(problems), url=place, button=button, late=late, standing=standing)


def standing_since(entry: StageEntry) -> str:
    """Return when the submission that counts was received, by the clock of the municipality's country."""
    if entry.submitted_at is None:
        return ""
    zone = entry.application.municipality.country.time_zone
    written = formatting.moment(entry.submitted_at, zone, language())
    return f"{written} ({formatting.place(zone, language())})"


def tone(entry: StageEntry) -> str:
    """Return the tone of an entry's state; changes that were not submitted want attention."""
    return "warn" if entry.reopened else TONES.get(EntryState(entry.state), "neutral")


def saved_note(dossier: Dossier) -> dict[str, Any]:
    """Return what ``components/save_state.html`` shows for a draft: the hour by the municipality's clock."""
    if dossier.saved_at is None:
        return {}
    zone = dossier.entry.application.municipality.country.time_zone
    return {"state": "saved", "at": hour(dossier.saved_at, zone)}


def hour(moment: datetime, zone: str) -> str:
    """Return the hour of a moment in an IANA zone: 14:03."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"
