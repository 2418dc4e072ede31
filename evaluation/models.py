"""Checks, assessments and shortlists."""

from functools import reduce
from operator import or_
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models import StageEntry
from calls.models import CheckItem, Criterion, Lot, Stage
from calls.models.base import MoneyField
from portal import clock
from portal.accounts.models import Role
from portal.history import tracked
from portal.transitions import TransitionTable, guard, immutable


@tracked()
class CheckResult(models.Model):
    """What staff found at one line of the checklist."""

    class Answer(models.TextChoices):
        YES = "yes", _("yes")
        NO = "no", _("no")
        NOT_APPLICABLE = "na", _("not applicable")

    entry = models.ForeignKey(StageEntry, models.PROTECT, related_name="check_results", verbose_name=_("application"))
    item = models.ForeignKey(CheckItem, models.PROTECT, related_name="results", verbose_name=_("check"))
    answer = models.CharField(_("answer"), max_length=3, choices=Answer)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        verbose_name = _("result of a check")
        verbose_name_plural = _("results of checks")
        constraints = [models.UniqueConstraint(fields=["entry", "item"], name="check_result_once")]

    def __str__(self) -> str:
        return f"{self.item}: {self.get_answer_display()}"


class AssessmentState(models.TextChoices):
    ASSIGNED = "assigned", _("assigned")
    DECLINED = "declined", _("declined: conflict of interest")
    IN_PROGRESS = "in_progress", _("in progress")
    COMPLETED = "completed", _("completed")
    REOPENED = "reopened", _("reopened")


ASSESSMENT_TRANSITIONS: TransitionTable = {
    AssessmentState.ASSIGNED: frozenset({AssessmentState.DECLINED, AssessmentState.IN_PROGRESS}),
    AssessmentState.IN_PROGRESS: frozenset({AssessmentState.DECLINED, AssessmentState.COMPLETED}),
    AssessmentState.COMPLETED: frozenset({AssessmentState.REOPENED}),
    AssessmentState.REOPENED: frozenset({AssessmentState.DECLINED, AssessmentState.COMPLETED}),
    AssessmentState.DECLINED: frozenset(),
}


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, person: Any) -> "AssessmentQuerySet":
        """Return an assessor's own assessments, never another's; all of them for the programme's staff."""
        if not getattr(person, "is_authenticated", False):
            return self.none()
        if person.sees_everything:
            return self
        if person.has_role(Role.ASSESSOR):
            return self.filter(assessor=person).exclude(state=AssessmentState.DECLINED)
        return self.none()

    def ordinary(self) -> "AssessmentQuerySet":
        return self.filter(consensus=False)

    def in_order(self) -> "AssessmentQuerySet":
        """Order as assigned, which is the order in which they count."""
        return self.order_by("entry", "order", "pk")


class Assessment(models.Model):
    """One assessor's scores for one application, or the scores that the assessors agreed on."""

    entry = models.ForeignKey(StageEntry, models.PROTECT, related_name="assessments", verbose_name=_("application"))
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assessments", verbose_name=_("assessor")
    )
    consensus = models.BooleanField(_("agreed by all"), default=False)
    order = models.PositiveSmallIntegerField(_("order of assignment"))
    state = models.CharField(_("state"), max_length=12, choices=AssessmentState, default=AssessmentState.ASSIGNED)
    no_conflict_at = models.DateTimeField(_("declared no conflict of interest at"), null=True, blank=True)
    conflict = models.TextField(_("conflict of interest"), blank=True)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=4, null=True, blank=True)
    comment = models.TextField(_("overall comment"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    assigned_at = models.DateTimeField(_("assigned at"), default=clock.now)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)

    objects: ClassVar[Any] = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["entry", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "assessor", "consensus"], name="assessment_once_an_assessor"),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(consensus=True), name="assessment_one_consensus_an_entry"
            ),
            models.UniqueConstraint(fields=["entry", "order"], name="assessment_order_once"),
            models.CheckConstraint(condition=Q(state__in=AssessmentState.values), name="assessment_state_known"),
            models.CheckConstraint(
                condition=~Q(state=AssessmentState.COMPLETED) | Q(completed_at__isnull=False, total__isnull=False),
                name="assessment_completed_has_total_and_moment",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[AssessmentState.ASSIGNED, AssessmentState.DECLINED])
                | Q(no_conflict_at__isnull=False),
                name="assessment_begun_after_declaration",
            ),
        ]
        triggers = [guard(ASSESSMENT_TRANSITIONS)]

    def __str__(self) -> str:
        return f"{self.entry} · {self.order}"


tracked()(Assessment)


@tracked()
class Score(models.Model):
    """A score for one criterion. No row means not scored yet, which is not zero."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+", verbose_name=_("criterion"))
    value = models.DecimalField(_("score"), max_digits=7, decimal_places=2, null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [models.UniqueConstraint(fields=["assessment", "criterion"], name="score_once_a_criterion")]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.value}"


class ShortlistState(models.TextChoices):
    DRAFT = "draft", _("draft")
    FROZEN = "frozen", _("frozen")
    SUPERSEDED = "superseded", _("replaced")


SHORTLIST_TRANSITIONS: TransitionTable = {
    ShortlistState.DRAFT: frozenset({ShortlistState.FROZEN}),
    ShortlistState.FROZEN: frozenset({ShortlistState.SUPERSEDED}),
    ShortlistState.SUPERSEDED: frozenset(),
}


class ShortlistQuerySet(models.QuerySet["Shortlist"]):
    def visible_to(self, person: Any) -> "ShortlistQuerySet":
        """Return all for the programme's staff; for a country office the frozen ones of calls open to its country."""
        if not getattr(person, "is_authenticated", False):
            return self.none()
        if person.sees_everything:
            return self
        if not person.office_countries:
            return self.none()
        return self.exclude(state=ShortlistState.DRAFT).filter(stage__call__countries__overlap=person.office_countries)


def _fixed_once_frozen() -> pgtrigger.Trigger:
    """Return the trigger by which PostgreSQL refuses to change what a frozen shortlist says."""
    names = ("content", "digest", "replaces", "frozen_at")
    changes = (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in names)
    frozen = ~pgtrigger.Q(old__state=ShortlistState.DRAFT.value)
    return pgtrigger.Protect(
        name="fixed_once_frozen", operation=pgtrigger.Update, condition=frozen & reduce(or_, changes)
    )


class Shortlist(models.Model):
    """The ranking and selection of a stage. Frozen, its content and digest are fixed; a change makes a new one."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="shortlists", verbose_name=_("stage"))
    state = models.CharField(_("state"), max_length=10, choices=ShortlistState, default=ShortlistState.DRAFT)
    seed = models.BigIntegerField(_("seed of the draw"))
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    content = models.JSONField(
        _("content"), null=True, blank=True, help_text=_("What the ranking rests on, and its result.")
    )
    digest = models.CharField(_("SHA-256"), max_length=64, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made at"), default=clock.now)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("frozen by"),
    )
    frozen_at = models.DateTimeField(_("frozen at"), null=True, blank=True)

    objects: ClassVar[Any] = ShortlistQuerySet.as_manager()

    class Meta:
        verbose_name = _("shortlist")
        verbose_name_plural = _("shortlists")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ShortlistState.values), name="shortlist_state_known"),
            models.CheckConstraint(
                condition=Q(state=ShortlistState.DRAFT)
                | (Q(frozen_at__isnull=False, content__isnull=False) & ~Q(digest="")),
                name="shortlist_frozen_has_content_and_digest",
            ),
            models.UniqueConstraint(
                fields=["stage"], condition=Q(state="frozen"), name="shortlist_one_in_force_a_stage"
            ),
            models.UniqueConstraint(fields=["stage"], condition=Q(state="draft"), name="shortlist_one_draft_a_stage"),
        ]
        triggers = [
            guard(SHORTLIST_TRANSITIONS),
            immutable("stage", "seed"),  # nobody draws until they like the draw
            _fixed_once_frozen(),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.stage.call_id} · {self.stage} · {self.get_state_display()}"


tracked()(Shortlist)


class Outcome(models.TextChoices):
    SELECTED = "selected", _("selected")
    RESERVE = "reserve", _("reserve")
    PASSED = "passed", _("passed, for the committee")
    FAILED = "failed", _("below the threshold")


class ShortlistRowQuerySet(models.QuerySet["ShortlistRow"]):
    def visible_to(self, person: Any) -> "ShortlistRowQuerySet":
        """Return the rows a person may read: a country office its own country's, with the ranks of the whole lot."""
        rows = self.filter(shortlist__in=Shortlist.objects.visible_to(person))
        if getattr(person, "sees_everything", False):
            return rows
        return rows.filter(entry__application__municipality__country__in=person.office_countries)


class ShortlistRow(models.Model):
    """An application's place in a frozen shortlist."""

    shortlist = models.ForeignKey(Shortlist, models.PROTECT, related_name="rows", verbose_name=_("shortlist"))
    entry = models.ForeignKey(StageEntry, models.PROTECT, related_name="shortlist_rows", verbose_name=_("application"))
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+", verbose_name=_("lot"))
    position = models.PositiveIntegerField(_("position"))
    rank = models.PositiveIntegerField(_("rank"), null=True)
    score = models.DecimalField(_("score"), max_digits=12, decimal_places=2)
    requested = MoneyField(_("amount requested"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)

    objects: ClassVar[Any] = ShortlistRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a shortlist")
        verbose_name_plural = _("rows of shortlists")
        ordering = ["shortlist", "position"]
        constraints = [
            models.UniqueConstraint(fields=["shortlist", "entry"], name="shortlist_row_once"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="shortlist_row_outcome_known"),
        ]
        triggers = [immutable()]

    def __str__(self) -> str:
        return f"{self.position} · {self.entry}"
