"""Keeping private files: outside what the web server serves, under names that nobody can guess."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.documents.models import Scan, StoredFile, new_token
from portal.documents.registry import Person
from portal.documents.sniff import Kind, clean_name, sha256_of


class Held(PermissionError):
    """A file that may not be opened for what a virus scanner says or has still to say. Its text is for people."""

    def __init__(self, stored_file: StoredFile) -> None:
        self.infected = stored_file.scan == Scan.INFECTED
        super().__init__(
            _("A virus was found in this file, so nobody can open it.")
            if self.infected
            else _("This file is still being checked for viruses. Please try again in a few minutes.")
        )


def held(stored_file: StoredFile, reader: Person | None = None) -> bool:
    """Return whether a file is closed to a reader: a virus was found, or the scan is not done and another brought it.

    Without a scanner (setting ``CLAMAV``) nothing waits for it; what it found while there was one stays closed.
    """
    if stored_file.scan == Scan.WAITING and settings.CLAMAV:
        return reader is None or reader.pk is None or reader.pk != stored_file.uploaded_by_id
    return stored_file.scan == Scan.INFECTED


def private_storage() -> Storage:
    """Return the storage for private files: the setting ``STORAGES["private"]``."""
    return storages["private"]


def store(file: File[Any], *, name: str, by: AbstractBaseUser | None, kind: Kind) -> StoredFile:
    """Keep a checked file and return its row.

    ``name`` is what people see (cleaned here), ``by`` who brought it (None for the portal itself), ``kind``
    what ``check_upload`` returned. Effects: the content in the private storage; a StoredFile with size and
    SHA-256 of that content. Where the row cannot be written, the content is removed again. With a virus scanner set
    up, what a person brought is scanned after the transaction, and till then opens for that person only.
    """
    digest = sha256_of(file)
    token = new_token()
    storage = private_storage()
    path = storage.save(f"{clock.now():%Y/%m}/{new_token()}", file)
    try:
        with transaction.atomic():
            scanned = bool(settings.CLAMAV and by)
            stored_file = StoredFile.objects.create(
                token=token,
                name=clean_name(name, kind),
                kind=kind.code,
                size=storage.size(path),
                sha256=digest,
                content_type=kind.content_type,
                path=path,
                uploaded_by_id=by.pk if by else None,
                scan=Scan.WAITING if scanned else Scan.NOT_SCANNED,
            )
            if scanned:
                transaction.on_commit(partial(_scan_soon, stored_file.pk), robust=True)
            return stored_file
    except BaseException:
        storage.delete(path)
        raise


def _scan_soon(pk: int) -> None:
    """Hand a file to the workers; where the broker is away, the sweep has it scanned."""
    from portal.documents.tasks import scan_file

    scan_file.delay(pk)


def open_stored(stored_file: StoredFile, reader: Person | None = None) -> File[Any]:
    """Return the content of a stored file, open for reading.

    Args:
        reader: who is to read it; None for anybody.

    Raises:
        Held: the virus scanner found something, or has not looked yet and the reader did not bring the file.
        FileNotFoundError: the content is gone.
    """
    if held(stored_file, reader):
        raise Held(stored_file)
    return private_storage().open(stored_file.path, "rb")
