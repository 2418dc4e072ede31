"""Writing whole sections at once: what is taken over from elsewhere, and what is brought back."""

from collections.abc import Mapping
from typing import Any

from applications.models import AnswersVersion, SectionAnswers, StageEntry
from portal import clock
from portal.accounts.models import Person


def rewrite(entry: StageEntry, answers: Mapping[str, Mapping[str, Any]], *, by: Person | None) -> None:
    """Write sections of a held entry, each as they are to be kept; what says the same already is left alone.

    Unlike what is typed, this is never made one version with what the same person wrote just before: the text that it
    replaces stays in the history of the draft.

    Effects: answers, a version more, and an entry in the history of each section that changes.
    """
    rows = {row.section: row for row in SectionAnswers.objects.filter(entry=entry, section__in=answers.keys())}
    changed, moment = [], clock.now()
    for section, kept in answers.items():
        row = rows.get(section) or SectionAnswers(entry=entry, section=section, version=0)
        if row.answers == kept:
            continue
        row.answers, row.version = dict(kept), row.version + 1
        row.changed_by, row.changed_at = by, moment
        changed.append(row)
    SectionAnswers.objects.bulk_create([row for row in changed if row.pk is None])
    old = [row for row in changed if row.section in rows]
    SectionAnswers.objects.bulk_update(old, ["answers", "version", "changed_by", "changed_at"])
    AnswersVersion.objects.bulk_create(
        AnswersVersion(
            entry=entry,
            section=row.section,
            answers=row.answers,
            version=row.version,
            changed_by=by,
            begun_at=moment,
            changed_at=moment,
        )
        for row in changed
    )
