"""Findings on the right to apply, put into words in every language of the call.

Each kind of rule has a sentence that says what it asks, and each way of not fulfilling it one that says why,
unless the call brings its own words. Rules that a call lists bring them in their class (``ListedRule.words``); those
that follow from the call itself have them here. Names of countries, regions, calls and programmes come with ``Names``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from calls.eligibility import WAIVED, Finding, kinds
from calls.spec import CallSpec, Text
from portal.content import formatting
from portal.languages import said

ASKED: Final[Mapping[str, "str | Promise"]] = {
    "country": _("The municipality is in one of the countries of the call: %(countries)s"),
    "country.lot": _("The municipality is in one of the countries of the lot: %(countries)s"),
    "region": _("The municipality is in one of the regions of the lot: %(regions)s"),
    "lots": _("A lot is open to the municipality"),
    "suspension": _("The country takes part in the programme at present"),
    "merger": _("The municipality exists under this name"),
    "limit.call": ngettext_lazy(
        "A municipality has at most %(limit)s application in the call",
        "A municipality has at most %(limit)s applications in the call",
        "limit",
    ),
    "limit.lot": ngettext_lazy(
        "A municipality has at most %(limit)s application in the lot",
        "A municipality has at most %(limit)s applications in the lot",
        "limit",
    ),
    "invitation": _("The municipality is invited: its application was selected in the stage “%(earlier)s”"),
}
"""What an implied rule asks, by its kind, or by kind and variant."""

REASONS: Final[Mapping[str, "str | Promise"]] = {
    "country.outside": _("The municipality is in another country: %(country)s."),
    "region.outside": _("The municipality is in another region: %(region)s."),
    "region.unknown": _("The region of the municipality is not recorded. Please write to the country office."),
    "lots.some": _("Open to the municipality: %(lots)s."),
    "lots.none": _("No lot is for the municipality's country and region."),
    "suspension.suspended": _("%(country)s takes no part since %(suspended_from)s."),
    "merger.merged": _("The municipality has merged into another one, which may apply: %(successor)s."),
    "limit.call_reached": ngettext_lazy(
        "The municipality already has %(count)s.", "The municipality already has %(count)s.", "count"
    ),
    "limit.lot_reached": ngettext_lazy(
        "The municipality already has %(count)s.", "The municipality already has %(count)s.", "count"
    ),
    "invitation.not_invited": _("Only those whose application was selected in the earlier stage may go on."),
}
"""Why, or how far, an implied rule is fulfilled, by what was found. Codes that are not here need no words."""

AFTER_LOGIN: Final = "after_login"
"""The outcome of whatever a stranger does not learn."""
_ANY_RULE: Final[Mapping[str, "str | Promise"]] = {
    AFTER_LOGIN: _("Shown to the staff of the municipality when they have logged in."),
    WAIVED: _("Waived by the programme on %(waived_on)s."),
}
"""Reasons that any rule can have, by outcome."""


@dataclass(frozen=True)
class Names:
    """Names by code, each in several languages. A code without a name stands for itself."""

    countries: Mapping[str, Text] = field(default_factory=dict)
    regions: Mapping[str, Text] = field(default_factory=dict)
    calls: Mapping[str, Text] = field(default_factory=dict)
    stages: Mapping[tuple[str, str], Text] = field(default_factory=dict)
    programmes: Mapping[str, Text] = field(default_factory=dict)


def in_words(findings: Iterable[Finding], call: CallSpec, names: Names) -> tuple[Finding, ...]:
    """Return the findings with text and reason in every language of the call; the call's own words stay."""
    return tuple(_worded(finding, call, names) for finding in findings)


def _worded(finding: Finding, call: CallSpec, names: Names) -> Finding:
    text, reason = dict(finding.text), dict(finding.reason)
    asked, why = _sentences(finding)
    for language in call.languages:
        with translation.override(language):
            values = _values(finding.detail, call, names, language)
            text.setdefault(language, _say(asked, values))
            reason.setdefault(language, _say(why, values))
    return replace(finding, text=text, reason={} if not any(reason.values()) else reason)


def _sentences(finding: Finding) -> "tuple[str | Promise | None, str | Promise | None]":
    """Return what the rule asks and why it came out so; None where there is nothing to say."""
    common = _ANY_RULE.get(finding.outcome)
    if (kind := kinds().get(finding.rule)) is not None:
        return kind.words.asks.get(finding.variant), common or kind.words.reasons.get(finding.outcome)
    asked = ".".join(part for part in (finding.rule, finding.variant) if part)
    return ASKED.get(asked), common or REASONS.get(finding.code)


def _say(sentence: "str | Promise | None", values: Mapping[str, Any]) -> str:
    """Return a sentence in the active language; those of kinds are marked, and translated here."""
    if sentence is None:
        return ""
    return str((translation.gettext(sentence) if isinstance(sentence, str) else sentence) % values)


def _values(detail: Mapping[str, Any], call: CallSpec, names: Names, language: str) -> dict[str, Any]:
    """Return what the sentences may mention, as text in one language. Counts stay numbers, for plurals."""
    values = {key: _written(key, value, language) for key, value in detail.items()}
    for key, known in (
        ("country", names.countries),
        ("region", names.regions),
        ("programme", names.programmes),
    ):
        if key in detail:
            values[key] = _named(detail[key], known, language)
    for key, known in (("countries", names.countries), ("regions", names.regions), ("lots", _lots(call))):
        if key in detail:
            values[key] = ", ".join(_named(code, known, language) for code in detail[key])
    return values | _places_in_calls(detail, call, names, language)


def _written(key: str, value: Any, language: str) -> Any:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, dict):
        return said(value, language)
    if isinstance(value, str) and key.endswith(("_on", "_from")):
        day = datetime.combine(date.fromisoformat(value), datetime.min.time())
        return formatting.day(day, "UTC", language)
    if isinstance(value, int) and not isinstance(value, bool) and key not in _COUNTS:
        return formatting.number(value, language)
    return value


_COUNTS: Final = frozenset({"count", "limit"})


def _named(code: str | None, known: Mapping[str, Text], language: str) -> str:
    return said(known.get(code or "", {}), language) or code or ""


def _lots(call: CallSpec) -> dict[str, Text]:
    return {lot.code: lot.title for lot in call.lots}


def _places_in_calls(detail: Mapping[str, Any], call: CallSpec, names: Names, language: str) -> dict[str, str]:
    """Return the titles of the call and the stages that a finding mentions by code."""
    wanted = detail.get("call", call.code)
    stages = {(call.code, stage.code): stage.title for stage in call.stages} | dict(names.stages)
    places = {
        key: said(stages.get((wanted, detail[key]), {}), language) or str(detail[key])
        for key in ("stage", "earlier")
        if detail.get(key)
    }
    titles = {call.code: call.title} | dict(names.calls)
    return places | {"call": _named(wanted, titles, language)}
