"""Assessments: a list for staff, and the addresses of all pages of the evaluation."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from applications.models import StageEntry
from evaluation import rules
from evaluation.admin import assessor, assignment, checks, ranking
from evaluation.admin.base import routes, who
from evaluation.models import Assessment, AssessmentState
from portal.accounts.models import Role
from portal.accounts.staff import WHOLE_PROGRAMME, StaffAdmin
from portal.armenian import fold

_TONES = {
    AssessmentState.ASSIGNED: "info",
    AssessmentState.IN_PROGRESS: "warning",
    AssessmentState.REOPENED: "warning",
    AssessmentState.COMPLETED: "success",
    AssessmentState.DECLINED: "danger",
}


@admin.register(Assessment)
class AssessmentAdmin(StaffAdmin):
    """Staff read the list of all assessments; assessors are led to their own. Nothing here is typed over."""

    viewers = (*WHOLE_PROGRAMME, Role.ASSESSOR)
    list_display = (
        "number",
        "municipality",
        "assessor",
        "shown_state",
        "points",
        "assigned_at",
        "completed_at",
    )
    list_filter = (
        "state",
        "consensus",
        ("entry__stage__call", admin.RelatedOnlyFieldListFilter),
        "entry__application__lot",
    )
    list_filter_submit = True
    list_select_related = ("assessor", "entry__stage__call", "entry__application__municipality")
    list_before_template = "admin/evaluation/list_before.html"
    search_fields = ("entry__application__number", "assessor__name", "assessor__email")
    search_help_text = _("Number, municipality, assessor")
    ordering = ("-assigned_at", "-pk")

    @display(description=_("number"), ordering="entry__application__number")
    def number(self, row: Assessment) -> str:
        return str(row.entry.application)

    @display(description=_("municipality"), ordering="entry__application__municipality__sort_key")
    def municipality(self, row: Assessment) -> str:
        return str(row.entry.application.municipality)

    @display(description=_("state"), ordering="state", label=_TONES)
    def shown_state(self, row: Assessment) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=_("total"), ordering="total")
    def points(self, row: Assessment) -> str:
        return "" if row.total is None else number_format(row.total, 2)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Find municipalities too, whichever way և was written."""
        found, several = super().get_search_results(request, queryset, search_term)
        if search_term:
            folded = fold(search_term)
            entries = StageEntry.objects.filter(application__municipality__sort_key__contains=folded)
            found |= queryset.filter(entry__in=entries)
        return found, several

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if rules.assesses(who(request)) and not rules.follows(who(request)):
            return redirect("admin:evaluation_my")
        response: HttpResponse = super().changelist_view(request, extra_context)
        return response

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page of an assessment is its grid."""
        return redirect("admin:evaluation_score", object_id)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return redirect("admin:evaluation_score", object_id)

    def get_urls(self) -> list[URLPattern]:
        own = routes(
            self,
            ("my/", assessor.my_page, "evaluation_my"),
            ("<int:pk>/declare/", assessor.declaration_page, "evaluation_declare"),
            ("<int:pk>/score/", assessor.scoring_page, "evaluation_score"),
            ("<int:pk>/reopen/", assessor.reopen, "evaluation_reopen"),
            ("stages/", checks.stages_page, "evaluation_stages"),
            ("stages/<int:pk>/checks/", checks.checks_page, "evaluation_checks"),
            ("applications/<int:pk>/checks/", checks.checklist_page, "evaluation_checklist"),
            ("applications/<int:pk>/reject/", checks.reject, "evaluation_reject"),
            ("applications/<int:pk>/consensus/", assignment.consensus, "evaluation_consensus"),
            ("stages/<int:pk>/assign/", assignment.assignment_page, "evaluation_assign"),
            ("stages/<int:pk>/ranking/", ranking.page, "evaluation_ranking"),
            ("stages/<int:pk>/shortlist/", ranking.make, "evaluation_make_shortlist"),
            ("stages/<int:pk>/freeze/", ranking.freeze, "evaluation_freeze"),
        )
        return [*own, *super().get_urls()]
