"""Calls for staff: their list, the page of each, the steps of a call; call files in and out.

The content of a draft is written on pages of our own (``calls.authoring``).
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from calls import queries, timeline
from calls.admin import corrigendum, extension, page
from calls.admin.programme import EDITORS, READERS
from calls.authoring import steps
from calls.authoring.desk import Desk, routes
from calls.authoring.importing import CallFileForm
from calls.authoring.urls import urls as authoring
from calls.authoring.words import country_names
from calls.callfile.dump import dump_text
from calls.models import Call, CallState
from calls.pages.cards import standing, voice_of
from calls.rules import may_prepare, may_see_everything
from calls.transfer import CONTENT, spec_of
from portal import clock
from portal.accounts.staff import StaffAdmin

_COLOURS = {"open": "success", "done": "success", "warn": "warning", "error": "danger", "neutral": "info"}


class CountryFilter(admin.SimpleListFilter):
    """Calls for the municipalities of one country."""

    title = gettext_lazy("country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return country_names()

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.filter(countries__contains=[self.value()]) if self.value() else queryset


@admin.register(Call)
class CallAdmin(StaffAdmin):
    """Calls. A draft leads to its set-up; a published call to a page that says all about it."""

    list_display = ("title_and_code", "programme", "standing", "deadline", "budget_written")
    list_filter = ("state", "programme", CountryFilter)
    list_select_related = ("programme",)
    search_fields = ("code",)
    viewers = READERS
    editors = EDITORS
    actions_list = ("import_file",)
    actions_row = ("download",)
    actions_detail = ("preview", "publish_call", "cancel_call", "archive_call")

    # What may be done

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The page of a call is read; its content is changed on the pages of its set-up."""
        return False

    def has_import_permission(self, request: HttpRequest) -> bool:
        return may_prepare(request.user)

    def has_publish_call_permission(self, request: HttpRequest, object_id: Any) -> bool:
        return self._may_move(request, object_id, CallState.PUBLISHED)

    def has_cancel_call_permission(self, request: HttpRequest, object_id: Any) -> bool:
        return self._may_move(request, object_id, CallState.CANCELLED)

    def has_archive_call_permission(self, request: HttpRequest, object_id: Any) -> bool:
        return self._may_move(request, object_id, CallState.ARCHIVED)

    def _may_move(self, request: HttpRequest, object_id: Any, to: CallState) -> bool:
        call = self.get_queryset(request).filter(pk=object_id).first()
        return call is not None and may_prepare(request.user) and steps.possible(call, to)

    # Addresses

    def get_urls(self) -> list[URLPattern]:
        """The pages of setting up a call, and of changing it after publication, stand before those of Django."""
        amending = routes(self, *corrigendum.ROUTES, *extension.ROUTES)
        return [*authoring(self), *amending, *super().get_urls()]

    # The list

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Working copies of published calls are reached from these."""
        rows: Any = super().get_queryset(request)
        found: QuerySet[Any] = rows.originals().prefetch_related("stages", "lots")
        return found

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> "tuple[QuerySet[Any], bool]":
        """Find calls as the public list does: by words of code, title and summary, however և is spelt."""
        return queries.searched(queryset, search_term), False

    @display(description=gettext_lazy("call"), header=True, ordering="code")
    def title_and_code(self, call: Call) -> tuple[str, str]:
        return call.title, call.code

    @display(
        description=gettext_lazy("state"),
        label={str(tone): colour for tone, colour in _COLOURS.items()},
        ordering="state",
    )
    def standing(self, call: Call) -> tuple[str, str]:
        if call.state == CallState.ARCHIVED:
            return "neutral", capfirst(call.get_state_display())
        word = standing(call, list(call.stages.all()), clock.now(), decided=False)
        return word.tone, word.word

    @admin.display(description=gettext_lazy("deadline"))
    def deadline(self, call: Call) -> str:
        stage = timeline.current(list(call.stages.all()), clock.now())
        return voice_of(call).moment(stage.deadline) if stage else "—"

    @admin.display(description=gettext_lazy("budget"), ordering="budget")
    def budget_written(self, call: Call) -> str:
        return voice_of(call).money(call.budget)

    # The page of a call

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A call begins as a draft with the least that it needs."""
        if not may_prepare(request.user):
            raise Http404
        return redirect("admin:calls_setup_new")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A draft leads to its set-up; of every other call this is the page that says all about it."""
        found = Call.objects.visible_to(request.user).select_related("programme", "amends")
        call = found.filter(pk=object_id).first() if self.has_view_permission(request) else None
        if call is None or request.method != "GET":
            raise Http404
        if call.state == CallState.DRAFT:
            if not may_see_everything(request.user):
                raise Http404
            return redirect("admin:calls_setup", call.pk)
        here = Desk(request, self, call)
        return here.show("call", call.title, **page.context(here))

    @action(description=gettext_lazy("Page of the call"), url_path="preview", icon="visibility")
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        call = get_object_or_404(self.get_queryset(request), pk=object_id)
        return redirect("calls:detail", code=call.code)

    @action(description=gettext_lazy("Download the call file"), url_path="call-file", icon="download")
    def download(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Give the call as a call file, to copy it to the next year or the next country."""
        call = get_object_or_404(self.get_queryset(request).prefetch_related(*CONTENT), pk=object_id)
        response = HttpResponse(dump_text(spec_of(call)), content_type="application/yaml; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{call.code.lower()}.yaml"'
        return response

    # Changes of state

    @action(description=gettext_lazy("Publish"), url_path="publish", permissions=["publish_call"], icon="campaign")
    def publish_call(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return steps.publish(self._desk(request, object_id))

    @action(description=gettext_lazy("Cancel the call"), url_path="cancel", permissions=["cancel_call"], icon="block")
    def cancel_call(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return steps.cancel(self._desk(request, object_id))

    @action(description=gettext_lazy("Archive"), url_path="archive", permissions=["archive_call"], icon="inventory_2")
    def archive_call(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return steps.archive(self._desk(request, object_id))

    def _desk(self, request: HttpRequest, object_id: str) -> Desk:
        call = get_object_or_404(self.get_queryset(request).select_related("programme"), pk=object_id)
        return Desk(request, self, call)

    # Call files

    @action(
        description=gettext_lazy("Import a call file"), url_path="import", permissions=["import"], icon="upload_file"
    )
    def import_file(self, request: HttpRequest) -> HttpResponseBase:
        """Make or renew a draft from a call file; show every error of the file, what it would change, or take it."""
        form = CallFileForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            if "_try" in request.POST:
                form.try_out()
            elif (call := form.save(by=request.user)) is not None:
                messages.success(request, _("%(code)s is loaded as a draft.") % {"code": call.code})
                return redirect("admin:calls_setup", call.pk)
        context = {"title": _("Import a call file"), "form": form, "back": reverse("admin:calls_call_changelist")}
        return TemplateResponse(
            request,
            "admin/calls/import.html",
            {**self.admin_site.each_context(request), "opts": self.opts, **context},
        )
