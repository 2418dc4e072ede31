"""Calls for staff: to read, to correct while a draft, to publish, cancel and archive; call files in and out."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin
from unfold.decorators import action, display

from calls import queries, timeline
from calls.admin.moves import MOVES, Move
from calls.admin.parts import PARTS
from calls.admin.programme import EDITORS, READERS
from calls.authoring.urls import urls as authoring
from calls.callfile.dump import dump_text
from calls.forms import CallFileForm, SameTextForm
from calls.lifecycle import NotPublishable
from calls.models import Call, CallState
from calls.pages.cards import standing, voice_of
from calls.rules import may_change_content, may_prepare
from calls.transfer import CONTENT, spec_of
from portal import clock
from portal.accounts.staff import StaffAdmin
from portal.transitions import IllegalTransition

_COLOURS = {"open": "success", "done": "success", "warn": "warning", "error": "danger", "neutral": "info"}


@admin.register(Call)
class CallAdmin(StaffAdmin, TranslationAdmin):  # type: ignore[type-arg]
    """Calls. Moments are shown and read by the call's own clock."""

    list_display = ("title_and_code", "programme", "standing", "deadline", "budget_written")
    list_filter = ("state", "programme")
    list_select_related = ("programme",)
    search_fields = ("code",)
    form = SameTextForm
    inlines = PARTS
    compressed_fields = False
    viewers = READERS
    editors = EDITORS
    actions_list = ("import_file",)
    actions_detail = ("preview", "download", *MOVES)
    readonly_fields = ("code", "programme", "state", "published_at", "created_at", "languages", "time_zone", "currency")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("code", "state", "published_at"),
                    ("programme", "languages", "time_zone"),
                    ("title_hy", "title_en"),
                    ("summary_hy", "summary_en"),
                    ("description_hy", "description_en"),
                )
            },
        ),
        (
            gettext_lazy("Money"),
            {
                "fields": (
                    ("budget", "currency", "cofinancing_min_percent"),
                    ("grant_min", "grant_max", "grant_fixed"),
                    ("duration_min_months", "duration_max_months"),
                ),
                "classes": ("tab",),
            },
        ),
        (
            gettext_lazy("Who and when"),
            {
                "fields": (
                    ("countries", "priorities_cover"),
                    ("limit_per_call", "limit_per_lot"),
                    ("questions_until", "answers_until"),
                ),
                "classes": ("tab",),
            },
        ),
        (
            gettext_lazy("Letters"),
            {
                "fields": (
                    "prevailing_language",
                    ("signatory_name_hy", "signatory_name_en"),
                    ("signatory_position_hy", "signatory_position_en"),
                    ("funder_hy", "funder_en"),
                ),
                "classes": ("tab",),
            },
        ),
    )

    # What may be done

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A call is made from a call file."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_prepare(request.user) if obj is None else may_change_content(request.user, obj)

    def has_import_permission(self, request: HttpRequest) -> bool:
        return may_prepare(request.user)

    def has_publish_call_permission(self, request: HttpRequest, object_id: Any) -> bool:
        return self._may_move(request, object_id, "publish_call")

    def has_cancel_call_permission(self, request: HttpRequest, object_id: Any) -> bool:
        return self._may_move(request, object_id, "cancel_call")

    def has_archive_call_permission(self, request: HttpRequest, object_id: Any) -> bool:
        return self._may_move(request, object_id, "archive_call")

    def _may_move(self, request: HttpRequest, object_id: Any, name: str) -> bool:
        call = self.get_queryset(request).filter(pk=object_id).first()
        return call is not None and may_prepare(request.user) and MOVES[name].possible(call)

    # Addresses

    def get_urls(self) -> list[URLPattern]:
        """The pages of setting up a call stand before those of Django."""
        return [*authoring(self), *super().get_urls()]

    # The list

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).prefetch_related("stages", "lots")

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

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any) -> Any:
        """Show and read all moments by the call's own clock."""
        call = self.get_queryset(request).filter(pk=object_id).first() if object_id else None
        if call is None:
            return super().changeform_view(request, object_id, *args, **kwargs)
        with timezone.override(call.zone):
            response = super().changeform_view(request, object_id, *args, **kwargs)
            return response.render() if isinstance(response, TemplateResponse) else response

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
        return self._move(request, object_id, MOVES["publish_call"])

    @action(description=gettext_lazy("Cancel the call"), url_path="cancel", permissions=["cancel_call"], icon="block")
    def cancel_call(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return self._move(request, object_id, MOVES["cancel_call"])

    @action(description=gettext_lazy("Archive"), url_path="archive", permissions=["archive_call"], icon="inventory_2")
    def archive_call(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return self._move(request, object_id, MOVES["archive_call"])

    def _move(self, request: HttpRequest, object_id: str, step: Move) -> HttpResponseBase:
        """Show first what the step does; do it when that is confirmed."""
        call = get_object_or_404(self.get_queryset(request), pk=object_id)
        faults = step.faults(call)
        if request.method == "POST" and not faults:
            return self._moved(request, call, step)
        context = {"title": step.title, "call": call, "step": step, "faults": faults, "back": self._page_of(call)}
        context["warnings"] = step.warnings(call)
        return self._page(request, "admin/calls/confirm.html", context)

    def _moved(self, request: HttpRequest, call: Call, step: Move) -> HttpResponseRedirect:
        try:
            step.function(call, by=request.user)
            messages.success(request, step.done % {"code": call.code})
        except (IllegalTransition, NotPublishable) as error:
            messages.error(request, str(error))
        return redirect(self._page_of(call))

    @staticmethod
    def _page_of(call: Call) -> str:
        return reverse("admin:calls_call_change", args=[call.pk])

    # Call files

    @action(
        description=gettext_lazy("Import a call file"), url_path="import", permissions=["import"], icon="upload_file"
    )
    def import_file(self, request: HttpRequest) -> HttpResponseBase:
        """Make or renew a draft from a call file; show every error of the file, or take it."""
        form = CallFileForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            call = form.save(by=request.user)
            if call is not None:
                messages.success(request, _("%(code)s is loaded as a draft.") % {"code": call.code})
                return redirect(self._page_of(call))
        context = {"title": _("Import a call file"), "form": form, "back": reverse("admin:calls_call_changelist")}
        return self._page(request, "admin/calls/import.html", context)

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
        return TemplateResponse(
            request, template, {**self.admin_site.each_context(request), "opts": self.opts, **context}
        )
