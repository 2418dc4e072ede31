"""What was submitted, fixed for ever; and the corrigenda that those who wrote it took note of."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.application import StageEntry
from calls.models import Corrigendum, Extension
from portal import clock
from portal.history import tracked
from portal.transitions import immutable, kept


@tracked()
class Acknowledgement(models.Model):
    """Somebody who writes a draft took note of a corrigendum; it counts for the draft, whoever submits it."""

    entry = models.ForeignKey(StageEntry, models.CASCADE, related_name="acknowledgements", verbose_name=_("entry"))
    corrigendum = models.ForeignKey(
        Corrigendum, models.PROTECT, related_name="acknowledgements", verbose_name=_("corrigendum")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("person")
    )
    acknowledged_at = models.DateTimeField(_("acknowledged at"), default=clock.now)

    class Meta:
        verbose_name = _("acknowledgement of a corrigendum")
        verbose_name_plural = _("acknowledgements of corrigenda")
        ordering = ["entry", "corrigendum"]
        constraints = [models.UniqueConstraint(fields=["entry", "corrigendum"], name="corrigendum_acknowledged_once")]

    def __str__(self) -> str:
        return f"{self.entry} · {self.corrigendum}"


class Submission(models.Model):
    """What was submitted, fixed for ever: form, answers and digests of files, under one SHA-256."""

    entry = models.ForeignKey(StageEntry, models.PROTECT, related_name="submissions", verbose_name=_("entry"))
    sequence = models.PositiveSmallIntegerField(_("sequence"), default=1)
    number = models.CharField(_("number"), max_length=60)
    received_at = models.DateTimeField(_("received at"))
    deadline = models.DateTimeField(_("deadline that applied"))
    grace_used = models.BooleanField(_("within the grace"), default=False)
    extension = models.ForeignKey(
        Extension, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by an extension")
    )
    corrigendum = models.PositiveSmallIntegerField(_("last corrigendum that it rests on"), default=0)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("submitted by")
    )
    language = models.CharField(_("language"), max_length=5)
    snapshot = models.JSONField(_("snapshot"))
    eligibility = models.JSONField(_("right to apply, with what it rested on"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    confirmation = models.TextField(_("what the submitter confirmed"), blank=True)
    seal = models.CharField(_("signature of the receipt"), max_length=88, blank=True)
    sealed_by = models.CharField(_("public key of the signature"), max_length=44, blank=True)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["entry", "sequence"]
        constraints = [models.UniqueConstraint(fields=["entry", "sequence"], name="submission_sequence_once")]
        # The person who submitted may be erased; nothing else ever changes.
        triggers = [
            immutable(
                "entry",
                "sequence",
                "number",
                "received_at",
                "deadline",
                "grace_used",
                "extension",
                "corrigendum",
                "language",
                "snapshot",
                "eligibility",
                "digest",
                "confirmation",
                "seal",
                "sealed_by",
            ),
            kept(),
        ]

    def __str__(self) -> str:
        return self.number
