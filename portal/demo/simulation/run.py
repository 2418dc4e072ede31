"""Simulating the applications of a stage, and their assessments."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TypeVar

import pghistory

from applications.models import StageEntry
from applications.queries import call_spec, stage_of
from calls.models import Call, CallState, Stage
from calls.spec import CallSpec
from portal import clock
from portal.demo.simulation.assessing import Assessing
from portal.demo.simulation.drafting import Drafting
from portal.demo.simulation.files import Samples
from portal.demo.simulation.places import Candidates, Place, ensure_simulated
from portal.demo.simulation.refusals import Refusal
from portal.demo.simulation.storing import Storing

BATCH = 500
"""So many applications are written in one transaction: whoever submits meanwhile hardly waits for a number."""

T = TypeVar("T")


@dataclass(frozen=True)
class Wish:
    """What is to be simulated.

    Attributes:
        applications: how many are submitted, beside those that are there.
        drafts: how many more are begun and not submitted.
        seed: the same seed gives the same answers and scores in the same places.
        assess: whether the submitted ones are checked and assessed too.
        divergent, unfinished: shares of the assessed ones whose assessors are far apart, or not done (0 to 1).
        checked: share of the assessed ones whose checks are done (0 to 1).
        first, leave_out: keys of municipalities that take part before all others, or not at all.
        quality: how good the applications of some municipalities are (0 to 1), by key.
        extra_municipalities: how many municipalities for trials there are to be.
    """

    applications: int
    seed: int
    drafts: int = 0
    assess: bool = False
    divergent: float = 0.06
    unfinished: float = 0.0
    checked: float = 1.0
    first: Sequence[int] = ()
    leave_out: Sequence[int] = ()
    quality: Mapping[int, float] = field(default_factory=dict)
    extra_municipalities: int = 0


@dataclass
class Result:
    """What was simulated: the entries submitted, those begun, how many assessments, how many places are left."""

    entries: list[StageEntry] = field(default_factory=list)
    drafts: list[StageEntry] = field(default_factory=list)
    assessments: int = 0
    left: int = 0
    new_municipalities: int = 0


Progress = Callable[[int], object]


def simulate(call: Call, stage: Stage, wish: Wish, *, progress: Progress = lambda count: None) -> Result:
    """Make plausible applications in a stage that has opened, as if municipalities had submitted them.

    Effects: applications with answers, files, snapshot, digest and number, and assessments where asked for, in batches
    of ``BATCH``, each in a transaction of its own; history by triggers; no message to anyone. After each batch
    ``progress`` is told how many it had.

    Raises:
        Refusal: the call or stage does not take applications, or has no room for so many. Nothing is written then, save
            the municipalities for trials that were asked for.
    """
    spec = call_spec(call)
    now = clock.now()
    _check(call, stage, spec, wish, now)
    result = Result(
        new_municipalities=ensure_simulated(wish.extra_municipalities, spec) if wish.extra_municipalities else 0
    )
    candidates = Candidates(call, stage, spec, min(now, stage.deadline))
    places = candidates.places(
        Random(f"{wish.seed}:{call.code}:{stage.code}"),  # noqa: S311
        first=wish.first,
        leave_out=wish.leave_out,
    )
    result.left = len(places) - wish.applications - wish.drafts
    if result.left < 0:
        raise Refusal(_too_many(spec, stage, wish, len(places)))
    drafting = Drafting(spec, stage_of(spec, stage.code), stage.opens_at, min(now, stage.deadline), wish.seed)
    storing = Storing(call, stage, candidates, Samples(list(stage_of(spec, stage.code).form.questions())))
    with pghistory.context(command="simulate", seed=wish.seed):
        _submit(
            places[: wish.applications], drafting, storing, _assessing(stage, spec, drafting, wish), result, progress
        )
        _begin(places[wish.applications :][: wish.drafts], drafting, storing, result, progress)
    return result


def _check(call: Call, stage: Stage, spec: CallSpec, wish: Wish, now: datetime) -> None:
    if call.state != CallState.PUBLISHED:
        raise Refusal(
            f"{call.code} is not published (its state: {call.state}); only published calls take applications."
        )
    if not stage.has_opened(now):
        raise Refusal(f"The stage {stage.code} of {call.code} opens at {call.local(stage.opens_at):%Y-%m-%d %H:%M}.")
    if wish.assess and stage.accepts(now, with_grace=True):
        raise Refusal(
            f"The stage {stage.code} of {call.code} is open until {call.local(stage.deadline):%Y-%m-%d %H:%M}: "
            "what may still be replaced is not assessed. Simulate without --assess."
        )
    if wish.assess and stage_of(spec, stage.code).evaluation is None:
        raise Refusal(f"The stage {stage.code} of {call.code} has no evaluation grid.")


def _too_many(spec: CallSpec, stage: Stage, wish: Wish, room: int) -> str:
    wanted = wish.applications + wish.drafts
    found = f"{spec.code}, stage {stage.code}: {wanted} more applications are asked for, but only {room} are possible"
    if stage.admission == Stage.Admission.INVITED:
        return f"{found}: the stage is by invitation."
    limits = spec.applications_per_municipality
    each = min(limits.call, len(spec.lots) or 1)
    more = -(-(wanted - room) // max(1, min(each, limits.lot * (len(spec.lots) or 1)))) * 2
    return (
        f"{found}: a municipality has at most {limits.call} in the call and {limits.lot} in a lot, and not every one "
        f"may apply. Municipalities for trials make room: --extra-municipalities {wish.extra_municipalities + more}"
    )


def _assessing(stage: Stage, spec: CallSpec, drafting: Drafting, wish: Wish) -> Assessing | None:
    evaluation = stage_of(spec, stage.code).evaluation
    if not wish.assess or evaluation is None:
        return None
    return Assessing(
        stage,
        evaluation,
        drafting,
        divergent=wish.divergent,
        unfinished=wish.unfinished,
        checked=wish.checked,
        quality=dict(wish.quality),
    )


def _submit(
    places: Sequence[Place],
    drafting: Drafting,
    storing: Storing,
    assessing: Assessing | None,
    result: Result,
    progress: Progress,
) -> None:
    for batch in _batches(list(zip(places, drafting.moments(len(places)), strict=True))):
        drafts = [drafting.write(place, moment) for place, moment in batch]
        entries = storing.submitted(drafts)
        result.entries += entries
        if assessing is not None:
            result.assessments += assessing.assess([(e, d.place) for e, d in zip(entries, drafts, strict=True)])
        progress(len(batch))


def _begin(places: Sequence[Place], drafting: Drafting, storing: Storing, result: Result, progress: Progress) -> None:
    for batch in _batches(list(zip(places, drafting.moments(len(places)), strict=True))):
        result.drafts += storing.begun([drafting.begin(place, moment) for place, moment in batch])
        progress(len(batch))


def _batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
