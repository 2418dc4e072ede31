"""The receipt of a submission: its record, what has become of the submission, and where anyone can check it."""

from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import QuerySet

from applications.models import WITHOUT_SUBMISSION, Submission
from applications.receipts.seal import Seal, public_key, receipt_record
from calls import outlets

_KEYS_SECONDS: Final = 300


class Standing(StrEnum):
    """What has become of a submission."""

    COUNTS = "counts"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


def record_of(submission: Submission) -> dict[str, Any]:
    """Return what the receipt of a submission says, from what never changes in it."""
    frozen = submission.snapshot
    return receipt_record(
        call=frozen["call"]["code"],
        stage=frozen["stage"]["code"],
        number=submission.number,
        sequence=submission.sequence,
        received_at=submission.received_at,
        digest=submission.digest,
    )


def seal_of(submission: Submission) -> Seal | None:
    """Return the seal of a receipt; None for what was submitted before receipts were sealed."""
    return Seal(submission.seal, submission.sealed_by) if submission.seal else None


def standing_of(submission: Submission) -> Standing:
    """Return what has become of a submission, whose entry is at hand."""
    entry = submission.entry
    if entry.submission_id != submission.pk:
        return Standing.REPLACED
    # An application that was withdrawn and is written anew is a draft: what was withdrawn still does not count.
    return Standing.WITHDRAWN if entry.state in WITHOUT_SUBMISSION else Standing.COUNTS


def submission_with(number: str, digest: str) -> Submission | None:
    """Return the submission that has this number and this digest: whoever does not know both learns nothing."""
    rows: QuerySet[Submission] = Submission.objects.filter(entry__application__number=number, digest=digest)
    return rows.select_related("entry__stage__call", "entry__application__municipality__country").first()


def known_keys() -> list[str]:
    """Return the keys of this portal's seals in base64: the one in use, then those of earlier seals.

    Earlier keys are read once in five minutes: anyone may ask for them, and they are looked for in all submissions.
    """
    used = cache.get_or_set("receipts:keys", _used_keys, _KEYS_SECONDS) or []
    return list(dict.fromkeys([public_key(), *used]))


def _used_keys() -> list[str]:
    rows = Submission.objects.exclude(sealed_by="").order_by("sealed_by")
    return list(rows.values_list("sealed_by", flat=True).distinct())


def check_url(language: str, submission: Submission | None = None) -> str:
    """Return the full address of the page that checks receipts; for one submission, where it is checked at once."""
    page = outlets.in_language(language, "applications:receipt_check")
    if submission is None:
        return page
    return f"{page}?{urlencode({'n': submission.number, 'd': submission.digest})}"


def keys_url(language: str) -> str:
    """Return the full address of the public keys."""
    return outlets.in_language(language, "applications:receipt_keys")
