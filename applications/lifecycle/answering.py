"""Writing answers into a draft: nothing that was typed is lost, neither by a mistake in it nor to a colleague."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from applications.answers import clean_section
from applications.models import AnswersVersion, Application, Attachment, EntryState, SectionAnswers, StageEntry
from applications.queries import basics, call_spec, stage_of
from applications.refusals import Conflict, LotTaken, NoLot, NotADraft, NotOpen
from calls.models import Lot
from calls.spec import BUILTIN_SECTION, FILE_ENDINGS, QuestionSpec, SectionSpec
from portal import clock
from portal.accounts.models import Person
from portal.documents.sniff import UploadRefused, check_upload
from portal.documents.storage import store

COALESCED = timedelta(minutes=10)
"""The changes of one person within this time are one version in the history of a draft."""
LARGEST_MB = 20
MOST_FILES = 20
"""What a file question takes where its call does not say."""
_FULL = _("There are %(limit)s files already, which is the most that can stay here. Please remove one first.")


def lock_draft(entry: StageEntry) -> StageEntry:
    """Return the entry, locked until the end of the transaction.

    Raises:
        NotADraft: it was submitted or withdrawn.
    """
    rows = StageEntry.objects.select_for_update(of=("self",), no_key=True).select_related("application", "stage__call")
    locked: StageEntry = rows.get(pk=entry.pk)
    if locked.state != EntryState.DRAFT:
        raise NotADraft
    return locked


def section_spec(entry: StageEntry, code: str) -> SectionSpec:
    """Return a section of an entry's form.

    Raises:
        LookupError: the form has no such section.
    """
    spec = call_spec(entry.stage.call)
    if code == BUILTIN_SECTION:
        return basics(spec)
    for section in stage_of(spec, entry.stage.code).form.sections:
        if section.code == code:
            return section
    raise LookupError(code)


@dataclass(frozen=True)
class Saved:
    """What is kept after a save: the section's version, and the answers of all sections."""

    version: int
    answers: Mapping[str, Mapping[str, Any]]


@transaction.atomic
def save_section(entry: StageEntry, section: str, answers: Mapping[str, Any], version: int, *, by: Person) -> Saved:
    """Save the answers of one section of a draft as they were typed, over the version that the writer saw.

    Args:
        section: code of the section; the built-in one is ``calls.spec.BUILTIN_SECTION``.
        answers: by question, as typed or as kept; the lot is not among them (``choose_lot``).
        version: the version that the writer saw; 0 where nothing was saved.

    Effects: the section's answers and version, and the history of the draft; nothing at all where nothing changed.

    Raises:
        Conflict: somebody saved a newer version; nothing is changed.
        NotADraft: it was submitted or withdrawn.
        LookupError: the form has no such section.
    """
    locked = lock_draft(entry)
    cleaned = clean_section(section_spec(locked, section), answers)
    rows = {row.section: row for row in SectionAnswers.objects.filter(entry=locked).select_related("changed_by")}
    row = rows.get(section)
    if row is None or row.answers != cleaned:
        if (row.version if row else 0) != version:
            raise Conflict(row)
        row = rows[section] = _write(locked, section, cleaned, version, by)
        _remember(row, by)
    return Saved(row.version, {code: kept.answers for code, kept in rows.items()})


def _write(entry: StageEntry, section: str, answers: Mapping[str, Any], version: int, by: Person) -> SectionAnswers:
    moment = clock.now()
    if not version:
        return SectionAnswers.objects.create(
            entry=entry, section=section, answers=dict(answers), changed_by=by, changed_at=moment
        )
    rows = SectionAnswers.objects.filter(entry=entry, section=section, version=version)
    if not rows.update(answers=dict(answers), version=version + 1, changed_by=by, changed_at=moment):
        raise Conflict(SectionAnswers.objects.filter(entry=entry, section=section).first())
    return SectionAnswers(
        entry=entry, section=section, answers=answers, version=version + 1, changed_by=by, changed_at=moment
    )


def _remember(row: SectionAnswers, by: Person) -> None:
    """Keep the text in the draft's history: a new version, or the same person's last one while it is young."""
    versions = AnswersVersion.objects.filter(entry=row.entry_id, section=row.section).order_by("-version")
    young = {"changed_by": by, "begun_at__gt": row.changed_at - COALESCED}
    latest = versions.values("pk")[:1]
    changed = {"answers": row.answers, "version": row.version, "changed_at": row.changed_at}
    if not AnswersVersion.objects.filter(pk__in=latest, **young).update(**changed):
        AnswersVersion.objects.create(
            entry=row.entry, section=row.section, changed_by=by, begun_at=row.changed_at, **changed
        )


@transaction.atomic
def choose_lot(entry: StageEntry, code: str, *, by: Person) -> None:
    """Move a draft that was never submitted to another lot of its call.

    Raises:
        NoLot: the call has no such lot.
        LotTaken: the municipality has another application there.
        NotOpen: the application has its number already, so its lot is fixed.
        NotADraft: it was submitted or withdrawn.
    """
    locked = lock_draft(entry)
    lot = Lot.objects.filter(call=locked.stage.call_id, code=code).first()
    if lot is None:
        raise NoLot
    if lot.pk == locked.application.lot_id:
        return
    if locked.application.number is not None:
        raise NotOpen
    try:
        with transaction.atomic():
            Application.objects.filter(pk=locked.application_id).update(lot=lot)
    except IntegrityError as error:
        raise LotTaken from error


def attach_file(entry: StageEntry, question: str, upload: File[Any], *, by: Person) -> Attachment:
    """Keep a file in answer to a question of a draft.

    Raises:
        UploadRefused: the file is not what the question takes, or there are enough; its text is for people.
        NotADraft: it was submitted or withdrawn.
        LookupError: the form has no such file question.
    """
    asked = _file_question(entry, question)
    kind = check_upload(upload, accept=asked.accept or FILE_ENDINGS, max_mb=asked.max_mb or LARGEST_MB)
    with transaction.atomic():
        locked = lock_draft(entry)
        most = asked.max_files or MOST_FILES
        if Attachment.objects.filter(entry=locked, question=question, removed_at=None).count() >= most:
            raise UploadRefused(_FULL, limit=most)
        stored = store(upload, name=upload.name or "", by=by, kind=kind)
        return Attachment.objects.create(entry=locked, question=question, file=stored)


def _file_question(entry: StageEntry, key: str) -> QuestionSpec:
    question = stage_of(call_spec(entry.stage.call), entry.stage.code).form.question(key)
    if question is None or question.kind != "file":
        raise LookupError(key)
    return question


@transaction.atomic
def remove_file(entry: StageEntry, attachment: int, *, by: Person) -> None:
    """Take a file out of a draft; the file itself stays for what froze it. Asked twice, nothing more happens.

    Args:
        attachment: primary key; one of another entry is left alone.

    Raises:
        NotADraft: it was submitted or withdrawn.
    """
    locked = lock_draft(entry)
    Attachment.objects.filter(pk=attachment, entry=locked, removed_at=None).update(removed_at=clock.now())
