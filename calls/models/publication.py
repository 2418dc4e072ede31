"""What staff decided when they published a call although a warning was shown."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call
from portal import clock
from portal.history import tracked


@tracked()
class WarningOverride(models.Model):
    """One warning before publication that was passed over, with the reason for it.

    Attributes:
        code: what makes it the same warning: ``short:concept``.
        text: what the warning said, by language.
    """

    call = models.ForeignKey(Call, models.CASCADE, related_name="warning_overrides", verbose_name=_("call"))
    code = models.CharField(_("code"), max_length=120)
    text = models.JSONField(_("warning"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    at = models.DateTimeField(_("decided at"), default=clock.now)

    class Meta:
        verbose_name = _("warning that was passed over")
        verbose_name_plural = _("warnings that were passed over")
        ordering = ["call", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "code"], name="warning_passed_over_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="warning_passed_over_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.call} · {self.code}"
