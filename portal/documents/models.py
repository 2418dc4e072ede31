"""Files kept by the portal: private, under names nobody can guess."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.transitions import immutable, kept


def new_token() -> str:
    """Return a name of 32 characters that cannot be guessed."""
    return secrets.token_urlsafe(24)


class StoredFile(models.Model):
    """A file with its digest. It never changes: a corrected file is another row.

    Who may open it is said by the app that keeps it.
    """

    token = models.CharField(_("token"), max_length=40, unique=True, default=new_token, editable=False)
    name = models.CharField(_("file name"), max_length=255)
    kind = models.CharField(_("kind"), max_length=10, help_text=_("Found from the content, not from the name."))
    content_type = models.CharField(_("content type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    path = models.CharField(_("place in the store"), max_length=200, unique=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    created_at = models.DateTimeField(_("created at"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        triggers: ClassVar = [
            immutable("token", "name", "kind", "content_type", "size", "sha256", "path", "created_at"),
            kept(),
        ]

    def __str__(self) -> str:
        return self.name
