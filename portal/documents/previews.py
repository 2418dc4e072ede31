"""Small pictures of files: a photograph, or the first page of a PDF; made when one is first asked for."""

import subprocess
import sys
from pathlib import Path

import structlog
from django.core.files.base import ContentFile

from portal.documents.models import NO_PREVIEW, StoredFile, new_token
from portal.documents.storage import private_storage

log = structlog.get_logger(__name__)
KINDS = frozenset({"pdf", "jpg", "png"})
"""Kinds of files that can be drawn."""
FOLDER = "previews"
SECONDS = 15
_LARGEST = 64 << 20
_DRAW = str(Path(__file__).with_name("draw.py"))


def preview_of(stored_file: StoredFile) -> str:
    """Return the place of a file's small picture in the private storage, empty where none can be drawn.

    Effects: made when it is first asked for, at most 320 pixels wide and high, the way up that a photograph was taken;
    what could not be drawn is not tried again.
    """
    if not stored_file.preview:
        stored_file.preview = _made(stored_file)
    return "" if stored_file.preview == NO_PREVIEW else stored_file.preview


def _made(stored_file: StoredFile) -> str:
    picture = _drawn(stored_file) if stored_file.kind in KINDS and stored_file.size <= _LARGEST else b""
    storage = private_storage()
    path = storage.save(f"{FOLDER}/{new_token()}", ContentFile(picture)) if picture else NO_PREVIEW
    if StoredFile.objects.filter(pk=stored_file.pk, preview="").update(preview=path):
        return path
    # Another request was faster.
    if picture:
        storage.delete(path)
    return StoredFile.objects.values_list("preview", flat=True).get(pk=stored_file.pk)


def _drawn(stored_file: StoredFile) -> bytes:
    """Return the picture, drawn by a process of its own; nothing where that fails or takes too long."""
    with private_storage().open(stored_file.path, "rb") as file:
        content = file.read()
    # -I: nothing of the environment or of this directory is imported.
    command = [sys.executable, "-I", _DRAW, stored_file.kind]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        log.warning("file cannot be drawn", file=stored_file.pk, error=type(error).__name__)
        return b""
    return bytes(done.stdout)
