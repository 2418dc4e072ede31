"""Questions and answers as pages, feeds and papers print them. Nothing here knows who asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from django.urls import reverse
from django.utils.html import linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from calls.enquiries import queries, rules
from calls.enquiries.forms import BY_NUMBER, AskForm
from calls.enquiries.wording import current_wording
from calls.models import AnswerCorrection, Call, CallState, Enquiry, EnquiryAnswer, EnquiryState
from calls.pages.cards import Word, voice_of
from calls.pages.voice import Voice
from portal.accounts.models import CountryOffice, Membership

FEW: Final = 3
"""So many of the newest answers stand on the page of the call."""


@dataclass(frozen=True)
class EarlierRow:
    """Words that held until a correction."""

    question: str
    text: str
    html: SafeString
    until: str


@dataclass(frozen=True)
class AnswerRow:
    """A published question with its answer; ``html`` is the answer with its links.

    ``corrected`` is when the words were last corrected, else empty.
    """

    number: int
    anchor: str
    url: str
    question: str
    text: str
    html: SafeString
    published: str
    iso: str
    corrected: str
    earlier: tuple[EarlierRow, ...]


@dataclass(frozen=True)
class OwnRow:
    """A question of the reader's own, with what became of it."""

    text: str
    lang: str
    asked: str
    word: Word
    reason: str
    number: int | None
    url: str


@dataclass(frozen=True)
class OfficeRow:
    country: str
    name: str
    email: str
    phone: str


@dataclass(frozen=True)
class Part:
    """The part of a call's page: the newest answers, how many there are, and how to ask."""

    rows: tuple[AnswerRow, ...]
    count: int
    lang: str
    url: str
    ask_url: str
    open: bool
    until: str
    form: AskForm | None
    own: int


def rows(answers: Iterable[EnquiryAnswer], call: Call) -> tuple[AnswerRow, ...]:
    """Prepare published answers, whose corrections are at hand, in the language in which this page reads them."""
    voice, language, page = voice_of(call), queries.read_in(call), reverse("calls:answers", args=[call.code])
    return tuple(_row(answer, voice, language, page) for answer in answers)


def _row(answer: EnquiryAnswer, voice: Voice, language: str, page: str) -> AnswerRow:
    corrections = list(answer.corrections.all())
    versions: list[EnquiryAnswer | AnswerCorrection] = [answer, *corrections]
    held = [current_wording(version)[language] for version in versions]
    untils = [voice.moment(correction.corrected_at) for correction in corrections]
    anchor = f"answer-{answer.number}"
    return AnswerRow(
        number=answer.number or 0,
        anchor=anchor,
        url=f"{page}#{anchor}",
        question=held[-1].question,
        text=held[-1].text,
        html=linked(held[-1].text),
        published=voice.moment(moment_of(answer)),
        iso=moment_of(answer).isoformat(),
        corrected=untils[-1] if untils else "",
        earlier=tuple(
            EarlierRow(old.question, old.text, linked(old.text), until)
            for old, until in zip(held, untils, strict=False)
        ),
    )


def linked(text: str) -> SafeString:
    """Return a text with its lines and links as HTML; the Armenian full stop ends an address as others do."""
    stop, apart = "։", "\x1f։"
    links = str(urlize(text.replace("\x1f", "").replace(stop, apart), nofollow=True, autoescape=True))
    return mark_safe(linebreaks(links.replace(apart, stop)))  # noqa: S308  (escaped by urlize)


def moment_of(answer: EnquiryAnswer) -> datetime:
    """Return when a published answer became public; the database refuses one without a moment."""
    return cast(datetime, answer.published_at)


def sorted_rows(found: tuple[AnswerRow, ...], order: str) -> tuple[AnswerRow, ...]:
    """Return the rows by number, or the newest first."""
    return found if order == BY_NUMBER else tuple(reversed(found))


def lang_of(call: Call) -> str:
    """Return the language of the answers where it is not the page's own; else nothing."""
    language = queries.read_in(call)
    return "" if language == voice_of(call).language else language


def part(call: Call, person: Any, memberships: list[Membership], moment: datetime) -> Part:
    """Prepare the part of a call's page; the call is public, and its stages are at hand."""
    known = person.is_authenticated
    newest = rows(queries.published_at_hand(call)[: -FEW - 1 : -1], call)
    takes = rules.takes_questions(call, moment)
    return Part(
        rows=newest,
        count=newest[0].number if newest else 0,  # numbers are given without gaps
        lang=lang_of(call),
        url=reverse("calls:answers", args=[call.code]),
        ask_url=reverse("calls:ask", args=[call.code]),
        open=takes,
        until=until_of(call, moment),
        form=AskForm(call, memberships) if known and takes else None,
        own=queries.own(person, call).count() if known else 0,
    )


def until_of(call: Call, moment: datetime) -> str:
    """Return until when questions are taken, or were; empty where there was no such moment."""
    until = rules.asked_until(call, moment)
    return voice_of(call).moment(until) if until else ""


def due_of(call: Call) -> str:
    """Return by when the call promises all answers; empty where it promises nothing, or was cancelled."""
    promised = call.answers_until if call.state != CallState.CANCELLED else None
    return voice_of(call).moment(promised) if promised else ""


def own_rows(enquiries: Iterable[Enquiry], call: Call) -> tuple[OwnRow, ...]:
    """Prepare the questions of the reader's own, whose answers are at hand."""
    voice = voice_of(call)
    return tuple(_own_row(enquiry, call, voice) for enquiry in enquiries)


def _own_row(enquiry: Enquiry, call: Call, voice: Voice) -> OwnRow:
    number = enquiry.answer.number if enquiry.answer and enquiry.state == EnquiryState.ANSWERED else None
    return OwnRow(
        text=enquiry.text,
        lang=enquiry.language,
        asked=voice.moment(enquiry.asked_at),
        word=word_of(enquiry),
        reason=enquiry.reason,
        number=number,
        url=f"{reverse('calls:answers', args=[call.code])}#answer-{number}" if number else "",
    )


def word_of(enquiry: Enquiry) -> Word:
    """Return the state of a question with its tone."""
    return Word(capfirst(str(enquiry.get_state_display())), _TONES[EnquiryState(enquiry.state)])


_TONES: Final = {EnquiryState.WAITING: "open", EnquiryState.ANSWERED: "done", EnquiryState.DECLINED: "neutral"}


def office_rows(offices: Iterable[CountryOffice]) -> tuple[OfficeRow, ...]:
    """Prepare whom one may ask instead."""
    return tuple(OfficeRow(office.country.name, office.name, office.email, office.phone) for office in offices)


def title_of(answer: AnswerRow) -> str:
    """Return how an answer is named where many calls are told of."""
    return _("Question %(number)s: %(question)s") % {"number": answer.number, "question": answer.question}
