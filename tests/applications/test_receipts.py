"""Receipts that anyone can check: the seal, the files, the public page, and the check without the portal."""

import hashlib
import html
import io
import json
import re
import subprocess
import sys
import zlib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import page as validator
import pikepdf
import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from applications.lifecycle import reopen_application, submit_application, withdraw_application
from applications.receipts.records import record_of
from applications.receipts.seal import Seal, public_key, receipt_record, sealed, verified
from portal import clock
from tests.applications.helpers import fill
from tests.applications.test_query_counts import costs
from tests.documents import pdfs
from tests.factories import make_call, make_draft, make_member, make_municipality

RECORD = receipt_record(
    call="M4EG-2021-INNOVATION",
    stage="concept",
    number="M4EG-2021-INNOVATION-0007",
    sequence=1,
    received_at=datetime(2027, 3, 15, 17, 59, 58, 7, tzinfo=timezone(timedelta(hours=4))),
    digest="a" * 64,
)
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
"""32 bytes, 0 to 31."""


# --- the seal -------------------------------------------------------------------------------------------------


def test_a_seal_is_that_of_its_record_alone(settings: Any) -> None:
    settings.RECEIPT_KEY = KEY
    assert RECORD["received_at"] == "2027-03-15T13:59:58.000007Z"
    seal = sealed(RECORD)
    # Made by "openssl pkeyutl -sign -rawin" over the record with its keys sorted and without spaces.
    by_openssl = "esx1OK8yEmT3DDtqIPAK9dKHKKZ9LYnhjtpwqRhzvW5llX3H10lns73sB4PkitsMeque0+jFcki6djnLWEb4DQ=="
    assert seal == Seal(by_openssl, "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=")
    assert public_key() == seal.public_key
    assert verified(RECORD, seal)
    for name, other in [("sequence", 2), ("sequence", "1"), ("digest", "b" * 64), ("number", "\ud800"), ("more", None)]:
        assert not verified({**RECORD, name: other}, seal), name
    for wrong in ("", "AAAA", seal.signature[:-4], "ա" * 88, seal.signature[::-1], None, 7):
        assert not verified(RECORD, Seal(wrong, seal.public_key)), wrong  # type: ignore[arg-type]
        assert not verified(RECORD, Seal(seal.signature, wrong)), wrong  # type: ignore[arg-type]


def test_the_key_is_that_of_the_setting_or_follows_from_the_secret(settings: Any) -> None:
    settings.RECEIPT_KEY, settings.SECRET_KEY = "", "one"
    first = sealed(RECORD)
    assert sealed(RECORD) == first
    settings.SECRET_KEY = "another"
    assert public_key() != first.public_key
    assert verified(RECORD, first), "what was sealed earlier stays sealed"
    settings.RECEIPT_KEY = "c2hvcnQ="
    with pytest.raises(ImproperlyConfigured):
        sealed(RECORD)
    with pytest.raises(ImproperlyConfigured):
        apps.get_app_config("applications").ready()


def test_a_moment_is_written_in_utc() -> None:
    again = receipt_record(
        **{name: RECORD[name] for name in ("call", "stage", "number", "sequence", "digest")},
        received_at=datetime(2027, 3, 15, 13, 59, 58, 7, tzinfo=UTC),
    )
    assert again == RECORD


# --- files, and the page on which anyone checks them ---------------------------------------------------------------


class Kept:
    """An application that was submitted, and what its municipality keeps of it."""

    def __init__(self, client: Client) -> None:
        municipality = make_municipality("Alaverdi")
        self.head = make_member(municipality, "head", name="Anna Petrosyan")
        self.entry = fill(make_draft(make_call(), municipality, by=self.head), self.head)
        self.submission = submit_application(self.entry, by=self.head, received_at=clock.now())
        client.force_login(self.head)
        self.json = self._file(client, "receipt_file")
        self.pdf = self._file(client, "receipt_pdf")
        self.application = self._file(client, "submission_json")
        client.logout()

    def url(self, name: str) -> str:
        return reverse(f"applications:{name}", args=[self.submission.number, self.submission.sequence])

    def _file(self, client: Client, name: str) -> bytes:
        response = client.get(self.url(name))
        assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
        content: bytes = response.content
        return content

    def changed(self, **fields: Any) -> bytes:
        """The receipt's file with other values in its record."""
        found = json.loads(self.json)
        return json.dumps({**found, "receipt": {**found["receipt"], **fields}}).encode()


@pytest.fixture
def kept(client: Client, db: None) -> Kept:
    return Kept(client)


def brought(client: Client, content: bytes, status: int = 200, language: str = "en") -> str:
    """What the page says of a file."""
    upload = SimpleUploadedFile("file", content)
    response = client.post(f"/{language}/receipts/check/", {"file": upload})
    assert response.status_code == status
    return html.unescape(response.content.decode())


def typed(client: Client, number: str, digest: str, status: int = 200) -> str:
    response = client.get("/en/receipts/check/", {"n": number, "d": digest})
    assert (response.status_code, response["Cache-Control"]) == (
        status,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    return html.unescape(response.content.decode())


def test_what_a_municipality_keeps(kept: Kept, settings: Any, tmp_path: Path) -> None:
    submission = kept.submission
    file = json.loads(kept.json)
    record = record_of(submission)
    assert file["receipt"] == record
    seal = Seal(file["seal"]["signature"], file["seal"]["public_key"])
    assert seal == (submission.seal, submission.sealed_by)
    assert verified(record, seal)
    assert not any(name in kept.json.decode() for name in ("Alaverdi", "Anna")), "receipts are checked in public"
    assert hashlib.sha256(kept.application).hexdigest() == submission.digest
    report = validator.validate_pdf_bytes(kept.pdf, profile="ua1")
    assert report.is_compliant, [failure.message for failure in report.failures]
    with pikepdf.open(io.BytesIO(kept.pdf)) as document:
        assert len(document.pages) == 1
        assert document.attachments["receipt.json"].get_file().read_bytes() == kept.json
    text = pdfs.text(kept.pdf, tmp_path)
    expected = [submission.number, submission.digest, submission.seal, submission.sealed_by, "(Yerevan)"]
    assert [line for line in expected if line not in text] == []


def test_anyone_can_check_by_file_number_and_code(client: Client, kept: Kept) -> None:
    submission = kept.submission
    for content in (kept.json, kept.pdf, kept.changed()):
        page = brought(client, content)
        assert "This portal issued the receipt. The submission counts" in page
        assert submission.number in page
        assert submission.digest in page
        assert not any(name in page for name in ("Alaverdi", "Anna", "Armenia (")), "who applied is not public"
    assert "This is an application exactly as it was submitted." in brought(client, kept.application)
    grouped = " ".join(submission.digest[at : at + 8] for at in range(0, 64, 8)).upper()
    assert "Genuine" in typed(client, f" {submission.number} ", grouped)
    address = re.search(r'<dd><a href="([^"]+)">', html.unescape(_receipt_page(client, kept)))
    assert address
    assert "Genuine" in html.unescape(client.get(address[1]).content.decode()), "the address of the code"
    withdraw_application(kept.entry, by=kept.head, received_at=clock.now())
    assert "no longer counts: the application was withdrawn" in brought(client, kept.pdf)


def _receipt_page(client: Client, kept: Kept) -> str:
    client.force_login(kept.head)
    text: str = client.get(kept.url("receipt")).content.decode()
    client.logout()
    return text


def test_a_version_that_was_replaced_is_told_from_the_one_that_counts(client: Client, kept: Kept) -> None:
    reopened = reopen_application(kept.entry, by=kept.head, received_at=clock.now())
    assert "The submission counts" in brought(client, kept.json), "as long as nothing else was submitted"
    second = submit_application(reopened, by=kept.head, received_at=clock.now())
    assert second.digest != kept.submission.digest
    assert "a later version has taken its place" in brought(client, kept.json)
    assert "The submission counts" in typed(client, second.number, second.digest)


def test_what_was_altered_is_told(client: Client, kept: Kept) -> None:
    number = kept.submission.number
    for fields in (
        {"received_at": "2020-01-01T00:00:00.000000Z"},
        {"sequence": 2},
        {"stage": "other"},
        {"number": f"{number[:-1]}9"},
        {"digest": "0" * 64},
    ):
        page = brought(client, kept.changed(**fields))
        assert "tag-error" in page
        assert ("Altered" in page, "Genuine" in page) == (True, False), fields
    unsealed = json.loads(kept.json) | {"seal": None}
    assert "Altered" in brought(client, json.dumps(unsealed).encode())
    assert "Not known" in brought(client, kept.application.replace(b"Young", b"Old"))
    inside = json.loads(kept.json)["receipt"]
    assert "Altered" in brought(client, _pdf_with(kept.changed(sequence=3)))
    assert "no receipt inside this PDF" in brought(client, _pdf_with(b"{}"), status=422)
    assert inside["digest"] == kept.submission.digest


def _pdf_with(inner: bytes) -> bytes:
    packed = zlib.compress(inner)  # the length is wrong, as in many a PDF
    return b"%PDF-1.7\n1 0 obj <</Length 9>>\nstream\n" + packed + b"\nendstream\nendobj\n%%EOF"


def test_nothing_is_told_to_whoever_has_not_the_digest(client: Client, kept: Kept) -> None:
    number, digest = kept.submission.number, kept.submission.digest
    right, wrong = (typed(client, one, "0" * 64) for one in (number, "NEVER-0001"))
    token = re.compile('name="csrfmiddlewaretoken" value="[^"]+"')
    assert token.sub("", right.replace(number, "")) == token.sub("", wrong.replace("NEVER-0001", ""))
    assert "Not known" in right
    assert "Not known" in typed(client, "NEVER-0001", digest)
    page = typed(client, number, "zz", status=422)
    assert "A digest has 64 digits and letters from a to f; there are 2." in page
    assert f'value="{number}"' in page, "what was typed stays"


def test_who_sealed_what_is_not_here(client: Client, kept: Kept, settings: Any) -> None:
    record = {**RECORD, "number": "LOST-0001"}
    ours = sealed(record)
    settings.RECEIPT_KEY = KEY
    others = sealed(record)
    settings.RECEIPT_KEY = ""

    def file(seal: Seal) -> bytes:
        return json.dumps({"receipt": record, "seal": seal._asdict()}).encode()

    assert "Sealed, but not found" in brought(client, file(ours))
    assert "Not known" in brought(client, file(others))
    settings.RECEIPT_KEY = KEY  # the key was changed since: what it sealed earlier stays what it was
    assert "Genuine" in brought(client, kept.json)
    keys = client.get("/en/receipts/keys.pem").content.decode()
    assert re.findall(r"Ed25519 (\S+) ", keys) == [others.public_key, ours.public_key]


HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "text": "Ստացման հաստատում".encode(),
    "half a character": b'{"receipt": {"number": "\\ud800"}}',
    "deep": b"[" * 200_000,
    "deep inside": b'{"receipt":' * 50_000,
    "large number": b'{"receipt": ' + b"9" * 10_000 + b"}",
    "not a number": b'{"receipt": NaN}',
    "list": b"[1, 2, 3]",
    "no record": b'{"receipt": "x", "seal": 7}',
    "other record": b'{"receipt": {"number": 7}, "seal": {"signature": [], "public_key": {}}}',
    "other application": b'{"form": 1, "answers": 2, "number": ["x"]}',
    "UTF-16": '{"form": 1}'.encode("utf-16"),
    "NUL in a number": b'{"form": 1, "answers": 2, "number": "\\u0000"}',
    "half a character in a number": json.dumps({"receipt": {**RECORD, "number": "\ud800"}}).encode(),
    "NUL": b'{"form": 1, "answers": 2, "number": "\\u0000", "x": "\0"}',
    "PDF of nothing": b"%PDF-1.7 stream",
    "PDF of many parts": b"%PDF-1.7 " + b"stream\nx endstream " * 20_000,
    "PDF that opens streams": b"%PDF-1.7 " + b"stream\n" * 100_000,
    "PDF that unpacks to much": _pdf_with(bytes(30_000_000)),
    "too large": b"%PDF-" + bytes(5 * 1024 * 1024),
}


def test_hostile_files_get_a_clear_answer(client: Client, db: None) -> None:
    for name, content in HOSTILE.items():
        page = brought(client, content, status=422)
        assert re.search("is empty|too large|no receipt inside|neither a PDF nor|neither a receipt nor", page), name
        cache.clear()  # the limit is shown by another test
    assert "Please choose a file." in client.post("/en/receipts/check/").content.decode()


def test_checks_are_limited_and_what_was_typed_stays(client: Client, db: None) -> None:
    for _time in range(30):
        client.get("/en/receipts/check/?n=A-1&d=0")
    page = typed(client, "A-1", "0" * 64, status=429)
    assert "Too many checks at once" in page
    assert 'value="A-1"' in page
    assert brought(client, b"{}", status=429)
    assert client.get("/en/receipts/check/").status_code == 200, "the page itself may be looked at"
    assert (
        '<a class="inline-target" href="/en/receipts/check/">Check a receipt</a>' in client.get("/en/").content.decode()
    )
    assert client.get("/en/receipts/check/?n=A-1&d=0", REMOTE_ADDR="127.0.0.9").status_code == 422


def test_receipts_cost_the_same_for_one_submission_and_for_three(client: Client, kept: Kept) -> None:
    address = {"n": kept.submission.number, "d": kept.submission.digest}
    pages = [("receipt_file", 3), ("submission_json", 3), ("receipt", 3), ("receipt_pdf", 4)]

    def counted() -> None:
        client.logout()
        with costs(1):
            client.get("/en/receipts/check/", address)
        client.force_login(kept.head)
        for name, queries in pages:
            with costs(queries):
                client.get(kept.url(name))

    client.force_login(kept.head)
    client.get(kept.url("receipt"))  # what is kept in the cache for all pages
    counted()
    for _version in range(2):
        reopened = reopen_application(kept.entry, by=kept.head, received_at=clock.now())
        submit_application(reopened, by=kept.head, received_at=clock.now())
    counted()


# --- without the portal ----------------------------------------------------------------------------------------


def test_a_receipt_is_checked_without_the_portal(client: Client, kept: Kept, tmp_path: Path) -> None:
    program = tmp_path / "check_receipt.py"
    program.write_bytes(b"".join(client.get("/en/receipts/check_receipt.py")))
    (tmp_path / "keys.pem").write_bytes(client.get("/en/receipts/keys.pem").content)

    def checked(receipt: bytes, *application: bytes, options: tuple[str, ...] = ()) -> tuple[int, str]:
        (tmp_path / "receipt").write_bytes(receipt)
        names = [f"application{place}" for place, _one in enumerate(application)]
        for name, content in zip(names, application, strict=True):
            (tmp_path / name).write_bytes(content)
        command = [sys.executable, "-I", *options, str(program), "--keys", "keys.pem", "receipt", *names]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert run.stderr == ""
        return run.returncode, run.stdout

    for good in (kept.json, kept.pdf):
        code, said = checked(good, kept.application)
        assert (code, "GENUINE" in said, "THE APPLICATION is the one" in said) == (0, True, True)
        assert kept.submission.number in said
    code, said = checked(kept.changed(received_at="2020-01-01T00:00:00.000000Z"))
    assert (code, "ALTERED" in said) == (1, True)
    code, said = checked(kept.json, kept.application.replace(b"Young", b"Yount"))
    assert (code, "OTHER APPLICATION" in said) == (1, True)
    assert checked(b"%PDF-1.7 nothing")[0] == 2
    # Without the package OpenSSL does it.
    code, said = checked(kept.json, options=("-S",))
    command = next(line for line in said.splitlines() if line.startswith("openssl "))
    openssl = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (code, openssl.returncode, "Verified Successfully" in openssl.stdout) == (2, 0, True)
    (tmp_path / "receipt-signed.json").write_bytes(b"{}")
    assert subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False).returncode == 1
    (tmp_path / "keys.pem").write_bytes((tmp_path / "keys.pem").read_bytes().replace(b"-----BEGIN", b"-----BEGUN"))
    assert checked(kept.json)[0] == 2
