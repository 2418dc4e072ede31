"""Files without a row: what a process that was killed between storage and database left behind."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

import structlog
from django.core.files.storage import Storage

from portal import clock
from portal.documents.models import StoredFile, UploadChunk
from portal.documents.storage import private_storage

log = structlog.get_logger(__name__)
OLD = timedelta(days=1)
"""A younger file can belong to a transaction that is still under way."""
_BATCH = 500
# Only what this app writes itself: a folder of each month, pieces of uploads, small pictures.
_OURS = re.compile(r"(?:\d{4}/\d{2}|uploads|previews)/[A-Za-z0-9_-]{32}")


def sweep() -> int:
    """Remove files older than a day that no row knows, and return how many; safe to run twice."""
    storage = private_storage()
    removed = 0
    for paths in _batches(filter(_OURS.fullmatch, _walk(storage, ""))):
        for path in sorted(set(paths) - _known(paths)):
            if storage.get_modified_time(path) < clock.now() - OLD:
                storage.delete(path)
                removed += 1
                log.warning("file without a row removed", path=path)
    return removed


def _walk(storage: Storage, folder: str) -> Iterator[str]:
    folders, files = storage.listdir(folder)
    yield from (f"{folder}{name}" for name in files)
    for name in folders:
        yield from _walk(storage, f"{folder}{name}/")


def _batches(paths: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(paths)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def _known(paths: list[str]) -> set[str]:
    known: set[str] = set()
    for model, field in ((StoredFile, "path"), (StoredFile, "preview"), (UploadChunk, "path")):
        known.update(model.objects.filter(**{f"{field}__in": paths}).values_list(field, flat=True))
    return known
