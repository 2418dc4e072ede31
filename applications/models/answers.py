"""What is written into a draft: answers with their earlier versions, files, and where they were taken over from."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import StageEntry
from portal import clock
from portal.documents.models import StoredFile
from portal.history import tracked
from portal.transitions import immutable, kept


class SectionAnswers(models.Model):
    """The answers of one section of the form, with the version that the next save must name."""

    entry = models.ForeignKey(StageEntry, models.CASCADE, related_name="sections")
    section = models.CharField(_("section"), max_length=60)
    answers = models.JSONField(_("answers"), default=dict)
    version = models.PositiveIntegerField(_("version"), default=1)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(_("changed at"), default=clock.now)

    class Meta:
        verbose_name = _("answers of a section")
        verbose_name_plural = _("answers of sections")
        constraints = [models.UniqueConstraint(fields=["entry", "section"], name="answers_once_a_section")]

    def __str__(self) -> str:
        return f"{self.section} · {self.version}"


class AnswersVersion(models.Model):
    """What a section said earlier: the changes of one person within ten minutes are one version."""

    entry = models.ForeignKey(StageEntry, models.CASCADE, related_name="versions")
    section = models.CharField(_("section"), max_length=60)
    answers = models.JSONField(_("answers"))
    version = models.PositiveIntegerField(_("version"))
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField(_("begun at"), default=clock.now)
    changed_at = models.DateTimeField(_("changed at"), default=clock.now)

    class Meta:
        verbose_name = _("earlier answers")
        verbose_name_plural = _("earlier answers")
        indexes = [models.Index(fields=["entry", "section", "-changed_at"])]

    def __str__(self) -> str:
        return f"{self.section} · {self.version}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def submitted(self) -> "AttachmentQuerySet":
        """Leave those that are part of any submission of their entry: there when it was received."""
        return self._there_at("entry__submissions__received_at")

    def standing(self) -> "AttachmentQuerySet":
        """Leave those that are part of the submission that counts."""
        return self._there_at("entry__submission__received_at")

    def _there_at(self, moment: str) -> "AttachmentQuerySet":
        there = Q(removed_at=None) | Q(removed_at__gt=F(moment))
        return self.filter(there, added_at__lte=F(moment)).distinct()


class Attachment(models.Model):
    """A file given in answer to a question. Removing it from a draft leaves the file itself for what froze it."""

    entry = models.ForeignKey(StageEntry, models.CASCADE, related_name="attachments")
    question = models.CharField(_("question"), max_length=60)
    # One file may stand in several applications of the same municipality: taken over, it is not copied.
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="attachments", verbose_name=_("file"))
    added_at = models.DateTimeField(_("added at"), default=clock.now)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    objects: ClassVar[Any] = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]
        indexes = [models.Index(fields=["entry", "question"])]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "question", "file"], condition=Q(removed_at=None), name="attachment_once_a_question"
            )
        ]

    def __str__(self) -> str:
        return self.question


@tracked()
class Reuse(models.Model):
    """Answers of an earlier application, or of an earlier stage, were taken over into a draft: which, and which not."""

    entry = models.ForeignKey(StageEntry, models.CASCADE, related_name="reuses", verbose_name=_("entry"))
    source = models.ForeignKey(StageEntry, models.PROTECT, related_name="+", verbose_name=_("taken from"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("person")
    )
    taken_at = models.DateTimeField(_("taken over at"), default=clock.now)
    taken = ArrayField(models.CharField(max_length=60), verbose_name=_("questions taken over"), default=list)
    left = models.JSONField(_("questions left out, with the reason"), default=dict)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        verbose_name = _("reuse of answers")
        verbose_name_plural = _("reuses of answers")
        ordering = ["entry", "taken_at"]
        constraints = [models.CheckConstraint(condition=~Q(entry=F("source")), name="reuse_of_another_entry")]
        triggers = [immutable("entry", "source", "taken_at", "taken", "left"), kept()]

    def __str__(self) -> str:
        return f"{self.source} → {self.entry}"
