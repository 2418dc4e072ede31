"""The answer to «may we apply?»: for a member, for a visitor who names a municipality, and in general."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from calls import queries
from calls.eligibility import Finding, Verdict
from calls.pages.voice import Voice
from calls.queries import Right
from portal.accounts.models import Municipality

_ONLY_WHEN_WRONG = frozenset({"suspension", "merger"})


@dataclass(frozen=True)
class RuleRow:
    """One line of components/rules.html."""

    verdict: str
    text: str
    reason: str
    url: str = ""
    link: str = ""


@dataclass(frozen=True)
class May:
    """The findings for one municipality."""

    applicant: str
    verdict: str
    rules: tuple[RuleRow, ...]


@dataclass(frozen=True)
class Match:
    """A municipality that a visitor may have meant."""

    name: str
    place: str
    query: str


def may_apply(right: Right, municipality: Municipality, voice: Voice) -> May:
    """Prepare the findings: what is wrong first; what holds for almost everybody is said only where it does not."""
    shown = [item for item in right.findings if _is_shown(item)]
    order = [Verdict.FAIL, Verdict.CAVEAT, Verdict.PASS]
    shown.sort(key=lambda finding: order.index(finding.verdict))
    public = queries.public_codes(_other_calls(shown)) if _other_calls(shown) else set()
    rows = tuple(_row(finding, voice, public) for finding in shown)
    return May(municipality.name, str(right.verdict), rows)


def _is_shown(finding: Finding) -> bool:
    return finding.verdict is not Verdict.PASS or finding.rule not in _ONLY_WHEN_WRONG


def _other_calls(findings: Iterable[Finding]) -> list[str]:
    """Codes of the calls in which something is missing."""
    wanted = [finding for finding in findings if finding.verdict is not Verdict.PASS]
    return [str(finding.detail["call"]) for finding in wanted if finding.detail.get("call")]


def _row(finding: Finding, voice: Voice, public: set[str]) -> RuleRow:
    code = finding.detail.get("call")
    linked = finding.verdict is not Verdict.PASS and code in public
    return RuleRow(
        verdict=str(finding.verdict),
        text=voice.text(finding.text),
        reason=voice.text(finding.reason),
        url=reverse("calls:detail", args=[code]) if linked else "",
        link=_("To that call") if linked else "",
    )


def conditions(findings: Iterable[Finding], voice: Voice) -> tuple[str, ...]:
    """Return what the rules ask, whoever applies."""
    left_out = {*_ONLY_WHEN_WRONG, "lots", "invitation"}
    return tuple(voice.text(finding.text) for finding in findings if finding.rule not in left_out)


def matches(municipalities: Iterable[Municipality]) -> tuple[Match, ...]:
    """Prepare municipalities to choose from."""
    return tuple(Match(item.name, ", ".join(_place(item)), f"?municipality={item.pk}#may") for item in municipalities)


def _place(municipality: Municipality) -> list[str]:
    region = municipality.region
    return [*([region.full_name or region.name] if region else []), municipality.country.name]
