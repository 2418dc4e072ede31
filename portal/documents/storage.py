"""Keeping private files: outside what the web server serves, under names that nobody can guess."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import transaction

from portal import clock
from portal.documents.models import StoredFile, new_token
from portal.documents.sniff import Kind, clean_name, sha256_of


def private_storage() -> Storage:
    """Return the storage for private files: the setting ``STORAGES["private"]``."""
    return storages["private"]


def store(file: File[Any], *, name: str, by: AbstractBaseUser | None, kind: Kind) -> StoredFile:
    """Keep a checked file and return its row.

    ``name`` is what people see (cleaned here), ``by`` who brought it (None for the portal itself), ``kind``
    what ``check_upload`` returned. Effects: the content in the private storage; a StoredFile with size and
    SHA-256 of that content. Where the row cannot be written, the content is removed again.
    """
    digest = sha256_of(file)
    token = new_token()
    storage = private_storage()
    path = storage.save(f"{clock.now():%Y/%m}/{new_token()}", file)
    try:
        with transaction.atomic():
            return StoredFile.objects.create(
                token=token,
                name=clean_name(name, kind),
                kind=kind.code,
                size=storage.size(path),
                sha256=digest,
                content_type=kind.content_type,
                path=path,
                uploaded_by_id=by.pk if by else None,
            )
    except BaseException:
        storage.delete(path)
        raise


def open_stored(stored_file: StoredFile) -> File[Any]:
    """Return the content of a stored file, open for reading; raises FileNotFoundError where it is gone."""
    return private_storage().open(stored_file.path, "rb")
