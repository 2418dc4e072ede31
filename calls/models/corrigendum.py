"""Corrigenda: numbered, dated changes of a published call, fixed for ever."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call
from portal.transitions import immutable, kept


class CorrigendumQuerySet(models.QuerySet["Corrigendum"]):
    def visible_to(self, person: Any) -> "CorrigendumQuerySet":
        """Return the corrigenda of the calls that the person may read: issued ones are as public as their call."""
        return self.filter(call__in=Call.objects.visible_to(person))


class Corrigendum(models.Model):
    """A change of a published call as it was announced.

    Attributes:
        summary: by language, in the author's words.
        changes: each with path, kind and, by language, where it is, what it is, the old and the new
            (``calls.corrigenda.frozen``).
        digest: SHA-256 of call, number, moment, summary and changes.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="corrigenda", verbose_name=_("call for proposals"))
    number = models.PositiveSmallIntegerField(_("number"))
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("issued by")
    )
    summary = models.JSONField(_("summary"))
    changes = models.JSONField(_("changes"))
    digest = models.CharField(_("SHA-256"), max_length=64)

    objects: ClassVar[Any] = CorrigendumQuerySet.as_manager()

    class Meta:
        verbose_name = _("corrigendum")
        verbose_name_plural = _("corrigenda")
        ordering = ["call", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="corrigendum_number_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="corrigendum_number_from_one"),
        ]
        # The person who issued it may be erased; nothing else ever changes.
        triggers = [
            immutable("call", "number", "issued_at", "summary", "changes", "digest"),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.call} · {self.number}"
