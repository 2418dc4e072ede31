"""Whether the reader's municipality may apply, lot by lot, and what it has begun already."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from applications.forms import LotChoice
from applications.messages import say
from applications.models import Application, EntryState, StageEntry
from applications.pages.frame import url
from applications.queries import call_spec, entries_in
from applications.sources import MOST, written_by
from calls import eligibility, sentences
from calls.eligibility import Finding, Verdict
from calls.models import Call, Stage
from calls.queries import facts_about, names_for
from calls.spec import CallSpec
from portal.accounts.models import Municipality


@dataclass(frozen=True)
class RuleLine:
    """What ``components/rules.html`` prints of one rule."""

    verdict: str
    text: str
    reason: str


@dataclass(frozen=True)
class Begun:
    """An application that the municipality has in this stage already."""

    title: str
    url: str
    draft: bool


@dataclass(frozen=True)
class EarlierChoice:
    """An earlier application in the list to choose from."""

    pk: int
    title: str


@dataclass(frozen=True)
class StartPage:
    """What ``applications/start.html`` prints for one municipality.

    Attributes:
        lots: all lots of the call, those that cannot be taken with their reason; empty in a call without lots.
        allowed: at least one application can be begun.
        sources: earlier applications that the new one can begin from; none in a stage by invitation, which goes on
            from the stage before.
    """

    municipality: Municipality
    verdict: str
    rules: tuple[RuleLine, ...]
    lots: tuple[LotChoice, ...]
    begun: tuple[Begun, ...]
    allowed: bool
    sources: tuple[EarlierChoice, ...] = ()


def rule_lines(findings: Sequence[Finding]) -> tuple[RuleLine, ...]:
    """Return findings in the reader's language."""
    return tuple(RuleLine(str(f.verdict), say(f.text), say(f.reason) if f.reason else "") for f in findings)


def start_page(call: Call, stage: Stage, municipality: Municipality, now: datetime) -> StartPage:
    """Prepare the page; the number of queries does not depend on the number of lots."""
    spec = call_spec(call)
    applications = list(entries_in(call, municipality))
    facts = facts_about(call, municipality, now, stage=stage.code)
    whole = eligibility.find(spec, replace(facts, own=_gone_on_with(spec, stage, applications)), lot=None)
    by_lot = {lot.code: _found(spec, facts, lot.code, applications) for lot in spec.lots}
    every = [*whole, *(finding for findings in by_lot.values() for finding in findings)]
    names = names_for(every, spec)
    taken = {app.lot.code for app in applications if app.lot and any(_is_here(e, stage) for e in app.entries.all())}
    lots = tuple(
        LotChoice(
            lot.code, say(lot.title), _reason(sentences.in_words(by_lot[lot.code], spec, names), lot.code in taken)
        )
        for lot in spec.lots
    )
    begun = tuple(_begun(entry, app) for app in applications for entry in app.entries.all() if _is_here(entry, stage))
    verdict = eligibility.worst(whole)
    return StartPage(
        municipality=municipality,
        verdict=str(verdict),
        rules=rule_lines(sentences.in_words(whole, spec, names)),
        lots=lots,
        begun=begun,
        allowed=verdict is not Verdict.FAIL and (any(not lot.reason for lot in lots) if lots else not begun),
        sources=_sources(stage, municipality),
    )


def _sources(stage: Stage, municipality: Municipality) -> tuple[EarlierChoice, ...]:
    if stage.admission == Stage.Admission.INVITED:
        return ()
    rows = written_by(municipality)[:MOST]
    return tuple(EarlierChoice(entry.pk, _named(entry)) for entry in rows)


def _named(entry: StageEntry) -> str:
    lot = entry.application.lot
    parts = (entry.stage.call.title, entry.stage.title, lot.title if lot else "", entry.application.number or "")
    return " · ".join(part for part in parts if part)


def _found(spec: CallSpec, facts: Any, lot: str, applications: Sequence[Application]) -> tuple[Finding, ...]:
    own = next((str(app.pk) for app in applications if app.lot and app.lot.code == lot), None)
    return eligibility.find(spec, replace(facts, own=own), lot=lot)


def _gone_on_with(spec: CallSpec, stage: Stage, applications: Sequence[Application]) -> str | None:
    """Return the key of the application that would be gone on with, where no lot tells it apart."""
    if spec.lots and stage.admission == Stage.Admission.OPEN:
        return None
    return next((str(application.pk) for application in applications), None)


def _reason(findings: Sequence[Finding], taken: bool) -> str:
    if taken:
        return _("begun already")
    failed = [finding for finding in findings if finding.verdict is Verdict.FAIL]
    return say(failed[0].reason or failed[0].text).rstrip(".։") if failed else ""


def _is_here(entry: StageEntry, stage: Stage) -> bool:
    return entry.stage_id == stage.pk and entry.state != EntryState.WITHDRAWN


def _begun(entry: StageEntry, application: Application) -> Begun:
    lot = application.lot
    title = " · ".join(part for part in (application.number, lot.title if lot else "") if part)
    return Begun(title or entry.stage.title, url("tasks", entry), entry.state == EntryState.DRAFT)
