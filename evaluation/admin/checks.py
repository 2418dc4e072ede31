"""Stages under evaluation, and the checks before scoring."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.clarifications import may_ask
from applications.models import EntryState, StageEntry
from applications.presentation import submitted_answers
from calls.models import Stage
from evaluation import queries, rules
from evaluation.admin.base import Crumb, done_or_told, for_those, or_404, show, who
from evaluation.forms import ChecklistForm, EntryFilterForm, ReasonForm
from evaluation.lifecycle import record_checks, reject_entry
from evaluation.models import CheckResult
from portal.accounts.staff import StaffAdmin, only_post

PER_PAGE = 100
STATES = [(state.value, state.label) for state in EntryState if state not in queries.UNSEEN]


def stages_crumb() -> Crumb:
    return (reverse("admin:evaluation_stages"), _("Evaluation by stage"))


def stage_context(request: HttpRequest, stage: Stage, tab: str) -> dict[str, Any]:
    """What every page of a stage shows: the stage, its tabs, whether the person may change anything."""
    return {"stage": stage, "call": stage.call, "tab": tab, "may_manage": rules.manages(who(request))}


def narrowed(request: HttpRequest, stage: Stage) -> dict[str, Any]:
    """The applications of a stage, as the filter on the page says, page by page."""
    form = EntryFilterForm(queries.lots_of_stage(stage), STATES, request.GET)
    rows = queries.entries_of(stage, form.wanted())
    return {"filter": form, "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))}


@for_those(rules.follows)
def stages_page(request: HttpRequest, *, admin: StaffAdmin) -> HttpResponse:
    """All stages with a grid, and how far each is."""
    person = who(request)
    context = {"stages": queries.stages_for(person), "may_manage": rules.manages(person)}
    return show(request, admin, "stages", _("Evaluation by stage"), context)


@for_those(rules.follows)
def checks_page(request: HttpRequest, pk: int, *, admin: StaffAdmin) -> HttpResponse:
    """The applications of a stage with how far the checks are."""
    stage = or_404(queries.stage_for, who(request), pk)
    context = {**stage_context(request, stage, "checks"), **narrowed(request, stage)}
    context["lines"] = stage.check_items.count()
    context["rows"] = [(entry, _found(entry)) for entry in context["page"]]
    return show(request, admin, "checks", f"{stage.call.code} · {stage.title}", context, [stages_crumb()])


def _found(entry: StageEntry) -> dict[str, int]:
    results = entry.check_results.all()
    failed = sum(result.answer == CheckResult.Answer.NO for result in results)
    return {"answered": len(results), "failed": failed}


@for_those(rules.follows)
def checklist_page(request: HttpRequest, pk: int, *, admin: StaffAdmin) -> HttpResponse:
    """One application with its checklist; a line may stay open."""
    entry = or_404(queries.entry_for, who(request), pk)
    may_change = rules.manages(who(request)) and entry.state in rules.JUDGED
    form = ChecklistForm(queries.checklist(entry), request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not rules.manages(who(request)):
            raise Http404
        if form.is_valid():
            return _record(request, entry, form)
    return _show_checklist(request, admin, entry, form, ReasonForm(), may_change=may_change)


def _record(request: HttpRequest, entry: StageEntry, form: ChecklistForm) -> HttpResponse:
    person = who(request)

    def record() -> bool:
        record_checks(entry, form.answers(), by=person)
        return True

    if done_or_told(request, record):
        messages.success(request, _("The checks of %(number)s are recorded.") % {"number": entry.application})
    return redirect("admin:evaluation_checklist", entry.pk)


def _show_checklist(
    request: HttpRequest,
    admin: StaffAdmin,
    entry: StageEntry,
    form: ChecklistForm,
    reason: ReasonForm,
    *,
    may_change: bool,
) -> HttpResponse:
    failed = entry.check_results.filter(item__fatal=True, answer=CheckResult.Answer.NO)
    context = {
        **stage_context(request, entry.stage, "checks"),
        "entry": entry,
        "application": entry.application,
        "form": form,
        "reason": reason,
        "may_change": may_change,
        "may_reject": may_change and failed.exists(),
        "sections": submitted_answers(entry.submission) if entry.submission else [],
        "clarified": queries.clarified(entry),
        "may_ask": entry.state == EntryState.SUBMITTED and may_ask(who(request)),
    }
    list_of_stage = (reverse("admin:evaluation_checks", args=[entry.stage_id]), str(entry.stage))
    return show(request, admin, "checklist", str(entry.application), context, [stages_crumb(), list_of_stage])


@for_those(rules.manages)
@only_post
def reject(request: HttpRequest, pk: int, *, admin: StaffAdmin) -> HttpResponse:
    """Reject an application at the checks, with a reason."""
    entry = or_404(queries.entry_for, who(request), pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        lines = ChecklistForm(queries.checklist(entry))
        return _show_checklist(request, admin, entry, lines, form, may_change=entry.state in rules.JUDGED)
    if done_or_told(request, reject_entry, entry, form.cleaned_data["reason"], by=who(request)):
        messages.success(request, _("%(number)s is rejected at the checks.") % {"number": entry.application})
        return redirect("admin:evaluation_checks", entry.stage_id)
    return redirect("admin:evaluation_checklist", pk)
