"""Applications with their stages."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from applications.admin.findable import Findable
from applications.models import Application, StageEntry


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
