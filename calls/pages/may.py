"""The answer to «may we apply?»: for a member, for a visitor who names a municipality, and in general."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from calls import queries
from calls.eligibility import WAIVED, Finding, Verdict
from calls.pages.voice import Voice
from calls.queries import Right
from portal.accounts.models import CountryOffice, Municipality

_ONLY_WHEN_WRONG = frozenset({"suspension", "merger"})


@dataclass(frozen=True)
class RuleRow:
    """One line of components/rules.html. ``why`` is for staff: what was found, and on what it rests."""

    verdict: str
    text: str
    reason: str
    url: str = ""
    link: str = ""
    why: str = ""


@dataclass(frozen=True)
class May:
    """The findings for one municipality.

    Attributes:
        address: of this check, to be handed on; empty where others would not see the same.
        waive_url: where staff waive a rule that fails; empty for everybody else, and where none fails.
    """

    applicant: str
    verdict: str
    rules: tuple[RuleRow, ...]
    address: str = ""
    waive_url: str = ""


@dataclass(frozen=True)
class Reader:
    """Who reads the findings, as far as it matters. ``grants`` are the waivers in force with who granted them.

    Attributes:
        address: whole address of the call's page.
        public: the findings are what anybody may see.
        staff: the reader is told on what each finding rests.
        waive_url: where the reader may waive a rule for this municipality; else empty.
    """

    address: str
    public: bool
    staff: bool = False
    waive_url: str = ""
    grants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """A municipality that a visitor may have meant. ``query`` leads to its check, or to that of its successor."""

    name: str
    place: str
    query: str
    merged_into: str = ""


@dataclass(frozen=True)
class OfficeToAsk:
    """Whom to write to where a municipality is not found."""

    country: str
    email: str


def may_apply(right: Right, municipality: Municipality, voice: Voice, reader: Reader) -> May:
    """Prepare the findings: what is wrong first; what holds for almost everybody is said only where it does not."""
    shown = [item for item in right.findings if _is_shown(item)]
    order = [Verdict.FAIL, Verdict.CAVEAT, Verdict.PASS]
    shown.sort(key=lambda finding: order.index(finding.verdict))
    public = queries.public_codes(_other_calls(shown)) if _other_calls(shown) else set()
    rows = tuple(_row(finding, voice, public, reader) for finding in shown)
    return May(
        applicant=municipality.name,
        verdict=str(right.verdict),
        rules=rows,
        address=f"{reader.address}?municipality={municipality.pk}" if reader.public else "",
        waive_url=reader.waive_url if any(item.identity for item in right.failed) else "",
    )


def _is_shown(finding: Finding) -> bool:
    return finding.verdict is not Verdict.PASS or finding.rule not in _ONLY_WHEN_WRONG


def _other_calls(findings: Iterable[Finding]) -> list[str]:
    """Codes of the calls in which something is missing."""
    wanted = [finding for finding in findings if finding.verdict is not Verdict.PASS]
    return [str(finding.detail["call"]) for finding in wanted if finding.detail.get("call")]


def _row(finding: Finding, voice: Voice, public: set[str], reader: Reader) -> RuleRow:
    code = finding.detail.get("call")
    linked = finding.verdict is not Verdict.PASS and code in public
    return RuleRow(
        verdict=str(finding.verdict),
        text=voice.text(finding.text),
        reason=voice.text(finding.reason),
        url=reverse("calls:detail", args=[code]) if linked else "",
        link=_("To that call") if linked else "",
        why=_why(finding, reader) if reader.staff else "",
    )


def _why(finding: Finding, reader: Reader) -> str:
    """Return what was found and on what it rests, in the words of the call file, and who waived the rule."""
    rests_on = [f"{key} {_plain(value)}" for key, value in finding.detail.items() if value not in (None, [], {})]
    found = f"{finding.code} ({'; '.join(rests_on)})" if rests_on else finding.code
    by = reader.grants.get(finding.identity) if finding.outcome == WAIVED else None
    return _("%(found)s, waived by %(person)s") % {"found": found, "person": by} if by else found


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return " / ".join(str(part) for part in value.values())
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def conditions(findings: Iterable[Finding], voice: Voice) -> tuple[str, ...]:
    """Return what the rules ask, whoever applies."""
    left_out = {*_ONLY_WHEN_WRONG, "lots", "invitation"}
    return tuple(voice.text(finding.text) for finding in findings if finding.rule not in left_out)


def matches(municipalities: Iterable[Municipality], page: str = "") -> tuple[Match, ...]:
    """Prepare municipalities to choose from; ``page`` is the address of the call's page, "" on that page itself."""
    return tuple(
        Match(
            name=item.name,
            place=", ".join(_place(item)),
            query=f"{page}?municipality={item.pk}#may",
            merged_into=item.merged_into.name if item.merged_into else "",
        )
        for item in municipalities
    )


def offices_to_ask(offices: Iterable[CountryOffice]) -> tuple[OfficeToAsk, ...]:
    """Prepare whom to write to where a municipality is not found."""
    return tuple(OfficeToAsk(office.country.name, office.email) for office in offices)


def _place(municipality: Municipality) -> list[str]:
    region = municipality.region
    return [*([region.full_name or region.name] if region else []), municipality.country.name]
