"""What somebody brings to the page that checks receipts: a file, or a number and a digest."""

import re
from typing import Any

import structlog
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from applications.receipts.reading import MOST_BYTES, ApplicationFile, ReceiptFile, Unreadable, read

log = structlog.get_logger(__name__)

REFUSALS = {
    "empty": _("The file is empty. Please choose the receipt again."),
    "too_large": _("The file is too large to be a receipt: at most %(limit)s MB are looked at."),
    "pdf_without_receipt": _(
        "There is no receipt inside this PDF. Please choose the PDF of the receipt as it was downloaded, not a scan, a "
        "print or the PDF of the application; or type the number and the digest."
    ),
    "other_format": _("This is neither a PDF nor a JSON file. Please choose the receipt as it was downloaded."),
    "other_json": _("This file is neither a receipt nor an application of this portal."),
}
_DIGEST = re.compile(r"[0-9a-f]{64}")


class FileForm(forms.Form):
    """A receipt as PDF or JSON, or an application as JSON; ``cleaned_data["file"]`` is what was read from it."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_("The receipt as PDF or JSON, or the application as JSON. The file is looked at and not kept."),
        widget=forms.FileInput({"accept": ".pdf,.json,application/pdf,application/json"}),
        error_messages={"required": _("Please choose a file.")},
    )

    def clean_file(self) -> ReceiptFile | ApplicationFile:
        brought = self.cleaned_data["file"]
        try:
            return read(brought.read(MOST_BYTES + 1))
        except Unreadable as refused:
            log.info("receipt_unreadable", code=refused.code, size=brought.size)
            limit = {"limit": MOST_BYTES // 1024 // 1024}
            raise ValidationError(REFUSALS[refused.code], code=refused.code, params=limit) from refused


class DigestForm(forms.Form):
    """A number and a digest as they stand on a receipt, with whatever spaces somebody typed."""

    n = forms.CharField(label=_("Registration number"), max_length=60)
    d = forms.CharField(label=_("Digest (SHA-256)"), max_length=200, help_text=_("64 digits and letters from a to f"))

    def clean_n(self) -> str:
        return "".join(self.cleaned_data["n"].split())

    def clean_d(self) -> str:
        digest = "".join(self.cleaned_data["d"].split()).lower()
        if not _DIGEST.fullmatch(digest):
            text = _("A digest has 64 digits and letters from a to f; there are %(count)s.")
            raise ValidationError(text, code="not_digest", params={"count": len(digest)})
        return digest

    @classmethod
    def of(cls, data: Any) -> "DigestForm":
        """Return the form with what the address says; empty where it says nothing."""
        return cls(data if "n" in data or "d" in data else None)
