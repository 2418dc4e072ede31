"""Grants and letters, for staff: awards from a frozen shortlist, and what became of them."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from evaluation.models import Shortlist, ShortlistRow
from grants import lifecycle, queries
from grants.forms import AwardFormSet
from grants.models import Grant, Letter
from grants.rules import may_award
from portal import languages
from portal.accounts.models import Role
from portal.accounts.staff import WHOLE_PROGRAMME, StaffAdmin
from portal.armenian import fold
from portal.content import formatting

READERS = (*WHOLE_PROGRAMME, Role.COUNTRY_OFFICER)


def file_link(letter: Letter | None) -> str:
    """Return a link to a letter's file, or say that it is being made."""
    if letter is None or letter.file is None:
        return str(_("being made"))
    address = reverse("documents:file", args=[letter.file.token, letter.file.name])
    return format_html('<a href="{}">{}</a>', address, letter.number)


class OfMunicipality(StaffAdmin):
    """Rows that are found by the name of their municipality, however և is spelt."""

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> "tuple[QuerySet[Any], bool]":
        return super().get_search_results(request, queryset, fold(search_term))  # type: ignore[no-any-return]


@admin.register(Grant)
class GrantAdmin(OfMunicipality):
    """What was awarded to whom."""

    list_display = ("number", "municipality", "call", "money", "state", "letter", "awarded_at")
    list_filter = ("state", ("entry__application__call", admin.RelatedOnlyFieldListFilter), "municipality__country")
    search_fields = ("entry__application__number", "municipality__sort_key__contains", "municipality__name_en")
    viewers = READERS
    actions_list = ("award",)
    fields = ("number", "municipality", "call", "money", "state", "awarded_by", "awarded_at", "letter")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("entry__application__call", "municipality", "awarded_by")
        return rows.prefetch_related("letters__file")

    @admin.display(description=_("application"), ordering="entry__application__number")
    def number(self, grant: Grant) -> str:
        return str(grant.entry.application.number)

    @admin.display(description=_("call for proposals"), ordering="entry__application__call__code")
    def call(self, grant: Grant) -> str:
        return str(grant.entry.application.call.code)

    @admin.display(description=_("amount"), ordering="amount")
    def money(self, grant: Grant) -> str:
        if not grant.amount:
            return str(_("without money"))
        return formatting.money(grant.amount, grant.currency, languages.active())

    @admin.display(description=_("letter"))
    def letter(self, grant: Grant) -> str:
        return file_link(next(iter(grant.letters.all()), None))

    @action(description=_("Award from a shortlist"), url_path="award", permissions=["award"])
    def award(self, request: HttpRequest) -> HttpResponse:
        """Show the frozen shortlists from which something is still to be awarded."""
        found = queries.awardable_shortlists()
        return self._page(request, "admin/grants/award_choose.html", _("Award grants"), shortlists=found)

    def has_award_permission(self, request: HttpRequest) -> bool:
        return may_award(request.user)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.award_page)
        return [path("award/<int:pk>/", page, name="grants_grant_award_shortlist"), *super().get_urls()]

    def award_page(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Show exactly who gets what, and who does not and why; award on confirmation."""
        if not may_award(request.user):
            raise Http404
        shortlists = Shortlist.objects.visible_to(request.user).select_related("stage__call").defer("content")
        shortlist = get_object_or_404(shortlists, pk=pk)
        try:
            lifecycle.check_award(shortlist, by=request.user)
        except lifecycle.AwardRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:grants_grant_award")
        rows = list(queries.rows_of(shortlist))
        waiting = {row.pk: row for row in rows if lifecycle.is_waiting(row)}
        sent = request.POST if request.method == "POST" else None
        formset = AwardFormSet(sent, initial=[_initial(row) for row in waiting.values()])
        if sent is not None and formset.is_valid():
            return self._award(request, shortlist, formset)
        return self._page(
            request,
            "admin/grants/award.html",
            _("Award grants"),
            shortlist=shortlist,
            formset=formset,
            # What was sent may hold rows that somebody else has awarded since.
            lines=[(_line(waiting[form.row_key]), form) for form in formset if form.row_key in waiting],
            others=[_line(row) for row in rows if row.pk not in waiting],
        )

    def _award(self, request: HttpRequest, shortlist: Shortlist, formset: Any) -> HttpResponseBase:
        try:
            grants = lifecycle.award_shortlist(
                shortlist, by=request.user, only=formset.chosen(), addressees=formset.addressees()
            )
        except lifecycle.AwardRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:grants_grant_award")
        if not grants:
            messages.warning(request, _("Nothing was awarded: these applications have their grants already."))
            return redirect("admin:grants_grant_award")
        message = ngettext(
            "%(count)d grant awarded; its letter is being made.",
            "%(count)d grants awarded; their letters are being made.",
            len(grants),
        )
        messages.success(request, message % {"count": len(grants)})
        return redirect("admin:grants_grant_changelist")

    def _page(self, request: HttpRequest, template: str, title: Any, **context: Any) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "title": title, "opts": self.model._meta}
        return TemplateResponse(request, template, {**frame, **context})


def _initial(row: ShortlistRow) -> dict[str, Any]:
    lines = lifecycle.usual_addressees(row)
    return {"row": row.pk, "award": True, "addressee_hy": lines.hy, "addressee_en": lines.en}


def _line(row: ShortlistRow) -> dict[str, Any]:
    """Return what the page says of a row."""
    application = row.entry.application
    return {
        "row": row,
        "number": application.number,
        "municipality": application.municipality,
        "lot": row.lot,
        "rank": row.rank,
        "score": row.score,
        "amount": lifecycle.amount_of(row),
        "currency": application.call.currency,
        "why_not": _("has a grant already") if hasattr(row.entry, "grant") else row.get_outcome_display(),
    }


@admin.register(Letter)
class LetterAdmin(OfMunicipality):
    """Letters, with their files and codes."""

    list_display = ("number", "municipality", "kind", "dated", "file_address", "rendered_at")
    list_filter = ("kind", ("grant__entry__application__call", admin.RelatedOnlyFieldListFilter))
    search_fields = ("number", "grant__municipality__sort_key__contains", "grant__municipality__name_en")
    viewers = READERS
    fields = ("number", "kind", "municipality", "addressee_hy", "addressee_en", "dated", "file_address", "rendered_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("grant__municipality", "file")

    @admin.display(description=_("municipality"), ordering="grant__municipality__sort_key")
    def municipality(self, letter: Letter) -> str:
        return str(letter.grant.municipality)

    @admin.display(description=_("file"))
    def file_address(self, letter: Letter) -> str:
        return file_link(letter)
