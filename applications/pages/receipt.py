"""The receipt: number, exact time in two places, digest, and what comes next."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.messages import exact, language, say
from applications.models import Submission
from applications.pages.frame import Crumb, url
from applications.presentation import ShownSection, submitted_answers
from calls.pages.cards import voice_of


@dataclass(frozen=True)
class Receipt:
    """What ``components/receipt.html`` prints."""

    number: str
    moment: str
    digest: str
    url: str = ""


@dataclass(frozen=True)
class ReceiptPage:
    """What ``applications/receipt.html`` prints.

    Attributes:
        corrigendum: number of the last one that it rests on; 0 for the call as it was published.
        extended: until when the municipality could submit, where it came by an extension.
    """

    receipt: Receipt
    title: str
    stage: str
    lot: str
    municipality: str
    by: str
    sequence: int
    stands: bool
    corrigendum: int
    extended: str
    entry_url: str
    list_url: str
    sections: list[ShownSection]
    crumbs: tuple[Crumb, ...]


def two_clocks(submission: Submission) -> str:
    """Return when a submission was received, by the call's clock and by that of the municipality's country."""
    call = submission.entry.stage.call
    own = submission.entry.application.municipality.country.time_zone
    zones = dict.fromkeys([call.time_zone, own])
    return " · ".join(exact(submission.received_at, zone, language()) for zone in zones)


def receipt_page(submission: Submission) -> ReceiptPage:
    """Prepare the receipt of a submission; the names are those it was made under."""
    frozen, entry = submission.snapshot, submission.entry
    return ReceiptPage(
        receipt=Receipt(submission.number, two_clocks(submission), submission.digest),
        title=say(frozen["call"]["title"]),
        stage=say(frozen["stage"]["title"]),
        lot=say(frozen["lot"]["title"]) if frozen["lot"] else "",
        municipality=say(frozen["municipality"]["name"]),
        by=str(submission.submitted_by or ""),
        sequence=submission.sequence,
        corrigendum=submission.corrigendum,
        extended=voice_of(entry.stage.call).moment(submission.deadline) if submission.extension_id else "",
        stands=entry.submission_id == submission.pk and entry.state != "withdrawn",
        entry_url=url("review", entry),
        list_url=reverse("applications:list"),
        sections=submitted_answers(submission),
        crumbs=(Crumb(_("My applications"), reverse("applications:list")),),
    )
