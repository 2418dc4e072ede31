"""Which files of applications are shown in the evaluation."""

from typing import Any

from applications.models import Attachment
from evaluation import rules
from evaluation.models import Assessment, AssessmentState
from evaluation.queries.stages import UNSEEN
from portal.documents.models import StoredFile


def may_see_attachment(person: Any, stored_file: StoredFile) -> bool:
    """Whether a person who evaluates may open a file: one that was submitted, never one of a draft.

    The programme's staff see those of every submitted application; an assessor those of applications they are
    assigned to and declared no conflict of interest for. A declared conflict closes the files too.
    """
    if not (rules.follows(person) or rules.assesses(person)):
        return False
    submitted = Attachment.objects.standing().filter(file=stored_file).exclude(entry__state__in=UNSEEN)
    if not rules.follows(person):
        mine = Assessment.objects.visible_to(person).exclude(state=AssessmentState.ASSIGNED)
        submitted = submitted.filter(entry__in=mine.values("entry"))
    return submitted.exists()
