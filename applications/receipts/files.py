"""What a municipality keeps: the receipt as a file and as PDF, and the application exactly as it was submitted."""

import io
import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import pikepdf
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from applications.answers import canonical
from applications.messages import exact_clocks, language, say
from applications.models import Submission
from applications.printing import qr
from applications.receipts.records import check_url, keys_url, record_of, seal_of
from portal.documents.pdf import render_pdf

TEMPLATE: Final = "documents/receipt.html"
STYLESHEET: Final = "documents/receipt.css"
INNER_NAME: Final = "receipt.json"
"""The name of the receipt's file inside its PDF."""


@dataclass(frozen=True)
class PrintedReceipt:
    """What ``documents/receipt.html`` prints, in one language."""

    title: str
    programme: str
    site: str
    number: str
    sequence: int
    call: str
    call_code: str
    stage: str
    lot: str
    applicant: str
    clocks: tuple[str, ...]
    by: str
    digest: str
    files: int
    signature: str
    public_key: str
    address: str
    qr: str


def receipt_json(submission: Submission, code: str) -> bytes:
    """Return the receipt as a file: its record, the seal on it, and where it is checked.

    Args:
        code: language of the pages whose addresses it names.
    """
    seal = seal_of(submission)
    content: dict[str, Any] = {
        "receipt": record_of(submission),
        "seal": {"algorithm": "Ed25519", **seal._asdict()} if seal else None,
        "check": check_url(code),
        "keys": keys_url(code),
    }
    return json.dumps(content, indent=2).encode() + b"\n"


def submission_json(submission: Submission) -> bytes:
    """Return the application as it was submitted: the very bytes whose SHA-256 is the digest."""
    return canonical(submission.snapshot)


def receipt_pdf(submission: Submission, code: str) -> bytes:
    """Return the receipt as PDF/UA, with its file inside.

    Raises:
        FontsMissing: the install step was not run.
    """
    with translation.override(code):
        printed = _printed(submission)
        content = render_pdf(
            TEMPLATE, {"printed": printed}, title=printed.title, language=code, stylesheet=STYLESHEET, max_pages=1
        )
        return _with_file(content, receipt_json(submission, code), _("The receipt as a file that can be checked"))


def _printed(submission: Submission) -> PrintedReceipt:
    frozen, seal = submission.snapshot, seal_of(submission)
    return PrintedReceipt(
        title=_("Receipt %(number)s") % {"number": submission.number},
        programme=submission.entry.stage.call.programme.title,
        site=urlsplit(settings.SITE_URL).netloc,
        number=submission.number,
        sequence=submission.sequence,
        call=say(frozen["call"]["title"]),
        call_code=frozen["call"]["code"],
        stage=say(frozen["stage"]["title"]),
        lot=say(frozen["lot"]["title"]) if frozen["lot"] else "",
        applicant=say(frozen["municipality"]["name"]),
        clocks=tuple(exact_clocks(submission.received_at, submission.entry.zones, language())),
        by=str(submission.submitted_by or ""),
        digest=submission.digest,
        files=sum(map(len, frozen["files"].values())),
        signature=seal.signature if seal else "",
        public_key=seal.public_key if seal else "",
        address=check_url(language()).partition("://")[2],
        qr=qr(check_url(language(), submission)),
    )


def _with_file(content: bytes, inner: bytes, description: str) -> bytes:
    """Return a PDF with a file attached to it."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.attachments[INNER_NAME] = pikepdf.AttachedFileSpec(
            document,
            inner,
            filename=INNER_NAME,
            mime_type="application/json",
            description=description,
            creation_date="",
            mod_date="",
        )
        document.save(written)
    return written.getvalue()
