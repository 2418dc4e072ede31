"""Shortlists: the list, one of them, and its exports."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from evaluation import exports, queries, rules
from evaluation.admin.base import for_those, or_404, routes, show, who
from evaluation.models import Shortlist, ShortlistState
from portal.accounts.models import Role
from portal.accounts.staff import WHOLE_PROGRAMME, StaffAdmin
from portal.documents import workbook

_TONES = {ShortlistState.DRAFT: "warning", ShortlistState.FROZEN: "success", ShortlistState.SUPERSEDED: "info"}


@admin.register(Shortlist)
class ShortlistAdmin(StaffAdmin):
    """Programme staff read all; a country office the frozen ones, with its own country's rows."""

    viewers = (*WHOLE_PROGRAMME, Role.COUNTRY_OFFICER)
    list_display = ("call", "stage_title", "shown_state", "frozen_at", "frozen_by", "short_digest")
    list_display_links = ("call", "stage_title")
    list_filter = ("state", ("stage__call", admin.RelatedOnlyFieldListFilter))
    list_filter_submit = True
    list_select_related = ("stage__call", "frozen_by")
    search_fields = ("stage__call__code", "digest")
    ordering = ("-created_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content")

    @display(description=gettext_lazy("call"), ordering="stage__call__code")
    def call(self, row: Shortlist) -> str:
        return row.stage.call.code

    @display(description=gettext_lazy("stage"), ordering="stage__position")
    def stage_title(self, row: Shortlist) -> str:
        return row.stage.title

    @display(description=gettext_lazy("state"), ordering="state", label=_TONES)
    def shown_state(self, row: Shortlist) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description="SHA-256")
    def short_digest(self, row: Shortlist) -> str:
        return f"{row.digest[:16]}…" if row.digest else ""

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page of a shortlist: what was frozen, by whom and when. A draft is seen as the ranking."""
        if not object_id.isdigit():
            raise Http404
        shortlist = or_404(queries.shortlist_for, who(request), int(object_id))
        if shortlist.state == ShortlistState.DRAFT:
            return redirect("admin:evaluation_ranking", shortlist.stage_id)
        page = queries.shortlist_page(shortlist, who(request))
        context = {
            "shortlist": shortlist,
            "call": shortlist.stage.call,
            "page": page,
            "note": exports.note(page),
            "replaced_by": Shortlist.objects.filter(replaces=shortlist).only("pk").first(),
            "may_verify": rules.follows(who(request)),
        }
        title = _("Shortlist of %(call)s") % {"call": shortlist.stage.call.code}
        return show(request, self, "shortlist", title, context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return redirect("admin:evaluation_shortlist_change", object_id)

    def get_urls(self) -> list[URLPattern]:
        own = routes(self, ("<int:pk>/export/<str:kind>/", export, "evaluation_export"))
        return [*own, *super().get_urls()]


@for_those(rules.reads_shortlists)
def export(request: HttpRequest, pk: int, kind: str, *, admin: StaffAdmin) -> HttpResponseBase:
    """A frozen shortlist as a file: XLSX and CSV with what the person may see; JSON, the whole, for the programme."""
    shortlist = or_404(queries.shortlist_for, who(request), pk)
    if shortlist.state == ShortlistState.DRAFT or kind not in EXPORTS:
        raise Http404
    return EXPORTS[kind](request, shortlist)


def _xlsx(request: HttpRequest, shortlist: Shortlist) -> HttpResponseBase:
    page = queries.shortlist_page(shortlist, who(request))
    response = HttpResponse(exports.workbook(page), content_type=workbook.CONTENT_TYPE)
    return _attached(response, exports.file_name(page, "xlsx"))


def _csv(request: HttpRequest, shortlist: Shortlist) -> HttpResponseBase:
    page = queries.shortlist_page(shortlist, who(request))
    response = StreamingHttpResponse(exports.csv(page), content_type="text/csv; charset=utf-8")
    return _attached(response, exports.file_name(page, "csv"))


def _json(request: HttpRequest, shortlist: Shortlist) -> HttpResponseBase:
    if not rules.follows(who(request)):
        raise Http404
    response = HttpResponse(exports.verifiable(shortlist), content_type="application/json")
    return _attached(response, f"{shortlist.stage.call.code}-{shortlist.stage.code}-shortlist.json".lower())


def _attached(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


EXPORTS = {"xlsx": _xlsx, "csv": _csv, "json": _json}
