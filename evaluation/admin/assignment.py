"""Assigning assessors: first what it would touch and what it leaves alone, then the deed."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import StageEntry
from calls.models import Stage
from evaluation import queries, rules
from evaluation.admin.base import done_or_told, for_those, or_404, show, who
from evaluation.admin.checks import narrowed, stage_context, stages_crumb
from evaluation.forms import AssignmentForm
from evaluation.lifecycle import assign_many, begin_consensus, plan_assignment
from evaluation.models import AssessmentState
from portal.accounts.models import Person
from portal.accounts.staff import StaffAdmin, only_post


@for_those(rules.follows)
def assignment_page(request: HttpRequest, pk: int, *, admin: StaffAdmin) -> HttpResponse:
    """The applications of a stage with their assessors; staff choose applications and people."""
    stage = or_404(queries.stage_for, who(request), pk)
    if request.method == "POST" and not rules.manages(who(request)):
        raise Http404
    context = {**stage_context(request, stage, "assign"), **narrowed(request, stage)}
    people = _people(stage)
    form = _form(request, stage, people)
    if request.method == "POST" and form.is_valid():
        return _plan_or_do(request, admin, stage, form, people)
    chosen = {"chosen": _ticked(request, "entries"), "chosen_people": _ticked(request, "people")}
    context |= {"people": people, "form": form, **chosen}
    title = f"{stage.call.code} · {stage.title}"
    return show(request, admin, "assign", title, context, [stages_crumb()])


def _people(stage: Stage) -> list[Person]:
    """The assessors with how much each has in this stage, so that work is shared evenly."""
    here = Q(assessments__entry__stage=stage) & ~Q(assessments__state=AssessmentState.DECLINED)
    done = here & Q(assessments__state=AssessmentState.COMPLETED)
    return list(
        queries.assessors().annotate(
            load=Count("assessments", filter=here, distinct=True), done=Count("assessments", filter=done, distinct=True)
        )
    )


def _form(request: HttpRequest, stage: Stage, people: list[Person]) -> AssignmentForm:
    entries = StageEntry.objects.filter(stage=stage).exclude(state__in=queries.UNSEEN).values_list("pk", flat=True)
    listed = list(entries) if request.method == "POST" else []
    choices = [(person.pk, str(person)) for person in people]
    return AssignmentForm(listed, choices, request.POST if request.method == "POST" else None)


def _ticked(request: HttpRequest, name: str) -> set[int]:
    return {int(value) for value in request.POST.getlist(name) if value.isdigit()}


def _plan_or_do(
    request: HttpRequest, admin: StaffAdmin, stage: Stage, form: AssignmentForm, people: list[Person]
) -> HttpResponse:
    entries = list(StageEntry.objects.filter(stage=stage, pk__in=form.cleaned_data["entries"]))
    wanted = [person for person in people if person.pk in form.cleaned_data["people"]]
    if "confirmed" in request.POST:
        return _assign(request, stage, entries, wanted)
    context = {
        **stage_context(request, stage, "assign"),
        "plan": plan_assignment(stage, entries, wanted),
        "entries": entries,
        "people": wanted,
    }
    back = (reverse("admin:evaluation_assign", args=[stage.pk]), str(stage))
    return show(request, admin, "assign_confirm", _("Assign these assessors?"), context, [stages_crumb(), back])


def _assign(request: HttpRequest, stage: Stage, entries: list[StageEntry], people: list[Person]) -> HttpResponse:
    person = who(request)
    plan = assign_many(stage, entries, people, by=person)
    count, left = len(plan.chosen), len(plan.left_alone)
    made = ngettext("%(count)d assessment is assigned.", "%(count)d assessments are assigned.", count)
    if count:
        messages.success(request, made % {"count": count})
    if left:
        alone = ngettext("%(count)d was left alone.", "%(count)d were left alone.", left)
        messages.warning(request, alone % {"count": left})
    return redirect("admin:evaluation_assign", stage.pk)


@for_those(rules.manages)
@only_post
def consensus(request: HttpRequest, pk: int, *, admin: StaffAdmin) -> HttpResponse:
    """Begin the assessment that the assessors agree on."""
    person = who(request)
    entry = or_404(queries.entry_for, person, pk)
    begun = done_or_told(request, begin_consensus, entry, by=person)
    if begun is None:
        return redirect("admin:evaluation_ranking", entry.stage_id)
    return redirect("admin:evaluation_score", begun.pk)
