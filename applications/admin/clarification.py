"""Requests for clarification: what is open and until when, both versions of what was answered, taking one back."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import linebreaks_filter
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from applications.admin.findable import Findable
from applications.clarifications import clarifications_for, compared, may_ask
from applications.lifecycle import withdraw_clarification
from applications.messages import language
from applications.models import Clarification, ClarificationState, StageEntry
from applications.pages.clarifying import asked_labels, moment_of
from portal import clock
from portal.content import formatting
from portal.transitions import IllegalTransition

SOON = timedelta(days=3)


def when(moment: Any, entry: StageEntry) -> str:
    """Return a moment by the call's clock with its place; nothing for none."""
    return moment_of(moment, entry.stage.call.time_zone) if moment else ""


class Standing(admin.SimpleListFilter):
    """How a request stands: what has to be looked after first."""

    title = gettext_lazy("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [
            ("open", _("waiting for the applicant")),
            ("soon", _("waiting, three days or less left")),
            ("overdue", _("not answered in time")),
            ("answered", _("answered")),
            ("withdrawn", _("taken back")),
        ]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        now, is_open = clock.now(), Q(state=ClarificationState.OPEN)
        wanted = {
            "open": is_open & Q(due_at__gte=now),
            "soon": is_open & Q(due_at__gte=now, due_at__lte=now + SOON),
            "overdue": Q(state=ClarificationState.LAPSED) | (is_open & Q(due_at__lt=now)),
            "answered": Q(state=ClarificationState.ANSWERED),
            "withdrawn": Q(state=ClarificationState.WITHDRAWN),
        }
        found = wanted.get(self.value() or "")
        return queryset if found is None else queryset.filter(found)


@admin.register(Clarification)
class ClarificationAdmin(Findable):
    """Every request about the applications within the reader's scope; nothing is changed here but by its action."""

    number_field = "entry__application__number"
    municipality_field = "entry__application__municipality"
    search_fields = ("entry__application__number",)
    list_display = ("number", "municipality", "call", "shown_state", "due", "asked", "asked_by")
    list_display_links = ("number", "municipality")
    list_filter = (
        Standing,
        ("entry__stage__call", admin.RelatedOnlyFieldListFilter),
        ("entry__application__municipality__country", admin.RelatedOnlyFieldListFilter),
    )
    ordering = ("-asked_at", "-pk")
    fields = (
        "application",
        "municipality",
        "call",
        "state_word",
        "what",
        "due",
        "asked",
        "asked_by",
        "closed",
        "versions",
    )
    readonly_fields = fields

    class Media:
        css: ClassVar[Any] = {"all": ["admin-site/clarifications.css"]}

    actions_detail = ("withdraw",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return clarifications_for(request.user).select_related("closed_by").order_by(*self.ordering)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        return found and get_object_or_404(self.get_queryset(request).select_related("about", "answer"), pk=found.pk)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # What is shown

    @display(description=gettext_lazy("number"), ordering="entry__application__number")
    def number(self, asked: Clarification) -> str:
        return str(asked.entry.application)

    @display(description=gettext_lazy("application"))
    def application(self, asked: Clarification) -> SafeString:
        address = reverse("admin:applications_stageentry_change", args=[asked.entry_id])
        return format_html('<a href="{}" class="underline">{}</a>', address, asked.entry.application)

    @display(description=gettext_lazy("municipality"), ordering="entry__application__municipality__sort_key")
    def municipality(self, asked: Clarification) -> str:
        return str(asked.entry.application.municipality)

    @display(description=gettext_lazy("call for proposals"), ordering="entry__stage__call__code")
    def call(self, asked: Clarification) -> str:
        return asked.entry.stage.call.code

    @display(
        description=gettext_lazy("state"),
        ordering="state",
        label={
            ClarificationState.OPEN: "warning",
            ClarificationState.ANSWERED: "success",
            ClarificationState.LAPSED: "danger",
        },
    )
    def shown_state(self, asked: Clarification) -> Any:
        return asked.state, asked.get_state_display()

    @display(description=gettext_lazy("what is asked"))
    def what(self, asked: Clarification) -> SafeString:
        return SafeString(linebreaks_filter(asked.text))

    @display(description=gettext_lazy("state"))
    def state_word(self, asked: Clarification) -> str:
        return asked.get_state_display()

    @display(description=gettext_lazy("to be answered by"), ordering="due_at")
    def due(self, asked: Clarification) -> str:
        moment, left = when(asked.due_at, asked.entry), asked.due_at - clock.now()
        if asked.state != ClarificationState.OPEN or left < timedelta():
            return moment
        return _("%(moment)s, %(left)s left") % {"moment": moment, "left": formatting.span(left, language())}

    @display(description=gettext_lazy("asked at"), ordering="asked_at")
    def asked(self, asked: Clarification) -> str:
        return when(asked.asked_at, asked.entry)

    @display(description=gettext_lazy("closed"))
    def closed(self, asked: Clarification) -> str:
        return " · ".join(filter(None, (str(asked.closed_by or ""), when(asked.closed_at, asked.entry)))) or "–"

    @display(description=gettext_lazy("answers that were asked for"))
    def versions(self, asked: Clarification) -> SafeString:
        lines = compared(asked.about, asked.answer, asked.questions)
        return render_to_string("admin/applications/versions.html", {"lines": lines})

    # Taking back

    def has_withdraw_permission(self, request: HttpRequest, object_id: Any) -> bool:
        found = clarifications_for(request.user).filter(pk=object_id, state=ClarificationState.OPEN)
        return may_ask(request.user) and found.exists()

    @action(
        description=gettext_lazy("Take the request back"), url_path="withdraw", permissions=["withdraw"], icon="undo"
    )
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Show what taking a request back does; take it back when that is confirmed."""
        asked = self.get_object(request, object_id)
        if asked is None:
            raise Http404
        back = reverse("admin:applications_clarification_change", args=[asked.pk])
        if request.method == "POST":
            return self._withdrawn(request, asked, back)
        context = {"asked": asked, "entry": asked.entry, "labels": asked_labels(asked), "back": back}
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Take the request back")}
        return TemplateResponse(request, "admin/applications/withdraw.html", {**frame, **context})

    def _withdrawn(self, request: HttpRequest, asked: Clarification, back: str) -> HttpResponseBase:
        try:
            withdraw_clarification(asked, by=request.user)  # type: ignore[arg-type]
        except IllegalTransition as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The request is taken back. The municipality is told by e-mail."))
        return redirect(back)
