"""Files in answer to questions: attached whole or in pieces, taken out by people or for a virus."""

from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from applications.lifecycle.holding import writing
from applications.models import Attachment, StageEntry
from applications.queries import call_spec, stage_of
from calls.spec import FILE_ENDINGS, QuestionSpec
from portal import clock
from portal.accounts.models import Person
from portal.documents import uploads
from portal.documents.models import StoredFile, Upload
from portal.documents.sniff import UploadRefused, check_upload
from portal.documents.storage import store
from portal.notices.lifecycle import enqueue

LARGEST_MB = 20
MOST_FILES = 20
"""What a file question takes where its call does not say."""
_FULL = _("There are %(limit)s files already, which is the most that can stay here. Please remove one first.")


def attach_file(entry: StageEntry, question: str, upload: File[Any], *, by: Person) -> Attachment:
    """Keep a file in answer to a question of a draft.

    Raises:
        UploadRefused: the file is not what the question takes, or there are enough; its text is for people.
        NotADraft: it takes no text any more.
        FixedAnswer: the question cannot be changed now.
        LookupError: the form has no such file question.
    """
    asked = file_question(entry, question)
    kind = check_upload(upload, accept=asked.accept or FILE_ENDINGS, max_mb=asked.max_mb or LARGEST_MB)
    with writing(entry, question) as locked:
        _check_room(locked, asked)
        stored = store(upload, name=upload.name or "", by=by, kind=kind)
        return Attachment.objects.create(entry=locked, question=question, file=stored)


def file_question(entry: StageEntry, key: str) -> QuestionSpec:
    """Return a question for files of an entry's form.

    Raises:
        LookupError: the form has no such file question.
    """
    question = stage_of(call_spec(entry.stage.call), entry.stage.code).form.question(key)
    if question is None or question.kind != "file":
        raise LookupError(key)
    return question


def _check_room(entry: StageEntry, asked: QuestionSpec) -> None:
    most = asked.max_files or MOST_FILES
    if Attachment.objects.filter(entry=entry, question=asked.key, removed_at=None).count() >= most:
        raise UploadRefused(_FULL, limit=most)


def upload_scope(entry: StageEntry, question: str) -> str:
    """Return the purpose by which uploads for a question of an entry are known."""
    return f"applications.entry:{entry.pk}:{question}"


def begin_upload(entry: StageEntry, question: str, file: uploads.Announced, *, by: Person) -> Upload:
    """Begin to take a file in pieces, or go on with one that was begun.

    Raises:
        UploadRefused: what name and size say is reason enough, or there are enough files; its text is for people.
        NotADraft: it takes no text any more.
        FixedAnswer: the question cannot be changed now.
        LookupError: the form has no such file question.
    """
    asked = file_question(entry, question)
    with writing(entry, question) as locked:
        _check_room(locked, asked)
        return uploads.begin(by, upload_scope(entry, question), file, max_mb=asked.max_mb or LARGEST_MB)


def finish_upload(entry: StageEntry, question: str, upload: Upload, *, by: Person) -> Attachment:
    """Attach the file whose pieces have all arrived, by the same rules as one that came whole; asked again, the same.

    Raises:
        Incomplete: pieces are missing.
        Gone: it was cancelled meanwhile.
        UploadRefused, NotADraft, LookupError: as ``attach_file``.
    """
    done = uploads.finish(upload, lambda whole: attach_file(entry, question, whole, by=by).file)
    if done.stored is None:
        raise UploadRefused(done.refusal)
    attachment: Attachment = Attachment.objects.filter(entry=entry, question=question, file=done.stored).latest("pk")
    return attachment


def remove_file(entry: StageEntry, attachment: int, *, by: Person) -> None:
    """Take a file out of a draft; the file itself stays for what froze it. Asked twice, nothing more happens.

    Args:
        attachment: primary key; one of another entry is left alone.

    Raises:
        NotADraft: it takes no text any more.
        FixedAnswer: the question cannot be changed now.
    """
    found = Attachment.objects.filter(pk=attachment, entry=entry, removed_at=None).first()
    if found is not None:
        with writing(entry, found.question):
            Attachment.objects.filter(pk=found.pk, removed_at=None).update(removed_at=clock.now())


def take_out_infected(stored_file: StoredFile) -> None:
    """Take a file with a virus out of every draft that has it, in the caller's transaction.

    What was submitted keeps its list of files; nobody can open the file there either. Effects: a message to who brought
    it, for each application.
    """
    rows = Attachment.objects.filter(file=stored_file, removed_at=None).select_related(
        "entry__stage__call", "entry__application__municipality"
    )
    for attachment in rows:
        entry = StageEntry.objects.select_for_update(no_key=True, of=("self",)).get(pk=attachment.entry_id)
        if entry.takes_text:
            Attachment.objects.filter(pk=attachment.pk).update(removed_at=clock.now())
        if (person := stored_file.uploaded_by) is not None:
            _tell(person, attachment, stored_file, removed=entry.takes_text)


def _tell(person: Person, attachment: Attachment, stored_file: StoredFile, *, removed: bool) -> None:
    entry = attachment.entry
    enqueue(
        "infected",
        recipient=person,
        key=f"infected:{person.pk}:{attachment.pk}",
        context={"file": stored_file, "entry": entry, "application": entry.application, "removed": removed},
    )
