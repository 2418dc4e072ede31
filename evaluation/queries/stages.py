"""Stages under evaluation and their applications, for the programme's staff."""

from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet

from applications.models import EntryState, StageEntry
from calls.models import CallState, CheckItem, Lot, Stage
from evaluation import rules
from evaluation.models import Assessment, AssessmentState, CheckResult
from portal.accounts.models import Person, Role, StaffRole, today
from portal.armenian import fold

UNSEEN = (EntryState.DRAFT, EntryState.WITHDRAWN)


def stages_for(person: Person) -> "QuerySet[Stage]":
    """The stages with a grid that the person follows, newest deadline first, with counts for a list of them."""
    if not rules.follows(person):
        return Stage.objects.none()
    judged = Q(entries__state__in=rules.JUDGED)
    assessed = Q(entries__assessments__state=AssessmentState.COMPLETED)
    begun = ~Q(entries__assessments__state=AssessmentState.DECLINED) & Q(entries__assessments__isnull=False)
    return (
        Stage.objects.filter(grid__isnull=False)
        .exclude(call__state=CallState.DRAFT)
        .select_related("call", "grid")
        .annotate(
            applications=Count("entries", filter=~Q(entries__state__in=UNSEEN), distinct=True),
            judged=Count("entries", filter=judged, distinct=True),
            assigned=Count("entries__assessments", filter=begun, distinct=True),
            completed=Count("entries__assessments", filter=assessed, distinct=True),
        )
        .order_by("-deadline", "pk")
    )


def stage_for(person: Person, pk: int) -> Stage:
    """One of the stages that the person follows. Raises Stage.DoesNotExist."""
    rows = Stage.objects.filter(grid__isnull=False).exclude(call__state=CallState.DRAFT)
    return (rows if rules.follows(person) else rows.none()).select_related("call", "grid").get(pk=pk)


@dataclass(frozen=True)
class EntryFilter:
    """What a list of applications is narrowed to: text in number or name, a lot, a state, what is left to do."""

    text: str = ""
    lot: str = ""
    state: str = ""


def entries_of(stage: Stage, wanted: EntryFilter) -> "QuerySet[StageEntry]":
    """The submitted applications of a stage, narrowed, with lot, municipality, checks and assessments."""
    rows = StageEntry.objects.filter(stage=stage).exclude(state__in=UNSEEN)
    if wanted.text:
        rows = rows.filter(_search(wanted.text))
    if wanted.lot:
        rows = rows.filter(application__lot__code=wanted.lot)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    assessments = Prefetch("assessments", Assessment.objects.in_order().select_related("assessor"))
    checks = Prefetch("check_results", CheckResult.objects.select_related("item"))
    related = rows.select_related("application__lot", "application__municipality__region")
    return related.prefetch_related(assessments, checks).order_by("application__number", "pk")


def _search(text: str) -> Q:
    """In number and name; the Armenian name is compared by its key, so that և, եւ and եվ are one."""
    name = Q(application__municipality_name_en__icontains=text) | Q(application__municipality_name_hy__icontains=text)
    folded = Q(application__municipality__sort_key__contains=fold(text))
    return Q(application__number__icontains=text) | name | folded


def entry_for(person: Person, pk: int) -> StageEntry:
    """One submitted application of a stage that the person follows. Raises StageEntry.DoesNotExist."""
    rows = StageEntry.objects.filter(stage__grid__isnull=False).exclude(state__in=UNSEEN)
    found = rows if rules.follows(person) else rows.none()
    return found.select_related(
        "stage__call", "stage__grid", "application__lot", "application__municipality", "submission"
    ).get(pk=pk)


@dataclass(frozen=True)
class CheckLine:
    """A line of the checklist, with what was found."""

    item: CheckItem
    result: CheckResult | None


def checklist(entry: StageEntry) -> list[CheckLine]:
    """The checklist of an application's stage with the answers so far."""
    found = {result.item_id: result for result in entry.check_results.select_related("by")}
    return [CheckLine(item, found.get(item.pk)) for item in entry.stage.check_items.order_by("position", "pk")]


def lots_of_stage(stage: Stage) -> list[Lot]:
    return list(stage.call.lots.order_by("position", "pk"))


def assessors() -> "QuerySet[Person]":
    """Everyone who is an assessor today, by name."""
    held = StaffRole.objects.in_force(today()).filter(role=Role.ASSESSOR)
    return Person.objects.filter(is_active=True, staff_roles__in=held).distinct().order_by("name", "email")
