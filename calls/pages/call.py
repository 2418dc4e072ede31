"""The page of one call: who may apply, until when, how much, what to attach, whom to ask, and the rest below."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from calls import eligibility, timeline
from calls.eligibility import Facts
from calls.models import Call, CallDocument, CallState, Corrigendum, Lot, Stage
from calls.pages.cards import Fact, Word, grant_range, standing, voice_of
from calls.pages.corrigenda import CorrigendumPage, corrigendum_page, former_deadlines
from calls.pages.grid import GridPage, grid_of
from calls.pages.questions import QuestionRow, StageForm, form_of
from calls.pages.voice import Voice
from calls.spec import CallSpec, LotSpec
from calls.timeline import Status
from portal.accounts.models import CountryOffice, Municipality
from portal.content import deadlines
from portal.content.deadlines import Deadline

_HOME_ZONE = "Asia/Yerevan"


@dataclass(frozen=True)
class LotRow:
    """A lot with its money. ``word`` says whether it is open to the municipality that is asked about."""

    code: str
    title: str
    kind: str
    kind_word: str
    budget: str
    where: str
    objectives: tuple[str, ...]
    facts: tuple[Fact, ...]
    word: Word | None


@dataclass(frozen=True)
class StageRow:
    title: str
    kind_word: str
    opens: str
    deadline: str
    invited: bool
    submitted_by: str
    word: Word


@dataclass(frozen=True)
class Download:
    title: str
    kind_word: str
    size: str
    url: str


@dataclass(frozen=True)
class Office:
    country: str
    name: str
    email: str
    phone: str
    address: str


@dataclass(frozen=True)
class CallPage:
    """All that the page prints, but for the right to apply.

    Attributes:
        submitted_by: who submits for a municipality in the present stage.
        former: the deadline of the present stage before it was extended for all; empty where it was not.
        extended_from: the deadline of all others, where the reader's municipality has an extension.
    """

    code: str
    lang: str
    title: str
    summary: str
    description: str
    programme: str
    word: Word
    status: str
    draft: bool
    cancelled: bool
    cancel_reason: str
    opens: str
    deadline: Deadline | None
    kind: str
    submitted_by: str
    money: tuple[Fact, ...]
    grant: str
    files: tuple[QuestionRow, ...]
    lots: tuple[LotRow, ...]
    priorities: tuple[str, ...]
    priorities_note: str
    stages: tuple[StageRow, ...]
    dates: tuple[Fact, ...]
    grids: tuple[GridPage, ...]
    downloads: tuple[Download, ...]
    offices: tuple[Office, ...]
    corrigenda: tuple[CorrigendumPage, ...] = ()
    former: str = ""
    extended_from: str = ""


@dataclass(frozen=True)
class Around:
    """What the page needs beside the call itself.

    Attributes:
        countries, regions: names by code, in the language of the page.
        reader: the municipality that the reader works for, if any.
        facts: what is known about the municipality that is asked about, if any.
        decided: whether results were announced.
        corrigenda: all of them, the last one first.
        stages: the call's, with the deadlines that hold for the reader's municipality; None for the call's own.
    """

    now: datetime
    countries: dict[str, str]
    regions: dict[str, str]
    reader: Municipality | None
    facts: Facts | None
    documents: Iterable[CallDocument]
    offices: Iterable[CountryOffice]
    decided: bool
    corrigenda: Sequence[Corrigendum] = ()
    stages: Sequence[Stage] | None = None


def prepare(call: Call, spec: CallSpec, around: Around) -> CallPage:
    """Prepare the page of a call.

    Args:
        call: with programme, stages and lots at hand (``queries.call_for``).
        spec: the same call as plain values.
    """
    voice, stages = voice_of(call), list(call.stages.all() if around.stages is None else around.stages)
    stage = timeline.current(stages, around.now)
    form = _form(spec, stage, voice)
    return CallPage(
        code=call.code,
        lang=_lang(spec, voice),
        title=voice.text(spec.title),
        summary=voice.text(spec.summary),
        description=voice.text(spec.description),
        programme=call.programme.title,
        word=standing(call, stages, around.now, decided=around.decided),
        status=_status(call, stages, around.now),
        draft=call.state == CallState.DRAFT,
        cancelled=call.state == CallState.CANCELLED,
        cancel_reason=voice.text(call.cancel_reason),
        opens=voice.moment(stage.opens_at) if stage and stage.opens_at > around.now else "",
        deadline=_deadline(call, stage, around, voice),
        kind=capfirst(stage.get_kind_display()) if stage else "",
        submitted_by=stage.get_submitted_by_display() if stage else "",
        money=tuple(_money(call, spec, voice)),
        grant=voice.grant(grant_range(call)),
        files=form.files if form else (),
        lots=tuple(_lots(call, spec, around, voice)),
        priorities=tuple(voice.text(priority.title) for priority in spec.priorities.list),
        priorities_note=_cover(spec),
        stages=tuple(_stage(stage, around.now, voice) for stage in stages),
        dates=tuple(_dates(call, voice)),
        grids=tuple(_grids(spec, voice)),
        downloads=tuple(_download(document) for document in around.documents),
        offices=tuple(_office(office) for office in around.offices),
        corrigenda=tuple(corrigendum_page(one) for one in around.corrigenda),
        former=former_deadlines(around.corrigenda).get(stage.code, "") if stage else "",
        extended_from=_extended_from(stage, voice),
    )


def _extended_from(stage: Stage | None, voice: Voice) -> str:
    """Return the deadline of all others, where the reader's municipality has an extension; else nothing."""
    others: datetime | None = getattr(stage, "extended_from", None)
    return voice.moment(others) if others else ""


def _lang(spec: CallSpec, voice: Voice) -> str:
    """Return the language of the call's texts where it is not the page's own; else nothing."""
    return "" if voice.language in spec.languages else spec.languages[0]


def _status(call: Call, stages: Sequence[Stage], now: datetime) -> str:
    """Return whether one can apply; a draft's stages count as if it were published, for the preview."""
    if call.state in (CallState.CANCELLED, CallState.ARCHIVED):
        return Status.CLOSED.value
    return timeline.status(stages, now).value


def _form(spec: CallSpec, stage: Stage | None, voice: Voice) -> StageForm | None:
    found = spec.stage(stage.code) if stage else None
    return form_of(spec, found, voice) if found else None


def _deadline(call: Call, stage: Stage | None, around: Around, voice: Voice) -> Deadline | None:
    """Return the deadline by the call's clock and the reader's: Yerevan's for a visitor who reads Armenian."""
    if stage is None or call.state == CallState.CANCELLED:
        return None
    zone = around.reader.country.time_zone if around.reader else _HOME_ZONE if voice.language == "hy" else None
    return deadlines.prepare(
        stage.deadline, call_zone=call.time_zone, reader_zone=zone, now=around.now, language=voice.language
    )


# Money


def _money(call: Call, spec: CallSpec, voice: Voice) -> Iterable[Fact]:
    least = [spec.cofinancing_for(lot.code) for lot in spec.lots] or [spec.cofinancing_min_percent]
    months = voice.months(spec.duration_months)
    if call.budget:
        yield Fact(_("Total budget"), voice.money(call.budget))
    if max(least):
        shares = sorted({voice.percent(share) for share in (min(least), max(least))})
        yield Fact(_("Co-financing, at least"), " – ".join(shares))
    if months:
        yield Fact(_("Duration of a project"), months)


def _lots(call: Call, spec: CallSpec, around: Around, voice: Voice) -> Iterable[LotRow]:
    kinds = dict(Lot.Kind.choices)
    open_lots = eligibility.open_lots(spec, around.facts) if around.facts else None
    for lot in spec.lots:
        yield LotRow(
            code=lot.code,
            title=voice.text(lot.title),
            kind=lot.kind,
            kind_word=str(kinds[lot.kind]),
            budget=voice.money(lot.budget),
            where=_where(lot, spec, around),
            objectives=tuple(voice.text(objective) for objective in lot.objectives),
            facts=tuple(fact for fact in _lot_facts(lot, spec, voice) if fact.text),
            word=None if open_lots is None else _lot_word(lot, open_lots),
        )


def _where(lot: LotSpec, spec: CallSpec, around: Around) -> str:
    if lot.regions:
        return ", ".join(around.regions.get(code, code) for code in lot.regions)
    return ", ".join(around.countries.get(code, code) for code in spec.countries_for(lot.code))


def _lot_facts(lot: LotSpec, spec: CallSpec, voice: Voice) -> Iterable[Fact]:
    share = spec.cofinancing_for(lot.code)
    yield Fact(_("Amount per project"), voice.grant(spec.grant_for(lot.code)))
    yield Fact(_("Co-financing, at least"), voice.percent(share) if share else "")


def _lot_word(lot: LotSpec, open_lots: Iterable[str]) -> Word:
    if lot.code in open_lots:
        return Word(_("Open to your municipality"), "done")
    return Word(_("Not for your municipality"), "neutral")


def _cover(spec: CallSpec) -> str:
    return {
        "all": _("A proposal addresses all of them."),
        "any": _("A proposal addresses at least one of them."),
        "none": _("A proposal may address any of them."),
    }[spec.priorities.cover]


# Time


def _stage(stage: Stage, now: datetime, voice: Voice) -> StageRow:
    return StageRow(
        title=stage.title,
        kind_word=stage.get_kind_display(),
        opens=voice.moment(stage.opens_at),
        deadline=voice.moment(stage.deadline),
        invited=stage.admission == Stage.Admission.INVITED,
        submitted_by=stage.get_submitted_by_display(),
        word=_stage_word(timeline.status([stage], now)),
    )


def _stage_word(status: Status) -> Word:
    return {
        Status.OPEN: Word(pgettext("call", "Open"), "open"),
        Status.UPCOMING: Word(pgettext("call", "Upcoming"), "neutral"),
        Status.CLOSED: Word(pgettext("call", "Closed"), "neutral"),
    }[status]


def _dates(call: Call, voice: Voice) -> Iterable[Fact]:
    if call.state == CallState.CANCELLED:
        return  # nothing is asked or answered any more
    if call.questions_until:
        yield Fact(_("Ask questions by"), voice.moment(call.questions_until))
    if call.answers_until:
        yield Fact(_("All answers are published by"), voice.moment(call.answers_until))


def _grids(spec: CallSpec, voice: Voice) -> Iterable[GridPage]:
    for stage in spec.stages:
        if stage.evaluation:
            yield grid_of(voice.text(stage.title), stage.evaluation, voice)


# Downloads and offices


def _download(document: CallDocument) -> Download:
    file = document.file
    return Download(
        title=document.title,
        kind_word=document.get_kind_display(),
        size=f"{file.kind.upper()}, {filesizeformat(file.size)}",
        url=reverse("documents:file", args=[file.token, file.name]),
    )


def _office(office: CountryOffice) -> Office:
    return Office(office.country.name, office.name, office.email, office.phone, office.address)


def crumbs(*more: tuple[str, str]) -> list[dict[str, Any]]:
    """Return the way to a page of a call: the list of calls, then the given titles and addresses."""
    way = [(_("Calls"), reverse("calls:list")), *more]
    return [{"title": title, "url": url} for title, url in way]
