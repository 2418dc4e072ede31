"""What questions and answers add to what is new in a call: one line for each publication, one for each correction."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.enquiries import queries
from calls.enquiries.wording import current_wording
from calls.models import AnswerCorrection, Call, EnquiryAnswer
from calls.registry import NewsItem


def of_answers(call: Call) -> Iterator[NewsItem]:
    """Tell of the answers that were published together, and of each correction; two queries at most."""
    page, language = reverse("calls:answers", args=[call.code]), queries.read_in(call)
    answers = queries.published_at_hand(call)
    for moment, together in groupby(answers, key=lambda answer: answer.published_at):
        if moment is not None:
            yield _published(moment, list(together), page, language)
    for answer in answers:
        for correction in answer.corrections.all():
            yield _corrected(answer, correction, page, language)


def _published(moment: datetime, answers: list[EnquiryAnswer], page: str, language: str) -> NewsItem:
    first = answers[0].number
    title = ngettext("%(count)s question was answered", "%(count)s questions were answered", len(answers))
    questions = (f"{answer.number}. {current_wording(answer)[language].question}" for answer in answers)
    return NewsItem(
        moment, title % {"count": len(answers)}, "\n".join(questions), f"{page}#answer-{first}", f"answer-{first}"
    )


def _corrected(answer: EnquiryAnswer, correction: AnswerCorrection, page: str, language: str) -> NewsItem:
    return NewsItem(
        correction.corrected_at,
        _("The answer to question %(number)s was corrected") % {"number": answer.number},
        current_wording(correction)[language].question,
        f"{page}#answer-{answer.number}",
        f"answer-{answer.number}-correction-{correction.number}",
    )
