"""What the public page says of a receipt. The municipality is not named: who applies is not public."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from applications.messages import exact, language, say
from applications.models import Submission
from applications.receipts.checking import Outcome, Verdict
from applications.receipts.records import Standing, standing_of


@dataclass(frozen=True)
class Fact:
    term: str
    text: str
    figures: bool = False


@dataclass(frozen=True)
class Result:
    """What ``applications/receipt_check.html`` prints of a check. ``tone``: done, warn or error."""

    word: str
    tone: str
    text: str
    facts: tuple[Fact, ...] = ()


def result_of(verdict: Verdict, *, application: bool = False) -> Result:
    """Prepare what was found; ``application``: it was an application that was brought, and not a receipt."""
    if verdict.submission is not None:
        return _genuine(verdict.submission, application=application)
    word, text = _WORDS[verdict.outcome, application]()
    return Result(word, "error", text, (Fact(_("Digest (SHA-256)"), verdict.digest, figures=True),))


def _altered() -> tuple[str, str]:
    text = _(
        "What this file says is not what the portal sealed: it was changed, or it was never a receipt of this portal."
    )
    return _("Altered"), text


def _unknown() -> tuple[str, str]:
    text = _(
        "No submission in this portal has this number and this digest. Please compare them with the receipt sign by "
        "sign; if they agree, the receipt is not from this portal."
    )
    return _("Not known"), text


def _changed_application() -> tuple[str, str]:
    text = _(
        "No submission in this portal has the digest of this file: the file was changed, even if only by saving it in "
        "another program, or it was never submitted."
    )
    return _("Not known"), text


def _missing() -> tuple[str, str]:
    text = _(
        "The seal is that of this portal, but the submission is not found here. Please write to the country office and "
        "keep the receipt."
    )
    return _("Sealed, but not found"), text


_WORDS = {
    (Outcome.ALTERED, False): _altered,
    (Outcome.UNKNOWN, False): _unknown,
    (Outcome.MISSING, False): _missing,
    (Outcome.UNKNOWN, True): _changed_application,
}


def _genuine(submission: Submission, *, application: bool) -> Result:
    frozen, zone = submission.snapshot, submission.entry.stage.call.time_zone
    moments = dict.fromkeys([zone, "UTC"])
    facts = (
        Fact(_("Registration number"), submission.number),
        Fact(_("Version"), str(submission.sequence)),
        Fact(_("Call for proposals"), f"{say(frozen['call']['title'])} ({frozen['call']['code']})"),
        Fact(_("Stage"), say(frozen["stage"]["title"])),
        Fact(_("Received"), " · ".join(exact(submission.received_at, place, language()) for place in moments)),
        Fact(_("Digest (SHA-256)"), submission.digest, figures=True),
    )
    standing = standing_of(submission)
    text = (
        _("This is an application exactly as it was submitted.")
        if application
        else _("This portal issued the receipt.")
    )
    return Result(
        _("Genuine"), "done" if standing is Standing.COUNTS else "warn", f"{text} {_STANDINGS[standing]()}", facts
    )


_STANDINGS = {
    Standing.COUNTS: lambda: _("The submission counts: nothing has taken its place."),
    Standing.REPLACED: lambda: _("The submission no longer counts: a later version has taken its place."),
    Standing.WITHDRAWN: lambda: _("The submission no longer counts: the application was withdrawn."),
}
