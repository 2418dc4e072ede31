"""An assessor's own work, and one assessment for whoever may look at it."""

from dataclasses import dataclass

from evaluation import rules
from evaluation.models import Assessment, AssessmentState, Score
from evaluation.queries.stages import UNSEEN
from evaluation.scales import plain
from portal.accounts.models import Person


@dataclass(frozen=True)
class MyWork:
    """An assessor's assessments, what is left and what is done, and the next one to open."""

    open: list[Assessment]
    done: list[Assessment]

    @property
    def next(self) -> Assessment | None:
        return self.open[0] if self.open else None


def my_work(person: Person) -> MyWork:
    """The person's own assessments, never another's: those begun first, then by call and number."""
    mine = Assessment.objects.visible_to(person).filter(assessor=person).exclude(state=AssessmentState.DECLINED)
    rows = mine.exclude(entry__state__in=UNSEEN).select_related(
        "entry__stage__call", "entry__stage__grid", "entry__application__lot", "entry__application__municipality"
    )
    ordered = sorted(rows, key=_order_of_work)
    return MyWork([one for one in ordered if _is_open(one)], [one for one in ordered if not _is_open(one)])


def _is_open(assessment: Assessment) -> bool:
    waits = (AssessmentState.ASSIGNED, *rules.EDITABLE)
    return assessment.state in waits and assessment.entry.state in rules.JUDGED


def _order_of_work(assessment: Assessment) -> tuple[bool, int, str]:
    begun = assessment.state in rules.EDITABLE
    return (not begun, assessment.entry.stage_id, assessment.entry.application.number or "")


def next_after(person: Person, assessment: Assessment) -> int | None:
    """The key of the person's next open assessment, in the order of the list; None if none is left."""
    left = [one.pk for one in my_work(person).open if one.pk != assessment.pk]
    return left[0] if left else None


def assessment_for(person: Person, pk: int) -> Assessment:
    """An assessment that the person may look at, with what its page shows. Raises Assessment.DoesNotExist."""
    rows = Assessment.objects.visible_to(person).select_related(
        "assessor",
        "entry__stage__call",
        "entry__stage__grid",
        "entry__application__lot",
        "entry__application__municipality__region",
        "entry__submission",
    )
    found: Assessment = rows.exclude(entry__state__in=UNSEEN).get(pk=pk)
    if not rules.reads_assessment(person, found):
        raise Assessment.DoesNotExist
    return found


def given_scores(assessment: Assessment) -> dict[int, Score]:
    """What an assessment says so far, by key of the criterion."""
    return {score.criterion_id: score for score in assessment.scores.all()}


def others_scores(assessment: Assessment) -> dict[int, tuple[str, ...]]:
    """What the ordinary assessors gave, by key of the criterion: only beside the assessment that they agree on."""
    completed = Assessment.objects.ordinary().filter(entry=assessment.entry_id, state=AssessmentState.COMPLETED)
    found: dict[int, tuple[str, ...]] = {}
    for score in Score.objects.filter(assessment__in=completed).order_by("assessment__order"):
        if score.value is not None:
            found[score.criterion_id] = (*found.get(score.criterion_id, ()), plain(score.value))
    return found
