"""People, municipalities and roles, for staff."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts.lifecycle import follow_roles
from portal.accounts.models import (
    Country,
    CountryOffice,
    Membership,
    Municipality,
    Person,
    Region,
    Role,
    StaffRole,
)
from portal.accounts.staff import WHOLE_PROGRAMME, StaffAdmin, StaffTabularInline, TextsAdmin
from portal.armenian import fold

ADMINISTRATORS = (Role.ADMINISTRATOR,)
REGISTRARS = (Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER)

# Roles take the place of Django's groups; addresses and second factors belong to their owners alone.
for model in (Group, EmailAddress, Authenticator):
    admin.site.unregister(model)


@admin.register(Country)
class CountryAdmin(TextsAdmin):
    """Countries, their clocks, and from when one takes no part."""

    list_display = ("code", "name", "time_zone", "suspended_from")
    editors = ADMINISTRATORS
    ordering = ("code",)


@admin.register(CountryOffice)
class CountryOfficeAdmin(TextsAdmin):
    """Whom a municipality asks."""

    list_display = ("country", "name", "email", "phone")
    list_select_related = ("country",)
    editors = REGISTRARS


@admin.register(Region)
class RegionAdmin(TextsAdmin):
    """Regions by ISO 3166-2."""

    list_display = ("code", "name", "country")
    list_filter = ("country",)
    list_select_related = ("country",)
    search_fields = ("code", "name_hy", "name_en")
    editors = ADMINISTRATORS


class Memberships(StaffTabularInline):
    """Memberships, seen from either side."""

    model = Membership

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("person", "municipality")
        return rows


class MembershipInline(Memberships):
    """Who works for a municipality."""

    autocomplete_fields = ("person",)
    viewers = (*WHOLE_PROGRAMME, Role.COUNTRY_OFFICER)
    editors = REGISTRARS


@admin.register(Municipality)
class MunicipalityAdmin(TextsAdmin):
    """The register of municipalities; a country office sees its own."""

    list_display = ("name", "region", "country", "population", "merged_into", "members")
    list_filter = ("country", ("merged_into", admin.EmptyFieldListFilter))
    list_select_related = ("region", "country", "merged_into")
    search_fields = ("sort_key__contains", "name_en", "native_name", "code")
    autocomplete_fields = ("merged_into", "region")
    inlines = (MembershipInline,)
    viewers = (*WHOLE_PROGRAMME, Role.COUNTRY_OFFICER)
    editors = REGISTRARS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        members = Count("memberships", filter=Q(memberships__until=None))
        rows: QuerySet[Any] = super().get_queryset(request).annotate(member_count=members)
        return rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find a name however և is spelt."""
        found: tuple[QuerySet[Any], bool] = super().get_search_results(request, queryset, fold(search_term))
        return found

    @admin.display(description=_("members"), ordering="member_count")
    def members(self, municipality: Any) -> int:
        return int(municipality.member_count)


class StaffRoleInline(StaffTabularInline):
    """What a person does for the programme."""

    model = StaffRole
    fields = ("role", "country", "since", "until")
    editors = ADMINISTRATORS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("person", "country")
        return rows


class PersonMembershipInline(Memberships):
    """Whom a person works for."""

    autocomplete_fields = ("municipality",)
    editors = REGISTRARS


@admin.register(Person)
class PersonAdmin(StaffAdmin):
    """People who can log in. Passwords are set by their owners, never here."""

    list_display = ("email", "name", "language", "roles", "is_active")
    list_filter = ("is_active", "language", "staff_roles__role")
    search_fields = ("email", "name")
    fields = ("email", "name", "language", "phone", "is_active", "last_login", "joined_at")
    readonly_fields = ("last_login", "joined_at")
    inlines = (StaffRoleInline, PersonMembershipInline)
    editors = REGISTRARS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("staff_roles")

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the languages that the site speaks."""
        if db_field.name == "language":
            kwargs["choices"] = settings.LANGUAGES
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    @admin.display(description=_("roles"))
    def roles(self, person: Person) -> str:
        return ", ".join(str(held.get_role_display()) for held in person.staff_roles.all())

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        """A new person has no password until they set one by the e-mail for forgotten passwords."""
        obj.email = obj.email.lower()
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        person: Person = form.instance
        follow_roles(person)
