"""The archive of all that a municipality has: for each application and stage what a person can read, and what a
machine can.

It holds the names of colleagues only where they stand in what was submitted, remarked or clarified: neither the list
of members nor addresses. Files that colleagues cannot open here either (a virus was found) are named, not packed.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from applications.archive import MANIFEST, Archive, Item, of_bytes, safe_name
from applications.models import Attachment, StageEntry, Submission
from applications.own import Place, entries_of
from applications.pages.mine import about, name_then, with_place
from applications.printing import application_pdf
from applications.queries import Dossier, dossiers_of
from applications.receipts.files import receipt_json, receipt_pdf, submission_json
from applications.registry import exported_for
from portal.content import formatting
from portal.documents.models import StoredFile
from portal.documents.pdf import FontsMissing
from portal.documents.storage import open_stored

BATCH: Final = 25
"""So many stages of applications are in memory at once; each batch asks the same number of queries."""
INDEX: Final = "index.html"
_DRAFT_FORMAT: Final = "draft/1"
_PIECE: Final = 256 * 1024


@dataclass
class Line:
    """A line of the archive's table of contents."""

    folder: str
    title: str
    about: str
    name: str
    number: str
    word: str
    links: list[str] = field(default_factory=list)


def archive_name(place: Place, moment: datetime) -> str:
    """Return the name under which the archive is saved."""
    zone = place.municipality.country.time_zone
    day = formatting.day(moment, zone, "hy").split(".")
    return f"{safe_name(place.municipality.name)}-{'-'.join(reversed(day))}.zip"


def archive_of(person: Any, place: Place, moment: datetime, code: str) -> Iterator[bytes]:
    """Yield the archive of all that a municipality has.

    Memory does not grow with the number or the size of files, nor the number of queries within a batch.

    Args:
        person: a member of the municipality; files are opened for nobody else.
        code: language of the site in which PDFs and the table of contents stand.
    """
    archive, lines = Archive(), []
    keys = list(entries_of(place.keys).values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        entries = list(entries_of(place.keys).filter(pk__in=keys[start : start + BATCH]))
        for dossier in dossiers_of(entries):
            line, items = _entry(dossier, person, code)
            lines.append(line)
            for item in items:
                yield from archive.add(item)
    for item in exported_for(person, place.keys):
        yield from archive.add(item)
    yield from archive.add(Item(INDEX, of_bytes(_index(place, lines, archive, moment, code))))
    about_it = {"municipality": place.municipality.code, "made_at": _utc(moment), "language": code}
    yield from archive.close(about_it)


def _index(place: Place, lines: Sequence[Line], archive: Archive, moment: datetime, code: str) -> bytes:
    """Return the table of contents as a page that opens without the portal."""
    with translation.override(code):
        context = {
            "language": code,
            "title": _("Everything of %(name)s") % {"name": place.municipality.name},
            "moment": with_place(moment, place.municipality.country.time_zone),
            "lines": lines,
            "faults": archive.faults,
            "manifest": MANIFEST,
        }
        return render_to_string("applications/municipality_archive.html", context).encode()


def _entry(dossier: Dossier, person: Any, code: str) -> tuple[Line, list[Item]]:
    """Return a stage of an application: its line in the table of contents, and its files, not opened yet."""
    entry = dossier.entry
    number = entry.application.number
    folder = f"applications/{safe_name(number or f'draft-{entry.application_id}')}/{safe_name(entry.stage.code)}"
    submissions = _submissions(entry)
    items = [*_draft(dossier, code), *(item for one in submissions for item in _submission(one, code))]
    items += [*_talk(entry), *_files(dossier, submissions, person)]
    with translation.override(code):
        line = Line(
            folder=folder,
            title=entry.stage.call.title,
            about=about(entry),
            name=name_then(entry.application),
            number=number or "",
            word=entry.get_state_display(),
            links=[item.path for item in items if item.path.endswith(".pdf") and "/" not in item.path],
        )
    return line, [Item(f"{folder}/{item.path}", item.content, item.sha256) for item in items]


def _submissions(entry: StageEntry) -> list[Submission]:
    found: list[Submission] = list(entry.submissions.all())
    for submission in found:
        submission.entry = entry  # what its PDF asks for is at hand there
    return found


def _draft(dossier: Dossier, code: str) -> Iterable[Item]:
    """Return what is being written, or was written and never submitted."""
    entry = dossier.entry
    if entry.takes_text or entry.submission_id is None:
        yield Item("draft.json", of_bytes(_json(_draft_record(dossier))))
        yield Item("draft.pdf", partial(_pdf, dossier, code))


def _draft_record(dossier: Dossier) -> dict[str, Any]:
    entry, application = dossier.entry, dossier.entry.application
    return {
        "format": _DRAFT_FORMAT,
        "call": entry.stage.call.code,
        "stage": entry.stage.code,
        "lot": application.lot.code if application.lot else None,
        "number": application.number,
        "municipality": {
            "code": application.municipality.code,
            "name": {"hy": application.municipality_name_hy, "en": application.municipality_name_en},
        },
        "state": entry.state,
        "reopened": entry.reopened,
        "begun_at": _utc(entry.created_at),
        "saved_at": _utc(dossier.saved_at),
        "deadline": _utc(entry.deadline),
        "answers": dossier.sheet.answers,
        "files": [{"question": file.question, **file.record()} for file in dossier.frozen_files()],
    }


def _submission(submission: Submission, code: str) -> Iterable[Item]:
    """Return one submission. The SHA-256 of its JSON is the digest on the receipt."""
    number = submission.sequence
    yield Item(f"submission-{number}.json", of_bytes(submission_json(submission)), submission.digest)
    yield Item(f"submission-{number}.pdf", partial(_pdf, submission, code))
    yield Item(f"receipt-{number}.json", of_bytes(receipt_json(submission, code)))
    yield Item(f"receipt-{number}.pdf", partial(_receipt, submission, code))


def _pdf(source: Dossier | Submission, code: str) -> Iterable[bytes]:
    try:
        return (application_pdf(source, code),)
    except FontsMissing as error:
        raise OSError from error


def _receipt(submission: Submission, code: str) -> Iterable[bytes]:
    try:
        return (receipt_pdf(submission, code),)
    except FontsMissing as error:
        raise OSError from error


def _talk(entry: StageEntry) -> Iterable[Item]:
    """Return what colleagues remarked, and what the programme asked to be clarified."""
    remarks = [
        {
            "question": remark.question,
            "text": remark.text,
            "author": remark.author.name if remark.author else None,
            "written_at": _utc(remark.written_at),
            "settled_at": _utc(remark.settled_at),
        }
        for remark in entry.remarks.all()
    ]
    sequences = {one.pk: one.sequence for one in entry.submissions.all()}
    clarifications = [
        {
            "questions": asked.questions,
            "text": asked.text,
            "asked_at": _utc(asked.asked_at),
            "due_at": _utc(asked.due_at),
            "state": asked.state,
            "closed_at": _utc(asked.closed_at),
            "about_submission": sequences.get(asked.about_id),
            "answered_by_submission": sequences.get(asked.answer_id or 0),
        }
        for asked in entry.clarifications.all()
    ]
    if remarks:
        yield Item("remarks.json", of_bytes(_json(remarks)))
    if clarifications:
        yield Item("clarifications.json", of_bytes(_json(clarifications)))


def _files(dossier: Dossier, submissions: Iterable[Submission], person: Any) -> Iterable[Item]:
    """Return the files that are there, and those of submissions though they were removed later; each one once."""
    frozen = {
        record["token"] for one in submissions for records in one.snapshot["files"].values() for record in records
    }
    attachments: list[Attachment] = list(dossier.entry.attachments.all())
    seen = set()
    for attachment in attachments:
        file = attachment.file
        wanted = attachment.removed_at is None or file.token in frozen
        if wanted and (attachment.question, file.pk) not in seen:
            seen.add((attachment.question, file.pk))
            yield stored_item(f"files/{attachment.question}/{file.name}", file, person)


def stored_item(path: str, file: StoredFile, person: Any) -> Item:
    """Return a private file for an archive; whether the person may have it is for the caller to know."""
    return Item(path, partial(_pieces, file, person), file.sha256)


def _pieces(file: StoredFile, person: Any) -> Iterable[bytes]:
    """Open a file now, so that one that cannot be opened is known before it is begun, and read it piece by piece."""
    content = open_stored(file, person)

    def read() -> Iterator[bytes]:
        with content:
            yield from content.chunks(_PIECE)

    return read()


def _utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"
