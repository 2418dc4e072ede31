"""People, countries, municipalities, members and roles."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, Self, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.armenian import folded_field
from portal.history import tracked

Row = TypeVar("Row", bound=models.Model)


def today() -> date:
    """Return the present date in UTC: terms of membership and office begin and end with whole days."""
    return clock.now().date()


class Country(models.Model):
    """A country of the programme, with its clock. Its code is ISO 3166-1."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name = models.CharField(_("name"), max_length=100)
    time_zone = models.CharField(_("time zone"), max_length=50)
    suspended_from = models.DateField(
        _("suspended from"),
        null=True,
        blank=True,
        help_text=_("From this day on, its municipalities cannot start or submit applications."),
    )
    note = models.TextField(_("note for the public"), blank=True)

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def suspended_on(self, day: date) -> bool:
        """Say whether the country takes no part on that day."""
        return self.suspended_from is not None and self.suspended_from <= day


class CountryOffice(models.Model):
    """Whom a municipality of a country asks."""

    country = models.OneToOneField(Country, models.PROTECT, related_name="office", verbose_name=_("country"))
    name = models.CharField(_("name"), max_length=200)
    address = models.CharField(_("address"), max_length=300, blank=True)
    email = models.EmailField(_("e-mail address"))
    phone = models.CharField(_("telephone"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("country office")
        verbose_name_plural = _("country offices")
        ordering = ["country"]

    def __str__(self) -> str:
        return self.name


class Region(models.Model):
    """A marz, oblast or region. Its code is ISO 3166-2."""

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    country = models.ForeignKey(Country, models.PROTECT, related_name="regions", verbose_name=_("country"))
    name = models.CharField(_("name"), max_length=100)
    full_name = models.CharField(_("full name"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["country", "code"]

    def __str__(self) -> str:
        return self.name


class MunicipalityQuerySet(models.QuerySet["Municipality"]):
    def current(self) -> "MunicipalityQuerySet":
        """Leave out those that have merged into another."""
        return self.filter(merged_into=None)

    def visible_to(self, person: "Person") -> "MunicipalityQuerySet":
        """Return those a person works for: own ones for members, the country's for offices, all for the programme."""
        if person.sees_everything:
            return self
        own = Q(memberships__in=person.current_memberships())
        return self.filter(own | Q(country__in=person.office_countries)).distinct()


class Municipality(models.Model):
    """A local authority that may apply. One that merged stays, and points at its successor."""

    country = models.ForeignKey(Country, models.PROTECT, related_name="municipalities", verbose_name=_("country"))
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="municipalities", verbose_name=_("region")
    )
    code = models.CharField(_("code"), max_length=30, help_text=_("The code of the national register."))
    name = models.CharField(_("name"), max_length=150)
    native_name = models.CharField(_("name in the country's language"), max_length=150, blank=True)
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("merged into"),
    )
    merged_on = models.DateField(_("merged on"), null=True, blank=True)
    population = models.PositiveIntegerField(
        _("population"), null=True, blank=True, help_text=_("Empty where unknown: never read as 0.")
    )
    lat = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    lon = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    official_email = models.EmailField(_("official e-mail"), blank=True)
    sort_key = folded_field("name_hy")

    objects: ClassVar[Any] = MunicipalityQuerySet.as_manager()

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["country", "code"], name="municipality_code_once_a_country"),
            models.CheckConstraint(
                condition=~Q(merged_into=models.F("pk")), name="municipality_not_merged_into_itself"
            ),
        ]
        indexes = [models.Index(fields=["sort_key"])]

    def __str__(self) -> str:
        return self.name


class Language(models.TextChoices):
    """In which language a person is written to; the site offers those of its settings."""

    HY = "hy", "Հայերեն"
    EN = "en", "English"
    KA = "ka", "ქართული"
    RO = "ro", "Română"
    UK = "uk", "Українська"
    AZ = "az", "Azərbaycanca"
    RU = "ru", "Русский"


class PersonManager(BaseUserManager["Person"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Create a person who logs in by e-mail address; the address is kept in lower case."""
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser, PermissionsMixin):
    """Anyone who can log in. What they may do follows from memberships and roles, not from this row."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.HY)
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    is_staff = models.BooleanField(
        _("may open the administration"),
        default=False,
        help_text=_("Follows from the roles; not set by hand."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined at"), default=clock.now, editable=False)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_in_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def current_memberships(self) -> "models.QuerySet[Membership]":
        """Return the person's memberships that are in force today."""
        return self.memberships.in_force()

    @cached_property
    def active_roles(self) -> list["StaffRole"]:
        """The roles in force today, read once for each object of a person (so once a request)."""
        return list(self.staff_roles.in_force()) if self.pk else []

    def has_role(self, *roles: str, country: str | None = None) -> bool:
        """Say whether the person holds one of the roles, for that country where one is named."""
        return any(
            held.role in roles and (country is None or held.country_id in (None, country)) for held in self.active_roles
        )

    @property
    def sees_everything(self) -> bool:
        """Whether the person works for the programme as a whole, or audits it."""
        return self.is_superuser or self.has_role(*Role.programme_wide())

    @property
    def office_countries(self) -> list[str]:
        """The countries whose office the person works in."""
        return [held.country_id for held in self.active_roles if held.role == Role.COUNTRY_OFFICER and held.country_id]


class OfMunicipalityQuerySet(models.QuerySet[Row]):
    """Rows that concern one municipality, their field ``municipality``."""

    def visible_to(self, person: Any) -> Self:
        """Return what concerns the person's municipalities or country; everything for the programme's staff."""
        if not getattr(person, "is_authenticated", False):
            return self.none()
        if person.sees_everything:
            return self
        own = Q(municipality__in=person.current_memberships().values("municipality"))
        return self.filter(own | Q(municipality__country__in=person.office_countries))


class TermQuerySet(models.QuerySet[Any]):
    """Rows that hold from one day to another."""

    def in_force(self, day: date | None = None) -> "TermQuerySet":
        day = day or today()
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day)


class MemberRole(models.TextChoices):
    HEAD = "head", _("head of the municipality")
    EDITOR = "editor", _("editor")
    VIEWER = "viewer", _("viewer")


@tracked()
class Membership(models.Model):
    """A person works for a municipality, from one day to another."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="memberships", verbose_name=_("municipality")
    )
    role = models.CharField(_("role"), max_length=10, choices=MemberRole)
    since = models.DateField(_("since"), default=today)
    until = models.DateField(_("until"), null=True, blank=True)

    objects: ClassVar[Any] = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["municipality", "person"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "municipality"], condition=Q(until=None), name="membership_once_a_person"
            ),
            models.CheckConstraint(condition=Q(role__in=MemberRole.values), name="membership_role_known"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")),
                name="membership_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.municipality}"


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("administrator")
    PROGRAMME_OFFICER = "programme_officer", _("programme officer")
    GRANT_OFFICER = "grant_officer", _("grant officer")
    COUNTRY_OFFICER = "country_officer", _("country officer")
    ASSESSOR = "assessor", _("assessor")
    AUDITOR = "auditor", _("auditor")

    @classmethod
    def programme_wide(cls) -> Iterable[str]:
        """The roles whose holders see every country."""
        return (cls.ADMINISTRATOR, cls.PROGRAMME_OFFICER, cls.GRANT_OFFICER, cls.AUDITOR)


@tracked()
class StaffRole(models.Model):
    """A person works for the programme in one role, for a country or for all, from one day to another."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="staff_roles", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("country")
    )
    since = models.DateField(_("since"), default=today)
    until = models.DateField(_("until"), null=True, blank=True)

    objects: ClassVar[Any] = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("staff role")
        verbose_name_plural = _("staff roles")
        ordering = ["person", "role"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="staff_role_known"),
            models.CheckConstraint(
                condition=~Q(role=Role.COUNTRY_OFFICER) | Q(country__isnull=False),
                name="country_officer_has_a_country",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "country"],
                condition=Q(until=None),
                nulls_distinct=False,
                name="staff_role_once_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_role_display()}"
