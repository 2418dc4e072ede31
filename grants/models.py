"""Grants and their letters."""

import secrets
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models import StageEntry
from calls.models import Call
from calls.models.base import MoneyField
from evaluation.models import ShortlistRow
from portal import clock
from portal.accounts.models import Municipality, OfMunicipalityQuerySet
from portal.documents.models import StoredFile
from portal.history import tracked
from portal.transitions import TransitionTable, guard


class GrantState(models.TextChoices):
    AWARDED = "awarded", _("awarded")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    SIGNED = "signed", _("agreement signed")
    RUNNING = "running", _("running")
    CLOSED = "closed", _("closed")
    TERMINATED = "terminated", _("terminated")


GRANT_TRANSITIONS: TransitionTable = {
    GrantState.AWARDED: frozenset({GrantState.ACCEPTED, GrantState.DECLINED}),
    GrantState.ACCEPTED: frozenset({GrantState.SIGNED, GrantState.TERMINATED}),
    GrantState.SIGNED: frozenset({GrantState.RUNNING, GrantState.TERMINATED}),
    GrantState.RUNNING: frozenset({GrantState.CLOSED, GrantState.TERMINATED}),
    GrantState.DECLINED: frozenset(),
    GrantState.CLOSED: frozenset(),
    GrantState.TERMINATED: frozenset(),
}


class GrantQuerySet(OfMunicipalityQuerySet["Grant"]):
    """Grants: a member sees those of the municipality, an office those of its country."""


class Grant(models.Model):
    """What was awarded to a municipality for an application."""

    entry = models.OneToOneField(StageEntry, models.PROTECT, related_name="grant", verbose_name=_("application"))
    row = models.OneToOneField(
        ShortlistRow, models.PROTECT, related_name="grant", verbose_name=_("row of the shortlist")
    )
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="grants", verbose_name=_("municipality")
    )
    state = models.CharField(_("state"), max_length=12, choices=GrantState, default=GrantState.AWARDED)
    amount = MoneyField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    awarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("awarded by")
    )
    awarded_at = models.DateTimeField(_("awarded at"), default=clock.now)

    objects: ClassVar[Any] = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["-awarded_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=GrantState.values), name="grant_state_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="grant_amount_not_negative"),
        ]
        triggers = [guard(GRANT_TRANSITIONS)]

    def __str__(self) -> str:
        return str(self.entry.application)


tracked()(Grant)


class LetterSeries(models.Model):  # noqa: DJ008 - nobody is shown a counter
    """The last letter number given in a call; its row is locked while the next one is taken."""

    call = models.OneToOneField(Call, models.PROTECT, related_name="+", primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("series of letters")
        verbose_name_plural = _("series of letters")


def new_code() -> str:
    """Return a code by which a letter can be confirmed: 16 characters, none that is mistaken for another."""
    return "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _position in range(16))


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, person: Any) -> "LetterQuerySet":
        """Return the letters of the grants that the person may read."""
        return self.filter(grant__in=Grant.objects.visible_to(person))


class Letter(models.Model):
    """A numbered letter. Its file is made once, in the background; a correction is a new letter."""

    class Kind(models.TextChoices):
        AWARD = "award", _("award letter")
        SELECTION = "selection", _("notice of selection")  # of a grant without money

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="letters", verbose_name=_("grant"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.AWARD)
    number = models.CharField(_("number"), max_length=60, unique=True)
    code = models.CharField(_("code of confirmation"), max_length=16, unique=True, default=new_code)
    addressee_hy = models.CharField(_("addressee (hy)"), max_length=300)
    addressee_en = models.CharField(_("addressee (en)"), max_length=300)
    dated = models.DateField(_("date"))
    file = models.OneToOneField(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="letter", verbose_name=_("file")
    )
    rendered_at = models.DateTimeField(_("rendered at"), null=True, blank=True)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by", verbose_name=_("corrects")
    )
    created_at = models.DateTimeField(_("created at"), default=clock.now)

    objects: ClassVar[Any] = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "kind"], condition=Q(corrects=None), name="letter_first_of_its_kind_once"
            ),
            models.CheckConstraint(
                condition=Q(file__isnull=True, rendered_at__isnull=True)
                | Q(file__isnull=False, rendered_at__isnull=False),
                name="letter_rendered_has_a_file",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="rendered_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__file__isnull=False)
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number


tracked()(Letter)
