"""Remarks of colleagues: all of an application, and those on one question."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import rules
from applications.forms.remarks import RemarkForm
from applications.lifecycle import remarking
from applications.models import Remark, StageEntry
from applications.pages.frame import Crumb, frame_of, inner_crumbs, url
from applications.pages.remarks import Thread, remarks_of, threads_by_section
from applications.pages.tasks import ErrorLine
from applications.queries import Dossier, dossier_of
from applications.refusals import Refused
from applications.views.common import entry_for, member_page, person_of
from calls.spec import QuestionSpec, SectionSpec
from portal import clock
from portal.content.typed import by_script

_LONGEST_KEY = 18


def _entry(request: HttpRequest, pk: int) -> StageEntry:
    """Return an entry on which the person may remark, else 404."""
    entry = entry_for(request, pk)
    if not rules.may_remark(person_of(request), entry):
        raise Http404
    return entry


def _frame(request: HttpRequest, dossier: Dossier) -> dict[str, Any]:
    writes = rules.may_edit(person_of(request), dossier.entry)
    frame = frame_of(dossier, clock.now(), step=1, writes=writes)
    return {"frame": frame, "crumbs": inner_crumbs(frame), "writes": writes}


@require_safe
@member_page
def remarks(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all remarks on an application, in the order of its form."""
    dossier = dossier_of(_entry(request, pk))
    sections = threads_by_section(dossier)
    context = {
        **_frame(request, dossier),
        "sections": sections,
        "written": any(section.threads for section in sections),
        "tasks_url": url("tasks", dossier.entry),
    }
    return render(request, "applications/remarks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def remark(request: HttpRequest, pk: int, question: str) -> HttpResponse:
    """Show the remarks on a question; take one more, settle one, or open one again.

    A script gets the thread anew as ``html`` with its ``summary``, or ``error`` with 422.
    """
    entry = _entry(request, pk)
    dossier = dossier_of(entry)
    section, found = _question(dossier, question)
    if request.method != "POST":
        return _show(request, dossier, section, _thread(dossier, found))
    form = RemarkForm(request.POST, key=question)
    try:
        error = _changed(request, entry, question, form)
    except Refused as refusal:
        error = str(refusal)
    thread = _thread(dossier, found)
    if error:
        thread = replace(thread, typed=form.data.get(thread.field, ""), error=error)
    if by_script(request):
        return _told(thread)
    if error:
        return _show(request, dossier, section, thread, status=422)
    messages.success(request, _("Saved."))
    return redirect(f"{thread.url}#remarks")


def _changed(request: HttpRequest, entry: StageEntry, question: str, form: RemarkForm) -> str:
    """Do what was asked; return what is wrong with it, empty where nothing is."""
    for action in ("settle", "again"):
        if key := request.POST.get(action, ""):
            found = _remark(entry, question, key)
            if action == "settle":
                remarking.settle_remark(found, by=person_of(request))
            else:
                remarking.open_remark_again(found)
            return ""
    if not form.is_valid():
        return " ".join(map(str, form.errors["text"]))
    remarking.write_remark(entry, question, form.cleaned_data["text"], by=person_of(request))
    return ""


def _remark(entry: StageEntry, question: str, key: str) -> Remark:
    if not (key.isdecimal() and len(key) <= _LONGEST_KEY):
        raise Http404
    return get_object_or_404(Remark.objects.filter(entry=entry, question=question), pk=int(key))


def _question(dossier: Dossier, key: str) -> tuple[SectionSpec, QuestionSpec]:
    for section in dossier.sheet.sections:
        for question in section.questions:
            if question.key == key and question.kind != "heading":
                return section, question
    raise Http404


def _thread(dossier: Dossier, question: QuestionSpec) -> Thread:
    return remarks_of(dossier.entry, [question])[question.key]


def _told(thread: Thread) -> HttpResponse:
    if thread.error:
        return JsonResponse({"error": thread.error}, status=422)
    html = render_to_string("applications/remark_lines.html", {"thread": thread, "form": "remarks-form"})
    return JsonResponse({"html": html, "summary": thread.summary})


def _show(
    request: HttpRequest, dossier: Dossier, section: SectionSpec, thread: Thread, *, status: int = 200
) -> HttpResponse:
    context = _frame(request, dossier)
    place = f"{url('section', dossier.entry, section.code)}#field-{thread.key}" if context["writes"] else ""
    crumbs = (*context["crumbs"], Crumb(_("Remarks"), url("remarks", dossier.entry)))
    errors = [ErrorLine(f"#{thread.field}", _("Your remark"), thread.error)] if thread.error else []
    context |= {"thread": thread, "section_url": place, "crumbs": crumbs, "errors": errors}
    return render(request, "applications/remark.html", context, status=status)
