"""The parts of a call on its page in the administration. They change only while the call is a draft."""

from typing import Any, ClassVar

from django.http import HttpRequest

from calls.admin.programme import EDITORS, READERS
from calls.forms import SameTextForm
from calls.models import CallDocument, CallState, EligibilityRule, Lot, Priority, Stage
from portal.accounts.staff import StaffStackedInline, StaffTabularInline


class OfDraft:
    """Parts that are fixed once the call is published, and come and go with the call file."""

    form = SameTextForm
    viewers: ClassVar[tuple[str, ...]] = READERS
    editors: ClassVar[tuple[str, ...]] = EDITORS
    tab = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        changeable: bool = super().has_change_permission(request, obj)  # type: ignore[misc]
        return changeable and obj is not None and obj.state == CallState.DRAFT

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StageInline(OfDraft, StaffStackedInline):
    """When one can apply, by the call's own clock."""

    model = Stage
    compressed_fields = False
    fields = (
        ("code", "kind", "admission"),
        ("title_hy", "title_en"),
        ("opens_at", "deadline"),
        ("grace_minutes", "keep_requested_within_percent"),
    )


class LotInline(OfDraft, StaffStackedInline):
    """Lots with their money and where they are for."""

    model = Lot
    compressed_fields = False
    fields = (
        ("code", "kind"),
        ("title_hy", "title_en"),
        ("budget", "cofinancing_min_percent"),
        ("grant_min", "grant_max", "grant_fixed"),
        ("countries", "regions"),
    )


class PriorityInline(OfDraft, StaffTabularInline):
    """Priorities of the call."""

    model = Priority
    fields = ("code", "title_hy", "title_en")


class RuleInline(OfDraft, StaffStackedInline):
    """Rules of eligibility, with the words that applicants read."""

    model = EligibilityRule
    fields = (("rule", "otherwise"), ("reason_hy", "reason_en"), ("text_hy", "text_en"), "settings")
    readonly_fields = ("rule", "settings")


class DocumentInline(OfDraft, StaffTabularInline):
    """What applicants download."""

    model = CallDocument
    fields = ("kind", "title_hy", "title_en", "file")
    readonly_fields = ("file",)


PARTS = (StageInline, LotInline, PriorityInline, RuleInline, DocumentInline)
