"""The page on which all answers are checked, confirmed and submitted."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from applications import rules
from applications.models import StageEntry
from applications.pages.frame import standing_since, url
from portal.accounts.models import MemberRole, Person
from portal.accounts.queries import people_of


def confirmation() -> str:
    """Return the sentence that whoever submits confirms, in the reader's language; it is kept with the submission."""
    return _(
        "I confirm on behalf of the municipality that the answers are true and complete, and that I am authorised to "
        "submit this application."
    )


@dataclass(frozen=True)
class Submitting:
    """What the card at the end of the page says.

    Attributes:
        allowed: the reader confirms and submits; else ``heads`` are named, who do.
        sequence: which submission the button means, where an earlier one stands.
        standing: since when that one counts.
        error: why the confirmation was not taken.
    """

    url: str
    allowed: bool
    statement: str
    heads: Sequence[str]
    ready_url: str
    sequence: int | None
    standing: str
    error: str = ""


def submitting(entry: StageEntry, person: Person, error: str = "") -> Submitting:
    """Prepare the card; one query where the reader does not submit, for the names of those who do."""
    allowed = rules.may_submit(person, entry)
    return Submitting(
        url=url("submit", entry),
        allowed=allowed,
        statement=confirmation(),
        heads=() if allowed else [str(head) for head in heads_of(entry)],
        ready_url=url("ready", entry),
        sequence=entry.submission.sequence + 1 if entry.reopened and entry.submission else None,
        standing=standing_since(entry) if entry.reopened else "",
        error=error,
    )


def heads_of(entry: StageEntry) -> list[Person]:
    """Return the heads of the municipality, who confirm and submit."""
    return sorted(people_of(entry.application.municipality_id, MemberRole.HEAD), key=lambda head: head.name)
