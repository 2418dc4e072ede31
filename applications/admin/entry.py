"""Applications in each stage: to find and to read, and to ask about."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from applications.admin.asking import asking_page
from applications.admin.findable import Findable
from applications.clarifications import asked_of, intervals_of, may_ask
from applications.messages import language
from applications.models import Clarification, EntryState, StageEntry
from applications.pages.clarifying import past_request
from applications.presentation import submitted_answers
from applications.standing_time import running_time, stopped
from portal import clock
from portal.content import formatting

JUDGED = (EntryState.SUBMITTED, EntryState.CLARIFICATION)
"""The states in which an application is being evaluated."""


@admin.register(StageEntry)
class StageEntryAdmin(Findable):
    """Every application in each stage, within the reader's scope."""

    number_field = "application__number"
    municipality_field = "application__municipality"
    list_display = ("number", "municipality", "call", "stage_title", "lot", "shown_state", "amount", "received")
    list_display_links = ("number", "municipality")
    list_filter = (
        "state",
        ("stage__call", admin.RelatedOnlyFieldListFilter),
        "application__municipality__country",
        "application__municipality__region",
    )
    list_select_related = (
        "stage__call",
        "application__lot",
        "application__municipality__country",
        "application__municipality__region",
        "submission__submitted_by",
    )
    search_fields = ("application__number",)
    ordering = ("-submitted_at", "-pk")
    fields = (
        "number",
        "municipality",
        "call",
        "stage_title",
        "lot",
        "state_word",
        "amount",
        "total",
        "months",
        "received",
        "running",
        "digest",
        "clarifications",
        "answers",
    )
    readonly_fields = fields

    class Media:
        css: ClassVar[Any] = {"all": ["admin-site/clarifications.css"]}

    actions_detail = ("ask",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows: Any = super().get_queryset(request)
        found: QuerySet[Any] = rows.with_deadline().select_related(*self.list_select_related)
        return found

    @display(description=gettext_lazy("number"), ordering="application__number")
    def number(self, entry: StageEntry) -> str:
        return entry.application.number or "–"

    @display(description=gettext_lazy("municipality"), ordering="application__municipality__sort_key")
    def municipality(self, entry: StageEntry) -> str:
        return str(entry.application.municipality)

    @display(description=gettext_lazy("call for proposals"), ordering="stage__call__code")
    def call(self, entry: StageEntry) -> str:
        return entry.stage.call.code

    @display(description=gettext_lazy("stage"), ordering="stage__position")
    def stage_title(self, entry: StageEntry) -> str:
        return entry.stage.title

    @display(description=gettext_lazy("lot"), ordering="application__lot__position")
    def lot(self, entry: StageEntry) -> str:
        return str(entry.application.lot or "–")

    @display(
        description=gettext_lazy("state"),
        ordering="state",
        label={
            EntryState.DRAFT: "warning",
            EntryState.SUBMITTED: "info",
            EntryState.CLARIFICATION: "warning",
            EntryState.SELECTED: "success",
            EntryState.REJECTED: "danger",
            EntryState.FAILED: "danger",
        },
    )
    def shown_state(self, entry: StageEntry) -> Any:
        return entry.state, entry.get_state_display()

    @display(description=gettext_lazy("state"))
    def state_word(self, entry: StageEntry) -> str:
        return entry.get_state_display()

    @display(description=gettext_lazy("amount requested"), ordering="requested")
    def amount(self, entry: StageEntry) -> str:
        return formatting.money(entry.requested, entry.stage.call.currency, language())

    @display(description=gettext_lazy("total cost"))
    def total(self, entry: StageEntry) -> str:
        return formatting.money(entry.total_cost, entry.stage.call.currency, language())

    @display(description=gettext_lazy("received"), ordering="submitted_at")
    def received(self, entry: StageEntry) -> str:
        if entry.submitted_at is None:
            return "–"
        zone = entry.stage.call.time_zone
        return f"{formatting.moment(entry.submitted_at, zone, language())} ({formatting.place(zone, language())})"

    @display(description=gettext_lazy("receipt"))
    def digest(self, entry: StageEntry) -> str | SafeString:
        submission = entry.submission
        if submission is None:
            return "–"
        url = reverse("applications:receipt", args=[submission.number, submission.sequence])
        return format_html('<a href="{}" class="underline">{}</a> {}', url, submission.number, submission.digest)

    @display(description=gettext_lazy("in evaluation for"))
    def running(self, entry: StageEntry) -> str:
        """Return how long it has been evaluated; the time in which something was clarified is not counted."""
        if entry.state not in JUDGED or (now := clock.now()) <= entry.deadline:
            return "–"
        intervals = intervals_of(self._asked(entry))
        told = formatting.span(running_time(entry.deadline, now, intervals), language())
        stood = stopped(intervals, entry.deadline, now)
        if not stood:
            return told
        return _("%(time)s (clarification, %(stopped)s, not counted)") % {
            "time": told,
            "stopped": formatting.span(stood, language()),
        }

    @staticmethod
    def _asked(entry: StageEntry) -> list[Clarification]:
        """Read once for each object."""
        known: dict[str, Any] = entry.__dict__
        if "asked_all" not in known:
            known["asked_all"] = asked_of(entry)
        found: list[Clarification] = known["asked_all"]
        return found

    @display(description=gettext_lazy("clarifications"))
    def clarifications(self, entry: StageEntry) -> str | SafeString:
        """Return what was asked and what came of it, both versions of each answer."""
        zone, name = entry.stage.call.time_zone, "admin:applications_clarification_change"
        found = [(reverse(name, args=[asked.pk]), past_request(asked, zone)) for asked in self._asked(entry)]
        return render_to_string("admin/applications/clarifications.html", {"requests": found}) if found else "–"

    @display(description=gettext_lazy("answers"))
    def answers(self, entry: StageEntry) -> str | SafeString:
        """Return what was submitted; the text of a draft is its authors' own."""
        if entry.submission is None:
            return _("Not submitted yet.")
        return render_to_string("applications/admin/answers.html", {"sections": submitted_answers(entry.submission)})

    # Asking

    def has_ask_permission(self, request: HttpRequest, object_id: Any) -> bool:
        """Whether a clarification can be asked for: of what was submitted, by who runs the checks."""
        found = StageEntry.objects.visible_to(request.user).filter(pk=object_id, state=EntryState.SUBMITTED)
        return may_ask(request.user) and found.exists()

    @action(
        description=gettext_lazy("Ask for a clarification"), url_path="ask", permissions=["ask"], icon="contact_support"
    )
    def ask(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return asking_page(request, self, get_object_or_404(self.get_queryset(request), pk=object_id))
