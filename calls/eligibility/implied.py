"""What follows from the call itself: country, region, lots, suspension, merger, limits, invitation."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from calls.eligibility.facts import Facts
from calls.eligibility.findings import Finding, Verdict
from calls.spec import CallSpec, StageSpec

_PRIVATE: Final = frozenset({"invitation", "limit"})
"""What a municipality has applied for is its own affair."""


def implied(call: CallSpec, facts: Facts, lot: str | None) -> Iterator[Finding]:
    """Hold against the facts what the call asks without listing it. None of it can be waived."""
    yield _country(call, facts, lot)
    yield from _region(call, facts, lot)
    yield from _lots(call, facts, lot)
    yield _suspension(facts)
    yield _merger(facts)
    yield from _limits(call, facts, lot)
    yield from _invitation(call, facts, lot)


def _finding(kind: str, outcome: str, verdict: Verdict, /, *, variant: str = "", **detail: Any) -> Finding:
    return Finding(kind, f"{kind}.{outcome}", verdict, detail=detail, variant=variant, private=kind in _PRIVATE)


def _country(call: CallSpec, facts: Facts, lot: str | None) -> Finding:
    countries = call.countries_for(lot)
    found = {"country": facts.country, "countries": list(countries), "lot": lot}
    variant = "lot" if lot else ""
    if facts.country in countries:
        return _finding("country", "inside", Verdict.PASS, variant=variant, **found)
    return _finding("country", "outside", Verdict.FAIL, variant=variant, **found)


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
        variant=scope,
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
