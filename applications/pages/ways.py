"""The ways from the main page of an application: its versions, changing it, and what can be taken over."""

from dataclasses import dataclass
from datetime import datetime

from applications import rules
from applications.models import EntryState, StageEntry
from applications.pages.links import url
from applications.sources import has_earlier
from portal.accounts.models import Person


@dataclass(frozen=True)
class Ways:
    """What ``applications/_ways.html`` prints; an address is empty where the way is closed to the reader."""

    reuse: str = ""
    versions: str = ""
    reopen: str = ""
    discard: str = ""


def ways_of(entry: StageEntry, person: Person, now: datetime) -> Ways:
    """Return the ways; one query, for a draft of the reader's own municipality."""
    begins = entry.state == EntryState.DRAFT and rules.may_start(person, entry.application.municipality_id)
    return Ways(
        reuse=url("reuse", entry) if begins and has_earlier(entry) else "",
        versions=url("versions", entry) if entry.submission_id is not None else "",
        reopen=url("reopen", entry) if rules.may_reopen(person, entry, now) else "",
        discard=url("discard", entry) if entry.reopened and rules.may_edit(person, entry) else "",
    )
