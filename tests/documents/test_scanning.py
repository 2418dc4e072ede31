"""Virus scans: a file opens for others once it is clean; nothing is clean because nobody could look."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import InternalError, connection, transaction
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Person
from portal.documents import checks, registry, scanning, tasks
from portal.documents.models import Scan, StoredFile
from portal.documents.scanning import NoAnswer
from portal.documents.sniff import KINDS
from portal.documents.storage import Held, open_stored, store
from tests.documents.clamd import Clamd, clamd, infected
from tests.documents.hostile import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def scanner(settings: Any, tmp_path: Path) -> Iterator[Clamd]:
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path / "private"}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    with clamd() as server:
        settings.CLAMAV = server.address
        yield server


@pytest.fixture
def told() -> Iterator[list[StoredFile]]:
    found: list[StoredFile] = []
    registry.register_infected(found.append)
    registry.register_scope("tests.scanning", lambda who, file: bool(who.pk))
    yield found
    registry._finders.remove(found.append)
    del registry._scopes["tests.scanning"]


@pytest.fixture
def person() -> Person:
    return Person.objects.create_user("clerk@example.org")


def kept(by: Person | None, content: bytes = b"") -> StoredFile:
    return store(ContentFile(content or pdf()), name="decision.pdf", by=by, kind=KINDS["pdf"])


def state(file: StoredFile) -> str:
    file.refresh_from_db()
    return file.scan


def test_a_file_opens_for_others_once_it_is_clean(
    scanner: Clamd, told: list[StoredFile], person: Person, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as after:
        file = kept(person)
    assert len(after) == 1, "a task is sent after the transaction"
    other = Person.objects.create_user("other@example.org")
    page = reverse("documents:file", args=[file.token, file.name])
    small = reverse("documents:preview", args=[file.token])
    client.force_login(other)
    for language, says in (("en", "This file is still being checked"), ("hy", 'lang="hy"')):
        answer = client.get(page, headers={"Accept-Language": language})
        assert (answer.status_code, says in answer.content.decode()) == (403, True)
    assert client.get(small).status_code == 404
    with pytest.raises(Held):
        open_stored(file)
    client.force_login(person)
    assert client.get(page).status_code == 200
    tasks.scan_file(file.pk)
    assert (state(file), file.scanned_at is None, scanner.seen) == (Scan.CLEAN, False, [open_stored(file).read()])
    tasks.scan_file(file.pk)
    assert len(scanner.seen) == 1, "once is enough"
    client.force_login(other)
    assert client.get(page).status_code == 200
    assert kept(None).scan == Scan.NOT_SCANNED, "what the portal makes itself needs no scan"


def test_a_virus_closes_the_file_for_everybody(
    scanner: Clamd, told: list[StoredFile], person: Person, client: Client, settings: Any
) -> None:
    file = kept(person, infected(pdf()))
    tasks.scan_file(file.pk)
    assert (state(file), file.virus, told) == (Scan.INFECTED, "Eicar-Test-Signature", [file])
    client.force_login(person)
    page = reverse("documents:file", args=[file.token, file.name])
    for address in (scanner.address, ""):
        settings.CLAMAV = address
        answer = client.get(page, headers={"Accept-Language": "en"})
        assert (answer.status_code, b"A virus was found" in answer.content) == (403, True)
    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE documents_storedfile SET scan = 'clean' WHERE id = %s", [file.pk])


def test_a_scanner_that_does_not_look_leaves_the_file_waiting(
    scanner: Clamd, told: list[StoredFile], person: Person, settings: Any, clock: Any
) -> None:
    file, here = kept(person), settings.CLAMAV
    scanner.mood = b"INSTREAM size limit exceeded. ERROR"
    with pytest.raises(NoAnswer):
        scanning.scan(file.pk)
    scanner.mood = b"stream: Can't allocate memory ERROR"
    clock.advance(timedelta(minutes=1))
    assert scanning.sweep() == 0
    settings.CLAMAV = "tcp://127.0.0.1:1"
    tasks.scan_file(file.pk)
    assert (scanning.sweep(), state(file)) == (0, Scan.WAITING)
    settings.CLAMAV = ""
    assert (scanning.sweep(), state(file)) == (0, Scan.WAITING)
    assert open_stored(file), "without a scanner nothing waits for it"
    settings.CLAMAV, scanner.mood = here, b""
    assert (scanning.sweep(), scanning.sweep(), state(file)) == (1, 0, Scan.CLEAN)


def test_an_address_that_is_none_is_named_at_the_start(settings: Any) -> None:
    for address, faults in (("", 0), ("tcp://clamav:3310", 0), ("unix:///run/clamd.sock", 0), ("clamav:3310", 1)):
        settings.CLAMAV = address
        assert len(checks.check_scanner(None)) == faults
