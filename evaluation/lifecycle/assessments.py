"""Declarations, scores and completion: what an assessor does with one application."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from applications.models import EntryState, StageEntry
from calls.models import Criterion, Grid
from evaluation.lifecycle.checks import lock_entry
from evaluation.lifecycle.errors import Incomplete, NewerVersion, Refused
from evaluation.models import ASSESSMENT_TRANSITIONS, Assessment, AssessmentState, Score
from evaluation.rules import EDITABLE, JUDGED, owns
from evaluation.scales import comment_needed, on_scale
from portal import clock
from portal.accounts.models import Person
from portal.transitions import move


@dataclass(frozen=True)
class ScoreInput:
    """What an assessor says on one criterion; ``value`` is None while it is not scored, which is not zero."""

    value: Decimal | None = None
    comment: str = ""


def _locked(assessment: Assessment, by: Person) -> Assessment:
    """The assessment, locked after its entry, if it is this person's to work on."""
    entry = lock_entry(assessment.entry_id)
    found: Assessment = Assessment.objects.select_for_update(of=("self",)).get(pk=assessment.pk)
    found.entry = entry
    if not owns(by, found):
        raise Refused(_("This assessment is assigned to somebody else."))
    if entry.state not in JUDGED:
        raise Refused(_("The evaluation of this application is closed."))
    return found


@transaction.atomic
def declare_no_conflict(assessment: Assessment, *, by: Person) -> Assessment:
    """Record the assessor's declaration of no conflict of interest; only after it the application is shown.

    Effects: state in progress, moment of the declaration.

    Raises:
        Refused: somebody else's assessment, or the evaluation is closed. IllegalTransition: declared before.
    """
    found = _locked(assessment, by)
    move(found, AssessmentState.IN_PROGRESS, ASSESSMENT_TRANSITIONS)
    found.no_conflict_at = clock.now()
    found.save(update_fields=["state", "no_conflict_at"])
    return found


@transaction.atomic
def declare_conflict(assessment: Assessment, reason: str, *, by: Person) -> Assessment:
    """Record a conflict of interest: from then on the application is closed to this assessor, everywhere.

    Effects: state declined, the reason on record; staff assign somebody else.

    Raises: Refused: no reason, somebody else's assessment, or the evaluation is closed. IllegalTransition: completed
        before.
    """
    if not reason.strip():
        raise Refused(_("Say what the conflict of interest is."))
    found = _locked(assessment, by)
    move(found, AssessmentState.DECLINED, ASSESSMENT_TRANSITIONS)
    found.conflict = reason.strip()
    found.save(update_fields=["state", "conflict"])
    return found


@transaction.atomic
def save_scores(
    assessment: Assessment,
    scores: Mapping[str, ScoreInput],
    comment: str,
    version: int,
    *,
    by: Person,
    criteria: Mapping[str, Criterion] | None = None,
) -> int:
    """Keep what an assessor has scored so far, complete or not, and return the new version.

    Args:
        scores: by code of the criterion; criteria left out keep what they have.
        comment: on the application as a whole.
        version: the one that the page was made from; a save over a newer one is refused, so that none is lost.
        criteria: those of the stage's grid by code, with section and grid, where the caller has them at hand.

    Raises:
        NewerVersion: saved elsewhere in the meantime.
        Refused: not this person's, not to be changed now, an unknown criterion, or a value off the scale.
    """
    by_code = criteria_of(assessment) if criteria is None else criteria
    for code, given in scores.items():
        if code not in by_code:
            raise Refused(_("The grid has no criterion %(code)s.") % {"code": code})
        if given.value is not None and not on_scale(by_code[code].section.grid, given.value):
            raise Refused(_("%(code)s: choose one of the scores of the scale.") % {"code": code})
    if not owns(by, assessment):
        raise Refused(_("This assessment is assigned to somebody else."))
    # One statement is check and lock at once: of two saves of the same version, one finds no row. The guards stand on
    # the row itself: inside a join, PostgreSQL would not look at them again after waiting for the other save.
    judged = StageEntry.objects.filter(state__in=JUDGED).values("pk")
    mine = Assessment.objects.filter(pk=assessment.pk, version=version, state__in=EDITABLE, entry__in=judged)
    if not mine.update(version=F("version") + 1, comment=comment, total=None):
        raise _why_not_saved(assessment, version)
    rows = [
        Score(assessment=assessment, criterion=by_code[code], value=one.value, comment=one.comment)
        for code, one in scores.items()
    ]
    Score.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["assessment", "criterion"],
        update_fields=["value", "comment"],
    )
    return version + 1


def _why_not_saved(assessment: Assessment, version: int) -> Refused:
    present = Assessment.objects.select_related("entry").get(pk=assessment.pk)
    if present.state in EDITABLE and present.entry.state in JUDGED and present.version != version:
        return NewerVersion(
            _("This assessment was saved in another window. Your text is kept below; compare and save again.")
        )
    return Refused(
        _("This assessment can no longer be changed: it is %(state)s.") % {"state": present.get_state_display()}
    )


def criteria_of(assessment: Assessment) -> dict[str, Criterion]:
    """The criteria of the assessment's grid by code, in the grid's order."""
    rows = Criterion.objects.filter(section__grid__stage__entries=assessment.entry_id)
    ordered = rows.select_related("section__grid").order_by("section__position", "section__pk", "position", "pk")
    return {row.code: row for row in ordered}


@transaction.atomic
def complete_assessment(assessment: Assessment, *, by: Person) -> Assessment:
    """Complete an assessment: every criterion scored, every required comment given.

    Effects: state completed, total and moment; from now on it counts. The total is the sum of score x weight (call
    file format, scoring rule 1).

    Raises:
        Incomplete: what is missing, by criterion. Refused: somebody else's, the evaluation is closed, or the
            applicant is clarifying answers. IllegalTransition: not in progress.
    """
    found = _locked(assessment, by)
    if found.entry.state == EntryState.CLARIFICATION:
        raise Refused(_("The applicant is clarifying answers. Complete the assessment when that is over."))
    if found.state not in EDITABLE:
        move(found, AssessmentState.COMPLETED, ASSESSMENT_TRANSITIONS)
    criteria = criteria_of(found)
    given = {row.criterion_id: row for row in found.scores.all()}
    faults = [
        (code, message) for code, one in criteria.items() if (message := _fault(one.section.grid, given.get(one.pk)))
    ]
    if faults or not criteria:
        raise Incomplete(faults)
    move(found, AssessmentState.COMPLETED, ASSESSMENT_TRANSITIONS)
    found.total = sum((one.weight * (given[one.pk].value or 0) for one in criteria.values()), Decimal())
    found.completed_at = clock.now()
    found.version += 1
    found.save(update_fields=["state", "total", "completed_at", "version"])
    return found


def _fault(grid: Grid, score: Score | None) -> str:
    """What completing still needs at one criterion; empty if nothing."""
    if score is None or score.value is None:
        return _("Choose a score.")
    if comment_needed(grid, Fraction(score.value)) and not score.comment.strip():
        return _("Explain this score: a comment is required here.")
    return ""


@transaction.atomic
def reopen_assessment(assessment: Assessment, *, by: Person | None) -> Assessment:
    """Let an assessor correct a completed assessment; until it is completed again it does not count.

    Effects: state reopened, no total. Scores and comments stay.

    Raises:
        Refused: the application has been decided. IllegalTransition: not completed.
    """
    entry = lock_entry(assessment.entry_id)
    found: Assessment = Assessment.objects.select_for_update(of=("self",)).get(pk=assessment.pk)
    if entry.state not in JUDGED:
        raise Refused(_("The evaluation of this application is closed."))
    move(found, AssessmentState.REOPENED, ASSESSMENT_TRANSITIONS)
    found.total = None
    found.save(update_fields=["state", "total"])
    return found
