"""Files of a draft, as the script and the plain form bring them: the same rules, and nothing half done."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from PIL import Image

from applications.lifecycle import attach_file, submit_application
from applications.models import Attachment, StageEntry
from calls.spec import CallSpec
from portal import clock
from portal.accounts.models import Person
from portal.documents import previews, scanning
from portal.documents.models import NO_PREVIEW, Scan, StoredFile, Upload, UploadChunk
from portal.documents.uploads import CHUNK
from portal.notices.models import Message
from tests.applications.helpers import INNOVATION, fill, upload
from tests.documents.clamd import clamd, infected
from tests.documents.hostile import FILES, Hostile, bulky_pdf, docx, pdf, picture, xlsx
from tests.factories import make_call, make_draft, make_member, make_municipality, make_staff
from tests.support import after_commit

pytestmark = pytest.mark.django_db
QUESTION = "drawings"


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    """A private store of the test's own."""
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path / "private"}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    return tmp_path / "private"


class Desk:
    """A clerk's draft, and the script of its pages."""

    def __init__(self, change: Callable[[CallSpec], CallSpec] | None = None) -> None:
        self.municipality = make_municipality()
        self.clerk: Person = make_member(self.municipality, "head")
        make_draft(make_call(), self.municipality, by=self.clerk)
        self.entry: StageEntry = make_draft(make_call("M4EG-2021-INNOVATION", change=change), self.municipality)
        self.client = Client(headers={"Accept": "application/json", "Accept-Language": "en"})
        self.client.force_login(self.clerk)
        with translation.override("en"):
            self.url = reverse("applications:upload", args=[self.entry.pk, QUESTION])
            self.section = reverse("applications:section", args=[self.entry.pk, "annexes"])

    def post(self, place: str = "", body: Any = b"", client: Client | None = None) -> Any:
        return (client or self.client).post(f"{self.url}{place}", body, content_type="application/octet-stream")

    def begin(self, name: str, size: int, modified: int = 1) -> Any:
        return self.post(body=json.dumps({"name": name, "size": size, "modified": modified}))

    def send(self, name: str, content: bytes, size: int = 0) -> Any:
        """Send a file as the script does, and return the last answer."""
        begun = self.begin(name, size or len(content))
        if begun.status_code != 200:
            return begun
        state = begun.json()
        for index in range(state["count"]):
            piece = content[index * CHUNK : (index + 1) * CHUNK]
            assert self.post(f"{state['token']}/{index}/", piece).json() == {"received": index}
        return self.post(f"{state['token']}/finish/")


def accepting(*kinds: str) -> Callable[[CallSpec], CallSpec]:
    """Let the question take these kinds, of at most 2 MB, and three of them."""

    def change(spec: CallSpec) -> CallSpec:
        text = spec.model_dump(mode="json", by_alias=True)
        for stage in text["stages"]:
            for section in stage["form"]["sections"]:
                for question in section["questions"]:
                    if question["key"] == QUESTION:
                        question |= {"accept": list(kinds), "max_mb": 2, "max_files": 3}
        return CallSpec.model_validate(text)

    return change


def objects(place: Path) -> list[Path]:
    after_commit()
    return [path for path in place.rglob("*") if path.is_file()]


def test_a_file_in_pieces_is_attached_whole(place: Path) -> None:
    desk, content = Desk(), bulky_pdf(CHUNK)
    assert len(content) > CHUNK
    answer = desk.send("Ավագանու որոշում.pdf", content)
    said = answer.json()
    attachment = Attachment.objects.get()
    assert said["sha256"] == hashlib.sha256(content).hexdigest()
    assert "answers are missing" in said["missing"]
    assert f'value="{attachment.pk}"' in said["html"]
    assert "Ավագանու որոշում.pdf" in said["html"]
    assert objects(place) == [place / attachment.file.path]
    token = Upload.objects.get().token
    with CaptureQueriesContext(connection) as queries:
        again = desk.post(f"{token}/finish/").json()
    assert again["sha256"] == said["sha256"]
    assert Attachment.objects.count() == 1
    assert len(queries) <= 14
    assert desk.post(f"{token}/").json()["received"] == []


def test_what_is_taken_is_what_the_question_takes(place: Path) -> None:
    desk = Desk(accepting("pdf"))
    refusals = {
        "large": desk.begin("a.pdf", (2 << 20) + 1),
        "empty": desk.begin("a.pdf", 0),
        "no number": desk.post(body=b'{"name": "a.pdf", "size": "5", "modified": 1}'),
        "no JSON": desk.post(body=b"\xff"),
        "half a sign": desk.post(body=b'{"name": "\\ud800.pdf", "size": 5, "modified": 1}'),
        "nothing": desk.post(),
        "kind": desk.send("a.docx", docx()),
    }
    assert {name: answer.status_code for name, answer in refusals.items()} == dict.fromkeys(refusals, 422)
    assert all(answer.json()["refused"] for answer in refusals.values())
    for number in range(3):
        assert desk.send(f"{number}.pdf", pdf(number + 1)).status_code == 200
    assert "3 files already" in desk.begin("4.pdf", 100).json()["refused"]
    assert Attachment.objects.count() == StoredFile.objects.count() == len(objects(place)) == 3


def test_missing_pieces_are_named_and_others_are_not_taken() -> None:
    desk, content = Desk(), bulky_pdf(CHUNK)
    state = desk.begin("a.pdf", len(content)).json()
    place = state["token"]
    with CaptureQueriesContext(connection) as queries:
        assert desk.post(f"{place}/0/", content[:CHUNK]).status_code == 200
    assert len([query for query in queries.captured_queries if "SAVEPOINT" not in query["sql"]]) == 9
    assert desk.begin("a.pdf", len(content)).json() == {**state, "received": [0]}, "it goes on where it was"
    assert desk.post(f"{place}/finish/").json() == {"missing": list(range(1, state["count"]))}
    for piece in (content[:CHUNK], b""):
        assert "again" in desk.post(f"{place}/{state['count'] - 1}/", piece).json()
    assert desk.post(f"{place}/99/", b"x").status_code == 422
    assert desk.post(f"{place}/cancel/").json() == {"cancelled": True}
    assert desk.post(f"{place}/finish/").status_code == 404


def test_nobody_else_reaches_an_upload_or_what_it_became() -> None:
    desk, content = Desk(), pdf()
    token = desk.begin("a.pdf", len(content)).json()["token"]
    people = [
        make_member(desk.municipality, "head"),
        make_member(desk.municipality, "viewer"),
        make_member(make_municipality("Gyumri"), "head"),
        make_staff(),
    ]
    others = []
    for person in people:
        other = Client(headers={"Accept": "application/json"})
        other.force_login(person)
        others.append(other)
    for client in others:
        for step, body in (("", b""), ("0/", content), ("finish/", b""), ("cancel/", b"")):
            assert desk.post(f"{token}/{step}", body, client).status_code == 404
    for client in others[1:]:
        assert desk.post("", json.dumps({"name": "a.pdf", "size": 5, "modified": 1}), client).status_code == 404
    nobody = desk.post(f"{token}/0/", content, Client(headers={"Accept": "application/json"}))
    assert (nobody.status_code, "login" in nobody.json()) == (401, True)
    assert not UploadChunk.objects.exists()
    assert desk.post(f"{token}/0/", content).status_code == 200
    assert desk.post(f"{token}/finish/").status_code == 200
    file = StoredFile.objects.get()
    page = reverse("documents:file", args=[file.token, file.name])
    small = reverse("documents:preview", args=[file.token])
    assert [[c.get(address).status_code for c in others] for address in (page, small)] == [[200, 200, 404, 404]] * 2


def test_after_submitting_nothing_is_taken() -> None:
    desk, content = Desk(), pdf()
    token = desk.begin("a.pdf", len(content)).json()["token"]
    fill(desk.entry, desk.clerk, INNOVATION)
    submit_application(desk.entry, by=desk.clerk, received_at=clock.now())
    answers = [desk.begin("b.pdf", 5), desk.post(f"{token}/0/", content), desk.post(f"{token}/finish/")]
    assert [answer.status_code for answer in answers[:2]] == [409, 409]
    assert "no longer a draft" in answers[0].json()["closed"]
    assert not Attachment.objects.filter(question=QUESTION).exists()


def test_hostile_files_are_refused_with_their_reason_and_reach_nobody(place: Path) -> None:
    """In pieces, and in one form without scripts; afterwards there is nothing that anybody could open."""
    desk = Desk(accepting("pdf", "jpg", "png", "docx", "xlsx", "odt"))
    contents = {file.name: file.make() for file in FILES}
    said = {}
    for file in FILES:
        answer = desk.send(file.name, contents[file.name], file.size)
        said[file.name] = answer.json().get("refused", f"{answer.status_code}")
    assert said == {file.name: file.says for file in FILES}
    assert len(set(said.values())) >= 30
    tokens = list(Upload.objects.values_list("token", flat=True))
    assert len(tokens) > 30
    # The bomb needs a process of its own each time.
    whole: list[Hostile] = [file for file in FILES if not file.by_name and file.name != "bomb.pdf"]
    sent = [SimpleUploadedFile(file.name, contents[file.name].ljust(file.size, b" ")) for file in whole]
    page = desk.client.post(desk.section, {"form.version": 0, QUESTION: sent}, headers={"Accept": "text/html"})
    assert page.status_code == 422
    shown = page.content.decode()
    assert [file.name for file in whole if file.says not in shown or file.name not in shown] == []
    assert not Attachment.objects.exists()
    assert not StoredFile.objects.exists()
    assert objects(place) == []
    other = Client()
    other.force_login(make_staff())
    for token in tokens[:3]:
        assert other.post(f"{desk.url}{token}/").status_code == 404
        assert other.get(reverse("documents:file", args=[token, "a.pdf"])).status_code == 404


def test_small_pictures_are_drawn_once_the_right_way_up(place: Path, monkeypatch: Any) -> None:
    desk, turned = Desk(), Image.Exif()
    turned[0x0112] = 6
    files = {
        "photo.jpg": picture("JPEG", (900, 300), exif=turned),
        "page.pdf": pdf(),
        "table.xlsx": xlsx(),
    }
    rows = {
        name: attach_file(desk.entry, QUESTION, upload(name, content), by=desk.clerk) for name, content in files.items()
    }
    small = {name: reverse("documents:preview", args=[row.file.token]) for name, row in rows.items()}
    answers = {name: desk.client.get(address) for name, address in small.items()}
    sizes = {}
    for name in ("photo.jpg", "page.pdf"):
        content = b"".join(answers[name].streaming_content)  # type: ignore[attr-defined]
        (place / "seen.jpg").write_bytes(content)
        with Image.open(place / "seen.jpg") as seen:
            sizes[name] = (seen.format, *seen.size)
            assert not seen.getexif(), "where it was taken is not in it"
    assert sizes == {"photo.jpg": ("JPEG", 107, 320), "page.pdf": ("JPEG", 248, 320)}
    assert answers["photo.jpg"]["Cache-Control"] == "private, max-age=86400"
    assert answers["photo.jpg"]["X-Content-Type-Options"] == "nosniff"
    assert answers["table.xlsx"]["Location"].endswith("site/file.svg")
    assert StoredFile.objects.get(name="table.xlsx").preview == NO_PREVIEW
    before = len(objects(place))
    monkeypatch.setattr(previews, "_DRAW", "/nowhere")
    assert desk.client.get(small["photo.jpg"]).status_code == 200
    assert len(objects(place)) == before
    section = desk.client.get(desk.section).content.decode()
    assert [address in section for address in small.values()] == [True, True, False]


def test_a_virus_is_taken_out_told_and_shown_at_its_question(
    place: Path, settings: Any, clock: Any, mailbox: Any
) -> None:
    desk = Desk()
    with clamd() as server:
        settings.CLAMAV = server.address
        assert "being checked for viruses" in desk.send("good.pdf", pdf()).json()["html"]
        assert desk.send("bad.pdf", infected(pdf(2))).status_code == 200
        fill(desk.entry, desk.clerk, INNOVATION)
        clock.advance(timedelta(minutes=1))
        assert scanning.sweep() == 3
        section = desk.client.get(desk.section).content.decode()
        assert "Eicar-Test-Signature" in section
        assert "checked for viruses" in section
        gone = Attachment.objects.get(file__name="bad.pdf")
        assert gone.removed_at is not None
        assert StoredFile.objects.get(name="good.pdf").scan == Scan.CLEAN
        message = Message.objects.get(kind="infected")
        assert message.recipient == desk.clerk
        assert "Eicar-Test-Signature" in message.text
        assert "was taken out of the application" in message.text
        submitted = submit_application(desk.entry, by=desk.clerk, received_at=clock.now)
        assert [file["name"] for file in submitted.snapshot["files"][QUESTION]] == ["good.pdf"]
        clock.advance(timedelta(seconds=1))


def test_a_scanner_that_is_down_holds_no_submission_up(place: Path, settings: Any, mailbox: Any) -> None:
    desk = Desk()
    settings.CLAMAV = "tcp://127.0.0.1:1"
    fill(desk.entry, desk.clerk, INNOVATION)
    submit_application(desk.entry, by=desk.clerk, received_at=clock.now())
    file = StoredFile.objects.get()
    address = reverse("documents:file", args=[file.token, file.name])
    assert desk.client.get(address).status_code == 200
    staff = Client(headers={"Accept-Language": "en"})
    staff.force_login(make_staff())
    held = staff.get(address)
    assert (held.status_code, b"still being checked" in held.content) == (403, True)
