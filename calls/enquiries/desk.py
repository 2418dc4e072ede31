"""What staff see while they answer: what waits and until when, drafts with what is missing and pointed out in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.enquiries import queries, rules
from calls.enquiries.anonymity import Known, Trace, traces
from calls.enquiries.pages import due_of
from calls.enquiries.rules import Due
from calls.enquiries.wording import Wording, current_wording, missing_languages
from calls.models import Call, Enquiry, EnquiryAnswer, EnquiryState
from calls.pages.cards import Word
from portal.content import formatting
from portal.languages import active

_SHORT: Final = 120


@dataclass(frozen=True)
class WaitingRow:
    """A call with unanswered questions: how many, how many of them have a draft, and when answers are due."""

    code: str
    title: str
    waiting: int
    drafted: int
    due: str
    word: Word | None
    url: str


@dataclass(frozen=True)
class LanguageRow:
    """Question and answer in one language, with what is pointed out in them."""

    code: str
    name: str
    question: str
    text: str
    missing: bool
    pointed_out: tuple[str, ...]


@dataclass(frozen=True)
class DraftRow:
    """A draft on the page that publishes. ``value`` names it in the version that is shown."""

    value: str
    chosen: bool
    asked: tuple[str, ...]
    languages: tuple[LanguageRow, ...]
    complete: bool
    pointed_out: bool
    edit_url: str


@dataclass(frozen=True)
class PublishedRow:
    key: int
    number: int
    question: str


def waiting_rows(person: Any, now: datetime) -> list[WaitingRow]:
    """Return the calls with unanswered questions, the first due first; two queries."""
    return [_waiting(call, waiting, drafted, now) for call, waiting, drafted in queries.waiting_by_call(person)]


def _waiting(call: Call, waiting: int, drafted: int, now: datetime) -> WaitingRow:
    return WaitingRow(
        code=call.code,
        title=call.title,
        waiting=waiting,
        drafted=drafted,
        due=due_of(call),
        word=_DUE.get(rules.due(call, now), lambda: None)(),
        url=f"{reverse('admin:calls_enquiry_changelist')}?call__id__exact={call.pk}&state__exact={EnquiryState.WAITING}",
    )


_DUE: Final = {Due.LATE: lambda: Word(_("Overdue"), "error"), Due.SOON: lambda: Word(_("Due soon"), "warn")}


def due_label(enquiry: Enquiry, now: datetime, *, short: bool = False) -> tuple[str, str]:
    """Return how urgent an answer is, as a key for its colour, and when it is due; ``short``: the day alone."""
    if enquiry.state != EnquiryState.WAITING:
        return "done", "—"
    state = rules.due(enquiry.call, now)
    if state is Due.NEVER:
        return state.value, _("no date")
    call = enquiry.call
    moment = (
        formatting.day(call.answers_until, call.time_zone, active()) if short and call.answers_until else due_of(call)
    )
    word = _DUE.get(state)
    return state.value, f"{word().word}: {moment}" if word else moment


# Drafts


def draft_rows(call: Call, chosen: Iterable[str]) -> list[DraftRow]:
    """Prepare all drafts of a call for the page that publishes them.

    Args:
        chosen: keys of drafts, or values ``KEY:VERSION``, that are ticked.
    """
    found, ticked = list(queries.drafts(call)), set(chosen)
    askers = queries.askers(call, [enquiry for answer in found for enquiry in answer.enquiries.all()])
    return [_draft(call, answer, askers, ticked) for answer in found]


def _draft(call: Call, answer: EnquiryAnswer, askers: queries.Askers, ticked: set[str]) -> DraftRow:
    enquiries, value = list(answer.enquiries.all()), f"{answer.pk}:{answer.version}"
    languages = tuple(language_rows(call, answer, askers.known(enquiries)))
    complete = not any(row.missing for row in languages)
    return DraftRow(
        value=value,
        chosen=complete and bool(ticked & {value, str(answer.pk)}),
        asked=tuple(Truncator(" ".join(row.text.split())).chars(_SHORT) for row in enquiries),
        languages=languages,
        complete=complete,
        pointed_out=any(row.pointed_out for row in languages),
        edit_url=reverse("admin:calls_enquiry_write", args=[enquiries[0].pk]),
    )


def language_rows(call: Call, answer: EnquiryAnswer, known: Known) -> Iterable[LanguageRow]:
    """Return the words of a draft in each of the call's languages, with what may tell who asked."""
    wordings = current_wording(answer)
    missing = missing_languages(wordings, call.languages)
    for code in call.languages:
        held, name = wordings[code], settings.KNOWN_LANGUAGES[code]
        yield LanguageRow(code, name, held.question, held.text, code in missing, _pointed_out(held, known))


def _pointed_out(wording: Wording, known: Known) -> tuple[str, ...]:
    parts = ((_("Question"), wording.question), (_("Answer"), wording.text))
    line = _("%(part)s: %(kind)s “%(words)s”")
    return tuple(
        line % {"part": part, "kind": _TRACES[found.trace], "words": found.words}
        for part, text in parts
        for found in traces(text, known)
    )


_TRACES: "Final[dict[Trace, str | Promise]]" = {
    Trace.ADDRESS: gettext_lazy("e-mail address"),
    Trace.PHONE: gettext_lazy("telephone number"),
    Trace.PERSON: gettext_lazy("name of a person"),
    Trace.PLACE: gettext_lazy("municipality of who asked"),
}


def pointed_out_in(call: Call, answer: EnquiryAnswer) -> list[LanguageRow]:
    """Return the languages of one draft in which something is pointed out."""
    enquiries = list(answer.enquiries.select_related("asked_by", "municipality"))
    known = queries.askers(call, enquiries).known(enquiries)
    return [row for row in language_rows(call, answer, known) if row.pointed_out]


def published_rows(call: Call) -> list[PublishedRow]:
    """Return the published answers of a call to choose from, by number."""
    language = queries.read_in(call)
    return [
        PublishedRow(answer.pk, answer.number or 0, current_wording(answer)[language].question)
        for answer in queries.published(call)
    ]
