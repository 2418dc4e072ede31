"""The answers of a call as an Atom feed, one for each language, the newest first."""

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.html import linebreaks
from django.utils.translation import gettext as _

from calls import outlets
from calls.enquiries import pages, queries
from calls.enquiries.wording import latest
from calls.feeds import LENGTH, Entry, EntryFeed, served
from calls.models import AnswerCorrection, Call, EnquiryAnswer


class AnswersFeed(EntryFeed):
    """Each published answer is one entry, which is new again when it is corrected."""

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Call:
        call = queries.public_call(kwargs["code"])
        if call is None:
            raise Http404
        return call

    def title(self, call: Call) -> str:
        return _("Questions and answers: %(call)s") % {"call": call.title}

    def subtitle(self, call: Call) -> str:
        return _("Answers as they are published")

    def link(self, call: Call) -> str:
        return outlets.absolute(reverse("calls:answers", args=[call.code]))

    def feed_url(self, call: Call) -> str:
        return outlets.absolute(reverse("calls:answers_feed", args=[call.code]))

    def items(self, call: Call) -> list[Entry]:
        answers = list(queries.published(call).reverse()[:LENGTH])
        rows = pages.rows(answers, call)
        return [_entry(call, answer, row) for answer, row in zip(answers, rows, strict=True)]


def _entry(call: Call, answer: EnquiryAnswer, row: pages.AnswerRow) -> Entry:
    held, published = latest(answer), pages.moment_of(answer)
    updated = held.corrected_at if isinstance(held, AnswerCorrection) else published
    question, text = (str(linebreaks(words, autoescape=True)) for words in (row.question, row.text))
    html = f"<blockquote>{question}</blockquote>{text}"
    return Entry(
        key=f"{call.code}/answer/{row.number}",
        title=pages.title_of(row),
        html=html,
        url=row.url,
        published=published,
        updated=updated,
        categories=(call.code,),
    )


answers = served(AnswersFeed())
