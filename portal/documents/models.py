"""Files kept by the portal: private, under names nobody can guess."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.transitions import TransitionTable, guard, immutable, kept


def new_token() -> str:
    """Return a name of 32 characters that cannot be guessed."""
    return secrets.token_urlsafe(24)


class Scan(models.TextChoices):
    """What the virus scanner said of a file."""

    NOT_SCANNED = "not_scanned", _("not scanned")
    WAITING = "waiting", _("being checked for viruses")
    CLEAN = "clean", _("checked for viruses")
    INFECTED = "infected", _("a virus was found")


SCAN_TRANSITIONS: TransitionTable = {
    Scan.NOT_SCANNED: frozenset({Scan.WAITING}),
    Scan.WAITING: frozenset({Scan.CLEAN, Scan.INFECTED}),
    # New signatures can find what the old ones did not; nothing leads back from infected.
    Scan.CLEAN: frozenset({Scan.WAITING}),
}


class StoredFile(models.Model):
    """A file with its digest. It never changes: a corrected file is another row.

    Who may open it is said by the app that keeps it. ``preview`` is the place of its small picture: empty where none
    was asked for yet, ``NO_PREVIEW`` where none can be drawn.
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
    scan = models.CharField(_("virus scan"), max_length=12, choices=Scan, default=Scan.NOT_SCANNED)
    scanned_at = models.DateTimeField(_("scanned at"), null=True, blank=True)
    virus = models.CharField(_("virus"), max_length=150, blank=True)
    preview = models.CharField(_("place of the small picture"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        triggers: ClassVar = [
            immutable("token", "name", "kind", "content_type", "size", "sha256", "path", "created_at"),
            kept(),
            guard(SCAN_TRANSITIONS, "scan"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(scan__in=Scan.values), name="file_scan_known"),
            models.CheckConstraint(
                condition=~models.Q(scan__in=[Scan.CLEAN, Scan.INFECTED]) | models.Q(scanned_at__isnull=False),
                name="file_scanned_has_a_moment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["created_at"], condition=models.Q(scan=Scan.WAITING), name="file_waits_for_scan"),
        ]

    def __str__(self) -> str:
        return self.name


NO_PREVIEW = "-"


class Upload(models.Model):
    """A file on its way here in pieces; with the last piece it becomes a stored file, or is refused.

    ``scope`` says what it is for, in the words of the app that asked for it. The same file begun again by the same
    person for the same purpose is the same upload, so that it goes on where it was. ``modified`` is what the browser
    says of the file, in milliseconds since 1970.
    """

    token = models.CharField(_("token"), max_length=40, unique=True, default=new_token, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("uploaded by"))
    scope = models.CharField(_("purpose"), max_length=150)
    name = models.CharField(_("file name"), max_length=255)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    modified = models.BigIntegerField(_("changed at, as the browser says"), default=0)
    chunk_size = models.PositiveIntegerField(_("size of a piece in bytes"))
    created_at = models.DateTimeField(_("created at"), default=clock.now, editable=False)
    touched_at = models.DateTimeField(_("last piece at"), default=clock.now)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    stored = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    refusal = models.TextField(_("why it was refused"), blank=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering: ClassVar[list[str]] = ["created_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "scope", "name", "size", "modified"],
                condition=models.Q(finished_at=None),
                name="upload_open_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["touched_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def count(self) -> int:
        """Return of how many pieces it is made."""
        return -(-self.size // self.chunk_size)

    def size_of(self, index: int) -> int:
        """Return how many bytes a piece has; only the last one is shorter."""
        return min(self.chunk_size, self.size - index * self.chunk_size)


class UploadChunk(models.Model):
    """One piece of an upload that has arrived."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="chunks")
    index = models.PositiveIntegerField(_("number of the piece"))
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    path = models.CharField(_("place in the store"), max_length=200, unique=True)

    class Meta:
        verbose_name = _("piece of an upload")
        verbose_name_plural = _("pieces of uploads")
        ordering: ClassVar[list[str]] = ["upload", "index"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["upload", "index"], name="upload_chunk_once")]

    def __str__(self) -> str:
        return f"{self.upload_id} · {self.index}"
