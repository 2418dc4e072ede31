"""Working on one application together: remarks on a question, and helpers from outside the municipality."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application, StageEntry
from portal import clock
from portal.history import tracked


class Remark(models.Model):
    """What one colleague says to the others about a question; never part of what is submitted."""

    entry = models.ForeignKey(StageEntry, models.CASCADE, related_name="remarks", verbose_name=_("entry"))
    question = models.CharField(_("question"), max_length=60)
    text = models.TextField(_("text"), max_length=2000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("author")
    )
    written_at = models.DateTimeField(_("written at"), default=clock.now)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ["written_at", "pk"]
        indexes = [models.Index(fields=["entry", "question"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None) | Q(settled_at__gte=F("written_at")), name="remark_settled_after_written"
            )
        ]

    def __str__(self) -> str:
        return f"{self.question} · {self.written_at:%Y-%m-%d %H:%M}"


class HelperQuerySet(models.QuerySet["Helper"]):
    def in_force(self, moment: datetime | None = None) -> "HelperQuerySet":
        """Return the invitations that were taken up and neither ended nor ran out."""
        now = moment or clock.now()
        return self.filter(person__isnull=False, ended_at=None, until__gt=now)


@tracked(exclude=["name", "email", "secret"])
class Helper(models.Model):
    """A named person from outside who may write one application of a municipality, until a moment; never submits it.

    ``secret`` is the SHA-256 of the word in the invitation's address: who reads the table cannot take it up.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="helpers", verbose_name=_("application"))
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail address"))
    secret = models.CharField(_("digest of the secret"), max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("invited by")
    )
    invited_at = models.DateTimeField(_("invited at"), default=clock.now)
    until = models.DateTimeField(_("until"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    accepted_at = models.DateTimeField(_("taken up at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )

    objects: ClassVar[Any] = HelperQuerySet.as_manager()

    class Meta:
        verbose_name = _("helper from outside")
        verbose_name_plural = _("helpers from outside")
        ordering = ["application", "invited_at"]
        indexes = [models.Index(fields=["person", "application"])]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("invited_at")), name="helper_until_after_invited"),
            models.CheckConstraint(
                condition=Q(person=None, accepted_at=None) | Q(person__isnull=False, accepted_at__isnull=False),
                name="helper_taken_up_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["application", "email"], condition=Q(ended_at=None), name="helper_once_an_application"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} · {self.invited_at:%Y-%m-%d}"
