"""What the pages about waivers print: the rules of a call as they come out for one municipality."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.http import urlencode

from calls import queries
from calls.models import Call
from calls.pages.cards import voice_of
from calls.spec import CallSpec, Text
from portal import clock
from portal.accounts.models import Municipality


@dataclass(frozen=True)
class WaivableRule:
    """A rule that the call lists. ``tone`` is a class of tags in the administration, ``open`` that it can be waived."""

    identity: str
    verdict: str
    text: str
    reason: str
    tone: str
    open: bool


@dataclass(frozen=True)
class Choice:
    """A municipality that may have been meant."""

    name: str
    place: str
    query: str


def said(text: Text, call: Call) -> str:
    """Return a text of a call in the language of the page, or in the call's first one."""
    return voice_of(call).text(text)


def rule_rows(call: Call, spec: CallSpec, municipality: Municipality) -> list[WaivableRule]:
    """Return each rule that the call lists as it comes out for a municipality, for who may waive it."""
    right = queries.right_to_apply(call, municipality, moment=clock.now(), spec=spec)
    listed = right.findings[len(right.findings) - len(spec.eligibility) :]
    waived, tones = right.facts.waivers, {"pass": "done", "caveat": "warn", "fail": "error"}
    return [
        WaivableRule(
            identity=rule.identity,
            verdict=str(finding.verdict),
            text=said(finding.text, call),
            reason=said(finding.reason, call),
            tone=tones[str(finding.verdict)],
            open=rule.identity not in waived,
        )
        for rule, finding in zip(spec.eligibility, listed, strict=True)
    ]


def choices(municipalities: Iterable[Municipality], call: Call | None) -> list[Choice]:
    """Return municipalities to choose from, each with the address that chooses it."""
    return [
        Choice(
            item.name,
            ", ".join([*([str(item.region)] if item.region else []), str(item.country)]),
            "?" + urlencode({"call": call.code if call else "", "municipality": str(item.pk)}),
        )
        for item in municipalities
    ]
