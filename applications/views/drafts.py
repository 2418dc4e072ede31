"""The pages of a draft: task list, sections, and who else is at work on it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from applications import presence, rules
from applications.lifecycle import section_spec
from applications.models import EntryState, SectionAnswers, StageEntry
from applications.pages.frame import frame_of, saved_note, url
from applications.pages.helping import beside_of
from applications.pages.section import Asked
from applications.pages.tasks import error_lines, tasks_of
from applications.pages.together import here_lines, shown_anew
from applications.pages.ways import ways_of
from applications.queries import dossier_of
from applications.refusals import NotADraft
from applications.views.common import entry_for, entry_to_write, member_page, person_of
from applications.views.saving import Saving, autosave
from applications.views.showing import show_section
from calls.spec import SectionSpec
from portal import clock

_AUTOSAVE = "X-Autosave"


@require_safe
@member_page
def tasks(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far each section is, and the way on. What is no longer a draft is shown as it was submitted."""
    entry = entry_for(request, pk)
    person = person_of(request)
    if entry.state == EntryState.CLARIFICATION:
        return redirect(url("clarification", entry))
    if not entry.takes_text or (entry.reopened and not rules.writes(person, entry)):
        return redirect(url("review", entry))
    dossier, now = dossier_of(entry), clock.now()
    writes = rules.may_edit(person, entry)
    frame = frame_of(dossier, now, step=1, writes=writes)
    beside = beside_of(entry, person, now)
    context = {
        "frame": frame,
        "tasks": tasks_of(dossier, writes=writes, remarks=beside.remarks if beside else None),
        "beside": beside,
        "writes": writes,
        "missing": error_lines(dossier),
        "saved": saved_note(dossier),
        "review_url": url("review", entry),
        "pdf_url": url("pdf", entry),
        "withdraw_url": url("withdraw", entry) if rules.may_withdraw(person, entry, now) else "",
        "ways": ways_of(entry, person, now),
        "here": here_lines(entry, presence.come(entry.pk, person)) if writes else [],
    }
    return render(request, "applications/tasks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def section(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Show a section to fill in; save it, with everything that was typed, also where something in it is wrong."""
    if request.method == "POST":
        if request.headers.get(_AUTOSAVE) == "1":
            return autosave(request, pk, section)
        return Saving(request, entry_to_write(request, pk), section).answer()
    entry = entry_for(request, pk)
    if not rules.may_edit(person_of(request), entry):
        return redirect(url("review", entry))
    blank = request.GET.get("add", "")
    asked = Asked(check="check" in request.GET, blank={blank: 1} if blank else {})
    return show_section(request, dossier_of(entry), section, asked)


@require_safe
@member_page
def here(request: HttpRequest, pk: int) -> JsonResponse:
    """Say who else is at work on the application, and what changed in the section that the page shows.

    The script asks every twenty seconds: ``section`` and ``version`` are what the page shows.
    """
    entry, person = entry_to_write(request, pk), person_of(request)
    if not entry.takes_text:
        return JsonResponse({"closed": str(NotADraft())}, status=409)
    code, version = request.GET.get("section", ""), request.GET.get("version", "")
    told: dict[str, Any] = {}
    spec = _section(entry, code)
    row = SectionAnswers.objects.filter(entry=entry, section=code).first() if spec else None
    if spec is not None and row is not None and str(row.version) != version:
        told = {"version": row.version, "colleagues": shown_anew(spec, row.answers, [q.key for q in spec.questions])}
    told["here"] = here_lines(entry, presence.come(entry.pk, person, code if spec else ""))
    return JsonResponse(told)


def _section(entry: StageEntry, code: str) -> SectionSpec | None:
    """Return a section of the form; None for what is none, or was taken out of it."""
    try:
        return section_spec(entry, code)
    except LookupError:
        return None
