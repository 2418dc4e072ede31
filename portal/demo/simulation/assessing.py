"""Simulated checks and assessments as rows, many at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction

from applications.models import StageEntry
from calls.models import CheckItem, Criterion, Stage
from calls.spec import EvaluationSpec
from evaluation.models import Assessment, AssessmentState, CheckResult, Score
from portal import clock
from portal.accounts.lifecycle import grant_role, make_person
from portal.accounts.models import Person, Role, StaffRole
from portal.demo.simulation.copying import copy
from portal.demo.simulation.drafting import Drafting
from portal.demo.simulation.judging import Judge, Judgement
from portal.demo.simulation.places import Place

_AT_ONCE = 500
CheckRow = tuple[int, int, str, str, int | None, datetime]


@dataclass
class Batch:
    """The rows of a batch, in the order in which they are written."""

    checks: list[CheckRow] = field(default_factory=list)
    assessments: list[Assessment] = field(default_factory=list)
    scores: list[tuple[Assessment, Judgement, list[str]]] = field(default_factory=list)


class Assessing:
    """Assesses the applications of one stage.

    Args:
        divergent: share of the applications whose assessors are far apart, from 0 to 1.
        unfinished: share of those whose last assessor has not finished, or not even begun.
        checked: share of those whose checks are all done; of the others some are.
        quality: how good the applications of some municipalities are, from 0 to 1, by their keys.
    """

    def __init__(
        self,
        stage: Stage,
        evaluation: EvaluationSpec,
        drafting: Drafting,
        *,
        divergent: float,
        unfinished: float,
        checked: float,
        quality: dict[int, float],
    ) -> None:
        self._stage, self._spec, self._drafting = stage, evaluation, drafting
        self._judge = Judge(evaluation)
        self._divergent, self._unfinished, self._checked, self._quality = divergent, unfinished, checked, quality
        self._people = assessors(evaluation.assessors)
        self._severity = {one.pk: self._judge.severity(Random(f"{one.email}:{stage.code}")) for one in self._people}  # noqa: S311
        rows = Criterion.objects.filter(section__grid__stage=stage)
        self._criteria = dict(rows.values_list("code", "pk"))
        self._items = list(
            CheckItem.objects.filter(stage=stage).order_by("position", "pk").values_list("pk", flat=True)
        )
        self._checker = _first(Role.PROGRAMME_OFFICER)
        self._now = clock.now()

    @transaction.atomic
    def assess(self, pairs: Sequence[tuple[StageEntry, Place]]) -> int:
        """Write checks and assessments of these applications; return how many assessments."""
        batch = Batch()
        for entry, place in pairs:
            rng = self._drafting.random(place, "assessments")
            batch.checks += self._checks(rng, entry)
            self._assess_one(rng, entry, place, batch)
        Assessment.objects.bulk_create(batch.assessments, batch_size=_AT_ONCE)
        copy(CheckResult, ("entry", "item", "answer", "note", "by", "at"), batch.checks)
        copy(Score, ("assessment", "criterion", "value", "comment"), self._score_rows(batch))
        return len(batch.assessments)

    def _checks(self, rng: Random, entry: StageEntry) -> list[CheckRow]:
        at = self._after(rng, 1, 5)
        done = len(self._items) if rng.random() < self._checked else rng.randrange(len(self._items) or 1)
        by = self._checker.pk if self._checker else None
        return [(entry.pk, item, CheckResult.Answer.YES.value, "", by, at) for item in self._items[:done]]

    def _assess_one(self, rng: Random, entry: StageEntry, place: Place, batch: Batch) -> None:
        quality = self._judge.quality(rng)
        quality = self._quality.get(place.municipality.pk, quality)
        people = rng.sample(self._people, self._spec.assessors)
        far = len(people) > 1 and rng.random() < self._divergent
        late = rng.random() < self._unfinished
        for order, person in enumerate(people, start=1):
            last = order == len(people)
            judgement = self._judge.judge(rng, quality, self._severity[person.pk], person.language, far=far and last)
            assessment = self._assigned(rng, entry, person, order)
            batch.assessments.append(assessment)
            if late and last:
                codes = self._part_of(rng, assessment, judgement)
            else:
                codes = self._completed(rng, assessment, judgement)
            batch.scores.append((assessment, judgement, codes))

    def _assigned(self, rng: Random, entry: StageEntry, person: Person, order: int) -> Assessment:
        return Assessment(entry=entry, assessor=person, order=order, assigned_at=self._after(rng, 5, 6))

    def _completed(self, rng: Random, assessment: Assessment, judgement: Judgement) -> list[str]:
        assessment.state = AssessmentState.COMPLETED
        assessment.no_conflict_at = self._after(rng, 6, 8)
        assessment.completed_at = self._after(rng, 8, 18)
        assessment.total, assessment.comment = judgement.total, judgement.overall
        assessment.version = 2
        return list(judgement.scores)

    def _part_of(self, rng: Random, assessment: Assessment, judgement: Judgement) -> list[str]:
        """Leave an assessment as it was assigned, or half done."""
        if rng.random() < 0.5:
            return []
        assessment.state = AssessmentState.IN_PROGRESS
        assessment.no_conflict_at = self._after(rng, 6, 8)
        codes = list(judgement.scores)
        return codes[: len(codes) // 2]

    def _score_rows(self, batch: Batch) -> Iterator[tuple[int, int, Decimal, str]]:
        for assessment, judgement, codes in batch.scores:
            for code in codes:
                yield assessment.pk, self._criteria[code], judgement.scores[code], judgement.comments[code]

    def _after(self, rng: Random, least: int, most: int) -> datetime:
        """Return a moment so many days after the deadline, and never later than now."""
        since = self._stage.deadline + timedelta(minutes=self._stage.grace_minutes)
        passed = since + timedelta(days=least, minutes=rng.randint(0, (most - least) * 24 * 60))
        return min(passed, self._now)


def assessors(least: int) -> list[Person]:
    """Return the people who assess; where they are too few, with simulated ones who cannot log in."""
    found = _independent()
    for number in range(1, least - len(found) + 1):
        person = make_person(f"assessor-{number}@simulated.example", name=f"Simulated assessor {number}", language="en")
        grant_role(person, Role.ASSESSOR)
    return _independent()


def _independent() -> list[Person]:
    """Return the assessors who neither work for the programme nor for any municipality."""
    held = StaffRole.objects.in_force()
    people = Person.objects.filter(is_active=True, staff_roles__in=held.filter(role=Role.ASSESSOR), memberships=None)
    staff = held.exclude(role=Role.ASSESSOR).values("person")
    return list(people.exclude(pk__in=staff).distinct().order_by("pk"))


def _first(role: str) -> Person | None:
    held = StaffRole.objects.in_force().filter(role=role).select_related("person").order_by("pk").first()
    return held.person if held else None
