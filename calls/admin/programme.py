"""Programmes and who belongs to their networks."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from calls.models import Programme, ProgrammeMembership
from portal.accounts.models import Role
from portal.accounts.staff import WHOLE_PROGRAMME, StaffAdmin, TextsAdmin
from portal.armenian import fold

EDITORS = (Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER)
READERS = (*WHOLE_PROGRAMME, Role.COUNTRY_OFFICER)


@admin.register(Programme)
class ProgrammeAdmin(TextsAdmin):
    """Programmes, with how many calls and members each has."""

    list_display = ("title", "code", "call_count", "member_count")
    search_fields = ("code", "title_hy", "title_en")
    fields = ("code", "title")
    viewers = READERS
    editors = EDITORS

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        members = Count("memberships", filter=Q(memberships__until=None), distinct=True)
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(calls_made=Count("calls", distinct=True), members_now=members)
        return counted

    def _unspoken(self) -> set[str]:
        """A call may declare languages that the site does not speak: it names its programme in each of them."""
        return set()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The code of a programme is written in call files: it stays."""
        return ("code",) if obj else ()

    @admin.display(description=_("calls"), ordering="calls_made")
    def call_count(self, programme: Any) -> int:
        return int(programme.calls_made)

    @admin.display(description=_("members of the network"), ordering="members_now")
    def member_count(self, programme: Any) -> int:
        return int(programme.members_now)


@admin.register(ProgrammeMembership)
class ProgrammeMembershipAdmin(StaffAdmin):
    """Which municipality belongs to which network, and since when."""

    list_display = ("municipality", "country", "programme", "since", "until")
    list_filter = ("programme", "municipality__country", ("until", admin.EmptyFieldListFilter))
    list_select_related = ("municipality__country", "programme")
    search_fields = ("municipality__sort_key__contains", "municipality__name_en", "municipality__native_name")
    autocomplete_fields = ("municipality", "programme")
    ordering = ("programme", "municipality__sort_key")
    viewers = READERS
    editors = EDITORS

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """A country office sees the members of its own country."""
        rows, person = super().get_queryset(request), request.user
        everything = person.sees_everything  # type: ignore[union-attr]
        return rows if everything else rows.filter(municipality__country__in=person.office_countries)  # type: ignore[union-attr]

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> "tuple[QuerySet[Any], bool]":
        """Find a name however և is spelt."""
        return super().get_search_results(request, queryset, fold(search_term))  # type: ignore[no-any-return]

    @admin.display(description=_("country"), ordering="municipality__country")
    def country(self, membership: ProgrammeMembership) -> str:
        return membership.municipality.country.name
