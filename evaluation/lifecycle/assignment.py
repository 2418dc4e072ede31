"""Who assesses what: assignment of assessors, and the assessment that they agree on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max, Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import Helper, StageEntry
from calls.models import Grid, Stage
from evaluation.assembly import evaluation_of, pure_entry
from evaluation.lifecycle.checks import lock_entry
from evaluation.lifecycle.errors import Refused
from evaluation.models import Assessment, AssessmentState, Score
from evaluation.rules import JUDGED, assesses, grounds_against
from evaluation.scoring import Grid as PureGrid
from evaluation.scoring import Outcome, assess
from portal import clock
from portal.accounts.models import Membership, Person
from portal.notices.lifecycle import enqueue


@dataclass(frozen=True)
class Assignment:
    """One assessor for one application, or why not."""

    entry: StageEntry
    person: Person
    refusal: str = ""


@dataclass
class Plan:
    """What assigning would touch, and what it leaves alone with the reason."""

    chosen: list[Assignment] = field(default_factory=list)
    left_alone: list[Assignment] = field(default_factory=list)


def plan_assignment(stage: Stage, entries: Iterable[StageEntry], people: Sequence[Person]) -> Plan:
    """Work out, without writing, who would be assigned to what.

    Each application takes the people in the order given while it has a place, and anyone who may not assess it is
    named with the reason. The number of queries does not depend on how many there are.
    """
    grid = evaluation_of(stage)
    works_for = municipalities_of(people)
    plan = Plan()
    for entry in _with_assessments(entries):
        taken = list(entry.assessments.all())
        for person in people:
            refusal = _refusal(grid, stage, entry, taken, person, works_for[person.pk])
            (plan.left_alone if refusal else plan.chosen).append(Assignment(entry, person, refusal))
            if not refusal:
                taken.append(Assessment(entry=entry, assessor=person, order=0))
    return plan


def municipalities_of(people: Iterable[Person]) -> dict[int, set[int]]:
    """For each person the municipalities that they work or ever worked for, or helped with an application."""
    found: dict[int, set[int]] = {person.pk: set() for person in people}
    members = Membership.objects.filter(person__in=found).order_by().values_list("person", "municipality")
    helped = Helper.objects.filter(person__in=found).order_by()
    for person, municipality in members.union(helped.values_list("person", "application__municipality")):
        found[person].add(municipality)
    return found


def _with_assessments(entries: Iterable[StageEntry]) -> Iterable[StageEntry]:
    scores = Prefetch("scores", Score.objects.select_related("criterion"))
    assessments = Prefetch("assessments", Assessment.objects.in_order().prefetch_related(scores))
    rows = StageEntry.objects.filter(pk__in=[entry.pk for entry in entries]).order_by("application__number", "pk")
    return rows.select_related("application__municipality").prefetch_related(assessments)


def _refusal(
    grid: PureGrid,
    stage: Stage,
    entry: StageEntry,
    taken: Sequence[Assessment],
    person: Person,
    works_for: Collection[int],
) -> str:
    """Why the person cannot be assigned to the application; empty if nothing stands against it."""
    if entry.stage_id != stage.pk or entry.state not in JUDGED:
        return _("The application is not under evaluation: %(state)s.") % {"state": entry.get_state_display()}
    if stage.accepts(clock.now(), with_grace=True):
        return _("The stage is still open, and the application may still be replaced.")
    if not assesses(person):
        return _("%(person)s is not an assessor.") % {"person": person}
    own = next((one for one in taken if one.assessor_id == person.pk and not one.consensus), None)
    if own is not None:
        if own.state == AssessmentState.DECLINED:
            return _("%(person)s has declared a conflict of interest.") % {"person": person}
        return _("%(person)s is already assigned.") % {"person": person}
    return grounds_against(person, entry, works_for) or _no_place(grid, taken)


def _no_place(grid: PureGrid, taken: Sequence[Assessment]) -> str:
    """Why the application takes no further assessor; empty if it has a place."""
    active = [one for one in taken if not one.consensus and one.state != AssessmentState.DECLINED]
    if len(active) < grid.assessors:
        return ""
    completed = [one for one in active if one.state == AssessmentState.COMPLETED]
    standing = assess(grid, [pure_entry(one, one.scores.all()) for one in completed])
    if standing.outcome is Outcome.NEEDS_THIRD and len(active) == len(completed):
        return ""
    message = ngettext(
        "It has its %(count)d assessor; another is only assigned where the scores diverge.",
        "It has its %(count)d assessors; another is only assigned where their scores diverge.",
        grid.assessors,
    )
    return message % {"count": grid.assessors}


@transaction.atomic
def assign_assessor(entry: StageEntry, person: Person, *, by: Person | None, notify: bool = True) -> Assessment:
    """Assign an assessor to an application.

    Effects: an assessment in state assigned, with the next order number, given while the entry is locked: the order
    of assignment decides which assessments count. A notice to the assessor, unless ``notify`` is off.

    Raises: Refused: not under evaluation, the stage still open, not an assessor, already assigned, in conflict
        (declared, member of the municipality, its mail domain, works for the programme), or no place is free.
    """
    locked = lock_entry(entry.pk)
    stage = Stage.objects.select_related("call", "grid").get(pk=locked.stage_id)
    prepared = next(iter(_with_assessments([locked])))
    works_for = municipalities_of([person])[person.pk]
    refusal = _refusal(evaluation_of(stage), stage, prepared, list(prepared.assessments.all()), person, works_for)
    if refusal:
        raise Refused(refusal)
    assessment = Assessment.objects.create(entry=locked, assessor=person, order=_next_order(locked))
    if notify:
        _tell(stage, person, 1)
    return assessment


def _next_order(entry: StageEntry) -> int:
    last: int | None = Assessment.objects.filter(entry=entry).aggregate(last=Max("order"))["last"]
    return (last or 0) + 1


@transaction.atomic
def assign_many(stage: Stage, entries: Sequence[StageEntry], people: Sequence[Person], *, by: Person | None) -> Plan:
    """Assign people to many applications, as ``plan_assignment`` says at this moment; give back what was done.

    Effects: as ``assign_assessor`` for each, with one notice to each person for all of them.
    """
    pks = sorted(entry.pk for entry in entries)
    list(StageEntry.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk"))
    plan = plan_assignment(stage, entries, people)
    touched = [one.entry.pk for one in plan.chosen]
    orders = dict(
        Assessment.objects.filter(entry__in=touched).values_list("entry").annotate(last=Max("order")).order_by()
    )
    rows = []
    for one in plan.chosen:
        orders[one.entry.pk] = orders.get(one.entry.pk, 0) + 1
        rows.append(Assessment(entry=one.entry, assessor=one.person, order=orders[one.entry.pk]))
    Assessment.objects.bulk_create(rows)
    for person in people:
        count = sum(one.person == person for one in plan.chosen)
        if count:
            _tell(stage, person, count)
    return plan


def _tell(stage: Stage, person: Person, count: int) -> None:
    """Tell an assessor, in one mail, that applications wait for them."""
    moment = clock.now().isoformat()
    context: Mapping[str, Any] = {"stage": stage, "call": stage.call, "count": count}
    enqueue("assessments_assigned", recipient=person, key=f"assigned:{stage.pk}:{person.pk}:{moment}", context=context)


@transaction.atomic
def begin_consensus(entry: StageEntry, *, by: Person) -> Assessment:
    """Begin the one assessment that the assessors of an application agree on; staff record it in the same form.

    Effects: an assessment that counts alone once it is completed (call file format, scoring rule 2). An agreed
    assessment that was begun before is given back as it is.

    Raises:
        Refused: the grid does not settle by consensus, or the application does not wait for one.
    """
    locked = lock_entry(entry.pk)
    stage = Stage.objects.select_related("call", "grid").get(pk=locked.stage_id)
    begun: Assessment | None = Assessment.objects.filter(entry=locked, consensus=True).first()
    if begun is not None:
        return begun
    grid = evaluation_of(stage)
    prepared = next(iter(_with_assessments([locked])))
    completed = [one for one in prepared.assessments.all() if one.state == AssessmentState.COMPLETED]
    waits = assess(grid, [pure_entry(one, one.scores.all()) for one in completed]).outcome
    if stage.grid.divergence_resolve != Grid.Resolve.CONSENSUS or waits is not Outcome.NEEDS_CONSENSUS:
        raise Refused(_("This application does not wait for an agreed assessment."))
    if locked.state not in JUDGED:
        raise Refused(_("The evaluation of this application is closed."))
    return Assessment.objects.create(
        entry=locked,
        assessor=by,
        consensus=True,
        order=_next_order(locked),
        state=AssessmentState.IN_PROGRESS,
        no_conflict_at=clock.now(),
    )
