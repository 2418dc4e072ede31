"""Files that arrive in pieces over a bad line: begun once, gone on with from anywhere, whole or not at all.

Pieces are objects of the private storage with rows in the database, so that any replica can take any of them, in any
order and as often as it comes. Whether a person may upload something for a purpose is for the app that asks.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.documents.models import StoredFile, Upload, UploadChunk, new_token
from portal.documents.sniff import UploadRefused, check_announced
from portal.documents.storage import private_storage

log = structlog.get_logger(__name__)
CHUNK = 256 * 1024
"""Bytes of a piece: half a minute on a line of 64 kbit/s, and what a cut costs at most."""
MOST_OPEN = 30
"""So many unfinished uploads one person may have."""
KEPT = timedelta(hours=24)
IDLE = timedelta(hours=1)
FOLDER = "uploads"
_MEMORY = 1 << 20
_TOO_MANY = _("You have %(limit)s unfinished uploads, which is the most there can be. Please finish or cancel some.")


class Gone(LookupError):
    """There is no such upload any more: finished, cancelled or swept away."""


class WrongChunk(ValueError):
    """A piece that does not belong to this upload, or is not whole."""


class Incomplete(Exception):
    """Pieces are missing; ``missing`` holds their numbers."""

    def __init__(self, missing: Sequence[int]) -> None:
        super().__init__(f"{len(missing)} pieces are missing")
        self.missing = list(missing)


@dataclass(frozen=True)
class Announced:
    """What a browser says of a file before it sends it: name, size in bytes, last change in milliseconds."""

    name: str
    size: int
    modified: int = 0


def begin(owner: AbstractBaseUser, scope: str, file: Announced, *, max_mb: int) -> Upload:
    """Return the upload of a file: the one that was begun earlier, else a new one.

    Args:
        scope: purpose, in the words of the app; an upload is found again by it.
        max_mb: limit in megabytes of 1,048,576 bytes.

    Raises:
        UploadRefused: nothing in it, too large, a name that hides what it is, or too many uploads are unfinished.
    """
    check_announced(file.name, file.size, max_mb)
    known = {"scope": scope, "name": file.name[-255:], "size": file.size, "modified": file.modified}
    mine = Upload.objects.filter(owner_id=owner.pk, finished_at=None)
    found = mine.filter(**known).first()
    if found is not None:
        return found
    if mine.count() >= MOST_OPEN:
        _make_room(mine.order_by("touched_at")[:1])
    upload, _made = Upload.objects.get_or_create(
        owner_id=owner.pk, finished_at=None, **known, defaults={"chunk_size": CHUNK}
    )
    return upload


def _make_room(oldest: Iterable[Upload]) -> None:
    """Give up the upload that waits longest; refuse where even that one is under way."""
    for upload in oldest:
        if upload.touched_at > clock.now() - IDLE:
            raise UploadRefused(_TOO_MANY, limit=MOST_OPEN)
        discard(upload)


def received(upload: Upload) -> list[int]:
    """Return the numbers of the pieces that have arrived."""
    return list(upload.chunks.order_by("index").values_list("index", flat=True))


def receive(upload: Upload, index: int, content: bytes) -> None:
    """Keep one piece. The same piece again changes nothing.

    Raises:
        WrongChunk: it has not the size that the piece must have, or another one arrived under its number before.
        Gone: the upload was finished or cancelled meanwhile.
    """
    if not 0 <= index < upload.count or len(content) != upload.size_of(index):
        raise WrongChunk(f"piece {index} of {upload.count} has {len(content)} bytes")
    digest = hashlib.sha256(content).hexdigest()
    if _arrived(upload, index, digest):
        return
    path = private_storage().save(f"{FOLDER}/{new_token()}", ContentFile(content))
    try:
        if not _note(upload, UploadChunk(upload=upload, index=index, size=len(content), sha256=digest, path=path)):
            private_storage().delete(path)
    except BaseException:
        private_storage().delete(path)
        raise


def _arrived(upload: Upload, index: int, digest: str) -> bool:
    known = upload.chunks.filter(index=index).values_list("sha256", flat=True).first()
    if known is not None and known != digest:
        raise WrongChunk(f"piece {index} is not the one that arrived before")
    return known is not None


@transaction.atomic
def _note(upload: Upload, chunk: UploadChunk) -> bool:
    """Write the row of a piece; False where it is there already."""
    if not Upload.objects.select_for_update(no_key=True).filter(pk=upload.pk, finished_at=None).exists():
        raise Gone
    if _arrived(upload, chunk.index, chunk.sha256):
        return False
    chunk.save()
    Upload.objects.filter(pk=upload.pk).update(touched_at=clock.now())
    return True


def finish(upload: Upload, keep: Callable[[File[Any]], StoredFile]) -> Upload:
    """Put the pieces together and have the file kept; asked again, the first outcome stands.

    Args:
        keep: checks and stores the whole file; what it raises but UploadRefused leaves the upload as it was.

    Returns:
        The upload, with ``stored`` or, where the file was refused, with ``refusal``.

    Raises:
        Incomplete: pieces are missing, or were spoilt in the storage; they have to come (again).
        Gone: the upload was cancelled or swept away.
    """
    try:
        with _assembled(upload) as whole, transaction.atomic():
            row = Upload.objects.select_for_update(no_key=True).filter(pk=upload.pk).first()
            if row is not None and row.finished_at is None:
                _settle(row, whole, keep)
    except Incomplete:
        # Another request may have finished it, and removed its pieces, while this one read them.
        row = Upload.objects.filter(pk=upload.pk).first()
        if row is not None and row.finished_at is None:
            raise
    if row is None:
        raise Gone
    return row


def _settle(row: Upload, whole: File[Any], keep: Callable[[File[Any]], StoredFile]) -> None:
    try:
        with transaction.atomic():
            row.stored = keep(whole)
    except UploadRefused as refusal:
        row.refusal = " ".join(refusal.messages)
        log.info("upload refused", upload=row.pk, size=row.size, reason=row.refusal)
    row.finished_at = clock.now()
    row.save(update_fields=["stored", "refusal", "finished_at"])
    _remove_chunks(row)


@contextmanager
def _assembled(upload: Upload) -> Iterator[File[Any]]:
    """Yield the whole file; its size and the digest of every piece are those that arrived."""
    chunks = list(upload.chunks.order_by("index"))
    missing = set(range(upload.count)) - {chunk.index for chunk in chunks}
    if missing:
        raise Incomplete(sorted(missing))
    with tempfile.SpooledTemporaryFile(max_size=_MEMORY) as place:
        spoilt = [chunk for chunk in chunks if not _append(chunk, place)]
        if spoilt:
            UploadChunk.objects.filter(pk__in=[chunk.pk for chunk in spoilt]).delete()
            raise Incomplete([chunk.index for chunk in spoilt])
        place.seek(0)
        whole = File(place, name=upload.name)
        whole.size = upload.size
        yield whole


def _append(chunk: UploadChunk, place: Any) -> bool:
    try:
        with private_storage().open(chunk.path, "rb") as piece:
            content = piece.read()
    except FileNotFoundError:
        content = b""
    place.write(content)
    whole = hashlib.sha256(content).hexdigest() == chunk.sha256
    if not whole:
        log.error("piece of an upload is spoilt", upload=chunk.upload_id, index=chunk.index)
    return whole


@transaction.atomic
def discard(upload: Upload) -> None:
    """Give an upload up, with its pieces; one that is gone already stays gone."""
    row = Upload.objects.select_for_update().filter(pk=upload.pk).first()
    if row is not None:
        _remove_chunks(row)
        row.delete()


def _remove_chunks(upload: Upload) -> None:
    paths = list(upload.chunks.values_list("path", flat=True))
    upload.chunks.all().delete()
    transaction.on_commit(partial(_delete, paths), robust=True)


def _delete(paths: Iterable[str]) -> None:
    for path in paths:
        private_storage().delete(path)


def sweep() -> int:
    """Give up what nobody went on with for a day, forget what is settled as long, and return how many."""
    old = list(Upload.objects.filter(touched_at__lt=clock.now() - KEPT))
    for upload in old:
        discard(upload)
    return len(old)
