"""What an assessor does: the own list, the declaration, and the application beside the grid."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.presentation import submitted_answers
from evaluation import queries, rules
from evaluation.admin.base import Crumb, done_or_told, for_those, or_404, show, who
from evaluation.forms import DeclarationForm, GridForm
from evaluation.lifecycle import (
    Incomplete,
    Refused,
    complete_assessment,
    declare_conflict,
    declare_no_conflict,
    reopen_assessment,
    save_scores,
)
from evaluation.models import Assessment
from portal import clock
from portal.accounts.staff import StaffAdmin, only_post
from portal.content import formatting
from portal.transitions import IllegalTransition


def _works_here(person: Any) -> bool:
    return rules.assesses(person) or rules.manages(person)


def _mine() -> Crumb:
    return (reverse("admin:evaluation_my"), _("My assessments"))


@for_those(rules.assesses)
def my_page(request: HttpRequest, *, admin: StaffAdmin) -> HttpResponse:
    """The person's own assessments."""
    return show(request, admin, "my", _("My assessments"), {"work": queries.my_work(who(request))})


@for_those(_works_here)
def declaration_page(request: HttpRequest, pk: int, *, admin: StaffAdmin) -> HttpResponse:
    """Before anything of an application is shown: no conflict of interest, or which."""
    assessment = or_404(queries.assessment_for, who(request), pk)
    if not rules.owns(who(request), assessment):
        raise Http404
    if not rules.must_declare(assessment):
        return redirect("admin:evaluation_score", pk)
    form = DeclarationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _declare(request, assessment, form)
    context = {"form": form, "assessment": assessment, "call": assessment.entry.stage.call}
    return show(request, admin, "declare", _("Declaration before reading"), context, [_mine()])


def _declare(request: HttpRequest, assessment: Assessment, form: DeclarationForm) -> HttpResponse:
    person = who(request)
    if not form.conflict:
        done_or_told(request, declare_no_conflict, assessment, by=person)
        return redirect("admin:evaluation_score", assessment.pk)
    if done_or_told(request, declare_conflict, assessment, form.cleaned_data["reason"], by=person):
        messages.success(request, _("Thank you. This application is closed to you from now on."))
    return redirect("admin:evaluation_my")


def scoring_page(request: HttpRequest, pk: int, *, admin: StaffAdmin) -> HttpResponse:
    """The application on the left, the grid on the right. Its assessor scores; the programme's staff read."""
    assessment = or_404(queries.assessment_for, who(request), pk)
    if rules.owns(who(request), assessment) and rules.must_declare(assessment):
        return redirect("admin:evaluation_declare", pk)
    if request.method == "POST":
        return _save(request, assessment, admin)
    return _grid_page(request, assessment, admin, _form(request, assessment))


def _form(request: HttpRequest, assessment: Assessment) -> GridForm:
    lines = queries.grid_lines(assessment.entry.stage)
    editable = rules.scores(who(request), assessment)
    if request.method == "POST":
        return GridForm(assessment, lines, {}, request.POST)
    others = queries.others_scores(assessment) if assessment.consensus else {}
    return GridForm(assessment, lines, queries.given_scores(assessment), disabled=not editable, others=others)


def _save(request: HttpRequest, assessment: Assessment, admin: StaffAdmin) -> HttpResponse:
    """Keep what was given; on completing also hold it against what the grid needs. Nothing typed is lost."""
    person = who(request)
    if not rules.owns(person, assessment):
        raise Http404
    form = _form(request, assessment)
    if not form.is_valid():
        return _grid_page(request, assessment, admin, form)
    given = form.cleaned_data
    try:
        version = save_scores(
            assessment, form.scores(), given["comment"], given["version"], by=person, criteria=form.by_code
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        form.renew(_present_version(assessment))
        return _grid_page(request, assessment, admin, form)
    if "complete" in request.POST:
        return _complete(request, assessment, admin, form, version)
    now = formatting.moment(clock.now(), assessment.entry.stage.call.time_zone, person.language)
    messages.success(request, _("Saved: %(moment)s.") % {"moment": now})
    return redirect("admin:evaluation_score", assessment.pk)


def _present_version(assessment: Assessment) -> int:
    """The version a second save has to name, so that a person who has compared can save over the newer one."""
    return Assessment.objects.values_list("version", flat=True).get(pk=assessment.pk)


def _complete(
    request: HttpRequest, assessment: Assessment, admin: StaffAdmin, form: GridForm, version: int
) -> HttpResponse:
    person = who(request)
    try:
        complete_assessment(assessment, by=person)
    except Incomplete as incomplete:
        form.add_faults(incomplete.faults)
        form.renew(version)
        return _grid_page(request, assessment, admin, form)
    except (Refused, IllegalTransition) as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:evaluation_score", assessment.pk)
    messages.success(request, _("%(number)s is completed.") % {"number": assessment.entry.application})
    if assessment.consensus:
        return redirect("admin:evaluation_ranking", assessment.entry.stage_id)
    following = queries.next_after(person, assessment)
    return redirect("admin:evaluation_score", following) if following else redirect("admin:evaluation_my")


def _grid_page(request: HttpRequest, assessment: Assessment, admin: StaffAdmin, form: GridForm) -> HttpResponse:
    person = who(request)
    entry = assessment.entry
    mine = rules.owns(person, assessment)
    stages = (reverse("admin:evaluation_ranking", args=[entry.stage_id]), _("Ranking"))
    context = {
        "assessment": assessment,
        "entry": entry,
        "application": entry.application,
        "call": entry.stage.call,
        "grid": entry.stage.grid,
        "form": form,
        "editable": rules.scores(person, assessment),
        "mine": mine,
        "may_reopen": rules.reopens(person, assessment),
        "sections": submitted_answers(entry.submission) if entry.submission else [],
        "clarified": (clarified := queries.clarified(entry)),
        "outdated": clarified.outdates(assessment),
        "following": queries.next_after(person, assessment) if mine and not assessment.consensus else None,
    }
    crumbs = [_mine() if mine and not assessment.consensus else stages]
    return show(request, admin, "score", str(entry.application), context, crumbs)


@for_those(rules.manages)
@only_post
def reopen(request: HttpRequest, pk: int, *, admin: StaffAdmin) -> HttpResponse:
    """Let an assessor correct a completed assessment."""
    assessment = or_404(queries.assessment_for, who(request), pk)
    if done_or_told(request, reopen_assessment, assessment, by=who(request)):
        messages.success(request, _("The assessment is open again; until it is completed it does not count."))
    return redirect("admin:evaluation_score", pk)
