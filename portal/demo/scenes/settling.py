"""What assessors and officers do by hand: agreeing, giving a third opinion, rejecting at the checks."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

from applications.models import StageEntry
from calls.models import Stage
from evaluation.assembly import load_stage
from evaluation.lifecycle import (
    ScoreInput,
    assign_assessor,
    begin_consensus,
    complete_assessment,
    declare_no_conflict,
    record_check,
    reject_entry,
    save_scores,
)
from evaluation.models import Assessment, Score
from evaluation.scoring import Outcome
from portal.accounts.models import Person, Role
from portal.demo.simulation import texts


def waiting(stage: Stage, outcome: Outcome) -> list[StageEntry]:
    """Return the entries that wait for something, in the order of their numbers."""
    file = load_stage(Stage.objects.select_related("call", "grid").get(pk=stage.pk))
    found = {place.application.number for place in file.ranking(0).places if place.outcome is outcome}
    return sorted(
        (entry for entry in file.entries if entry.application.number in found),
        key=lambda entry: str(entry.application.number),
    )


def agree(entry: StageEntry, by: Person) -> None:
    """Record what the assessors of an application agreed on: between their scores, the higher half."""
    assessment = begin_consensus(entry, by=by)
    _fill(assessment, _between(entry), texts.common()["comments"]["agreed"][by.language], by)
    complete_assessment(assessment, by=by)


def third_opinion(entry: StageEntry, people: Sequence[Person], by: Person, *, finish: bool) -> None:
    """Assign the first of these people who has not assessed an application, and let them finish or not."""
    known = set(Assessment.objects.filter(entry=entry).values_list("assessor", flat=True))
    person = next(one for one in people if one.pk not in known)
    assessment = assign_assessor(entry, person, by=by, notify=False)
    if finish:
        assessment = declare_no_conflict(assessment, by=person)
        overall = texts.common()["comments"]["overall"][person.language][0]
        _fill(assessment, _between(entry), overall, person)
        complete_assessment(assessment, by=person)


def reject(entry: StageEntry, note: str, reason: str, by: Person) -> None:
    """Answer the first check with no, and reject the application for it."""
    item = entry.stage.check_items.filter(fatal=True).order_by("position", "pk")[0]
    record_check(entry, item, "no", note, by=by)
    reject_entry(entry, reason, by=by)


def _between(entry: StageEntry) -> dict[str, Decimal]:
    """Return scores between those given: the step at or just above the middle."""
    rows = Score.objects.filter(assessment__entry=entry, value__isnull=False)
    grid = entry.stage.grid
    given: dict[str, list[Any]] = {}
    for code, value in rows.values_list("criterion__code", "value"):
        given.setdefault(code, []).append(value)
    return {
        code: _step_at(sum(values, Decimal()) / len(values), grid.scale_min, grid.scale_max, grid.scale_step)
        for code, values in given.items()
    }


def _step_at(value: Decimal, least: Decimal, most: Decimal, step: Decimal) -> Decimal:
    steps = -((least - value) // step)
    return min(least + step * steps, most)


def _fill(assessment: Assessment, scores: dict[str, Decimal], overall: str, by: Person) -> None:
    """Save scores, each with a comment: none is missing where the grid asks for one."""
    comments = texts.common()["comments"]["middle"][by.language]
    rng = Random(assessment.entry_id)  # noqa: S311
    given = {code: ScoreInput(value, rng.choice(comments)) for code, value in scores.items()}
    save_scores(assessment, given, overall, assessment.version, by=by)


def assessors(people: Sequence[Person]) -> list[Person]:
    """Return those of the people who assess."""
    return [person for person in people if person.has_role(Role.ASSESSOR)]
