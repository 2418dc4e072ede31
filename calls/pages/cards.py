"""A call in a list: its standing in one word, until when, how much, for whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from calls import timeline
from calls.models import Call, CallState, Stage
from calls.pages.voice import Voice, page_language, whole_range
from calls.spec import GrantLimits
from calls.timeline import Status

SOON: Final = timedelta(days=7)
"""From how long before the deadline on a call is said to close soon."""


@dataclass(frozen=True)
class Word:
    """A state in one word. ``tone``: done, open, neutral, warn or error."""

    word: str
    tone: str


@dataclass(frozen=True)
class Fact:
    term: str
    text: str


@dataclass(frozen=True)
class Card:
    """What components/call_card.html prints; in a search, title and summary also with the found words marked."""

    url: str
    title: str
    summary: str
    word: str
    tone: str
    kind: str
    facts: tuple[Fact, ...]
    shown_title: str = ""
    shown_summary: str = ""


def standing(call: Call, stages: Sequence[Stage], now: datetime, *, decided: bool) -> Word:
    """Return in one word where a call stands."""
    if call.state in _BY_STATE:
        return _BY_STATE[CallState(call.state)]()
    status = timeline.status(stages, now)
    if status is Status.OPEN:
        return _open(stages, now)
    if status is Status.UPCOMING:
        return Word(pgettext("call", "Upcoming"), "neutral")
    return Word(_("Results announced"), "done") if decided else Word(pgettext("call", "Closed"), "neutral")


_BY_STATE: Final = {
    CallState.DRAFT: lambda: Word(pgettext("call", "Draft"), "warn"),
    CallState.CANCELLED: lambda: Word(pgettext("call", "Cancelled"), "error"),
}


def _open(stages: Sequence[Stage], now: datetime) -> Word:
    running = [stage for stage in stages if stage.opens_at <= now <= stage.deadline]
    if all(stage.admission == Stage.Admission.INVITED for stage in running):
        return Word(_("Open to those invited"), "neutral")
    soon = min(stage.deadline for stage in running) - now <= SOON
    return Word(_("Closes soon"), "warn") if soon else Word(pgettext("call", "Open"), "open")


def voice_of(call: Call) -> Voice:
    """Return how the call's values are written in the language of the page."""
    return Voice(page_language(), call.currency, call.time_zone)


def grant_limits(row: Any) -> GrantLimits:
    """Return the limits of one award of a call or a lot."""
    return GrantLimits(min=row.grant_min, max=row.grant_max, fixed=row.grant_fixed)


def grant_range(call: Call) -> GrantLimits:
    """Return the limits of one award over all lots; a lot without its own has the call's."""
    own = grant_limits(call)
    none = GrantLimits()
    lots = [own if grant_limits(lot) == none else grant_limits(lot) for lot in call.lots.all()]
    return whole_range(lots) if lots else own


def card(call: Call, now: datetime, countries: dict[str, str], *, decided: bool) -> Card:
    """Prepare the card of one call, whose programme, stages and lots are at hand."""
    stages = list(call.stages.all())
    stage, word = timeline.current(stages, now), standing(call, stages, now, decided=decided)
    return Card(
        url=reverse("calls:detail", args=[call.code]),
        title=call.title,
        summary=call.summary,
        word=word.word,
        tone=word.tone,
        kind=capfirst(stage.get_kind_display()) if stage else "",
        facts=tuple(fact for fact in _facts(call, stage, now, countries) if fact.text),
    )


def _facts(call: Call, stage: Stage | None, now: datetime, countries: dict[str, str]) -> Iterable[Fact]:
    voice, cancelled = voice_of(call), call.state == CallState.CANCELLED
    if stage and stage.opens_at > now and not cancelled:
        yield Fact(_("Opens"), voice.moment(stage.opens_at))
    if stage and not cancelled:
        yield Fact(_("Submit by") if stage.deadline >= now else _("Closed on"), voice.moment(stage.deadline))
    yield Fact(_("Amount per project"), voice.grant(grant_range(call)))
    yield Fact(_("Total budget"), voice.money(call.budget) if call.budget else "")
    yield Fact(_("Countries"), ", ".join(countries.get(code, code) for code in call.countries))


def cards(calls: Iterable[Call], now: datetime, countries: dict[str, str], decided: Iterable[int]) -> list[Card]:
    """Prepare the cards of calls; ``decided`` are the primary keys of those with announced results."""
    announced = set(decided)
    return [card(call, now, countries, decided=call.pk in announced) for call in calls]
