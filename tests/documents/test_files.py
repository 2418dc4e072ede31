"""Private files: kept with their digest, shown only to those whom an app lets see them."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Person
from portal.documents import registry
from portal.documents.models import StoredFile
from portal.documents.sniff import KINDS, Kind
from portal.documents.storage import open_stored, private_storage, store

pytestmark = pytest.mark.django_db
NAME = "Ավագանու որոշում N 5.pdf"


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    """A private store of the test's own."""
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


@pytest.fixture
def person() -> Person:
    return Person.objects.create_user("clerk@example.org")


@pytest.fixture(autouse=True)
def visible() -> Iterator[set[tuple[Any, str]]]:
    """Who sees which file: pairs of a person's key and a token, asked through a scope as apps register it."""
    seen: set[tuple[Any, str]] = set()
    registry.register_scope("tests.files", lambda who, file: (who.pk, file.token) in seen)
    yield seen
    del registry._scopes["tests.files"]


def kept(kind: str = "pdf", name: str = NAME, content: bytes = b"%PDF-1.7 content") -> StoredFile:
    return store(SimpleUploadedFile("upload", content), name=name, by=None, kind=KINDS[kind])


def address(file: StoredFile) -> str:
    return reverse("documents:file", args=[file.token, file.name])


def test_a_file_is_kept_with_digest_size_and_kind(person: Person, place: Path) -> None:
    content = b"%PDF-1.7 content"
    file = store(SimpleUploadedFile("upload", content), name=NAME, by=person, kind=KINDS["pdf"])
    file.refresh_from_db()
    assert (file.name, file.kind, file.content_type) == (NAME, "pdf", "application/pdf")
    assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert file.uploaded_by == person
    assert open_stored(file).read() == content
    assert (place / file.path).is_file()


def test_neither_name_nor_token_shows_where_it_lies() -> None:
    one, other = kept(), kept()
    assert one.token != other.token
    assert len(one.token) >= 32
    assert one.token not in one.path
    assert "որոշում" not in one.path
    assert ".pdf" not in one.path


def test_a_file_whose_row_cannot_be_written_is_not_left_behind(place: Path) -> None:
    too_long = Kind("x" * 40, "application/pdf", ("pdf",), "x")
    with pytest.raises(DataError):
        store(SimpleUploadedFile("upload", b"%PDF-1.7"), name="a.pdf", by=None, kind=too_long)
    assert [path for path in place.rglob("*") if path.is_file()] == []


def test_who_may_see_it_gets_it_with_its_armenian_name(client: Client, person: Person, visible: Any) -> None:
    file = kept()
    visible.add((person.pk, file.token))
    client.force_login(person)
    response: Any = client.get(address(file))
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == b"%PDF-1.7 content"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f"inline; filename*=utf-8''{quote(NAME)}"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["Content-Length"] == "16"


@pytest.mark.parametrize(
    ("kind", "disposition", "sandboxed"),
    [("pdf", "inline", False), ("png", "inline", True), ("docx", "attachment", True), ("xlsx", "attachment", True)],
)
def test_only_pdfs_and_pictures_are_shown_in_place(
    client: Client, person: Person, visible: Any, kind: str, disposition: str, sandboxed: bool
) -> None:
    file = kept(kind, f"a.{kind}")
    visible.add((person.pk, file.token))
    client.force_login(person)
    response = client.get(address(file))
    assert response["Content-Disposition"] == f'{disposition}; filename="a.{kind}"'
    assert response["Content-Type"] == KINDS[kind].content_type
    assert ("sandbox" in response["Content-Security-Policy"]) == sandboxed
    assert client.get(address(file) + "?download")["Content-Disposition"].startswith("attachment")


def test_who_may_not_see_it_cannot_tell_whether_it_exists(client: Client, person: Person) -> None:
    client.force_login(person)
    file = kept()
    assert client.get(address(file)).status_code == 404
    assert client.get(reverse("documents:file", args=["x" * 32, NAME])).status_code == 404


def test_who_is_not_logged_in_is_asked_to_whether_it_exists_or_not(client: Client) -> None:
    file = kept()
    answers = [client.get(address(file)), client.get(reverse("documents:file", args=["x" * 32, NAME]))]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert all("/login/?next=/files/" in answer["Location"] for answer in answers)


def test_a_public_file_needs_no_login(client: Client, visible: Any) -> None:
    file = kept()
    visible.add((None, file.token))
    assert client.get(address(file)).status_code == 200


def test_a_file_is_shown_to_no_other_person(client: Client, person: Person, visible: Any) -> None:
    file, other = kept(), kept()
    visible.add((person.pk, other.token))
    client.force_login(person)
    assert client.get(address(file)).status_code == 404
    assert client.get(reverse("documents:file", args=[file.token, other.token])).status_code == 404


def test_a_row_whose_content_is_gone_is_not_found(client: Client, person: Person, visible: Any) -> None:
    file = kept()
    visible.add((person.pk, file.token))
    private_storage().delete(file.path)
    client.force_login(person)
    assert client.get(address(file)).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_files_are_only_read(client: Client, person: Person, visible: Any, method: str) -> None:
    file = kept()
    visible.add((person.pk, file.token))
    client.force_login(person)
    send: Callable[..., Any] = getattr(client, method)
    assert send(address(file)).status_code == 405
    assert client.head(address(file)).status_code == 200


def test_a_scope_is_registered_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        registry.register_scope("tests.files", lambda who, file: True)
