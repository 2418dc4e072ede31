"""Clarification: a formal question about particular answers after submission, with a deadline of its own."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import StageEntry
from applications.models.submission import Submission
from portal import clock
from portal.history import tracked
from portal.transitions import TransitionTable, guard, immutable, kept


class ClarificationState(models.TextChoices):
    OPEN = "open", _("waiting for the applicant")
    ANSWERED = "answered", _("answered")
    LAPSED = "lapsed", _("not answered in time")
    WITHDRAWN = "withdrawn", _("taken back")


CLARIFICATION_TRANSITIONS: TransitionTable = {
    ClarificationState.OPEN: frozenset(
        {ClarificationState.ANSWERED, ClarificationState.LAPSED, ClarificationState.WITHDRAWN}
    ),
}


@tracked()
class Clarification(models.Model):
    """A request to clarify some answers of a submission. Both versions are kept: ``about`` and ``answer``.

    From ``asked_at`` to ``closed_at`` the time limits of the stage stand still for this application.
    """

    entry = models.ForeignKey(StageEntry, models.PROTECT, related_name="clarifications", verbose_name=_("entry"))
    questions = ArrayField(models.CharField(max_length=60), verbose_name=_("questions"))
    text = models.TextField(_("what is asked"), max_length=4000)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"), default=clock.now)
    due_at = models.DateTimeField(_("to be answered by"))
    state = models.CharField(_("state"), max_length=10, choices=ClarificationState, default=ClarificationState.OPEN)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    about = models.ForeignKey(Submission, models.PROTECT, related_name="+", verbose_name=_("about the submission"))
    answer = models.OneToOneField(
        Submission,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="clarification",
        verbose_name=_("answered by the submission"),
    )

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        verbose_name = _("clarification request")
        verbose_name_plural = _("clarification requests")
        ordering = ["entry", "asked_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ClarificationState.values), name="clarification_state_known"),
            models.CheckConstraint(condition=Q(due_at__gt=F("asked_at")), name="clarification_due_after_asked"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="clarification_closed_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", answer__isnull=False) | (~Q(state="answered") & Q(answer=None)),
                name="clarification_answered_has_submission",
            ),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(state="open"), name="clarification_one_open_an_entry"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"])]
        triggers = [
            guard(CLARIFICATION_TRANSITIONS),
            immutable("entry", "questions", "text", "asked_at", "due_at", "about"),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.entry} · {self.asked_at:%Y-%m-%d}"
