"""Applications for staff: to find and to read. What changes them is elsewhere, by actions only."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from applications.messages import language
from applications.models import Application, EntryState, StageEntry
from applications.presentation import submitted_answers
from portal.accounts.models import Role
from portal.accounts.staff import WHOLE_PROGRAMME, StaffAdmin
from portal.armenian import fold
from portal.content import formatting

READERS = (*WHOLE_PROGRAMME, Role.COUNTRY_OFFICER)


class Findable(StaffAdmin):
    """Found by number or by municipality; nothing is added or changed here."""

    viewers = READERS
    number_field = "number"
    municipality_field = "municipality"
    search_fields = ("number",)
    search_help_text = gettext_lazy("Number or municipality")

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> tuple["QuerySet[Any]", bool]:
        """Find by number, or by the municipality's name in any spelling of և."""
        wanted, town = search_term.strip(), self.municipality_field
        if not wanted:
            return queryset, False
        number = Q(**{f"{self.number_field}__icontains": wanted})
        armenian, english = (
            Q(**{f"{town}__sort_key__contains": fold(wanted)}),
            Q(**{f"{town}__name_en__icontains": wanted}),
        )
        return queryset.filter(number | armenian | english), False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Application)
class ApplicationAdmin(Findable):
    """Every application within the reader's scope, with its stages."""

    list_display = ("shown_number", "municipality", "call", "lot", "standing")
    list_display_links = ("shown_number", "municipality")
    list_filter = (("call", admin.RelatedOnlyFieldListFilter), "municipality__country", "municipality__region")
    list_select_related = ("call", "lot", "municipality")
    ordering = ("-pk",)
    fields = ("shown_number", "municipality", "municipality_name_hy", "municipality_name_en", "call", "lot", "stages")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        entries = StageEntry.objects.select_related("stage").order_by("stage__position")
        return super().get_queryset(request).prefetch_related(Prefetch("entries", queryset=entries))

    @display(description=gettext_lazy("number"), ordering="number")
    def shown_number(self, application: Application) -> str:
        return application.number or "–"

    @display(description=gettext_lazy("state"))
    def standing(self, application: Application) -> str:
        """Return the state in the last stage."""
        entries = list(application.entries.all())
        return f"{entries[-1].stage.title}: {entries[-1].get_state_display()}" if entries else "–"

    @display(description=gettext_lazy("stages"))
    def stages(self, application: Application) -> SafeString:
        return format_html_join(
            mark_safe("<br>"),
            '<a href="{}" class="underline">{}</a>: {}',
            (
                (reverse("admin:applications_stageentry_change", args=[e.pk]), e.stage.title, e.get_state_display())
                for e in application.entries.all()
            ),
        )


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
        "shown_state",
        "amount",
        "total",
        "months",
        "received",
        "digest",
        "answers",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).select_related(*self.list_select_related)

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
            EntryState.SELECTED: "success",
            EntryState.REJECTED: "danger",
            EntryState.FAILED: "danger",
        },
    )
    def shown_state(self, entry: StageEntry) -> Any:
        return entry.state, entry.get_state_display()

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

    @display(description=gettext_lazy("answers"))
    def answers(self, entry: StageEntry) -> str | SafeString:
        """Return what was submitted; the text of a draft is its authors' own."""
        if entry.submission is None:
            return _("Not submitted yet.")
        return render_to_string("applications/admin/answers.html", {"sections": submitted_answers(entry.submission)})
