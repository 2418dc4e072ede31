"""Files in pieces: any order, as often as they come, from any replica; whole with the right digest, or not at all."""

import hashlib
import os
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile, File

from portal.accounts.models import Person
from portal.documents import leftovers, uploads
from portal.documents.models import StoredFile, Upload, UploadChunk
from portal.documents.sniff import KINDS, UploadRefused
from portal.documents.storage import open_stored, private_storage, store
from portal.documents.uploads import CHUNK, Announced, Gone, Incomplete, WrongChunk
from tests.support import after_commit

pytestmark = pytest.mark.django_db
CONTENT = random.Random(4).randbytes(2 * CHUNK + 17)
PIECES = [CONTENT[at : at + CHUNK] for at in range(0, len(CONTENT), CHUNK)]
FILE = Announced("plan.pdf", len(CONTENT), 1_700_000_000_000)


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    """A private store of the test's own."""
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path / "private"}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    return tmp_path / "private"


@pytest.fixture
def person() -> Person:
    return Person.objects.create_user("clerk@example.org")


def begin(person: Person, file: Announced = FILE) -> Upload:
    return uploads.begin(person, "test:1", file, max_mb=1)


def keeping(person: Person) -> Callable[[File[Any]], StoredFile]:
    return lambda whole: store(whole, name=whole.name or "", by=person, kind=KINDS["pdf"])


def objects(place: Path) -> list[Path]:
    """The files in the store, after what is done on commit."""
    after_commit()
    return [path for path in place.rglob("*") if path.is_file()]


def test_pieces_in_any_order_and_twice_make_the_file(person: Person, place: Path) -> None:
    upload = begin(person)
    assert (upload.count, uploads.received(upload)) == (3, [])
    for index in (2, 0, 2):
        uploads.receive(upload, index, PIECES[index])
    with pytest.raises(Incomplete) as fault:
        uploads.finish(upload, keeping(person))
    assert fault.value.missing == [1]
    again = begin(person)
    assert (again.pk, uploads.received(again)) == (upload.pk, [0, 2]), "another visit goes on where it was"
    uploads.receive(again, 1, PIECES[1])
    done = uploads.finish(again, keeping(person))
    assert done.stored
    assert done.stored.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert open_stored(done.stored).read() == CONTENT
    assert objects(place) == [place / done.stored.path], "the pieces are removed"
    assert uploads.finish(upload, keeping(person)).stored == done.stored, "a lost reply brings no second file"
    with pytest.raises(Gone):
        uploads.receive(upload, 1, PIECES[1])
    assert StoredFile.objects.count() == 1


def test_what_does_not_belong_is_not_taken(person: Person, place: Path) -> None:
    upload = begin(person)
    for index, content in ((3, b""), (0, PIECES[0][:-1]), (2, PIECES[0]), (-1, PIECES[0])):
        with pytest.raises(WrongChunk):
            uploads.receive(upload, index, content)
    uploads.receive(upload, 0, PIECES[0])
    with pytest.raises(WrongChunk, match="not the one"):
        uploads.receive(upload, 0, PIECES[1])
    assert len(objects(place)) == 1
    uploads.discard(upload)
    uploads.discard(upload)
    assert objects(place) == []
    with pytest.raises(Gone):
        uploads.receive(upload, 0, PIECES[0])
    assert objects(place) == []


def test_a_piece_spoilt_in_the_storage_has_to_come_again(person: Person, place: Path) -> None:
    upload = begin(person)
    for index, piece in enumerate(PIECES):
        uploads.receive(upload, index, piece)
    (place / upload.chunks.get(index=1).path).write_bytes(b"x")
    private_storage().delete(upload.chunks.get(index=2).path)
    with pytest.raises(Incomplete) as fault:
        uploads.finish(upload, keeping(person))
    assert fault.value.missing == [1, 2]
    assert uploads.received(upload) == [0]
    uploads.receive(upload, 1, PIECES[1])
    uploads.receive(upload, 2, PIECES[2])
    stored = uploads.finish(upload, keeping(person)).stored
    assert stored
    assert stored.sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_a_refusal_is_said_again_and_keeps_nothing(person: Person, place: Path) -> None:
    upload = begin(person)
    for index, piece in enumerate(PIECES):
        uploads.receive(upload, index, piece)

    def refuse(whole: File[Any]) -> StoredFile:
        store(whole, name="a", by=person, kind=KINDS["pdf"])
        raise UploadRefused("No.")

    assert [uploads.finish(upload, refuse).refusal for _time in range(2)] == ["No.", "No."]
    assert (StoredFile.objects.count(), UploadChunk.objects.count()) == (0, 0)
    assert begin(person).pk != upload.pk, "chosen again, it is judged again"


def test_size_name_and_number_are_judged_before_anything_is_sent(person: Person, clock: Any) -> None:
    for file in (Announced("a.pdf", 0), Announced("a.pdf", (1 << 20) + 1), Announced("a\0.pdf", 5)):
        with pytest.raises(UploadRefused):
            begin(person, file)
    assert not Upload.objects.exists()
    oldest = min(
        (begin(person, Announced(f"{number}.pdf", 5)) for number in range(uploads.MOST_OPEN)), key=lambda one: one.pk
    )
    with pytest.raises(UploadRefused, match="30"):
        begin(person, Announced("more.pdf", 5))
    clock.advance(uploads.IDLE + timedelta(seconds=1))
    begin(person, Announced("more.pdf", 5))
    assert not Upload.objects.filter(pk=oldest.pk).exists()
    assert begin(Person.objects.create_user("b@example.org"), Announced("1.pdf", 5))


def test_what_was_left_behind_is_swept_away(person: Person, place: Path, clock: Any) -> None:
    kept = store(ContentFile(b"x"), name="a.pdf", by=None, kind=KINDS["pdf"])
    private_storage().save("manual/notes.txt", ContentFile(b"x"))
    orphans = [
        private_storage().save(f"{folder}/{'x' * 32}", ContentFile(b"x"))
        for folder in ("2026/11", "uploads", "previews")
    ]
    upload = begin(person)
    uploads.receive(upload, 0, PIECES[0])
    assert (uploads.sweep(), leftovers.sweep()) == (0, 0), "what is young may be under way"
    yesterday = clock.now.timestamp() - 25 * 3600
    for path in objects(place):
        os.utime(path, (yesterday, yesterday))
    assert leftovers.sweep() == len(orphans)
    assert sorted(str(path.relative_to(place)) for path in objects(place)) == sorted(
        [kept.path, "manual/notes.txt", upload.chunks.get().path]
    )
    clock.advance(timedelta(hours=25))
    assert (uploads.sweep(), len(objects(place)), uploads.sweep(), leftovers.sweep()) == (1, 2, 0, 0)
    assert not Upload.objects.exists()
