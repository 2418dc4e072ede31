"""The receipt: number, exact time in two places, digest, what to keep of it, and what comes next."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.messages import exact_clocks, language, say
from applications.models import Submission
from applications.pages.frame import Crumb, url
from applications.presentation import ShownSection, submitted_answers
from applications.printing import qr
from applications.receipts.records import Standing, check_url, standing_of
from calls.pages.cards import voice_of


@dataclass(frozen=True)
class Receipt:
    """What ``components/receipt.html`` prints.

    Attributes:
        url: the page that checks it, with what it needs to check it at once; ``address``: the same for people to type.
        qr: ``url`` as a drawing.
    """

    number: str
    moment: str
    digest: str
    url: str = ""
    address: str = ""
    qr: str = ""
    by: str = ""
    version: int = 1


@dataclass(frozen=True)
class FileLink:
    """A file in one language. ``lang`` is empty where the file is in none."""

    title: str
    url: str
    lang: str = ""


@dataclass(frozen=True)
class Download:
    """Something to keep, in each language in which there is one."""

    title: str
    note: str
    links: tuple[FileLink, ...]


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
    downloads: tuple[Download, ...]
    corrigendum: int
    extended: str
    entry_url: str
    list_url: str
    sections: list[ShownSection]
    crumbs: tuple[Crumb, ...]


def receipt_page(submission: Submission) -> ReceiptPage:
    """Prepare the receipt of a submission; the names are those it was made under."""
    frozen, entry = submission.snapshot, submission.entry
    return ReceiptPage(
        receipt=_receipt(submission),
        title=say(frozen["call"]["title"]),
        stage=say(frozen["stage"]["title"]),
        lot=say(frozen["lot"]["title"]) if frozen["lot"] else "",
        municipality=say(frozen["municipality"]["name"]),
        by=str(submission.submitted_by or ""),
        sequence=submission.sequence,
        corrigendum=submission.corrigendum,
        extended=voice_of(entry.stage.call).moment(submission.deadline) if submission.extension_id else "",
        stands=standing_of(submission) is Standing.COUNTS,
        downloads=downloads_of(submission),
        entry_url=url("review", entry),
        list_url=reverse("applications:list"),
        sections=submitted_answers(submission),
        crumbs=(Crumb(_("My applications"), reverse("applications:list")),),
    )


def _receipt(submission: Submission) -> Receipt:
    return Receipt(
        number=submission.number,
        moment=" · ".join(exact_clocks(submission.received_at, submission.entry.zones, language())),
        digest=submission.digest,
        url=check_url(language(), submission),
        address=check_url(language()).partition("://")[2],
        qr=qr(check_url(language(), submission)),
        by=str(submission.submitted_by or ""),
        version=submission.sequence,
    )


def downloads_of(submission: Submission) -> tuple[Download, ...]:
    """Return what those who submitted can keep: the receipt and the application, to read and to check."""
    return (
        Download(
            _("Receipt (PDF)"),
            _("To print, to file and to hand on; anyone can check it."),
            _pdfs("receipt_pdf", submission),
        ),
        Download(_("Application (PDF)"), _("All answers, with the files named."), _pdfs("submission_pdf", submission)),
        Download(
            _("Receipt (JSON)"), _("The same receipt for programs, with its seal."), _one("receipt_file", submission)
        ),
        Download(
            _("Application (JSON)"),
            _("The application sign by sign as it was submitted: this is what the digest is made of."),
            _one("submission_json", submission),
        ),
    )


def _address(name: str, submission: Submission) -> str:
    return reverse(f"applications:{name}", args=[submission.number, submission.sequence])


def _pdfs(name: str, submission: Submission) -> tuple[FileLink, ...]:
    path = _address(name, submission)
    return tuple(FileLink(title, f"{path}?language={code}", code) for code, title in settings.LANGUAGES)


def _one(name: str, submission: Submission) -> tuple[FileLink, ...]:
    return (FileLink(_("Download"), _address(name, submission)),)
