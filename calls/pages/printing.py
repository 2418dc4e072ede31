"""A whole call on paper: everything that its pages say, in the order in which it is read, with all its forms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.models import Call, CheckItem, Stage
from calls.pages.call import CallPage
from calls.pages.cards import Fact, voice_of
from calls.pages.grid import GridPage, grid_of
from calls.pages.questions import StageForm, form_of
from calls.pages.voice import Voice
from calls.spec import CallSpec, CheckSpec, StageSpec


@dataclass(frozen=True)
class CheckRow:
    """One line of what staff check before scoring; ``fatal``: a «no» rejects the application."""

    title: str
    kind: str
    fatal: bool


@dataclass(frozen=True)
class StagePrint:
    """One stage: when, by which form, checked and scored how."""

    code: str
    title: str
    kind: str
    invited: bool
    submitted_by: str
    opens: str
    deadline: str
    form: StageForm
    checks: tuple[CheckRow, ...]
    grid: GridPage | None


@dataclass(frozen=True)
class PrintedCall:
    """All that the paper shows. What changes with the hour (open, closed, time left) is not on it."""

    page: CallPage
    facts: tuple[Fact, ...]
    conditions: tuple[str, ...]
    stages: tuple[StagePrint, ...]
    address: str


def prepare(
    call: Call,
    spec: CallSpec,
    page: CallPage,
    conditions: Sequence[str],
    countries: dict[str, str],
    address: str,
) -> PrintedCall:
    """Prepare a call for paper.

    Args:
        call, spec: the call with its stages at hand, and as plain values.
        page: the call's page, prepared for nobody in particular.
        conditions: what the rules of the right to apply ask, in words.
        countries: names by code, in the language of the page.
        address: the full address of the call's page.
    """
    voice = voice_of(call)
    rows = zip(call.stages.all(), spec.stages, strict=True)
    return PrintedCall(
        page=page,
        facts=tuple(fact for fact in _facts(call, spec, page, countries, voice) if fact.text),
        conditions=tuple(conditions),
        stages=tuple(_stage(stage, plain, spec, voice) for stage, plain in rows),
        address=address,
    )


def _facts(call: Call, spec: CallSpec, page: CallPage, countries: dict[str, str], voice: Voice) -> Iterable[Fact]:
    yield Fact(_("Reference"), call.code)
    yield Fact(_("Programme"), page.programme)
    yield Fact(_("Funder"), voice.text(spec.letters.funder))
    for stage in call.stages.all():
        term = _("Deadline") if len(spec.stages) == 1 else _("Deadline: %(stage)s") % {"stage": stage.title}
        yield Fact(term, voice.moment(stage.deadline))
    yield Fact(_("Amount per project"), page.grant)
    yield from page.money
    yield Fact(_("Applications of one municipality"), _limits(spec))
    yield Fact(_("Countries"), ", ".join(countries.get(code, code) for code in spec.countries))
    yield Fact(_("Languages of the call"), ", ".join(_language(code, voice) for code in spec.languages))
    yield from page.dates


def _limits(spec: CallSpec) -> str:
    limits = spec.applications_per_municipality
    whole = ngettext("%(n)s in the call", "%(n)s in the call", limits.call) % {"n": limits.call}
    if not spec.lots or limits.lot >= limits.call:
        return whole
    in_a_lot = ngettext("%(n)s in a lot", "%(n)s in a lot", limits.lot) % {"n": limits.lot}
    return f"{whole}, {in_a_lot}"


def _language(code: str, voice: Voice) -> str:
    name: Any = Locale.parse(code).get_language_name(voice.language)
    return str(name or code)


def _stage(stage: Stage, plain: StageSpec, spec: CallSpec, voice: Voice) -> StagePrint:
    return StagePrint(
        code=stage.code,
        title=voice.text(plain.title),
        kind=capfirst(stage.get_kind_display()),
        invited=stage.admission == Stage.Admission.INVITED,
        submitted_by=stage.get_submitted_by_display(),
        opens=voice.moment(stage.opens_at),
        deadline=voice.moment(stage.deadline),
        form=form_of(spec, plain, voice),
        checks=tuple(_check(check, voice) for check in plain.checks),
        grid=grid_of(voice.text(plain.title), plain.evaluation, voice) if plain.evaluation else None,
    )


def _check(check: CheckSpec, voice: Voice) -> CheckRow:
    kinds = dict(CheckItem.Kind.choices)
    return CheckRow(voice.text(check.title), str(kinds[check.kind]), check.fatal)
