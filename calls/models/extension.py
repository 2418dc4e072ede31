"""A later deadline for one municipality, granted by name, with a reason and an end."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.models.stage import Stage
from portal import clock
from portal.accounts.models import Municipality, OfMunicipalityQuerySet
from portal.history import tracked


class ExtensionQuerySet(OfMunicipalityQuerySet["Extension"]):
    def in_force(self) -> "ExtensionQuerySet":
        """Leave out what was revoked."""
        return self.filter(revoked_at=None)


@tracked()
class Extension(models.Model):
    """Until when one municipality may submit in a stage (facts of the field: deadlines).

    Several may be in force, each longer than the one before: the latest end counts.
    """

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="extensions", verbose_name=_("stage"))
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="extensions", verbose_name=_("municipality")
    )
    until = models.DateTimeField(_("until"))
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

    objects: ClassVar[Any] = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("extension of a deadline")
        verbose_name_plural = _("extensions of deadlines")
        ordering = ["-granted_at", "-pk"]
        indexes = [models.Index(fields=["stage", "municipality"], condition=Q(revoked_at=None), name="extension_alive")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_a_reason"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revocation_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revocation_reason="")),
                name="extension_revoked_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality} · {self.stage}"
