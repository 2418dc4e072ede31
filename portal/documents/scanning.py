"""Virus scans by ClamAV, where one is set up: a file that a person brought opens for others only once it is clean.

A scanner that does not answer leaves files waiting; nothing passes for clean because nobody could look.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

import structlog
from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import File
from django.db import transaction

from portal import clock
from portal.documents.models import SCAN_TRANSITIONS, Scan, StoredFile
from portal.documents.registry import tell_infected
from portal.documents.storage import private_storage
from portal.transitions import move

log = structlog.get_logger(__name__)
TIMEOUT = 60
"""Seconds after which a silent scanner is given up for now."""
BATCH = 20
YOUNG = timedelta(seconds=10)
"""So long a new file is left to the task that its arrival started."""
_SWEEPING = "documents.scanning"
_ADDRESS = re.compile(r"(?:tcp://[^/:]+:\d{1,5}|unix:///.+)")


class NoAnswer(Exception):
    """The scanner is away, busy, or does not take this file."""


def scanner_of(address: str) -> ClamdNetworkSocket:
    """Return the scanner at ``tcp://host:port`` or ``unix:///path``; ValueError for anything else."""
    if not _ADDRESS.fullmatch(address):
        raise ValueError(f"not an address of a scanner: {address}")
    parts = urlsplit(address)
    if parts.scheme == "unix":
        return ClamdUnixSocket(parts.path, timeout=TIMEOUT)
    return ClamdNetworkSocket(str(parts.hostname), cast("int", parts.port), timeout=TIMEOUT)


def virus_in(content: File[Any]) -> str:
    """Return the name of the virus that the scanner finds, empty where there is none.

    Raises:
        NoAnswer: it could not look.
    """
    try:
        answers = scanner_of(settings.CLAMAV).instream(cast("Any", content))
    except (ClamdError, OSError) as error:
        raise NoAnswer(str(error)) from error
    status, virus = answers.get("stream", ("", None))
    if status == "FOUND":
        return virus or "?"
    if status == "OK":
        return ""
    raise NoAnswer(f"{status} {virus or ''}".strip())


def scan(pk: int) -> None:
    """Have a waiting file scanned and record what was found; safe to run twice.

    Raises:
        NoAnswer: the scanner could not look; the file goes on waiting.
    """
    waiting = StoredFile.objects.filter(pk=pk, scan=Scan.WAITING).first()
    if waiting is None or not settings.CLAMAV:
        return
    try:
        with private_storage().open(waiting.path, "rb") as content:
            virus = virus_in(content)
    except FileNotFoundError:
        log.error("file to scan is gone", file=pk)
        return
    record(pk, virus)


@transaction.atomic
def record(pk: int, virus: str) -> None:
    """Write down what a scan found. Effects: where a virus was found, the apps take the file out, in the same
    transaction. A file that no longer waits is left as it is.
    """
    row = StoredFile.objects.select_for_update(no_key=True).get(pk=pk)
    if row.scan != Scan.WAITING:
        return
    move(row, Scan.INFECTED if virus else Scan.CLEAN, SCAN_TRANSITIONS, "scan")
    row.scanned_at, row.virus = clock.now(), virus[:150]
    row.save(update_fields=["scan", "scanned_at", "virus"])
    if virus:
        log.warning("virus found", file=pk, virus=virus, sha256=row.sha256)
        tell_infected(row)


def sweep() -> int:
    """Scan some of what waits, and return how many were; nothing is tried where the scanner does not answer."""
    if not settings.CLAMAV:
        return 0
    with _alone() as alone:
        rows = StoredFile.objects.filter(scan=Scan.WAITING, created_at__lt=clock.now() - YOUNG)
        # By chance: a few files that the scanner never takes must not stand before all others.
        keys = list(rows.order_by("?").values_list("pk", flat=True)[:BATCH]) if alone else []
        return sum(_try(pk) for pk in keys) if keys and _answers() else 0


def _answers() -> bool:
    try:
        scanner_of(settings.CLAMAV).ping()
    except (ClamdError, OSError) as error:
        log.error("virus scanner does not answer", error=str(error))
        return False
    return True


def _try(pk: int) -> bool:
    try:
        scan(pk)
    except NoAnswer as error:
        log.warning("file not scanned yet", file=pk, error=str(error))
        return False
    return True


@contextmanager
def _alone() -> Iterator[bool]:
    """Keep a second sweep from waiting for the same silent scanner."""
    alone = cache.add(_SWEEPING, 1, timeout=TIMEOUT * BATCH)
    try:
        yield alone
    finally:
        if alone:
            cache.delete(_SWEEPING)
