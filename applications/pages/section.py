"""One section as a page: its form, its errors, the way on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.answers import LOT, Problem, Sheet
from applications.answers.merging import marks_of
from applications.forms import SectionForm
from applications.forms.blocks import Given, Refusal
from applications.forms.files import infected_files, shown_file
from applications.forms.live import live_data
from applications.forms.section import by_target
from applications.messages import say, sentence
from applications.models import EntryState
from applications.pages.changes import changed_questions
from applications.pages.frame import Frame, saved_note, url
from applications.pages.remarks import remarks_of
from applications.pages.tasks import ErrorLine, error_line, file_records
from applications.presentation import Filled, ShownAnswer, ShownFile, shown
from applications.queries import Dossier
from calls import eligibility
from calls.eligibility import Facts
from calls.pages.templates import templates_for
from calls.spec import BUILTIN_SECTION, SectionSpec
from portal.content import markdown


@dataclass(frozen=True)
class SectionPage:
    """What ``applications/section.html`` prints."""

    frame: Frame
    code: str
    title: str
    help: str
    number: int
    count: int
    form: SectionForm
    live: Mapping[str, Any]
    errors: Sequence[ErrorLine]
    version: int
    marks: str
    saved: Mapping[str, Any]
    previous_url: str
    next_url: str


@dataclass(frozen=True)
class Asked:
    """What a request adds to what is kept.

    Attributes:
        check: show also what is missing, as those who come from the check page want it.
        blank: empty rows to add.
        refused: files that were not accepted just now.
        lot_error: why the lot that was chosen just now cannot be taken.
    """

    check: bool = False
    blank: Mapping[str, int] | None = None
    refused: Mapping[str, list[Refusal]] | None = None
    lot_error: str = ""


def section_page(dossier: Dossier, section: SectionSpec, frame: Frame, asked: Asked, now: datetime) -> SectionPage:
    """Prepare the page of a section."""
    problems = [p for p in dossier.sheet.problems_in(section.code) if asked.check or not p.missing]
    codes = [one.code for one in dossier.sheet.sections]
    place = codes.index(section.code)
    following = codes[place + 1 : place + 2]
    home = url("clarification", dossier.entry) if dossier.entry.state == EntryState.CLARIFICATION else ""
    return SectionPage(
        frame=frame,
        code=section.code,
        title=say(section.title),
        help=markdown.render(say(section.help), 3) if section.help else "",
        number=place + 1,
        count=len(codes),
        form=SectionForm(section, _given(dossier, section, problems, asked, now)),
        live=live_data(dossier.sheet, _open_part(dossier, section)),
        errors=[*_request_errors(asked), *(error_line(dossier, problem, here=True) for problem in problems)],
        version=dossier.version(section.code),
        marks=json.dumps(marks_of(dossier.sheet.answers.get(section.code, {}))),
        saved=saved_note(dossier),
        previous_url=home
        or (url("section", dossier.entry, codes[place - 1]) if place else url("tasks", dossier.entry)),
        next_url=home or (url("section", dossier.entry, following[0]) if following else url("review", dossier.entry)),
    )


def _open_part(dossier: Dossier, section: SectionSpec) -> SectionSpec:
    """Return the section without the questions that cannot be changed now: what the script judges."""
    questions = tuple(question for question in section.questions if question.key not in dossier.locked)
    return section.model_copy(update={"questions": questions})


def _locked(dossier: Dossier, section: SectionSpec) -> dict[str, ShownAnswer]:
    """Return the answers that cannot be changed now, for reading."""
    if not dossier.locked:
        return {}
    part = section.model_copy(update={"questions": tuple(q for q in section.questions if q.key in dossier.locked)})
    answers = {q.key: dossier.sheet.kept(section.code, q.key) for q in part.questions}
    filled = Filled((part,), frozenset(), {section.code: answers}, file_records(dossier), dossier.sheet.call.currency)
    return {answer.key: answer for answer in shown(filled)[0].answers}


def _request_errors(asked: Asked) -> list[ErrorLine]:
    refused = [
        ErrorLine(f"#field-{key}", refusal.name, refusal.reason)
        for key, refusals in (asked.refused or {}).items()
        for refusal in refusals
    ]
    lot = [ErrorLine(f"#field-{LOT}_0", _("Lot"), asked.lot_error)] if asked.lot_error else []
    return lot + refused


def _given(dossier: Dossier, section: SectionSpec, problems: Sequence[Problem], asked: Asked, now: datetime) -> Given:
    call = dossier.sheet.call
    currency = call.currency
    wrong = by_target((problem.target, sentence(problem, currency)) for problem in problems)
    if asked.lot_error:
        wrong[LOT] = [asked.lot_error]
    files = [question.key for question in section.questions if question.kind == "file"]
    answers = {question.key: dossier.sheet.kept(section.code, question.key) for question in section.questions}
    return Given(
        locked=_locked(dossier, section),
        changes=changed_questions(dossier, section.code),
        clarifying=dossier.entry.state == EntryState.CLARIFICATION,
        answers=answers,
        remarks=remarks_of(dossier.entry, section.questions),
        currency=currency,
        wrong=wrong,
        hidden=dossier.sheet.hidden,
        blank=asked.blank or {},
        files={key: _files(dossier, key) for key in files},
        refused=_refused(dossier, files, asked),
        uploads={key: reverse("applications:upload", args=[dossier.entry.pk, key]) for key in files},
        closed_lots=closed_lots(dossier, now) if section.code == BUILTIN_SECTION else {},
        templates=templates_for(dossier.entry.stage.call, section.questions),
        grant=call.grant_for(dossier.sheet.lot),
        cofinancing=call.cofinancing_for(dossier.sheet.lot),
        **_bound(dossier.sheet),
    )


def _bound(sheet: Sheet) -> dict[str, Any]:
    """Return what binds the request to the earlier stage, nothing where nothing does."""
    before, within = sheet.before, sheet.stage.keep_requested_within_percent
    if before is None or within is None:
        return {}
    return {"request": sheet.amounts.requested_at, "before": before, "within": within}


def _files(dossier: Dossier, key: str) -> list[tuple[int, ShownFile]]:
    return [(attachment.pk, shown_file(attachment.file)) for attachment in dossier.files_of(key)]


def _refused(dossier: Dossier, keys: list[str], asked: Asked) -> dict[str, list[Refusal]]:
    """Return what was not accepted just now, and what was taken out for a virus."""
    found = {key: list(refusals) for key, refusals in (asked.refused or {}).items()}
    for key, told in (infected_files(dossier.entry.pk, keys) if keys else {}).items():
        found.setdefault(key, []).extend(Refusal(name, reason) for name, reason in told)
    return found


def closed_lots(dossier: Dossier, now: datetime) -> dict[str, str]:
    """Return the lots that a draft cannot move to, each with its reason."""
    application, call = dossier.entry.application, dossier.sheet.call
    if application.number is not None:
        reason = _("fixed since the application has its number")
        return {lot.code: reason for lot in call.lots if lot.code != dossier.sheet.lot}
    municipality = application.municipality
    day = now.astimezone(ZoneInfo(municipality.country.time_zone)).date()
    facts = Facts(country=municipality.country_id, region=municipality.region_id, day=day)
    open_codes = eligibility.open_lots(call, facts)
    reason = _("not for municipalities of your country or region")
    return {lot.code: reason for lot in call.lots if lot.code not in open_codes}
