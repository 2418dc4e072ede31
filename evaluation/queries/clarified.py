"""Answers that changed by a clarification while an application is evaluated."""

from dataclasses import dataclass

from django.db.models import F

from applications.clarifications import asked_of
from applications.models import Clarification, ClarificationState, StageEntry
from applications.pages.clarifying import PastRequest, past_request
from calls.models import Stage
from evaluation.models import Assessment, AssessmentState


@dataclass(frozen=True)
class Clarified:
    """What was asked about an application, the latest first, with both versions of the answers."""

    rows: tuple[Clarification, ...]
    requests: tuple[PastRequest, ...]

    @property
    def open(self) -> bool:
        return any(row.state == ClarificationState.OPEN for row in self.rows)

    def outdates(self, assessment: Assessment) -> bool:
        """Whether an assessment was completed before an answer arrived."""
        done = assessment.completed_at
        if done is None or assessment.state != AssessmentState.COMPLETED:
            return False
        answered = (row.closed_at for row in self.rows if row.state == ClarificationState.ANSWERED)
        return any(closed is not None and closed > done for closed in answered)


def clarified(entry: StageEntry) -> Clarified:
    """What was asked about an application. Needs ``entry.stage.call``; one query."""
    rows, zone = tuple(asked_of(entry)), entry.stage.call.time_zone
    return Clarified(rows, tuple(past_request(row, zone) for row in rows))


def assessed_before_answers(stage: Stage) -> list[str]:
    """The numbers of the applications with an assessment that was completed before a clarification was answered."""
    rows = Assessment.objects.filter(
        entry__stage=stage,
        state=AssessmentState.COMPLETED,
        entry__clarifications__state=ClarificationState.ANSWERED,
        entry__clarifications__closed_at__gt=F("completed_at"),
    )
    return sorted({number or "" for number in rows.values_list("entry__application__number", flat=True)})
