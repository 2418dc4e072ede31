"""A rule of eligibility that the programme waives for one municipality, granted by name and with a reason."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call
from portal import clock
from portal.accounts.models import Municipality, OfMunicipalityQuerySet
from portal.history import tracked


class WaiverQuerySet(OfMunicipalityQuerySet["Waiver"]):
    def in_force(self) -> "WaiverQuerySet":
        """Leave out what was revoked."""
        return self.filter(revoked_at=None)


@tracked()
class Waiver(models.Model):
    """One rule of a call does not keep one municipality out (facts of the field: eligibility).

    ``rule`` is the identity of the rule (``calls.spec.Rule.identity``), which stays when the call changes elsewhere.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="waivers", verbose_name=_("call"))
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="waivers", verbose_name=_("municipality")
    )
    rule = models.CharField(_("rule"), max_length=200)
    reason = models.TextField(_("reason"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("granted by")
    )
    granted_at = models.DateTimeField(_("granted at"), default=clock.now)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("revoked by")
    )
    revocation_reason = models.TextField(_("reason of the revocation"), blank=True)

    objects: ClassVar[Any] = WaiverQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        ordering = ["-granted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "municipality", "rule"], condition=Q(revoked_at=None), name="waiver_once_in_force"
            ),
            models.CheckConstraint(condition=~Q(rule="") & ~Q(reason=""), name="waiver_has_rule_and_reason"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None, revocation_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revocation_reason="")),
                name="waiver_revoked_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=models.F("granted_at")),
                name="waiver_revoked_after_it_was_granted",
            ),
        ]

    def __str__(self) -> str:
        return str(self.municipality)
