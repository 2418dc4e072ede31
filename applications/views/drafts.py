"""The pages of a draft: task list, sections, two texts for the same section."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from applications import rules
from applications.answers import LOT, earlier_values, sums_of
from applications.forms import posted_answers, without_row
from applications.forms.section import Refusal
from applications.lifecycle import Saved, attach_file, choose_lot, remove_file, save_section, section_spec
from applications.messages import language
from applications.models import EntryState, StageEntry
from applications.pages.conflict import chosen, conflict_page, is_choice
from applications.pages.frame import frame_of, hour, inner_crumbs, saved_note, url
from applications.pages.section import Asked, section_page
from applications.pages.tasks import error_lines, tasks_of
from applications.queries import Dossier, dossier_of, kept_answers, sheet_with
from applications.refusals import Conflict, LotTaken, NoLot, NotADraft, NotOpen
from applications.views.common import control, entry_for, entry_to_write, member_page, person_of
from calls.spec import SectionSpec
from portal import clock
from portal.content import formatting
from portal.documents.sniff import UploadRefused

_AUTOSAVE = "X-Autosave"


@require_safe
@member_page
def tasks(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far each section is, and the way on. What is no longer a draft is shown as it was submitted."""
    entry = entry_for(request, pk)
    if entry.state != EntryState.DRAFT:
        return redirect(url("review", entry))
    dossier, now = dossier_of(entry), clock.now()
    writes = rules.may_edit(person_of(request), entry)
    frame = frame_of(dossier, now, step=1, writes=writes)
    context = {
        "frame": frame,
        "tasks": tasks_of(dossier, writes=writes),
        "writes": writes,
        "missing": error_lines(dossier),
        "saved": saved_note(dossier),
        "review_url": url("review", entry),
        "withdraw_url": url("withdraw", entry) if rules.may_withdraw(person_of(request), entry, now) else "",
    }
    return render(request, "applications/tasks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def section(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Show a section to fill in; save it, with everything that was typed, also where something in it is wrong."""
    if request.method == "POST":
        return _Saving(request, entry_to_write(request, pk), section).answer()
    entry = entry_for(request, pk)
    if not rules.may_edit(person_of(request), entry):
        return redirect(url("review", entry))
    blank = request.GET.get("add", "")
    asked = Asked(check="check" in request.GET, blank={blank: 1} if blank else {})
    return _show(request, dossier_of(entry), section, asked)


def _spec(dossier: Dossier, code: str) -> SectionSpec:
    found = dossier.sheet.section(code)
    if found is None:
        raise Http404
    return found


def _show(request: HttpRequest, dossier: Dossier, code: str, asked: Asked, *, status: int = 200) -> HttpResponse:
    now = clock.now()
    frame = frame_of(dossier, now, step=1, writes=True)
    page = section_page(dossier, _spec(dossier, code), frame, asked, now)
    context = {"page": page, "frame": frame, "crumbs": inner_crumbs(frame)}
    return render(request, "applications/section.html", context, status=status)


class _Saving:
    """One post of a section: files, lot and answers are kept first, then the way on is chosen."""

    def __init__(self, request: HttpRequest, entry: StageEntry, code: str) -> None:
        self.request, self.entry, self.code = request, entry, code
        self.person, self.data = person_of(request), request.POST
        try:
            self.spec = section_spec(entry, code)
        except LookupError as error:
            raise Http404 from error
        self.autosave = request.headers.get(_AUTOSAVE) == "1"
        self.refused: dict[str, list[Refusal]] = {}
        self.lot_error = ""

    def answer(self) -> HttpResponse:
        """Save, and return the page, the redirection or (for the script that saves while one types) the figures."""
        try:
            self._take_files()
            self._take_lot()
            saved = save_section(self.entry, self.code, self._answers(), self._version(), by=self.person)
        except Conflict as conflict:
            return self._two_texts(conflict)
        except NotADraft as refusal:
            return self._no_draft(refusal)
        if self.autosave:
            return self._figures(saved)
        if self.refused or self.lot_error:
            asked = Asked(refused=self.refused, lot_error=self.lot_error)
            return _show(self.request, dossier_of(self.entry), self.code, asked, status=422)
        return self._way_on(saved)

    def _version(self) -> int:
        text = self.data.get("form.version", "")
        return int(text) if text.isdecimal() and len(text) < 10 else 0

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
                    reason = " ".join(refusal.messages)
                    self.refused.setdefault(question.key, []).append(Refusal(upload.name or "", reason))
        removed = self.data.get("form.remove-file", "")
        if removed.isdecimal() and len(removed) < 19:
            remove_file(self.entry, int(removed), by=self.person)

    def _take_lot(self) -> None:
        code = self.data.get(LOT)
        if code is None or not self._offers_lot():
            return
        try:
            choose_lot(self.entry, code, by=self.person)
        except (NoLot, LotTaken, NotOpen) as refusal:
            self.lot_error = str(refusal)

    def _offers_lot(self) -> bool:
        lot = self.entry.application.lot
        return any(q.key == LOT for q in self.spec.questions) and self.data.get(LOT) != (lot.code if lot else None)

    def _two_texts(self, conflict: Conflict) -> HttpResponse:
        if self.autosave:
            return JsonResponse({"conflict": str(conflict)}, status=409)
        dossier = dossier_of(self.entry)
        page = conflict_page(dossier, self.spec, conflict.theirs, self.data)
        frame = frame_of(dossier, clock.now(), step=1, writes=True)
        context = {"page": page, "frame": frame, "crumbs": inner_crumbs(frame), "message": str(conflict)}
        return render(self.request, "applications/conflict.html", context, status=409)

    def _no_draft(self, refusal: NotADraft) -> HttpResponse:
        if self.autosave:
            return JsonResponse({"closed": str(refusal)}, status=409)
        messages.error(self.request, str(refusal))
        return redirect(url("review", self.entry))

    def _figures(self, saved: Saved) -> JsonResponse:
        """Return what the page shows anew after a save: hour, version, hidden questions, what is missing, sums."""
        sheet = sheet_with(self.entry, saved.answers)
        zone = self.entry.application.municipality.country.time_zone
        return JsonResponse(
            {
                "version": saved.version,
                "saved": _("Saved at %(at)s") % {"at": hour(clock.now(), zone)},
                "earlier": earlier_values(sheet, self.spec),
                "hidden": [q.key for q in self.spec.questions if q.key in sheet.hidden],
                "missing": _missing(len(sheet.problems)),
                "sums": _sums(self.spec, saved.answers[self.code], sheet.call.currency),
            }
        )

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
        following = codes[codes.index(self.code) + 1 :]
        return url("section", self.entry, following[0]) if following else url("review", self.entry)


def _missing(count: int) -> str:
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
