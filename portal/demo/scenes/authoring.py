"""Calls in the making, and what becomes of others: warnings passed over, a plan for publication, a cancellation."""

from datetime import datetime, timedelta
from typing import Any

from calls.authoring.copying import Dates, NewCall, copy_call
from calls.following import follow
from calls.lifecycle import cancel_call, schedule_publication
from calls.models import Call
from calls.spec import CallSpec, EvaluationSpec, LotSpec, QuestionSpec, StageSpec
from calls.transfer import spec_of, write_content
from portal.demo.scenes.stage import STORY, Cast, put_on, story, why_not_heeded

NEXT_YEAR, SCHEDULED = "M4EG-2022-INNOVATION", "M4EG-2022-PILOT"
TRAINING, LIGHTING = "M4EG-2021-TRAINING", "M4EG-2021-LIGHTING"
_TRAINING_ENDS, _LIGHTING_ENDS, _CANCELLED = 28, 30, 6
_SATURDAY = 5
_LOT_BUDGETS = (500_000, 400_000)


def play(cast: Cast, innovation: Call, pilot: Call) -> None:
    """Put on what staff have at work beside the three calls that are told at length."""
    put_on(cast, TRAINING.lower(), "eoi", days=_TRAINING_ENDS, folder=STORY, reasons="training")
    _cancelled(cast)
    _unfinished(cast, innovation)
    _scheduled(cast, pilot)


def _cancelled(cast: Cast) -> None:
    call, _stage = put_on(cast, LIGHTING.lower(), "proposal", days=_LIGHTING_ENDS, folder=STORY)
    with cast.ago(_CANCELLED + 1):
        for email in ("head@meghri.example", "head@gyumri.example"):
            follow(call, cast.people[email])
    with cast.ago(_CANCELLED):
        cancel_call(call, by=cast.officer, reason=story("texts")["cancelled"])


def _unfinished(cast: Cast, innovation: Call) -> None:
    """A copy for the next year on which the officer still works: the checklist says what is missing."""
    told = story("texts")["next_year"]
    asked = NewCall(
        code=NEXT_YEAR,
        title=told["title"],
        countries=("AM", "GE", "MD", "UA"),
        currency=innovation.currency,
        time_zone=innovation.time_zone,
        stages={"proposal": Dates(_day(cast, 160, 9), _day(cast, 220, 18))},
    )
    draft = copy_call(innovation, asked, by=cast.officer)
    write_content(draft, _begun(spec_of(draft)), {})


def _begun(spec: CallSpec) -> CallSpec:
    told, [stage] = story("texts")["next_year"], spec.stages
    countries = (("AM", "GE"), ("MD", "UA"))
    lots = tuple(
        LotSpec(code=lot["code"], kind="geographic", title=lot["title"], countries=where, budget=budget)
        for lot, where, budget in zip(told["lots"], countries, _LOT_BUDGETS, strict=True)
    )
    return spec.model_copy(update={"summary": told["summary"], "lots": lots, "stages": (_greener(stage, told),)})


def _greener(stage: StageSpec, told: Any) -> StageSpec:
    """Ask about trees too: one label still lacks its English, one question its choices."""
    first, *others = stage.form.sections
    trees = QuestionSpec(key="trees", kind="integer", label=told["trees"], required=True)
    condition = {"question": "area", "equals": "public-space"}
    species = QuestionSpec.model_validate(
        {"key": "species", "kind": "choices", "label": told["species"], "show_if": condition}
    )
    form = stage.form.model_copy(
        update={"sections": (first.model_copy(update={"questions": (*first.questions, trees, species)}), *others)}
    )
    return stage.model_copy(update={"form": form, "evaluation": stage.evaluation and _with_care(stage.evaluation)})


def _with_care(grid: EvaluationSpec) -> EvaluationSpec:
    """Add a criterion whose title still lacks its English."""
    *others, last = grid.sections
    new = last.criteria[-1].model_copy(update={"code": "3.4", "title": story("texts")["next_year"]["care"]})
    return grid.model_copy(update={"sections": (*others, last.model_copy(update={"criteria": (*last.criteria, new)}))})


def _scheduled(cast: Cast, pilot: Call) -> None:
    """A whole draft that is published next week by itself."""
    told = story("texts")["scheduled"]
    asked = NewCall(
        code=SCHEDULED,
        title=told["title"],
        countries=tuple(pilot.countries),
        currency=pilot.currency,
        time_zone=pilot.time_zone,
        stages={
            "concept": Dates(_day(cast, 14, 9), _day(cast, 75, 16)),
            "full": Dates(_day(cast, 150, 9), _day(cast, 245, 16)),
        },
        questions_until=_day(cast, 52, 16),
        answers_until=_day(cast, 61, 16),
    )
    draft = copy_call(pilot, asked, by=cast.officer)
    spec = spec_of(draft)
    at = spec.moment(_day(cast, 7, 10))
    overrides = why_not_heeded(draft, {"no-documents": told["reason"]}, at)
    schedule_publication(draft, at=at, by=cast.officer, overrides=overrides)


def _day(cast: Cast, days: int, hour: int) -> datetime:
    """Return a local moment so many days from now, on a working day."""
    day = (cast.now + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0, tzinfo=None)
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= _SATURDAY else day
