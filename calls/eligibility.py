"""Whether a municipality may apply: each rule of a call held against what is known. No database.

The rules are those of docs/call-file.md: those a call lists under ``eligibility``, and before them the ones
that follow from the call itself (country, region, limits, invitation). A finding says which rule, how it came
out, and on what it rested (``detail``, fit for JSON); sentences are made from that in ``calls.sentences``.

A new kind of rule is its class in ``calls.spec.eligibility`` and one function here, marked ``@check(Class)``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final, TypeVar

from calls.spec import (
    CallSpec,
    DeclarationRule,
    EarlierApplicationRule,
    NetworkMemberRule,
    NoOverdueReportRule,
    PopulationRule,
    Rule,
    StageSpec,
    Text,
)


class Verdict(StrEnum):
    """How a rule came out. With a caveat one may apply, but something needs attention."""

    PASS = "pass"  # noqa: S105 - no password
    CAVEAT = "caveat"
    FAIL = "fail"


@dataclass(frozen=True)
class KnownApplication:
    """One stage of an application of the municipality, in any call.

    Attributes:
        call, stage, lot: codes as in the call file.
        state: a state of the call file's ``earlier_application``.
        key: the same for all stages of one application, and unique to it.
    """

    call: str
    stage: str
    state: str
    lot: str | None = None
    key: str = ""


@dataclass(frozen=True)
class Facts:
    """What is known about a municipality on a day, and about what it is about to do.

    Attributes:
        country, region: ISO 3166 codes; the region may be unknown.
        day: the day by the clock of the municipality's country.
        suspended_from: first day on which the country takes no part.
        successor: name of the municipality into which this one merged; empty while it stands.
        population: number of inhabitants, None where unknown (never 0 instead).
        programmes: codes of the programmes of whose network it is a member on the day.
        applications: what it has in all calls; stages of one application in their order.
        overdue_reports: references of the overdue reports on its grants.
        stage: code of the stage it wants to apply in; None leaves invitations aside.
        own: key of the application that is gone on with; it does not count against the limits.
        declarations: codes of the statements confirmed; None as long as nobody was asked.
    """

    country: str
    day: date
    region: str | None = None
    suspended_from: date | None = None
    successor: Text = field(default_factory=dict)
    population: int | None = None
    programmes: frozenset[str] = frozenset()
    applications: tuple[KnownApplication, ...] = ()
    overdue_reports: tuple[str, ...] = ()
    stage: str | None = None
    own: str | None = None
    declarations: frozenset[str] | None = None

    def counted(self, call: str, lot: str | None = None) -> list[str]:
        """Return the keys of the applications that count in a call (in one lot of it): all but withdrawn."""
        last = {item.key: item for item in self.applications if item.call == call}
        return [
            key
            for key, item in last.items()
            if item.state != "withdrawn" and key != self.own and lot in (None, item.lot)
        ]


@dataclass(frozen=True)
class Finding:
    """How one rule came out.

    Attributes:
        rule: kind of the rule, as in the call file; the implied ones are ``country``, ``region``, ``lots``,
            ``suspension``, ``merger``, ``limit`` and ``invitation``.
        code: what was found, by which its sentence is chosen (``population.unknown``).
        text: what the rule asks; empty until a sentence is made for it.
        reason: why it is not plainly fulfilled; the call's own words where it has any.
        detail: what the finding rests on, fit for JSON.
    """

    rule: str
    code: str
    verdict: Verdict
    text: Text = field(default_factory=dict)
    reason: Text = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """Return the finding as JSON, to be kept with what was submitted."""
        return {
            "rule": self.rule,
            "code": self.code,
            "verdict": str(self.verdict),
            "text": dict(self.text),
            "reason": dict(self.reason),
            "detail": dict(self.detail),
        }


def worst(findings: Iterable[Finding]) -> Verdict:
    """Return the verdict of all findings together: the gravest one."""
    order = list(Verdict)
    return max((finding.verdict for finding in findings), key=order.index, default=Verdict.PASS)


def find(call: CallSpec, facts: Facts, *, lot: str | None) -> tuple[Finding, ...]:
    """Hold every rule of a call against the facts.

    Args:
        lot: code of the lot; None asks about the call as a whole (for a call with lots: about any lot).
    """
    return (
        *_implied(call, facts, lot),
        *(_CHECKS[type(rule)](rule, call, facts) for rule in call.eligibility),
    )


# What follows from the call itself


def _implied(call: CallSpec, facts: Facts, lot: str | None) -> Iterator[Finding]:
    yield _country(call, facts, lot)
    yield from _region(call, facts, lot)
    yield from _lots(call, facts, lot)
    yield _suspension(facts)
    yield _merger(facts)
    yield from _limits(call, facts, lot)
    yield from _invitation(call, facts, lot)


def _finding(
    kind: str, outcome: str, verdict: Verdict, reason: Mapping[str, str] | None = None, /, **detail: Any
) -> Finding:
    return Finding(kind, f"{kind}.{outcome}", verdict, reason=dict(reason or {}), detail=detail)


def _country(call: CallSpec, facts: Facts, lot: str | None) -> Finding:
    countries = call.countries_for(lot)
    found = {"country": facts.country, "countries": list(countries), "lot": lot}
    if facts.country in countries:
        return _finding("country", "inside", Verdict.PASS, **found)
    return _finding("country", "outside", Verdict.FAIL, **found)


def _region(call: CallSpec, facts: Facts, lot: str | None) -> Iterator[Finding]:
    chosen = call.lot(lot)
    if chosen is None or not chosen.regions:
        return
    outcome, verdict = _region_outcome(facts.region, chosen.regions)
    yield _finding("region", outcome, verdict, region=facts.region, regions=list(chosen.regions), lot=lot)


def _region_outcome(region: str | None, regions: Iterable[str]) -> tuple[str, Verdict]:
    if region is None:
        return "unknown", Verdict.CAVEAT
    return ("inside", Verdict.PASS) if region in regions else ("outside", Verdict.FAIL)


def open_lots(call: CallSpec, facts: Facts) -> list[str]:
    """Return the codes of the lots whose countries and regions let the municipality in."""
    return [
        lot.code
        for lot in call.lots
        if facts.country in call.countries_for(lot.code)
        and (not lot.regions or facts.region is None or facts.region in lot.regions)
    ]


def _lots(call: CallSpec, facts: Facts, lot: str | None) -> Iterator[Finding]:
    """Where no lot is named yet: at least one has to be open to the municipality."""
    if lot is not None or not call.lots or facts.country not in call.countries:
        return
    lots = open_lots(call, facts)
    verdict = Verdict.PASS if lots else Verdict.FAIL
    yield _finding("lots", "some" if lots else "none", verdict, lots=lots, country=facts.country, region=facts.region)


def _suspension(facts: Facts) -> Finding:
    suspended_from, day = facts.suspended_from, facts.day
    suspended = suspended_from is not None and suspended_from <= day
    return _finding(
        "suspension",
        "suspended" if suspended else "none",
        Verdict.FAIL if suspended else Verdict.PASS,
        country=facts.country,
        suspended_from=suspended_from.isoformat() if suspended_from else None,
        day=day.isoformat(),
    )


def _merger(facts: Facts) -> Finding:
    if facts.successor:
        return _finding("merger", "merged", Verdict.FAIL, successor=dict(facts.successor))
    return _finding("merger", "none", Verdict.PASS)


def _limits(call: CallSpec, facts: Facts, lot: str | None) -> Iterator[Finding]:
    limits = call.applications_per_municipality
    yield _limit("call", facts.counted(call.code), limits.call, None)
    if lot is not None:
        yield _limit("lot", facts.counted(call.code, lot), limits.lot, lot)


def _limit(scope: str, counted: list[str], limit: int, lot: str | None) -> Finding:
    reached = len(counted) >= limit
    return _finding(
        "limit",
        f"{scope}_reached" if reached else f"{scope}_free",
        Verdict.FAIL if reached else Verdict.PASS,
        limit=limit,
        count=len(counted),
        lot=lot,
    )


def _invitation(call: CallSpec, facts: Facts, lot: str | None) -> Iterator[Finding]:
    stage = call.stage(facts.stage) if facts.stage else None
    before = call.stage_before(stage.code) if stage else None
    if stage is None or before is None or stage.admission != "invited":
        return
    states = _states_before(call, before, facts, lot)
    invited = "selected" in states
    yield _finding(
        "invitation",
        "invited" if invited else "not_invited",
        Verdict.PASS if invited else Verdict.FAIL,
        stage=stage.code,
        earlier=before.code,
        states=states,
        lot=lot,
    )


def _states_before(call: CallSpec, before: StageSpec, facts: Facts, lot: str | None) -> list[str]:
    return sorted(
        item.state
        for item in facts.applications
        if item.call == call.code
        and item.stage == before.code
        and lot in (None, item.lot)
        and facts.own in (None, item.key)
    )


# The rules that a call lists

RuleKind = TypeVar("RuleKind", bound=Rule)
Check = Callable[[Any, CallSpec, Facts], Finding]
_CHECKS: Final[dict[type[Rule], Check]] = {}


def check(kind: type[RuleKind]) -> Callable[[Callable[[RuleKind, CallSpec, Facts], Finding]], Check]:
    """Mark the function that checks rules of this kind."""

    def mark(function: Callable[[RuleKind, CallSpec, Facts], Finding]) -> Check:
        _CHECKS[kind] = function
        return function

    return mark


def _listed(rule: Rule, outcome: str, *, holds: bool, **detail: Any) -> Finding:
    """A finding on a listed rule: where it does not hold, the call says how grave that is, and why."""
    if holds:
        return _finding(rule.rule, outcome, Verdict.PASS, **detail)
    return _finding(rule.rule, outcome, Verdict(rule.otherwise), rule.reason, **detail)


@check(EarlierApplicationRule)
def _earlier_application(rule: EarlierApplicationRule, call: CallSpec, facts: Facts) -> Finding:
    """The municipality has an application in the call and stage named, in one of the states that count."""
    wanted = rule.call or call.code
    states = sorted(
        item.state for item in facts.applications if item.call == wanted and rule.stage in (None, item.stage)
    )
    holds = any(state in rule.states for state in states)
    outcome = "found" if holds else "other_state" if states else "missing"
    detail = {"call": wanted, "stage": rule.stage, "counting": list(rule.states), "states": states}
    return _listed(rule, outcome, holds=holds, **detail)


@check(PopulationRule)
def _population(rule: PopulationRule, call: CallSpec, facts: Facts) -> Finding:
    """The population lies within the limits, both included; an unknown one is left to be confirmed."""
    population, detail = facts.population, {"population": facts.population, "min": rule.min, "max": rule.max}
    if population is None:
        return _finding("population", "unknown", Verdict.CAVEAT, **detail)
    if rule.min is not None and population < rule.min:
        return _listed(rule, "below", holds=False, **detail)
    if rule.max is not None and population > rule.max:
        return _listed(rule, "above", holds=False, **detail)
    return _listed(rule, "within", holds=True, **detail)


@check(NetworkMemberRule)
def _network_member(rule: NetworkMemberRule, call: CallSpec, facts: Facts) -> Finding:
    """The municipality is a member of the programme's network on the day."""
    holds = rule.programme in facts.programmes
    return _listed(rule, "member" if holds else "not_member", holds=holds, programme=rule.programme)


@check(NoOverdueReportRule)
def _no_overdue_report(rule: NoOverdueReportRule, call: CallSpec, facts: Facts) -> Finding:
    """No report on an earlier grant is overdue."""
    overdue = sorted(facts.overdue_reports)
    return _listed(rule, "overdue" if overdue else "none", holds=not overdue, reports=overdue)


@check(DeclarationRule)
def _declaration(rule: DeclarationRule, call: CallSpec, facts: Facts) -> Finding:
    """The statement is confirmed; before anyone was asked, it is something to be confirmed in the form."""
    if facts.declarations is None:
        found = _finding("declaration", "to_confirm", Verdict.CAVEAT, declaration=rule.code)
    elif rule.code in facts.declarations:
        found = _listed(rule, "confirmed", holds=True, declaration=rule.code)
    else:
        found = _listed(rule, "unconfirmed", holds=False, declaration=rule.code)
    return Finding(found.rule, found.code, found.verdict, dict(rule.text), found.reason, found.detail)
