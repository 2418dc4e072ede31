"""Waivers in the administration: who has which, granting one with the rules of the call in words, taking one back."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from calls.admin.programme import EDITORS, READERS
from calls.forms import WaiverForm, WaiverPlaceForm, WaiverRevocationForm
from calls.models import Call, Waiver
from calls.pages import waivers as pages
from calls.rules import may_prepare
from calls.transfer import spec_of
from calls.waivers import WaiverRefused, grant_waiver, kind_in_words, revoke_waiver, rules_in_words
from portal.accounts.models import Municipality
from portal.accounts.staff import StaffAdmin
from portal.armenian import fold


@admin.register(Waiver)
class WaiverAdmin(StaffAdmin):
    """Waivers: each is granted and revoked, with a reason, and never changed."""

    list_display = ("municipality", "country", "call_code", "kind", "granted_at", "granted_by", "standing")
    list_filter = (
        ("call", admin.RelatedOnlyFieldListFilter),
        "municipality__country",
        ("revoked_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("municipality__country", "call", "granted_by")
    search_fields = ("municipality__sort_key__contains", "municipality__name_en", "municipality__native_name")
    viewers = READERS
    editors = EDITORS
    actions_detail = ("revoke",)
    readonly_fields = ("asks", "standing")
    fieldsets = (
        (None, {"fields": ("call", "municipality", "asks", "reason", "granted_by", "granted_at")}),
        (gettext_lazy("Revoked"), {"fields": ("revoked_at", "revoked_by", "revocation_reason")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Speak of a revocation only where there was one."""
        return self.fieldsets if obj is not None and obj.revoked_at else self.fieldsets[:1]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest, object_id: Any) -> bool:
        found = self.get_queryset(request).filter(pk=object_id, revoked_at=None)
        return may_prepare(request.user) and found.exists()

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> "tuple[QuerySet[Any], bool]":
        """Find a name however և is spelt."""
        return super().get_search_results(request, queryset, fold(search_term))  # type: ignore[no-any-return]

    # What is shown

    @admin.display(description=gettext_lazy("country"), ordering="municipality__country")
    def country(self, waiver: Waiver) -> str:
        return str(waiver.municipality.country)

    @admin.display(description=gettext_lazy("call"), ordering="call__code")
    def call_code(self, waiver: Waiver) -> str:
        return str(waiver.call.code)

    @admin.display(description=gettext_lazy("rule"), ordering="rule")
    def kind(self, waiver: Waiver) -> str:
        return kind_in_words(waiver.rule)

    @admin.display(description=gettext_lazy("rule"))
    def asks(self, waiver: Waiver) -> str:
        """What the rule asks; its kind, where the call no longer has it."""
        asked = rules_in_words(spec_of(waiver.call)).get(waiver.rule)
        return pages.said(asked, waiver.call) if asked else kind_in_words(waiver.rule)

    @display(description=gettext_lazy("state"), label={"yes": "success", "no": "warning"}, ordering="revoked_at")
    def standing(self, waiver: Waiver) -> tuple[str, str]:
        return ("no", _("Revoked")) if waiver.revoked_at else ("yes", _("In force"))

    # Granting

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask first for the call and the municipality, then show how each rule comes out for it, and waive one."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        place = WaiverPlaceForm(request.GET if request.GET.get("call") else None)
        call, found = (place.cleaned_data["call"], place.matches()) if place.is_valid() else (None, [])
        if call is None or len(found) != 1:
            return self._page(request, "waiver_place", {"form": place, "matches": pages.choices(found, call)})
        return self._grant(request, call, found[0])

    def _grant(self, request: HttpRequest, call: Call, municipality: Municipality) -> HttpResponse:
        spec = spec_of(call)
        rows = pages.rule_rows(call, spec, municipality)
        form = WaiverForm(rows, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            try:
                waiver = grant_waiver(call, municipality, given["rule"], reason=given["reason"], by=request.user)  # type: ignore[arg-type]
                messages.success(request, _("The rule is waived. The municipality is told by e-mail."))
                return redirect(self._page_of(waiver))
            except WaiverRefused as error:
                form.add_error(None, str(error))
        context = {"form": form, "rows": rows, "call": call, "municipality": municipality}
        return self._page(request, "waiver_grant", context)

    # Taking back

    @action(description=gettext_lazy("Revoke the waiver"), url_path="revoke", permissions=["revoke"], icon="undo")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        waiver = get_object_or_404(self.get_queryset(request), pk=object_id)
        form = WaiverRevocationForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                revoke_waiver(waiver, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]
                messages.success(request, _("The waiver is revoked. The municipality is told by e-mail."))
                return redirect(self._page_of(waiver))
            except WaiverRefused as error:
                form.add_error(None, str(error))
        context = {"form": form, "waiver": waiver, "asks": self.asks(waiver), "back": self._page_of(waiver)}
        return self._page(request, "waiver_revoke", context, _("Revoke the waiver"))

    @staticmethod
    def _page_of(waiver: Waiver) -> str:
        return reverse("admin:calls_waiver_change", args=[waiver.pk])

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any], title: str = "") -> TemplateResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "title": title or _("Waive a rule")}
        back = {"back": reverse("admin:calls_waiver_changelist")}
        return TemplateResponse(request, f"admin/calls/{name}.html", {**frame, **back, **context})
