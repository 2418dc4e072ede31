"""Programmes, calls, lots, priorities, rules of eligibility and documents."""

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.models.base import MoneyField, PercentField, Positioned, inner_code, public_code
from portal import clock
from portal.accounts.models import Municipality, TermQuerySet, today
from portal.documents.models import StoredFile
from portal.history import tracked
from portal.transitions import TransitionTable, guard


class Programme(models.Model):
    """A programme that publishes calls."""

    code = models.CharField(_("code"), max_length=30, unique=True, validators=[public_code])
    title = models.CharField(_("title"), max_length=200)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title


@tracked()
class ProgrammeMembership(models.Model):
    """A municipality belongs to the programme's network."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="memberships", verbose_name=_("programme"))
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="programme_memberships", verbose_name=_("municipality")
    )
    since = models.DateField(_("since"), default=today)
    until = models.DateField(_("until"), null=True, blank=True)

    objects: ClassVar[Any] = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of the network")
        verbose_name_plural = _("members of the network")
        ordering = ["programme", "municipality"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "municipality"], condition=Q(until=None), name="network_member_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme} · {self.municipality}"


class CallState(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    CANCELLED = "cancelled", _("cancelled")
    ARCHIVED = "archived", _("archived")


CALL_TRANSITIONS: TransitionTable = {
    CallState.DRAFT: frozenset({CallState.PUBLISHED}),
    CallState.PUBLISHED: frozenset({CallState.CANCELLED, CallState.ARCHIVED}),
    CallState.CANCELLED: frozenset({CallState.ARCHIVED}),
    CallState.ARCHIVED: frozenset(),
}


class CallQuerySet(models.QuerySet["Call"]):
    def public(self) -> "CallQuerySet":
        """Return the calls that anyone may read."""
        return self.exclude(state=CallState.DRAFT)

    def originals(self) -> "CallQuerySet":
        """Leave out the working copies in which changes of published calls are prepared."""
        return self.filter(amends=None)

    def visible_to(self, person: Any) -> "CallQuerySet":
        """Return all calls for the programme's staff; the public ones for everyone else."""
        everything = getattr(person, "is_authenticated", False) and person.sees_everything
        return self if everything else self.public()


class Call(models.Model):
    """A call for proposals. Whether it is open follows from its stages' moments, and is never stored."""

    class Cover(models.TextChoices):
        ALL = "all", _("all of them")
        ANY = "any", _("at least one")
        NONE = "none", _("none need be")

    code = models.CharField(_("reference"), max_length=40, unique=True, validators=[public_code])
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="calls", verbose_name=_("programme"))
    state = models.CharField(_("state"), max_length=10, choices=CallState, default=CallState.DRAFT)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(_("summary"))
    description = models.TextField(_("description"), blank=True)
    languages = ArrayField(models.CharField(max_length=5), verbose_name=_("languages"))
    countries = ArrayField(models.CharField(max_length=2), verbose_name=_("countries"))
    currency = models.CharField(_("currency"), max_length=3)
    budget = MoneyField(_("total budget"))
    grant_min = MoneyField(_("minimum amount"), null=True, blank=True)
    grant_max = MoneyField(_("maximum amount"), null=True, blank=True)
    grant_fixed = MoneyField(_("fixed amount"), null=True, blank=True)
    cofinancing_min_percent = PercentField(_("least co-financing, percent of the total cost"), default=0)
    duration_min_months = models.PositiveSmallIntegerField(_("shortest duration, months"), null=True, blank=True)
    duration_max_months = models.PositiveSmallIntegerField(_("longest duration, months"), null=True, blank=True)
    limit_per_call = models.PositiveSmallIntegerField(_("applications of a municipality in the call"), default=1)
    limit_per_lot = models.PositiveSmallIntegerField(_("applications of a municipality in a lot"), default=1)
    priorities_cover = models.CharField(_("priorities to address"), max_length=4, choices=Cover, default=Cover.ALL)
    questions_until = models.DateTimeField(_("questions until"), null=True, blank=True)
    answers_until = models.DateTimeField(_("answers until"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50)
    prevailing_language = models.CharField(_("prevailing language of letters"), max_length=5, blank=True)
    signatory_name = models.CharField(_("signatory"), max_length=150, blank=True)
    signatory_position = models.CharField(_("position of the signatory"), max_length=200, blank=True)
    funder = models.CharField(_("funder"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"), default=clock.now, editable=False)
    publish_at = models.DateTimeField(_("to be published at"), null=True, blank=True, editable=False)
    scheduled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("scheduled by"),
    )
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True, editable=False)
    # By language, as everybody reads it.
    cancel_reason = models.JSONField(_("reason of the cancellation"), default=dict, blank=True, editable=False)
    # After publication: see calls/corrigenda.
    revision = models.PositiveIntegerField(_("changes since publication"), default=0, editable=False)
    last_corrigendum = models.PositiveSmallIntegerField(_("number of the last corrigendum"), default=0, editable=False)
    amends = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="copy",
        verbose_name=_("working copy of"),
    )
    amends_revision = models.PositiveIntegerField(_("revision that was copied"), null=True, blank=True, editable=False)

    objects: ClassVar[Any] = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call for proposals")
        verbose_name_plural = _("calls for proposals")
        ordering = ["-published_at", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CallState.values), name="call_state_known"),
            models.CheckConstraint(
                condition=Q(state=CallState.DRAFT) | Q(published_at__isnull=False), name="call_published_has_a_moment"
            ),
            models.CheckConstraint(condition=Q(budget__gte=0), name="call_budget_not_negative"),
            models.CheckConstraint(
                condition=Q(publish_at=None, scheduled_by=None)
                | Q(publish_at__isnull=False, scheduled_by__isnull=False, state=CallState.DRAFT, amends=None),
                name="call_scheduled_is_a_draft",
            ),
            models.CheckConstraint(
                condition=Q(amends=None, amends_revision=None)
                | Q(amends__isnull=False, amends_revision__isnull=False, state=CallState.DRAFT),
                name="call_copy_stays_a_draft",
            ),
        ]
        triggers = [guard(CALL_TRANSITIONS)]

    def __str__(self) -> str:
        return self.code

    @property
    def zone(self) -> ZoneInfo:
        """The clock by which the call's moments are given."""
        return ZoneInfo(self.time_zone)

    def local(self, moment: datetime) -> datetime:
        """Return a moment by the call's own clock."""
        return moment.astimezone(self.zone)


class Priority(Positioned):
    call = models.ForeignKey(Call, models.CASCADE, related_name="priorities")
    code = models.CharField(_("code"), max_length=60, validators=[inner_code])
    title = models.CharField(_("title"), max_length=300)

    class Meta(Positioned.Meta):
        verbose_name = _("priority")
        verbose_name_plural = _("priorities")
        constraints = [models.UniqueConstraint(fields=["call", "code"], name="priority_code_once")]

    def __str__(self) -> str:
        return self.title


class Lot(Positioned):
    """A part of a call with its own money, objectives and ranking."""

    class Kind(models.TextChoices):
        GEOGRAPHIC = "geographic", _("geographic lot")
        THEMATIC = "thematic", _("thematic lot")
        HORIZONTAL = "horizontal", _("horizontal lot")

    call = models.ForeignKey(Call, models.CASCADE, related_name="lots")
    code = models.CharField(_("code"), max_length=30, validators=[public_code])
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    title = models.CharField(_("title"), max_length=300)
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True, verbose_name=_("countries"))
    regions = ArrayField(models.CharField(max_length=6), default=list, blank=True, verbose_name=_("regions"))
    budget = MoneyField(_("budget"))
    grant_min = MoneyField(_("minimum amount"), null=True, blank=True)
    grant_max = MoneyField(_("maximum amount"), null=True, blank=True)
    grant_fixed = MoneyField(_("fixed amount"), null=True, blank=True)
    cofinancing_min_percent = PercentField(_("least co-financing, percent of the total cost"), null=True, blank=True)

    class Meta(Positioned.Meta):
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        constraints = [models.UniqueConstraint(fields=["call", "code"], name="lot_code_once")]

    def __str__(self) -> str:
        return self.title


class Objective(Positioned):
    lot = models.ForeignKey(Lot, models.CASCADE, related_name="objectives")
    text = models.TextField(_("text"))

    class Meta(Positioned.Meta):
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")

    def __str__(self) -> str:
        return self.text


class EligibilityRule(Positioned):
    """One rule of the right to apply. What its kind needs beside texts is in ``settings``, as in the call file."""

    class Otherwise(models.TextChoices):
        FAIL = "fail", _("cannot apply")
        CAVEAT = "caveat", _("may apply, with a caveat")

    call = models.ForeignKey(Call, models.CASCADE, related_name="eligibility_rules")
    rule = models.CharField(_("rule"), max_length=40)
    code = models.CharField(_("code"), max_length=60, blank=True)
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    otherwise = models.CharField(_("otherwise"), max_length=6, choices=Otherwise, default=Otherwise.FAIL)
    reason = models.TextField(_("reason shown to the applicant"), blank=True)
    text = models.TextField(_("statement to confirm"), blank=True)

    class Meta(Positioned.Meta):
        verbose_name = _("eligibility rule")
        verbose_name_plural = _("eligibility rules")

    def __str__(self) -> str:
        return self.rule


class CallDocument(Positioned):
    """What an applicant downloads."""

    class Kind(models.TextChoices):
        GUIDELINES = "guidelines", _("guidelines for applicants")
        TEMPLATE = "template", _("template")
        OTHER = "other", _("other document")

    call = models.ForeignKey(Call, models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    title = models.CharField(_("title"), max_length=300)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("file"))
    place = models.CharField(_("path beside the call file"), max_length=200, blank=True, editable=False)

    class Meta(Positioned.Meta):
        verbose_name = _("document of the call")
        verbose_name_plural = _("documents of the call")

    def __str__(self) -> str:
        return self.title
