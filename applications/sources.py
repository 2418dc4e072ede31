"""Earlier applications as what another one can begin from: whose they are, what they said, and what of it fits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.answers import LOT
from applications.answers.carrying import Carried, Earlier, EarlierFile, Left, carry, carry_files, earlier_of
from applications.lifecycle.filing import LARGEST_MB, MOST_FILES
from applications.models import WITHOUT_SUBMISSION, SectionAnswers, StageEntry, Submission
from applications.presentation import filled_sheet, filled_submission
from applications.queries import Dossier, dossiers_of
from calls.spec import SectionSpec
from portal.accounts.models import Municipality
from portal.documents.models import StoredFile
from portal.documents.storage import held

MOST = 30
"""So many earlier applications are offered, the latest ones."""


@dataclass(frozen=True)
class Source:
    """An earlier entry with what it said last: the submission that stands, else its draft.

    Attributes:
        sections: its form, in its order, to name the questions by.
        files: by question, in their order.
    """

    entry: StageEntry
    sections: tuple[SectionSpec, ...]
    earlier: Earlier
    files: Mapping[str, tuple[StoredFile, ...]]


@dataclass(frozen=True)
class Plan:
    """What a draft takes from a source, and why the rest stays.

    Attributes:
        carried: the answers.
        files: the files, by question.
        left: the reasons, also of files; a question that is taken too was taken in part.
    """

    carried: Carried
    files: Mapping[str, tuple[StoredFile, ...]]
    left: Mapping[str, Left]

    @property
    def taken(self) -> tuple[str, ...]:
        return (*self.carried.keys, *self.files)

    @property
    def whole(self) -> frozenset[str]:
        """The questions whose answer was taken as it was."""
        return frozenset(self.taken) - self.left.keys()


def of_one_house(municipality: Municipality) -> set[int]:
    """Return the municipality with those that merged into it, however long ago; a query for each step back."""
    found, newest = {municipality.pk}, {municipality.pk}
    while newest:
        rows = Municipality.objects.filter(merged_into__in=newest).values_list("pk", flat=True)
        newest = set(rows) - found
        found |= newest
    return found


def has_earlier(entry: StageEntry) -> bool:
    """Whether there may be anything to begin from, asked cheaply: a municipality that merged twice is looked at."""
    own, place = entry.application.municipality_id, "application__municipality"
    house = Q(**{place: own}) | Q(**{f"{place}__merged_into": own}) | Q(**{f"{place}__merged_into__merged_into": own})
    return bool(StageEntry.objects.filter(house).exclude(pk=entry.pk).exists())


def earlier_entries(entry: StageEntry) -> list[StageEntry]:
    """Return what the municipality of an entry, and those that merged into it, wrote in other entries, latest first."""
    related = ("application__municipality", "submission")
    return list(written_by(entry.application.municipality).exclude(pk=entry.pk).select_related(*related)[:MOST])


def written_by(municipality: Municipality) -> "QuerySet[StageEntry]":
    """Return all in which a municipality, or one that merged into it, has written anything, latest first."""
    written = SectionAnswers.objects.filter(entry=OuterRef("pk"))
    rows = StageEntry.objects.filter(application__municipality__in=of_one_house(municipality))
    rows = rows.filter(Q(submission__isnull=False) | Exists(written))
    return rows.select_related("stage__call", "application__lot").order_by("-changed_at", "-pk")


def sources_of(entries: Iterable[StageEntry]) -> list[Source]:
    """Return entries as sources, in a number of queries that does not depend on how many they are.

    Args:
        entries: with stage, call, lot, municipality and submission at hand.
    """
    entries = list(entries)
    standing = {entry.pk: submission for entry in entries if (submission := _standing(entry)) is not None}
    drafts = [entry for entry in entries if entry.pk not in standing]
    dossiers = {dossier.entry.pk: dossier for dossier in dossiers_of(drafts)}
    tokens = {token for submission in standing.values() for token in _tokens(submission)}
    stored = {file.token: file for file in StoredFile.objects.filter(token__in=tokens)}
    return [
        _of_submission(entry, standing[entry.pk], stored) if entry.pk in standing else _of_draft(dossiers[entry.pk])
        for entry in entries
    ]


def _standing(entry: StageEntry) -> Submission | None:
    """Return what an entry said last where that is a submission; one taken up again may have been changed since."""
    return None if entry.state in WITHOUT_SUBMISSION else entry.submission


def _tokens(submission: Submission) -> Iterable[str]:
    return (record["token"] for records in submission.snapshot["files"].values() for record in records)


def _of_submission(entry: StageEntry, submission: Submission, stored: Mapping[str, StoredFile]) -> Source:
    filled = filled_submission(submission)
    files = {
        key: tuple(stored[record["token"]] for record in records if record["token"] in stored)
        for key, records in filled.files.items()
    }
    earlier = earlier_of(filled.sections, filled.hidden, filled.answers, filled.currency)
    return Source(entry, filled.sections, earlier, files)


def _of_draft(dossier: Dossier) -> Source:
    filled = filled_sheet(dossier.sheet, {})
    earlier = earlier_of(filled.sections, filled.hidden, filled.answers, filled.currency)
    files: dict[str, tuple[StoredFile, ...]] = {}
    for attachment in dossier.attachments:
        if attachment.question in earlier.questions:
            files[attachment.question] = (*files.get(attachment.question, ()), attachment.file)
    return Source(dossier.entry, filled.sections, earlier, files)


def plan_of(dossier: Dossier, source: Source) -> Plan:
    """Return what a draft would take from a source: answers and files for questions that have none."""
    sheet = dossier.sheet
    # What cannot be changed now has its answer, or none on purpose.
    closed = [key for key in source.earlier.answers if key in dossier.locked and key != LOT]
    carried = carry(_without(source.earlier, closed), sheet.sections, sheet.call.currency, sheet.answers)
    files, reasons = _files(dossier, source)
    return Plan(carried, files, {**carried.left, **reasons})


def _without(earlier: Earlier, keys: Sequence[str]) -> Earlier:
    answers = {key: kept for key, kept in earlier.answers.items() if key not in keys}
    return Earlier(earlier.questions, answers, earlier.currency)


def _files(dossier: Dossier, source: Source) -> tuple[dict[str, tuple[StoredFile, ...]], dict[str, Left]]:
    asked = {q.key: q for section in dossier.sheet.sections for q in section.questions}
    taken: dict[str, tuple[StoredFile, ...]] = {}
    left: dict[str, Left] = {}
    for key, files in source.files.items():
        there = {attachment.file.token for attachment in dossier.files_of(key)}
        if not files or key in dossier.locked or {file.token for file in files} <= there:
            continue
        if key not in asked or there:
            left[key] = Left.ANSWERED if there else Left.NOT_ASKED
            continue
        rows = [EarlierFile(file.token, file.kind, file.size, held(file)) for file in files]
        fit, reason = carry_files(asked[key], rows, most=MOST_FILES, most_mb=LARGEST_MB)
        tokens = {file.token for file in fit}
        if tokens:
            taken[key] = tuple(file for file in files if file.token in tokens)
        if reason:
            left[key] = reason
    return taken, left
