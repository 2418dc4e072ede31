"""Simulated applications as rows, many at once; the history that triggers write is the same as for any other row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from applications.models import (
    Application,
    Attachment,
    EntryState,
    NumberSeries,
    SectionAnswers,
    StageEntry,
    Submission,
)
from applications.receipts.records import record_of
from applications.receipts.seal import sealed
from calls.models import Call, Stage
from portal.accounts.models import MemberRole, Membership
from portal.demo.simulation import files
from portal.demo.simulation.drafting import Draft
from portal.demo.simulation.places import Candidates
from portal.documents.models import StoredFile

_AT_ONCE = 500


@dataclass
class Rows:
    """The rows of a batch, in the order in which they are written."""

    applications: list[Application]
    entries: list[StageEntry]
    answers: list[SectionAnswers]
    stored: list[StoredFile]
    attachments: list[Attachment]
    submissions: list[Submission]


class Storing:
    """Stores the applications of one stage."""

    def __init__(self, call: Call, stage: Stage, candidates: Candidates, samples: files.Samples) -> None:
        self._call, self._stage = call, stage
        self._candidates, self._samples = candidates, samples
        self._members = _writers(candidates.spec.countries)

    @transaction.atomic
    def submitted(self, drafts: Sequence[Draft]) -> list[StageEntry]:
        """Store applications as submitted, in the order of their numbers, and return their entries.

        Effects: as ``submit_application`` for each, but for receipts: simulated municipalities are told nothing.
        """
        numbers = iter(take_numbers(self._call, sum(draft.place.application is None for draft in drafts)))
        rows = Rows([], [], [], [], [], [])
        keys = zip(
            _keys(StageEntry, len(drafts)), _keys(Submission, len(drafts)), _keys(Application, len(drafts)), strict=True
        )
        try:
            for draft, (entry_key, submission_key, application_key) in zip(drafts, keys, strict=True):
                application = draft.place.application or self._application(draft, application_key, next(numbers))
                if draft.place.application is None:
                    rows.applications.append(application)
                entry = self._entry(draft, application, entry_key)
                _answers(draft, entry, self._by(draft), rows)
                by_question = self._files(draft, entry, rows)
                rows.submissions.append(self._submission(draft, entry, submission_key, by_question))
                rows.entries.append(_as_submitted(draft, entry, submission_key))
            _write(rows)
        except BaseException:
            files.remove(rows.stored)
            raise
        return rows.entries

    @transaction.atomic
    def begun(self, drafts: Sequence[Draft]) -> list[StageEntry]:
        """Store applications as drafts, and return their entries."""
        rows = Rows([], [], [], [], [], [])
        keys = zip(_keys(StageEntry, len(drafts)), _keys(Application, len(drafts)), strict=True)
        try:
            for draft, (entry_key, application_key) in zip(drafts, keys, strict=True):
                application = draft.place.application or self._application(draft, application_key, None)
                if draft.place.application is None:
                    rows.applications.append(application)
                entry = self._entry(draft, application, entry_key)
                _answers(draft, entry, self._by(draft), rows)
                self._files(draft, entry, rows)
                rows.entries.append(entry)
            _write(rows)
        except BaseException:
            files.remove(rows.stored)
            raise
        return rows.entries

    def _by(self, draft: Draft) -> int | None:
        return self._members.get(draft.place.municipality.pk)

    def _application(self, draft: Draft, key: int, number: str | None) -> Application:
        return Application(
            pk=key,
            call=self._call,
            lot=draft.place.lot,
            municipality=draft.place.municipality,
            municipality_name_hy=draft.names["hy"],
            municipality_name_en=draft.names["en"],
            number=number,
            created_by_id=self._by(draft),
            created_at=draft.begun,
        )

    def _entry(self, draft: Draft, application: Application, key: int) -> StageEntry:
        return StageEntry(
            pk=key, application=application, stage=self._stage, created_at=draft.begun, changed_at=draft.moment
        )

    def _files(self, draft: Draft, entry: StageEntry, rows: Rows) -> Mapping[str, list[StoredFile]]:
        found: dict[str, list[StoredFile]] = {}
        for question, count in draft.sheet.files.items():
            for _file in range(count):
                stored = self._samples.stored(question, self._by(draft), draft.begun)
                rows.stored.append(stored)
                rows.attachments.append(Attachment(entry=entry, question=question, file=stored, added_at=draft.begun))
                found.setdefault(question, []).append(stored)
        return found

    def _submission(
        self, draft: Draft, entry: StageEntry, key: int, by_question: Mapping[str, Sequence[StoredFile]]
    ) -> Submission:
        number = entry.application.number or ""
        snapshot, sequence, digest = draft.snapshot(number, by_question)
        submission = Submission(
            pk=key,
            entry=entry,
            sequence=sequence,
            number=number,
            received_at=draft.moment,
            deadline=self._stage.deadline,
            submitted_by_id=self._by(draft),
            language=draft.language,
            snapshot=snapshot,
            eligibility=self._candidates.right(draft.place, draft.moment).record(),
            digest=digest,
        )
        submission.seal, submission.sealed_by = sealed(record_of(submission))
        return submission


def _as_submitted(draft: Draft, entry: StageEntry, submission: int) -> StageEntry:
    """Give an entry what submitting gives it; the submission is written after it, in the same transaction."""
    amounts = draft.sheet.amounts
    entry.state = EntryState.SUBMITTED
    entry.requested, entry.total_cost = amounts.requested or 0, amounts.total or 0
    entry.months = amounts.months
    entry.submission_id, entry.submitted_at = submission, draft.moment
    return entry


def _answers(draft: Draft, entry: StageEntry, by: int | None, rows: Rows) -> None:
    rows.answers.extend(
        SectionAnswers(entry=entry, section=section, answers=answers, changed_by_id=by, changed_at=draft.moment)
        for section, answers in draft.sheet.answers.items()
        if answers
    )


def _write(rows: Rows) -> None:
    _create(Application, rows.applications)
    _create(StageEntry, rows.entries)
    _create(SectionAnswers, rows.answers)
    _create(StoredFile, rows.stored)
    _create(Attachment, rows.attachments)
    _create(Submission, rows.submissions)


def _create(model: type[models.Model], rows: Sequence[Any]) -> None:
    if rows:
        model._default_manager.bulk_create(rows, batch_size=_AT_ONCE)


def _keys(model: type[models.Model], count: int) -> Iterator[int]:
    """Return primary keys that the database keeps for us, so that rows can name each other before they are written."""
    if not count:
        return iter(())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return iter([key for (key,) in cursor.fetchall()])


def take_numbers(call: Call, count: int) -> list[str]:
    """Take so many numbers of a call at once; none is taken twice or left out."""
    if not count:
        return []
    table = connection.ops.quote_name(NumberSeries._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (call_id, last) VALUES (%s, %s) "  # noqa: S608 - the table's own name
            f"ON CONFLICT (call_id) DO UPDATE SET last = {table}.last + EXCLUDED.last RETURNING last",
            [call.pk, count],
        )
        (last,) = cursor.fetchone()
    return [f"{call.code}-{number:04d}" for number in range(last - count + 1, last + 1)]


def _writers(countries: Sequence[str]) -> dict[int, int]:
    """Return for each municipality the person who submits: its head, else an editor."""
    rows = Membership.objects.in_force().filter(municipality__country__in=countries)
    rows = rows.exclude(role=MemberRole.VIEWER).order_by("role", "pk")  # editor before head: the later one stays
    return dict(rows.values_list("municipality", "person"))
