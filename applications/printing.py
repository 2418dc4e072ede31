"""A whole application on paper, as tagged PDF: a draft, marked as one on every page, or what was submitted."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.messages import exact, exact_clocks, language, say
from applications.models import EntryState, StageEntry, Submission
from applications.pages.tasks import file_records
from applications.presentation import ShownSection, filled_sheet, shown, submitted_answers
from applications.queries import Dossier
from applications.receipts.records import Standing, check_url, standing_of
from calls.pages.cards import voice_of
from calls.pages.voice import Voice
from calls.printing import Paper

TEMPLATE: Final = "documents/application.html"
STYLESHEET: Final = "documents/application.css"
KEPT_SECONDS: Final = 3600
"""How long the PDF of an application is kept: whoever prints it twice, or its colleagues, wait once."""


@dataclass(frozen=True)
class Fact:
    """A line of the first table. ``figures``: set as figures that are compared sign by sign."""

    term: str
    texts: tuple[str, ...]
    figures: bool = False


@dataclass(frozen=True)
class Printed:
    """What ``documents/application.html`` prints, in one language.

    Attributes:
        mark: what stands on every page of what does not count: that it is a draft, replaced or withdrawn; else empty.
        warning: the same at length, on the first page.
        reference: what stands at the foot of every page.
        tongue: language of what was typed where its script does not tell.
    """

    title: str
    programme: str
    site: str
    call: str
    heading: str
    reference: str
    mark: str
    warning: str
    facts: tuple[Fact, ...]
    sections: tuple[ShownSection, ...]
    tongue: str
    confirmation: str = ""
    confirmed: str = ""
    check_address: str = ""
    qr: str = ""


def application_pdf(source: "Dossier | Submission", code: str) -> bytes:
    """Return a whole application as PDF/UA: sections, tables, budgets with their sums, and files with their digests.

    Args:
        source: a draft, or one of the submissions; its call, municipality and country are at hand.
        code: language of the site in which questions and headings stand. What was typed stands as it was typed.

    Raises:
        FontsMissing: the install step was not run.
    """
    with translation.override(code):
        printed = _submitted(source) if isinstance(source, Submission) else _draft(source)
        return Paper(TEMPLATE, STYLESHEET, {"printed": printed}, printed.title).kept(KEPT_SECONDS)


# --- a draft


def _draft(dossier: Dossier) -> Printed:
    entry, sheet = dossier.entry, dossier.sheet
    call, application = entry.stage.call, entry.application
    mark = _draft_mark(entry)
    amounts = sheet.amounts
    facts = [
        *_about(call.title, call.code, entry.stage.title, application.lot.title if application.lot else ""),
        Fact(_("Applicant"), (application.municipality.name,)),
        *_sums(voice_of(call), amounts.requested, amounts.total, amounts.months),
        Fact(_("Deadline"), (voice_of(call).moment(entry.deadline),)),
        Fact(_("Last saved"), (_saved(dossier),)),
    ]
    return Printed(
        title=" · ".join([mark, call.title, application.municipality.name]),
        programme=call.programme.title,
        site=_site(),
        call=call.title,
        heading=_("Application"),
        reference=f"{call.code} · {application.municipality.name}",
        mark=mark,
        warning=_draft_warning(dossier),
        facts=tuple(facts),
        sections=tuple(shown(filled_sheet(sheet, file_records(dossier)))),
        tongue=language(),
    )


def _draft_mark(entry: StageEntry) -> str:
    state = EntryState.WITHDRAWN if entry.state == EntryState.WITHDRAWN else EntryState.DRAFT
    return str(capfirst(state.label))


def _draft_warning(dossier: Dossier) -> str:
    entry, missing = dossier.entry, len(dossier.sheet.problems)
    if entry.state == EntryState.WITHDRAWN:
        return _("This application was withdrawn. It takes no part in the call.")
    if entry.submission_id is not None:
        return _("What stands here has not been submitted. What was submitted earlier counts until this is.")
    if not missing:
        return _("This is a draft: nothing has been submitted yet.")
    text = ngettext(
        "This is a draft: nothing has been submitted yet. %(count)s answer is missing or has to be corrected.",
        "This is a draft: nothing has been submitted yet. %(count)s answers are missing or have to be corrected.",
        missing,
    )
    return text % {"count": missing}


def _saved(dossier: Dossier) -> str:
    if dossier.saved_at is None:
        return _("Nothing was saved yet")
    return exact(dossier.saved_at, dossier.entry.application.municipality.country.time_zone, language())


# --- what was submitted


def _submitted(submission: Submission) -> Printed:
    frozen, call = submission.snapshot, submission.entry.stage.call
    title, name = say(frozen["call"]["title"]), say(frozen["municipality"]["name"])
    standing = standing_of(submission)
    mark = _MARKS[standing]()
    heading = _("Application %(number)s") % {"number": submission.number}
    amounts = frozen["amounts"]
    lot = say(frozen["lot"]["title"]) if frozen["lot"] else ""
    address = check_url(language(), submission)
    clocks = tuple(exact_clocks(submission.received_at, submission.entry.zones, language()))
    facts = [
        Fact(_("Registration number"), (submission.number,)),
        *_about(title, frozen["call"]["code"], say(frozen["stage"]["title"]), lot),
        Fact(_("Applicant"), (name,)),
        *_sums(
            replace(voice_of(call), currency=frozen["call"]["currency"]),
            Decimal(amounts["requested"]),
            Decimal(amounts["total_cost"]),
            amounts["months"],
        ),
        Fact(_("Received"), clocks),
        *_by(submission),
        *([Fact(_("Version"), (str(submission.sequence),))] if submission.sequence > 1 else []),
        Fact(_("Digest (SHA-256)"), (submission.digest,), figures=True),
    ]
    return Printed(
        title=" · ".join(filter(None, [mark, heading, name])),
        programme=call.programme.title,
        site=_site(),
        call=title,
        heading=heading,
        reference=_reference(submission),
        mark=mark,
        warning=_WARNINGS[standing](),
        facts=tuple(facts),
        sections=tuple(submitted_answers(submission)),
        tongue=submission.language,
        confirmation=submission.confirmation,
        confirmed=", ".join(filter(None, [str(submission.submitted_by or ""), clocks[0]])),
        check_address=check_url(language()).partition("://")[2],
        qr=qr(address),
    )


_MARKS: Final[Mapping[Standing, Callable[[], str]]] = {
    Standing.COUNTS: lambda: "",
    Standing.REPLACED: lambda: _("Replaced by a later submission"),
    Standing.WITHDRAWN: lambda: str(capfirst(EntryState.WITHDRAWN.label)),
}
_WARNINGS: Final[Mapping[Standing, Callable[[], str]]] = {
    Standing.COUNTS: lambda: "",
    Standing.REPLACED: lambda: _("This submission no longer counts: a later one has taken its place."),
    Standing.WITHDRAWN: lambda: _("This application was withdrawn. It takes no part in the call."),
}


def _reference(submission: Submission) -> str:
    if submission.sequence == 1:
        return submission.number
    version = _("version %(number)s") % {"number": submission.sequence}
    return f"{submission.number} · {version}"


def _by(submission: Submission) -> Iterable[Fact]:
    if submission.submitted_by:
        yield Fact(_("Submitted by"), (str(submission.submitted_by),))


# --- what both have


def qr(address: str) -> str:
    """Return a QR code of the address at which a receipt is checked, as a drawing that stands in a text."""
    title = _("QR code with the address of the page that checks this receipt")
    code = segno.make(address, error="m", micro=False)
    drawing: str = code.svg_inline(border=0, dark="#15212d", omitsize=True, title=title)
    return drawing


def _about(title: str, code: str, stage: str, lot: str) -> Iterable[Fact]:
    yield Fact(_("Call for proposals"), (title, code))
    yield Fact(_("Stage"), (stage,))
    if lot:
        yield Fact(_("Lot"), (lot,))


def _sums(voice: Voice, requested: Decimal | None, total: Decimal | None, months: int | None) -> Iterable[Fact]:
    """Return what is asked for; an expression of interest asks for nothing."""
    if requested:
        yield Fact(_("Amount requested"), (voice.money(requested),))
    if total:
        yield Fact(_("Total cost"), (voice.money(total),))
    if months:
        yield Fact(_("Duration, months"), (str(months),))


def _site() -> str:
    return str(urlsplit(settings.SITE_URL).netloc)


def file_name(source: "Dossier | Submission", code: str) -> str:
    """Return the name under which a PDF is saved."""
    if isinstance(source, Submission):
        return f"{source.number}-{source.sequence}-{code}.pdf"
    return f"{source.entry.stage.call.code}-{source.entry.pk}-{code}.pdf"
