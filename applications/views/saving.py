"""Saving a section: by the form, and by the script while one types."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import structlog
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import presence
from applications.answers import LOT, earlier_values, sums_of
from applications.answers.merging import mark_of
from applications.forms import posted_answers, without_row
from applications.forms.blocks import Refusal
from applications.lifecycle import Saved, attach_file, choose_lot, remove_file, save_section, section_spec
from applications.lifecycle.holding import hold
from applications.messages import language
from applications.models import EntryState, StageEntry
from applications.pages.conflict import chosen, conflict_page, is_choice
from applications.pages.frame import frame_of, hour, inner_crumbs, url
from applications.pages.section import Asked
from applications.pages.together import here_lines, shown_anew
from applications.queries import dossier_of, kept_answers, locked_questions, sheet_with
from applications.refusals import FixedAnswer, LotTaken, NoLot, NotADraft, NotOpen
from applications.views.common import control, person_of
from applications.views.showing import show_section
from calls.spec import SectionSpec
from portal import clock
from portal.content import formatting
from portal.documents.sniff import UploadRefused

log = structlog.get_logger(__name__)

_LONGEST_MARKS = 100_000


def posted_version(data: QueryDict) -> int:
    text = data.get("form.version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def posted_marks(data: QueryDict) -> dict[str, str] | None:
    """Return the marks of the answers that the page was made from; None where they are not there or no marks."""
    text = data.get("form.marks", "")
    try:
        found = json.loads(text) if 0 < len(text) < _LONGEST_MARKS else None
    except (ValueError, RecursionError):
        return None
    return {key: str(mark) for key, mark in found.items()} if isinstance(found, dict) else None


# --- while one types --------------------------------------------------------------------------------------------------


def autosave(request: HttpRequest, pk: int, section: str) -> JsonResponse:
    """Save what the script sends, and return what the page shows anew.

    One lock, no file: 409 where a colleague changed the same answer (the rest is saved) or it takes no text any more,
    401 where the page is somebody else's (``X-Person`` says whose).
    """
    person, data = person_of(request), request.POST
    if request.headers.get("X-Person", str(person.pk)) != str(person.pk):
        return _of_somebody_else()
    try:
        with transaction.atomic():
            entry = hold(pk, person)
            spec = section_spec(entry, section)
            saved = save_section(
                entry,
                section,
                posted_answers(spec, data),
                posted_version(data),
                by=person,
                marks=posted_marks(data),
            )
    except (StageEntry.DoesNotExist, LookupError) as error:
        raise Http404 from error
    except (NotADraft, FixedAnswer) as refusal:
        return JsonResponse({"closed": str(refusal)}, status=409)
    figures = _figures(entry, spec, saved) | _together(entry, spec, saved, data)
    figures["here"] = here_lines(entry, presence.come(entry.pk, person, section))
    return JsonResponse(figures, status=409 if saved.clashing else 200)


def _of_somebody_else() -> JsonResponse:
    """Refuse what one person typed where another one has logged in on the same computer since."""
    log.info("text of somebody else not saved")
    said = _("Not saved: somebody else has logged in on this computer. The text is kept here; log in again to save it.")
    back = urlencode({"next": reverse("account_login")})
    return JsonResponse({"reason": said, "login": f"{reverse('account_logout')}?{back}"}, status=401)


def _figures(entry: StageEntry, spec: SectionSpec, saved: Saved) -> dict[str, Any]:
    """Return hour, version, questions that are hidden, what is missing and sums after a save."""
    sheet = sheet_with(entry, saved.answers)
    zone = entry.application.municipality.country.time_zone
    shut = locked_questions(entry)
    open_part = spec.model_copy(update={"questions": tuple(q for q in spec.questions if q.key not in shut)})
    return {
        "version": saved.version,
        "saved": _("Saved at %(at)s") % {"at": hour(clock.now(), zone)},
        "earlier": earlier_values(sheet, open_part),
        "hidden": [q.key for q in spec.questions if q.key in sheet.hidden],
        "missing": missing_text(len(sheet.problems)),
        "sums": _sums(spec, saved.row.answers, sheet.call.currency),
    }


def _together(entry: StageEntry, spec: SectionSpec, saved: Saved, data: QueryDict) -> dict[str, Any]:
    """Return the marks of what the page shows now, what colleagues changed, and where both changed the same."""
    answers = saved.row.answers
    apart = saved.clashing | saved.theirs
    told: dict[str, Any] = {
        "marks": {q.key: mark_of(answers.get(q.key)) for q in spec.questions if q.key not in apart},
        "colleagues": shown_anew(spec, answers, saved.theirs),
    }
    if saved.clashing:
        clashing = shown_anew(spec, answers, saved.clashing)
        told["conflict"] = _("A colleague changed the same answer in another way. Both texts are kept; please choose.")
        told["clashing"] = {key: clash["label"] for key, clash in clashing.items()}
    return told


def missing_text(count: int) -> str:
    """Return how many answers are missing, as the bar of a draft says it."""
    if not count:
        return _("nothing is missing")
    return ngettext("%(missing)s answer is missing", "%(missing)s answers are missing", count) % {"missing": count}


def _sums(spec: SectionSpec, answers: Mapping[str, Any], currency: str) -> dict[str, dict[str, str]]:
    """Return the sums of the budgets in a section, written as the page writes them."""
    found = {q.key: sums_of(answers.get(q.key)) for q in spec.questions if q.kind == "budget"}
    return {
        key: {
            name: formatting.money(amount, currency, language())
            for name, amount in (
                ("total", s.total),
                ("requested", s.requested),
                ("rest", s.uncovered),
                ("sources", s.sources),
            )
        }
        for key, s in found.items()
    }


# --- by the form ------------------------------------------------------------------------------------------------------


class Saving:
    """One post of a section: files, lot and answers are kept first, then the way on is chosen."""

    def __init__(self, request: HttpRequest, entry: StageEntry, code: str) -> None:
        self.request, self.entry, self.code = request, entry, code
        self.person, self.data = person_of(request), request.POST
        try:
            self.spec = section_spec(entry, code)
        except LookupError as error:
            raise Http404 from error
        self.refused: dict[str, list[Refusal]] = {}
        self.lot_error = ""

    def answer(self) -> HttpResponse:
        """Save, and return the page, the page of two texts, or the redirection."""
        try:
            self._take_files()
            self._take_lot()
            saved = save_section(
                self.entry,
                self.code,
                self._answers(),
                posted_version(self.data),
                by=self.person,
                marks=posted_marks(self.data),
            )
        except (NotADraft, FixedAnswer) as refusal:
            messages.error(self.request, str(refusal))
            return redirect(url("review", self.entry))
        if saved.clashing:
            return self._two_texts(saved)
        if self.refused or self.lot_error:
            asked = Asked(refused=self.refused, lot_error=self.lot_error)
            return show_section(self.request, dossier_of(self.entry), self.code, asked, status=422)
        return self._way_on(saved)

    def _answers(self) -> Mapping[str, Any]:
        if is_choice(self.data):
            return chosen(self.spec, self.data, kept_answers(self.entry, self.code))
        answers = posted_answers(self.spec, self.data)
        removed = control(self.data, "form.remove.")
        return without_row(answers, *removed) if removed else answers

    def _take_files(self) -> None:
        """Keep each file that is accepted; of the others say why not, and keep the rest all the same."""
        for question in self.spec.questions:
            for upload in self.request.FILES.getlist(question.key) if question.kind == "file" else ():
                try:
                    attach_file(self.entry, question.key, upload, by=self.person)
                except UploadRefused as refusal:
                    self._refuse(question.key, upload.name or "", " ".join(refusal.messages))
                except FixedAnswer as refusal:
                    self._refuse(question.key, upload.name or "", str(refusal))
        removed = self.data.get("form.remove-file", "")
        if removed.isdecimal() and len(removed) < 19:
            try:
                remove_file(self.entry, int(removed), by=self.person)
            except FixedAnswer as refusal:
                messages.error(self.request, str(refusal))

    def _refuse(self, key: str, name: str, reason: str) -> None:
        self.refused.setdefault(key, []).append(Refusal(name, reason))

    def _take_lot(self) -> None:
        code = self.data.get(LOT)
        if code is None or not self._offers_lot():
            return
        try:
            choose_lot(self.entry, code, by=self.person)
        except (NoLot, LotTaken, NotOpen, FixedAnswer) as refusal:
            self.lot_error = str(refusal)

    def _offers_lot(self) -> bool:
        lot = self.entry.application.lot
        return any(q.key == LOT for q in self.spec.questions) and self.data.get(LOT) != (lot.code if lot else None)

    def _two_texts(self, saved: Saved) -> HttpResponse:
        dossier = dossier_of(self.entry)
        page = conflict_page(dossier, self.spec, saved, self.data, posted_marks(self.data) or {})
        frame = frame_of(dossier, clock.now(), step=1, writes=True)
        context = {"page": page, "frame": frame, "crumbs": inner_crumbs(frame)}
        return render(self.request, "applications/conflict.html", context, status=409)

    def _way_on(self, saved: Saved) -> HttpResponse:
        here = url("section", self.entry, self.code)
        if added := control(self.data, "form.add."):
            return redirect(f"{here}?add={added[0]}#field-{added[0].removesuffix('.source')}")
        if control(self.data, "form.remove"):
            return redirect(f"{here}#{self.data.get('form.place', 'form')}")
        action = self.data.get("form.action")
        if action == "later":
            messages.success(self.request, _("Saved. You can go on at any time before the deadline."))
            return redirect(url("tasks", self.entry))
        if action == "next":
            sheet = sheet_with(self.entry, saved.answers)
            # What is only missing does not hold anybody up; what was typed and cannot stand is shown at once.
            if all(problem.missing for problem in sheet.problems_in(self.code)):
                return redirect(self._next([section.code for section in sheet.sections]))
        messages.success(self.request, _("Saved."))
        return redirect(here)

    def _next(self, codes: list[str]) -> str:
        if self.entry.state == EntryState.CLARIFICATION:
            return url("clarification", self.entry)
        following = codes[codes.index(self.code) + 1 :]
        return url("section", self.entry, following[0]) if following else url("review", self.entry)
