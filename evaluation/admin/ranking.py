"""The ranking of a stage, its draft, and freezing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from calls.models import Stage
from evaluation import queries, rules
from evaluation.admin.base import Crumb, done_or_told, for_those, or_404, show, who
from evaluation.admin.checks import stage_context, stages_crumb
from evaluation.lifecycle import freeze_shortlist, make_shortlist
from evaluation.models import Outcome
from evaluation.queries import RankingPage
from portal.accounts.staff import StaffAdmin, only_post


def _ranking_crumb(stage: Stage) -> Crumb:
    return (reverse("admin:evaluation_ranking", args=[stage.pk]), _("Ranking"))


@for_those(rules.follows)
def page(request: HttpRequest, pk: int, *, admin: StaffAdmin) -> HttpResponse:
    """The ranking by lot, from what is completed now."""
    stage = or_404(queries.stage_for, who(request), pk)
    context = {**stage_context(request, stage, "ranking"), "ranking": queries.ranking_page(stage)}
    return show(request, admin, "ranking", f"{stage.call.code} · {stage.title}", context, [stages_crumb()])


@for_those(rules.manages)
@only_post
def make(request: HttpRequest, pk: int, *, admin: StaffAdmin) -> HttpResponse:
    """Make the draft of a shortlist, with its draw."""
    person = who(request)
    stage = or_404(queries.stage_for, person, pk)
    draft = done_or_told(request, make_shortlist, stage, by=person)
    if draft is not None:
        messages.success(
            request, _("The shortlist is drafted; the seed of its draw is %(seed)d.") % {"seed": draft.seed}
        )
    return redirect("admin:evaluation_ranking", pk)


@for_those(rules.manages)
def freeze(request: HttpRequest, pk: int, *, admin: StaffAdmin) -> HttpResponse:
    """Show exactly what freezing decides, and freeze what was shown."""
    person = who(request)
    stage = or_404(queries.stage_for, person, pk)
    ranking = queries.ranking_page(stage)
    if ranking.draft is None:
        messages.error(request, _("There is no draft to freeze."))
        return redirect("admin:evaluation_ranking", pk)
    if request.method == "POST":
        shown = request.POST.get("shown", "") or "-"
        frozen = done_or_told(request, freeze_shortlist, ranking.draft, by=person, shown=shown)
        if frozen is None:
            return redirect("admin:evaluation_freeze", pk)
        messages.success(request, _("The shortlist is frozen. Its SHA-256 is %(digest)s.") % {"digest": frozen.digest})
        return redirect("admin:evaluation_shortlist_change", frozen.pk)
    context = {**stage_context(request, stage, "ranking"), "ranking": ranking, "groups": _groups(ranking)}
    return show(request, admin, "freeze", _("Freeze this shortlist?"), context, [stages_crumb(), _ranking_crumb(stage)])


def _groups(ranking: RankingPage) -> list[dict[str, Any]]:
    """What becomes of whom: lot by lot, the rows of each outcome."""
    return [
        {"lot": lot, "outcomes": [(outcome.label, rows) for outcome in Outcome if (rows := lot.with_outcome(outcome))]}
        for lot in ranking.lots
    ]
