"""Receipts as files for those who submitted, and the page on which anyone can check one."""

import base64
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications.pages.receipt_check import Result, result_of
from applications.receipts import files
from applications.receipts.checking import Verdict, check, check_digest
from applications.receipts.forms import DigestForm, FileForm
from applications.receipts.reading import ApplicationFile
from applications.receipts.records import known_keys
from applications.receipts.seal import public_key
from applications.views.common import member_page
from applications.views.printing import PDF, language_of, private_file, submission_of
from portal.accounts.limits import within_limit

JSON = "application/json"
CHECKS, SECONDS = 30, 60
"""So often one address may have receipts checked: looking things up costs work, and guessing is not invited."""
SCRIPT = Path(settings.BASE_DIR) / "scripts" / "check_receipt.py"

log = structlog.get_logger(__name__)


@require_safe
@member_page
def receipt_pdf(request: HttpRequest, number: str, sequence: int) -> HttpResponse:
    """Give a receipt as PDF, with its file inside."""
    submission, code = submission_of(request, number, sequence), language_of(request)
    return private_file(files.receipt_pdf(submission, code), PDF, f"receipt-{submission.number}-{sequence}-{code}.pdf")


@require_safe
@member_page
def receipt_file(request: HttpRequest, number: str, sequence: int) -> HttpResponse:
    """Give a receipt as a file that can be checked."""
    submission = submission_of(request, number, sequence)
    content = files.receipt_json(submission, language_of(request))
    return private_file(content, JSON, f"receipt-{submission.number}-{sequence}.json", shown=False)


@require_safe
@member_page
def submission_json(request: HttpRequest, number: str, sequence: int) -> HttpResponse:
    """Give an application as it was submitted: the bytes of which the receipt names the digest."""
    submission = submission_of(request, number, sequence)
    return private_file(files.submission_json(submission), JSON, f"{submission.number}-{sequence}.json", shown=False)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def receipt_check(request: HttpRequest) -> HttpResponse:
    """Say of a receipt, or of an application, whether it is genuine; anyone may ask, and nothing is kept of it."""
    typed = DigestForm.of(request.GET)
    brought = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    asked = brought.is_bound or typed.is_bound
    if asked and not within_limit(request, "receipts", CHECKS, SECONDS):
        log.info("receipt_checks_limited")
        return _page(request, typed, brought, status=429)
    if brought.is_bound:
        return _page(request, DigestForm(), brought, _of_file(brought), status=200 if brought.is_valid() else 422)
    if typed.is_bound:
        return _page(request, typed, brought, _of_digest(typed), status=200 if typed.is_valid() else 422)
    return _page(request, typed, brought)


def _of_file(form: FileForm) -> Result | None:
    if not form.is_valid():
        return None
    file = form.cleaned_data["file"]
    return _told(check(file), application=isinstance(file, ApplicationFile))


def _of_digest(form: DigestForm) -> Result | None:
    return _told(check_digest(form.cleaned_data["n"], form.cleaned_data["d"])) if form.is_valid() else None


def _told(verdict: Verdict, *, application: bool = False) -> Result:
    log.info("receipt_checked", outcome=verdict.outcome, application=application)
    return result_of(verdict, application=application)


def _page(
    request: HttpRequest, typed: DigestForm, brought: FileForm, result: Result | None = None, *, status: int = 200
) -> HttpResponse:
    context = {
        "typed": typed,
        "brought": brought,
        "result": result,
        "limited": status == 429,
        "keys_url": reverse("applications:receipt_keys"),
        "script_url": reverse("applications:receipt_script"),
        "public_key": public_key(),
    }
    return render(request, "applications/receipt_check.html", context, status=status)


@require_safe
def receipt_keys(request: HttpRequest) -> HttpResponse:
    """Give the public keys of all seals, the one in use first."""
    blocks = [_block(key, _("in use") if place == 0 else _("used earlier")) for place, key in enumerate(known_keys())]
    return _public_file("\n".join(blocks), "application/x-pem-file", "receipt-keys.pem")


def _block(key: str, word: str) -> str:
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key))
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return f"Ed25519 {key} ({word})\n{pem}"


@require_safe
def receipt_script(request: HttpRequest) -> HttpResponse:
    """Give the program that checks receipts without the portal."""
    return _public_file(SCRIPT.read_text(encoding="utf-8"), "text/x-python", SCRIPT.name)


def _public_file(text: str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{content_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
