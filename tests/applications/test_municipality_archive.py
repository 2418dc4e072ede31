"""All that a municipality has in one archive, which proves what is in it and survives what is missing."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from applications.archive import Archive, Item, of_bytes, safe_name
from applications.lifecycle import attach_file
from applications.models import Attachment, Remark
from portal.accounts.models import Municipality
from portal.documents.models import Scan, StoredFile
from portal.documents.storage import private_storage
from tests.applications.helpers import upload
from tests.applications.test_municipality import another, ask, costs, submitted
from tests.factories import make_draft, make_member, make_municipality

JSON = dict[str, Any]


def opened(client: Client, place: Municipality, language: str = "en") -> zipfile.ZipFile:
    answer = client.get(f"/{language}/applications/municipality/{place.pk}/everything.zip")
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert archive.testzip() is None
    return archive


def manifest_of(archive: zipfile.ZipFile) -> JSON:
    found: JSON = json.loads(archive.read("manifest.json"))
    return found


@pytest.mark.django_db
def test_the_archive_holds_all_of_the_municipality_and_nothing_of_others(client: Client, mailbox: list[Any]) -> None:
    place, other = make_municipality(name_hy="Ալավերդի"), make_municipality("Gyumri")
    head = make_member(place, "head", email="anna@example.org", name="Anna")
    draft = make_draft(another("DRAFT"), place, by=head)
    attach_file(draft, "ledp", upload("Զարգացման ծրագիր.pdf"), by=head)
    removed = attach_file(draft, "letter", upload("removed.pdf"), by=head)
    Attachment.objects.filter(pk=removed.pk).update(removed_at=draft.created_at)
    attach_file(draft, "letter", upload("COM1.pdf"), by=head)
    Remark.objects.create(entry=draft, question="staff", text="Ո՞վ գիտի", author=head)
    sent = submitted(another("SENT"), place, head)
    ask(sent)
    submitted(another("THEIRS"), other, make_member(other, "head"))
    client.force_login(make_member(place, "viewer"))
    with opened(client, place, "hy") as archive:
        names = archive.namelist()
        first, second = f"applications/draft-{draft.application_id}/eoi", f"applications/{sent.application.number}/eoi"
        assert sorted(names) == sorted(
            [
                *(f"{first}/{name}" for name in ("draft.json", "draft.pdf", "remarks.json")),
                f"{first}/files/ledp/Զարգացման ծրագիր.pdf",
                f"{first}/files/letter/_COM1.pdf",
                *(f"{second}/{name}" for name in ("draft.json", "draft.pdf", "clarifications.json")),
                *(f"{second}/{kind}-1.{end}" for kind in ("submission", "receipt") for end in ("json", "pdf")),
                *(f"{second}/files/{question}/decision.pdf" for question in ("ledp", "letter")),
                "index.html",
                "manifest.json",
            ]
        )
        assert all(info.flag_bits & 0x800 for info in archive.infolist() if not info.filename.isascii())
        said = {one["name"]: one for one in manifest_of(archive)["files"]}
        assert set(said) == set(names) - {"manifest.json"}
        for name, one in said.items():
            content = archive.read(name)
            assert (one["sha256"], one["size"]) == (hashlib.sha256(content).hexdigest(), len(content))
            assert "fault" not in one
        assert sent.submission
        assert said[f"{second}/submission-1.json"]["sha256"] == sent.submission.digest
        for file in StoredFile.objects.filter(attachments__entry__in=[draft, sent], attachments__removed_at=None):
            assert file.sha256 in {one["sha256"] for one in said.values()}
        assert archive.read(f"{second}/submission-1.pdf").startswith(b"%PDF")
        assert json.loads(archive.read(f"{first}/draft.json"))["call"] == "DRAFT"
        assert json.loads(archive.read(f"{first}/remarks.json"))[0]["text"] == "Ո՞վ գիտի"
        assert json.loads(archive.read(f"{second}/clarifications.json"))[0]["about_submission"] == 1
        index = archive.read("index.html").decode()
        assert '<html lang="hy">' in index
        assert f'href="{second}/submission-1.pdf"' in index
        texts = b"".join(archive.read(name) for name in names if not name.endswith(".pdf"))
    assert b"anna@example.org" not in texts
    assert b"THEIRS" not in texts


@pytest.mark.django_db
def test_what_is_gone_broken_or_infected_is_named_and_the_rest_is_there(client: Client, mailbox: list[Any]) -> None:
    place = make_municipality()
    head = make_member(place, "head")
    sent = submitted(another("SENT"), place, head)
    draft = make_draft(another("DRAFT"), place, by=head)
    whole = attach_file(draft, "ledp", upload("whole.pdf"), by=head).file
    infected = attach_file(draft, "letter", upload("bad.pdf"), by=head).file
    StoredFile.objects.filter(pk=infected.pk).update(scan=Scan.WAITING)
    StoredFile.objects.filter(pk=infected.pk).update(scan=Scan.INFECTED, scanned_at=draft.created_at, virus="X")
    gone, broken = [attachment.file for attachment in Attachment.objects.filter(entry=sent).order_by("pk")]
    private_storage().delete(gone.path)
    with private_storage().open(broken.path, "r+b") as file:
        file.write(b"%PDF-9")
    client.force_login(head)
    with opened(client, place) as archive:
        manifest, index = manifest_of(archive), archive.read("index.html").decode()
    missing = {one["name"].rpartition("/files/")[2]: one["fault"] for one in manifest["missing"]}
    assert missing == {"ledp/decision.pdf": "not found", "letter/bad.pdf": "may not be opened"}
    faults = {one["name"].rpartition("/files/")[2]: one["fault"] for one in manifest["files"] if "fault" in one}
    assert faults == {"letter/decision.pdf": f"its SHA-256 should be {broken.sha256}"}
    assert whole.sha256 in {one["sha256"] for one in manifest["files"]}
    for name in (*missing, *faults):
        assert name in index


@pytest.mark.django_db
def test_the_archive_costs_the_same_for_one_and_for_three(client: Client, mailbox: list[Any]) -> None:
    place = make_municipality()
    head = make_member(place, "head")
    client.force_login(head)
    for number in range(3):
        entry = submitted(another(f"SENT-{number}"), place, head)
        make_draft(another(f"DRAFT-{number}"), place, by=head)
        Remark.objects.create(entry=entry, question="staff", text="Who knows?", author=head)
        if number != 1:
            client.get("/en/applications/")  # the specs of the calls come from the cache from now on
            with costs(15):
                opened(client, place)


def test_names_fit_every_file_system_and_are_told_apart() -> None:
    assert safe_name('a/b\\c:d*e?"<f>|g.pdf') == "a_b_c_d_e___f__g.pdf"
    assert [safe_name(name) for name in ("CON", "nul.txt", "lpt1.tar.gz", "console")] == [
        "_CON",
        "_nul.txt",
        "_lpt1.tar.gz",
        "console",
    ]
    assert [safe_name(name) for name in ("", "..", " . ", "a. ", "tab\there\x00.pdf")] == [
        "_",
        "_",
        "_",
        "a",
        "tab here.pdf",
    ]
    assert safe_name("Ա" * 200 + ".docx") == "Ա" * 75 + ".docx"
    archive = Archive()
    paths = ["x/A.pdf", "x/a.pdf", "x/a.PDF", "../up.txt", "/etc/up.txt", "x/a (2).pdf"]
    content = b"".join(piece for path in paths for piece in archive.add(Item(path, of_bytes(b"1"))))
    content += b"".join(archive.close({}))
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert names == [
        "x/A.pdf",
        "x/a (2).pdf",
        "x/a (3).PDF",
        "_/up.txt",
        "_/etc/up.txt",
        "x/a (2) (2).pdf",
        "manifest.json",
    ]


def test_a_file_that_breaks_off_ends_its_own_member_alone() -> None:
    def breaking() -> Iterator[bytes]:
        yield b"half"
        raise OSError("the disk is gone at /secret/place")

    archive = Archive()
    items = [Item("one.txt", breaking), Item("two.txt", of_bytes(b"whole"))]
    content = b"".join(piece for item in items for piece in archive.add(item)) + b"".join(archive.close({}))
    with zipfile.ZipFile(io.BytesIO(content)) as opened_archive:
        assert opened_archive.testzip() is None
        assert opened_archive.read("two.txt") == b"whole"
        first = manifest_of(opened_archive)["files"][0]
    assert (first["name"], first["size"], first["fault"]) == ("one.txt", 4, "cannot be read")
    assert b"secret" not in content
