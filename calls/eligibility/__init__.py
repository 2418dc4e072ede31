"""Whether a municipality may apply: each rule of a call held against what is known. No database.

The rules are those of docs/call-file.md: those a call lists under ``eligibility``, and before them the ones
that follow from the call itself (country, region, limits, invitation). A finding says which rule, how it came
out, and on what it rested (``detail``, fit for JSON); sentences are made from that in ``calls.sentences``.

A new kind of rule is one class in ``calls.eligibility.kinds``.
"""

from dataclasses import replace
from typing import Final, cast

from calls.eligibility.facts import Facts, KnownApplication
from calls.eligibility.findings import Finding, Verdict, worst
from calls.eligibility.implied import implied, open_lots
from calls.eligibility.kinds import (
    DeclarationRule,
    EarlierApplicationRule,
    NetworkMemberRule,
    NoOverdueReportRule,
    PopulationRule,
)
from calls.eligibility.rule import ListedRule, RuleFault, RuleWords, kinds, register_rule, unregister_rule
from calls.spec import CallSpec, Rule

__all__ = [
    "WAIVED",
    "DeclarationRule",
    "EarlierApplicationRule",
    "Facts",
    "Finding",
    "KnownApplication",
    "ListedRule",
    "NetworkMemberRule",
    "NoOverdueReportRule",
    "PopulationRule",
    "RuleFault",
    "RuleWords",
    "Verdict",
    "find",
    "kinds",
    "listed",
    "open_lots",
    "register_rule",
    "unregister_rule",
    "worst",
]


WAIVED: Final = "waived"
"""The outcome of a rule that fails and that the programme has waived for the municipality."""


def find(call: CallSpec, facts: Facts, *, lot: str | None) -> tuple[Finding, ...]:
    """Hold every rule of a call against the facts.

    Args:
        lot: code of the lot; None asks about the call as a whole (for a call with lots: about any lot).
    """
    return (*implied(call, facts, lot), *listed(call, facts))


def listed(call: CallSpec, facts: Facts) -> tuple[Finding, ...]:
    """Hold only the rules that the call lists against the facts: one finding for each, in their order."""
    return tuple(_checked(rule, call, facts) for rule in call.eligibility)


def _checked(rule: Rule, call: CallSpec, facts: Facts) -> Finding:
    """A failing rule that the programme waives becomes a caveat; what it would have been is kept in the detail."""
    finding = cast(ListedRule, rule).check(call, facts)
    waived_on = facts.waivers.get(rule.identity)
    if waived_on is None or finding.verdict is not Verdict.FAIL:
        return finding
    detail = {**finding.detail, "waived_on": waived_on.isoformat(), "without_waiver": finding.code}
    return replace(finding, code=f"{rule.rule}.{WAIVED}", verdict=Verdict.CAVEAT, reason={}, detail=detail)
