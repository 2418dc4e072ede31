"""A stage under evaluation: applications that were submitted, assessors, and scores by the portal's own functions."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from applications.answers import digest_of, snapshot_of
from applications.lifecycle.freezing import give_number
from applications.models import Application, EntryState, SectionAnswers, StageEntry, Submission
from applications.queries import dossier_of
from calls.models import Stage
from calls.spec import CallSpec
from evaluation.lifecycle import (
    ScoreInput,
    assign_assessor,
    complete_assessment,
    declare_no_conflict,
    freeze_shortlist,
    make_shortlist,
    save_scores,
)
from evaluation.models import Assessment, Shortlist
from portal import clock
from portal.accounts.models import Municipality, Person
from tests.factories import lot_of, make_call, make_municipality, make_staff

CODES = ("1.1", "1.2", "1.3", "1.4", "2.1", "2.2")
"""The criteria of the pilot call's concept note: weights 2 2 1 1 2 2, scale 1 to 5."""


def make_stage(**changes: Any) -> Stage:
    """The concept note of the pilot call, closed yesterday; ``changes`` are keys of its evaluation."""

    def change(spec: CallSpec) -> CallSpec:
        first, *others = spec.stages
        assert first.evaluation
        evaluation = type(first.evaluation).model_validate({**first.evaluation.model_dump(), **changes})
        return spec.model_copy(update={"stages": (first.model_copy(update={"evaluation": evaluation}), *others)})

    call = make_call("M4EG-2021-PILOT", deadline=clock.now() - timedelta(days=1), change=change)
    return Stage.objects.select_related("call", "grid").get(call=call, code="concept")


def make_entry(
    stage: Stage,
    municipality: Municipality | None = None,
    *,
    lot: str = "LOT1",
    requested: int = 500_000,
    title: str = "A market for everyone",
) -> StageEntry:
    """An application that was submitted before the deadline, with a snapshot of its answers."""
    municipality = municipality or make_municipality()
    names: Any = municipality
    application = Application.objects.create(
        call=stage.call,
        lot=lot_of(stage.call, lot),
        municipality=municipality,
        municipality_name_hy=names.name_hy,
        municipality_name_en=names.name_en,
    )
    application.number = give_number(application)
    entry = StageEntry.objects.create(
        application=application, stage=stage, requested=requested, total_cost=requested * 2
    )
    SectionAnswers.objects.create(entry=entry, section="action", answers={"title": title})
    return submit(entry)


def submit(entry: StageEntry) -> StageEntry:
    """Freeze what a draft says, as submitting does, without asking whether it is complete or in time."""
    at = entry.stage.deadline - timedelta(hours=1)
    dossier = dossier_of(entry)
    number = entry.application.number or ""
    who: Any = entry.application.municipality
    names = {"country": who.country_id, "code": who.code, "name": {"hy": who.name_hy, "en": who.name_en}}
    snapshot = snapshot_of(dossier.sheet, dossier.frozen_files(), number=number, sequence=1, municipality=names)
    entry.submission = Submission.objects.create(
        entry=entry,
        number=number,
        received_at=at,
        deadline=entry.stage.deadline,
        language="en",
        snapshot=snapshot,
        eligibility={},
        digest=digest_of(snapshot),
    )
    entry.state, entry.submitted_at = EntryState.SUBMITTED, at
    entry.save()
    return entry


def make_assessor(**fields: Any) -> Person:
    return make_staff("assessor", **fields)


def given(digits: str, comment: str = "Because.") -> dict[str, ScoreInput]:
    """Scores of the pilot grid from six digits; a dot leaves a criterion without a score."""
    return {
        code: ScoreInput(None if digit == "." else Decimal(digit), comment)
        for code, digit in zip(CODES, digits, strict=True)
    }


def assign(entry: StageEntry, person: Person) -> Assessment:
    return assign_assessor(entry, person, by=None, notify=False)


def begin(entry: StageEntry, person: Person) -> Assessment:
    """An assessment whose assessor has declared no conflict."""
    return declare_no_conflict(assign(entry, person), by=person)


def score(entry: StageEntry, person: Person, digits: str) -> Assessment:
    """A completed assessment."""
    assessment = begin(entry, person)
    save_scores(assessment, given(digits), "", assessment.version, by=person)
    return complete_assessment(assessment, by=person)


def judged(stage: Stage, people: Sequence[Person], *digits: str, lot: str = "LOT1", **fields: Any) -> StageEntry:
    """An application with a completed assessment of each person, in order."""
    entry = make_entry(stage, lot=lot, **fields)
    for person, scores in zip(people, digits, strict=True):
        score(entry, person, scores)
    return entry


def frozen(stage: Stage, by: Person | None = None) -> Shortlist:
    return freeze_shortlist(make_shortlist(stage, by=by), by=by)


def post_scores(assessment: Assessment, digits: str, comment: str = "Because.", **more: Any) -> Mapping[str, Any]:
    """What the scoring page sends."""
    criteria = {c.code: c.pk for s in assessment.entry.stage.grid.sections.all() for c in s.criteria.all()}
    data: dict[str, Any] = {"version": Assessment.objects.get(pk=assessment.pk).version, "comment": "", "save": "1"}
    for code, digit in zip(CODES, digits, strict=True):
        data[f"comment-{criteria[code]}"] = comment
        if digit != ".":
            data[f"score-{criteria[code]}"] = digit
    return {**data, **more}
