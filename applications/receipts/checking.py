"""Whether a receipt is genuine: what anybody may know who has it, and nothing for whoever has not."""

from dataclasses import dataclass
from enum import StrEnum

from applications.models import Submission
from applications.receipts.reading import ApplicationFile, ReceiptFile
from applications.receipts.records import known_keys, record_of, seal_of, submission_with
from applications.receipts.seal import verified


class Outcome(StrEnum):
    """What a check finds.

    ``UNKNOWN`` also stands for a right number with a wrong digest: that a number exists is told only to whoever has the
    receipt. ``MISSING``: sealed here, but there is no such submission, as after an old backup was brought back.
    """

    GENUINE = "genuine"
    ALTERED = "altered"
    UNKNOWN = "unknown"
    MISSING = "missing"


@dataclass(frozen=True)
class Verdict:
    """What was found, with the submission where it is genuine.

    Attributes:
        digest: of the application that was brought, or of the receipt.
    """

    outcome: Outcome
    digest: str
    submission: Submission | None = None


def check_digest(number: str, digest: str) -> Verdict:
    """Check a number and a digest as they stand on a receipt, or an application by the digest of its file."""
    submission = submission_with(number, digest)
    return Verdict(Outcome.GENUINE if submission else Outcome.UNKNOWN, digest, submission)


def check(file: ReceiptFile | ApplicationFile) -> Verdict:
    """Check a file that somebody brought."""
    if isinstance(file, ApplicationFile):
        return check_digest(file.number, file.digest)
    digest = str(file.record["digest"])
    submission = submission_with(str(file.record["number"]), digest)
    if submission is None:
        return Verdict(_unkept(file), digest)
    if file.record != record_of(submission) or file.seal != seal_of(submission):
        return Verdict(Outcome.ALTERED, digest)
    return Verdict(Outcome.GENUINE, digest, submission)


def _unkept(file: ReceiptFile) -> Outcome:
    """Say of a receipt for which there is no submission whether it was ever sealed, and by whom."""
    if file.seal is None or not verified(file.record, file.seal):
        return Outcome.ALTERED
    return Outcome.MISSING if file.seal.public_key in known_keys() else Outcome.UNKNOWN
