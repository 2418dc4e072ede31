"""A call that has been decided, by the portal's own steps from the first answer to the frozen shortlist."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from applications.lifecycle import submit_application
from applications.models import StageEntry
from calls.models import Call, Stage
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
from evaluation.lifecycle.assessments import criteria_of
from evaluation.models import Assessment, Shortlist
from grants.lifecycle import award_shortlist, render_letter
from grants.models import Grant, Letter
from portal import clock
from portal.accounts.models import Municipality, Person
from tests.applications.helpers import fill
from tests.factories import make_call, make_draft, make_member, make_municipality, make_staff, stage_of

INNOVATION = "M4EG-2021-INNOVATION"
PORTFOLIO = "M4EG-2021-PORTFOLIO"


def open_to_all(spec: CallSpec) -> CallSpec:
    """A call without rules on who may apply."""
    return spec.model_copy(update={"eligibility": ()})


def with_a_later_stage(spec: CallSpec) -> CallSpec:
    """A call whose only stage is followed by another."""
    first = spec.stages[0]
    later = {"code": "later", "opens": first.deadline + timedelta(days=30), "deadline": first.deadline + timedelta(60)}
    return open_to_all(spec).model_copy(update={"stages": (first, first.model_copy(update=later))})


def make_open_call(code: str = INNOVATION, **more: Any) -> Call:
    return make_call(code, **{"change": open_to_all, **more})


def submitted(call: Call, municipality: Municipality, *, by: Person | None = None) -> StageEntry:
    """A filled in and submitted application of a municipality in the first stage of a call."""
    by = by or make_member(municipality, "editor")
    entry = fill(make_draft(call, municipality, by=by), by)
    submit_application(entry, by=by, received_at=clock.now())
    entry.refresh_from_db()
    return entry


def close(stage: Stage) -> None:
    """Let the deadline of a stage lie an hour back."""
    now = clock.now()
    Stage.objects.filter(pk=stage.pk).update(opens_at=now - timedelta(days=30), deadline=now - timedelta(hours=1))


def assess(entry: StageEntry, people: Iterable[Person], score: int = 4) -> list[Assessment]:
    """Completed assessments of an application with the same score for every criterion."""
    done = []
    for person in people:
        assessment = declare_no_conflict(assign_assessor(entry, person, by=None, notify=False), by=person)
        scores = {code: ScoreInput(Decimal(score), "Because.") for code in criteria_of(assessment)}
        save_scores(assessment, scores, "", assessment.version, by=person)
        done.append(complete_assessment(assessment, by=person))
    return done


def freeze(stage: Stage, *, by: Person | None = None) -> Shortlist:
    return freeze_shortlist(make_shortlist(stage, by=by), by=by)


def decided(call: Call, municipalities: Iterable[Municipality], *, scores: Iterable[int] = ()) -> Shortlist:
    """The frozen shortlist of the first stage, in which these municipalities applied: by default all are selected."""
    entries = [submitted(call, municipality) for municipality in municipalities]
    stage = stage_of(call)
    close(stage)
    people = [make_staff("assessor") for _each in range(2)]
    for entry, score in zip(entries, [*scores, *[4] * len(entries)], strict=False):
        assess(entry, people, score)
    return freeze(stage)


def municipalities(count: int, **fields: Any) -> list[Municipality]:
    return [make_municipality(f"Place {number}", **fields) for number in range(1, count + 1)]


def awarded(count: int = 1, *, code: str = INNOVATION, officer: Person | None = None, **fields: Any) -> list[Grant]:
    """Grants of a call of its own, their letters not made yet."""
    shortlist = decided(make_open_call(code), municipalities(count, **fields))
    return award_shortlist(shortlist, by=officer or make_staff())


def letter_of(grant: Grant, *, rendered: bool = True) -> Letter:
    """The letter of a grant, with its file unless ``rendered`` is false."""
    letter = Letter.objects.get(grant=grant)
    if rendered:
        render_letter(letter.pk)
        letter.refresh_from_db()
    return letter
