"""The list of what a person's municipalities have begun and submitted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.messages import language
from applications.models import EntryState, StageEntry
from applications.pages.frame import tone, url
from portal.accounts.models import Municipality
from portal.content import formatting


@dataclass(frozen=True)
class Row:
    """One application in one stage. ``when`` says until when, or since when."""

    title: str
    stage: str
    lot: str
    number: str
    url: str
    word: str
    tone: str
    when: str
    left: str
    receipt: str


@dataclass(frozen=True)
class Group:
    """The applications of one municipality."""

    municipality: str
    drafts: tuple[Row, ...]
    others: tuple[Row, ...]


@dataclass(frozen=True)
class ListPage:
    groups: tuple[Group, ...]
    member: bool

    @property
    def empty(self) -> bool:
        return not any(group.drafts or group.others for group in self.groups)


def list_page(municipalities: Sequence[Municipality], entries: Sequence[StageEntry], now: datetime) -> ListPage:
    """Prepare the list; ``entries`` come in their order."""
    return ListPage(tuple(_group(one, entries, now) for one in municipalities), member=bool(municipalities))


def _group(municipality: Municipality, entries: Sequence[StageEntry], now: datetime) -> Group:
    own = [entry for entry in entries if entry.application.municipality_id == municipality.pk]
    drafts = tuple(_row(entry, municipality, now) for entry in own if entry.state == EntryState.DRAFT)
    others = tuple(_row(entry, municipality, now) for entry in own if entry.state != EntryState.DRAFT)
    return Group(municipality.name, drafts, others)


def _row(entry: StageEntry, municipality: Municipality, now: datetime) -> Row:
    lot, submission = entry.application.lot, entry.submission
    receipt = reverse("applications:receipt", args=[submission.number, submission.sequence]) if submission else ""
    return Row(
        title=entry.stage.call.title,
        stage=entry.stage.title,
        lot=lot.title if lot else "",
        number=entry.application.number or "",
        url=url("tasks", entry),
        word=entry.get_state_display(),
        tone=tone(entry),
        when=_when(entry, municipality),
        left=_left(entry, now),
        receipt=receipt,
    )


def _when(entry: StageEntry, municipality: Municipality) -> str:
    draft = entry.state == EntryState.DRAFT
    moment = entry.deadline if draft or entry.submitted_at is None else entry.submitted_at
    zone = municipality.country.time_zone
    written = formatting.moment(moment, zone, language())
    return f"{written} ({formatting.place(zone, language())})"


def _left(entry: StageEntry, now: datetime) -> str:
    if entry.state != EntryState.DRAFT:
        return ""
    if now > entry.deadline:
        return _("The deadline has passed")
    return formatting.span(entry.deadline - now, language())
