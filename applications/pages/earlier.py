"""What an application said in the stage before, beside the draft that goes on from it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from applications.answers import LOT
from applications.messages import say
from applications.models import Reuse, StageEntry
from applications.pages.frame import tone
from applications.pages.reusing import LeftLine, left_lines
from applications.pages.versions import exact_time
from applications.presentation import ShownSection, filled_submission, shown


@dataclass(frozen=True)
class EarlierPage:
    """What ``applications/earlier.html`` prints.

    Attributes:
        state, tone: the decision on the earlier stage.
        fixed: the questions whose answers stay as they were.
        left: what was not taken over into the draft, with the reasons.
    """

    number: str
    stage: str
    moment: str
    state: str
    tone: str
    receipt_url: str
    sections: list[ShownSection]
    fixed: tuple[str, ...]
    left: tuple[LeftLine, ...]


def earlier_page(entry: StageEntry) -> EarlierPage | None:
    """Prepare the page; None where no earlier stage of the application was submitted. Two queries."""
    rows = StageEntry.objects.filter(application=entry.application_id, stage__position__lt=entry.stage.position)
    related = ("stage__call", "application__municipality__country", "submission")
    earlier = rows.exclude(submission=None).select_related(*related).order_by("-stage__position").first()
    if earlier is None or earlier.submission is None:
        return None
    submission = earlier.submission
    filled = filled_submission(submission)
    labels = {q.key: say(q.label) for section in filled.sections for q in section.questions}
    reuse = Reuse.objects.filter(entry=entry, source=earlier).order_by("taken_at").first()
    return EarlierPage(
        number=submission.number,
        stage=earlier.stage.title,
        moment=exact_time(earlier, submission),
        state=earlier.get_state_display(),
        tone=tone(earlier),
        receipt_url=reverse("applications:receipt", args=[submission.number, submission.sequence]),
        sections=shown(filled),
        fixed=_fixed(entry, labels),
        left=left_lines(reuse.left, labels) if reuse else (),
    )


def _fixed(entry: StageEntry, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Name what is fixed, the lot last: it is not an answer of the earlier form's sections alone."""
    keys = [*(key for key in entry.fixed if key != LOT), *(key for key in entry.fixed if key == LOT)]
    return tuple(labels[key] for key in keys if key in labels)
