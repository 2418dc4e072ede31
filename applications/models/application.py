"""Applications: one for each call, lot and municipality, with an entry for each stage."""

from datetime import datetime
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from calls.extensions import closes_at, deadline_for
from calls.models import Call, Lot, Stage
from calls.models.base import MoneyField
from portal import clock
from portal.accounts.models import Municipality
from portal.history import tracked
from portal.transitions import TransitionTable, guard


class NumberSeries(models.Model):  # noqa: DJ008 - nobody is shown a counter
    """The last number given in a call; its row is locked while the next one is taken."""

    call = models.OneToOneField(Call, models.PROTECT, related_name="+", primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("series of numbers")
        verbose_name_plural = _("series of numbers")


def helped_by(person: Any, path: str = "") -> Q:
    """Return the condition that a person helps with an application from outside; ``path`` leads to it."""
    now = clock.now()
    held = {"person": person, "ended_at": None, "until__gt": now}
    return Q(**{f"{path}pk__in": apps.get_model("applications", "Helper").objects.filter(**held).values("application")})


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, person: Any) -> "ApplicationQuerySet":
        """Return the applications a person may know of.

        Members see those of their municipality, drafts too, and helpers from outside the one they help with; the
        programme's staff see all and country offices their country's once submitted. Assessors see none here: they
        start from their assessments.
        """
        if not getattr(person, "is_authenticated", False):
            return self.none()
        submitted = Q(number__isnull=False)
        if person.sees_everything:
            return self
        own = Q(municipality__in=person.current_memberships().values("municipality"))
        return self.filter(own | helped_by(person) | (submitted & Q(municipality__country__in=person.office_countries)))


@tracked()
class Application(models.Model):
    """What a municipality asks for in a call: one number through all stages, and the name it was made under."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="applications", verbose_name=_("call for proposals"))
    lot = models.ForeignKey(
        Lot, models.PROTECT, null=True, blank=True, related_name="applications", verbose_name=_("lot")
    )
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="applications", verbose_name=_("municipality")
    )
    municipality_name_hy = models.CharField(_("name of the municipality at the time (hy)"), max_length=150)
    municipality_name_en = models.CharField(_("name of the municipality at the time (en)"), max_length=150)
    number = models.CharField(_("number"), max_length=60, unique=True, null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("begun by")
    )
    created_at = models.DateTimeField(_("begun at"), default=clock.now)

    objects: ClassVar[Any] = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["call", "number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "lot", "municipality"], nulls_distinct=False, name="application_once_a_lot"
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(_("draft"))


class EntryState(models.TextChoices):
    DRAFT = "draft", _("draft, not submitted")
    SUBMITTED = "submitted", _("submitted")
    CLARIFICATION = "clarification", _("clarification requested")
    WITHDRAWN = "withdrawn", _("withdrawn")
    REJECTED = "rejected", _("rejected at the checks")
    FAILED = "failed", _("below the threshold")
    SELECTED = "selected", _("selected")
    RESERVE = "reserve", _("on the reserve list")
    NOT_SELECTED = "not_selected", _("not selected")


_DECIDED = frozenset({EntryState.FAILED, EntryState.SELECTED, EntryState.RESERVE, EntryState.NOT_SELECTED})
ENTRY_TRANSITIONS: TransitionTable = {
    EntryState.DRAFT: frozenset({EntryState.SUBMITTED, EntryState.WITHDRAWN}),
    EntryState.SUBMITTED: frozenset({EntryState.CLARIFICATION, EntryState.WITHDRAWN, EntryState.REJECTED}) | _DECIDED,
    EntryState.CLARIFICATION: frozenset({EntryState.SUBMITTED, EntryState.WITHDRAWN, EntryState.REJECTED}),
    EntryState.WITHDRAWN: frozenset({EntryState.DRAFT}),
    EntryState.REJECTED: frozenset({EntryState.SUBMITTED}),
    # A shortlist that replaces another decides again; "evaluate again" takes the entry back to submitted.
    **{state: (_DECIDED - {state}) | {EntryState.SUBMITTED} for state in sorted(_DECIDED)},
}
WITHOUT_SUBMISSION = (EntryState.DRAFT, EntryState.WITHDRAWN)


_FIGURES = ("applications.Clarification", "applications.Attachment", "calls.Waiver")


class StageEntryQuerySet(models.QuerySet["StageEntry"]):
    def visible_to(self, person: Any) -> "StageEntryQuerySet":
        """Return the entries of the applications that the person may know of.

        A country office sees those that were submitted, and none that is a draft: neither that of a later stage, nor
        one that was withdrawn and is written anew.
        """
        known = self.filter(application__in=Application.objects.visible_to(person))
        if not getattr(person, "is_authenticated", False) or person.sees_everything or not person.office_countries:
            return known
        own = Q(application__municipality__in=person.current_memberships().values("municipality"))
        submitted = Q(submission__isnull=False) & ~Q(state=EntryState.DRAFT)
        return known.filter(own | helped_by(person, "application__") | submitted)

    def drafts(self) -> "StageEntryQuerySet":
        return self.filter(state=EntryState.DRAFT)

    def with_deadline(self) -> "StageEntryQuerySet":
        """Add until when each may be submitted (``StageEntry.deadline``), in the same query."""
        return self.annotate(closes_at=closes_at("stage", "application__municipality"))

    def with_figures(self) -> "StageEntryQuerySet":
        """Add what is asked in an open request for clarification, which files are there and which rules are waived."""
        asked, files, waivers = (apps.get_model(name) for name in _FIGURES)
        here = {"entry": OuterRef("pk")}
        waived = waivers.objects.in_force().filter(
            call=OuterRef("stage__call"), municipality=OuterRef("application__municipality")
        )
        return self.annotate(
            asked=Subquery(asked.objects.filter(**here, state="open").order_by().values("questions")[:1]),
            files_there=ArraySubquery(files.objects.filter(**here, removed_at=None).order_by().values("question")),
            rules_waived=ArraySubquery(waived.order_by().values("rule")),
        )

    def for_reader(self, person: Any) -> "StageEntryQuerySet":
        """Add the person's role on each and whether they help with it, in the same query (``rules.role_on``)."""
        held = person.current_memberships().filter(municipality=OuterRef("application__municipality"))
        return self.annotate(
            reader=Value(person.pk),
            reader_role=Subquery(held.order_by().values("role")[:1]),
            reader_helps=Case(When(helped_by(person, "application__"), then=True), default=False),
        )

    def in_evaluation(self) -> "StageEntryQuerySet":
        """Leave out what was never submitted, was withdrawn, or was rejected at the checks."""
        return self.exclude(state__in=[*WITHOUT_SUBMISSION, EntryState.REJECTED])


class StageEntry(models.Model):
    """An application in one stage: its state, answers and submissions."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="entries", verbose_name=_("application"))
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="entries", verbose_name=_("stage"))
    state = models.CharField(_("state"), max_length=15, choices=EntryState, default=EntryState.DRAFT)
    requested = MoneyField(_("amount requested"), default=0)
    total_cost = MoneyField(_("total cost"), default=0)
    months = models.PositiveSmallIntegerField(_("duration, months"), null=True, blank=True)
    submission = models.OneToOneField(
        "Submission", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("submission that counts")
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    created_at = models.DateTimeField(_("begun at"), default=clock.now)
    changed_at = models.DateTimeField(_("changed at"), default=clock.now)
    acknowledged = models.PositiveSmallIntegerField(_("last corrigendum that the writers know of"), default=0)
    # While what was submitted stands, its answers may be changed for another submission before the deadline.
    reopened_at = models.DateTimeField(_("reopened for change at"), null=True, blank=True)
    # What the earlier stage settled for this one, written down when it is begun.
    fixed = ArrayField(
        models.CharField(max_length=60), verbose_name=_("answers fixed by the earlier stage"), default=list
    )
    requested_before = MoneyField(_("amount requested in the earlier stage"), null=True, blank=True)

    objects: ClassVar[Any] = StageEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage of an application")
        verbose_name_plural = _("stages of applications")
        ordering = ["stage", "application"]
        constraints = [
            models.UniqueConstraint(fields=["application", "stage"], name="entry_once_a_stage"),
            models.CheckConstraint(condition=Q(state__in=EntryState.values), name="entry_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=WITHOUT_SUBMISSION) | Q(submission__isnull=False, submitted_at__isnull=False),
                name="entry_submitted_has_snapshot_and_moment",
            ),
        ]
        indexes = [models.Index(fields=["stage", "state"])]
        triggers = [guard(ENTRY_TRANSITIONS)]

    def __str__(self) -> str:
        return f"{self.application} · {self.stage}"

    @property
    def deadline(self) -> datetime:
        """Until when the municipality may submit: the end of its extension, where it has one.

        A query, unless the entry was read by ``with_deadline``.
        """
        known: datetime | None = self.__dict__.get("closes_at")
        return known or deadline_for(self.stage, self.application.municipality_id)

    @property
    def reopened(self) -> bool:
        """Whether answers are being changed while an earlier submission stands."""
        return self.reopened_at is not None and self.state == EntryState.SUBMITTED

    @property
    def takes_text(self) -> bool:
        """Whether answers can be written: a draft, one reopened, or one to be clarified."""
        return self.reopened or self.state in (EntryState.DRAFT, EntryState.CLARIFICATION)

    @property
    def asked_questions(self) -> frozenset[str]:
        """The questions that are to be clarified now. A query, unless the entry was read ``with_figures``."""
        if "asked" not in self.__dict__:
            rows = self.clarifications.filter(state="open")
            self.__dict__["asked"] = rows.values_list("questions", flat=True).first()
        return frozenset(self.__dict__["asked"] or ())

    @property
    def zones(self) -> list[str]:
        """The clocks by which its moments are told: that of the call, and that of the municipality's country."""
        return list(dict.fromkeys([self.stage.call.time_zone, self.application.municipality.country.time_zone]))

    @property
    def extended(self) -> bool:
        """Whether the municipality may submit longer than all others."""
        return self.deadline > self.stage.deadline


tracked()(StageEntry)
