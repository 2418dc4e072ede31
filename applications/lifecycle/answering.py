"""Writing answers into a draft: nothing that was typed is lost, neither by a mistake in it nor to a colleague."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction

from applications.answers import LOT, clean_section
from applications.answers.merging import Merged, mark_of, marks_of, merge
from applications.lifecycle.holding import writing
from applications.models import AnswersVersion, Application, SectionAnswers, StageEntry
from applications.queries import basics, call_spec, locked_questions, stage_of
from applications.refusals import FixedAnswer, LotTaken, NoLot, NotOpen
from calls.models import Lot
from calls.spec import BUILTIN_SECTION, SectionSpec
from portal import clock
from portal.accounts.models import Person

COALESCED = timedelta(minutes=10)
"""The changes of one person within this time are one version in the history of a draft."""


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
    """What is kept after a save.

    Attributes:
        row: the section as it is kept now, unsaved where nothing was ever kept of it.
        answers: those of all sections.
        clashing: the questions that somebody else had changed in another way meanwhile; of these nothing was saved.
        theirs: the questions that only somebody else had changed.
    """

    row: SectionAnswers
    answers: Mapping[str, Mapping[str, Any]]
    clashing: frozenset[str] = frozenset()
    theirs: frozenset[str] = frozenset()

    @property
    def version(self) -> int:
        return self.row.version


def save_section(
    entry: StageEntry,
    section: str,
    answers: Mapping[str, Any],
    version: int,
    *,
    by: Person,
    marks: Mapping[str, str] | None = None,
) -> Saved:
    """Save the answers of one section as they were typed, over the text that the writer saw.

    What somebody else changed meanwhile stays. Where both changed the same answer, the one that is kept stays, and the
    question is among ``Saved.clashing``: the writer has to choose.

    Args:
        section: code of the section; the built-in one is ``calls.spec.BUILTIN_SECTION``.
        answers: by question, as typed or as kept; the lot is not among them (``choose_lot``). Those that cannot be
            changed now are left as they are.
        version: the version that the writer saw; 0 where nothing was saved.
        marks: of the answers that the writer saw (``applications.answers.marks_of``); they say more than the version.

    Effects: the section's answers and version, and the history of the draft; nothing at all where nothing changed.

    Raises:
        NotADraft: it takes no text any more.
        FixedAnswer: something was typed on a page that still had a field for an answer that cannot be changed now.
            Nothing is saved, so that nobody believes that it was.
        LookupError: the form has no such section.
    """
    with writing(entry) as locked:
        spec = section_spec(locked, section)
        rows = {row.section: row for row in SectionAnswers.objects.filter(entry=locked).select_related("changed_by")}
        row = rows.get(section) or SectionAnswers(entry=locked, section=section, answers={}, version=0)
        merged = _merged(locked, spec, answers, row, version, marks)
        if row.answers != merged.answers or not row.version:
            row = rows[section] = _write(locked, row, merged.answers, by)
        return Saved(row, {code: kept.answers for code, kept in rows.items()}, merged.clashing, merged.theirs)


def _merged(
    entry: StageEntry,
    spec: SectionSpec,
    answers: Mapping[str, Any],
    row: SectionAnswers,
    version: int,
    marks: Mapping[str, str] | None,
) -> Merged:
    shut = locked_questions(entry)
    cleaned = clean_section(spec, answers)
    if marks is not None and any(_is_new(cleaned.get(key), marks.get(key, ""), row.answers.get(key)) for key in shut):
        raise FixedAnswer
    typed = {key: value for key, value in cleaned.items() if key not in shut}
    typed |= {key: value for key, value in row.answers.items() if key in shut}
    if marks is None and version == row.version:
        marks = marks_of(row.answers)
    return merge(marks, typed, row.answers)


def _is_new(typed: Any, shown: str, kept: Any) -> bool:
    """Whether something was typed that the page did not show and that is not kept."""
    return typed is not None and typed != kept and mark_of(typed) != shown


def _write(entry: StageEntry, row: SectionAnswers, answers: Mapping[str, Any], by: Person) -> SectionAnswers:
    """Write a section of an entry that is held, and remember the text."""
    changed = {"answers": dict(answers), "version": row.version + 1, "changed_by": by, "changed_at": clock.now()}
    written = SectionAnswers(pk=row.pk, entry=entry, section=row.section, **changed)
    written.save(force_insert=row.pk is None, force_update=row.pk is not None)
    _remember(written)
    return written


def _remember(row: SectionAnswers) -> None:
    """Keep the text in the draft's history: a new version, or the same person's last one while it is young."""
    table = connection.ops.quote_name(AnswersVersion._meta.db_table)
    given: dict[str, Any] = {
        "entry": row.entry_id,
        "section": row.section,
        "answers": json.dumps(row.answers),
        "version": row.version,
        "by": row.changed_by_id,
        "now": row.changed_at,
        "young": row.changed_at - COALESCED,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH same AS (UPDATE {table} SET answers = %(answers)s, version = %(version)s, "  # noqa: S608 - own name
            f"changed_at = %(now)s WHERE id = (SELECT id FROM {table} WHERE entry_id = %(entry)s "
            "AND section = %(section)s ORDER BY version DESC LIMIT 1) "
            "AND changed_by_id = %(by)s AND begun_at > %(young)s RETURNING id) "
            f"INSERT INTO {table} (entry_id, section, answers, version, changed_by_id, begun_at, changed_at) "
            "SELECT %(entry)s, %(section)s, %(answers)s, %(version)s, %(by)s, %(now)s, %(now)s "
            "WHERE NOT EXISTS (SELECT 1 FROM same)",
            given,
        )


def choose_lot(entry: StageEntry, code: str, *, by: Person) -> None:
    """Move a draft that was never submitted to another lot of its call.

    Raises:
        NoLot: the call has no such lot.
        LotTaken: the municipality has another application there.
        NotOpen: the application has its number already, so its lot is fixed.
        NotADraft: it takes no text any more.
        FixedAnswer: it cannot be changed now.
    """
    with writing(entry, LOT) as locked:
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
