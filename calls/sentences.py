"""Findings on the right to apply, put into words in every language of the call.

Each kind of rule has a sentence that says what it asks, and each way of not fulfilling it one that says why,
unless the call brings its own words. Names of countries, regions, calls and programmes come with ``Names``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from calls.eligibility import Finding
from calls.spec import CallSpec, Text
from portal.content import formatting

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
    "earlier_application": _("The municipality has an application in “%(call)s”"),
    "earlier_application.stage": _("The municipality has an application in “%(call)s”, stage “%(stage)s”"),
    "population": _("The population is known"),
    "population.min": _("The population is at least %(min)s"),
    "population.max": _("The population is at most %(max)s"),
    "population.both": _("The population is from %(min)s to %(max)s"),
    "network_member": _("The municipality is a member of the network: %(programme)s"),
    "no_overdue_report": _("No report on an earlier grant is overdue"),
}
"""What a rule asks, by its kind, or by kind and variant."""

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
    "earlier_application.missing": _("The municipality has no such application."),
    "earlier_application.other_state": _("The municipality has such an application, but its state does not count."),
    "population.within": _("It is %(population)s."),
    "population.below": _("It is %(population)s."),
    "population.above": _("It is %(population)s."),
    "population.unknown": _("The population is not recorded; it will be confirmed by the country office."),
    "network_member.not_member": _("The municipality is not a member of the network."),
    "no_overdue_report.overdue": _("Overdue: %(reports)s."),
    "after_login": _("Shown to the staff of the municipality when they have logged in."),
    "declaration.to_confirm": _("To be confirmed in the application form."),
    "declaration.unconfirmed": _("This has not been confirmed in the application form."),
}
"""Why, or how far, a rule is fulfilled, by what was found. Codes that are not here need no words."""


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
    for language in call.languages:
        with translation.override(language):
            values = _values(finding.detail, call, names, language)
            text.setdefault(language, _say(ASKED.get(_variant(finding)), values))
            reason.setdefault(language, _say(REASONS.get(finding.code), values))
    return replace(finding, text=text, reason={} if not any(reason.values()) else reason)


def _say(sentence: "str | Promise | None", values: Mapping[str, Any]) -> str:
    return "" if sentence is None else str(sentence % values)


def _variant(finding: Finding) -> str:
    """Return the key of the sentence that says what the rule asks."""
    detail = finding.detail
    variants = {
        "country": "lot" if detail.get("lot") else "",
        "limit": "lot" if detail.get("lot") else "call",
        "earlier_application": "stage" if detail.get("stage") else "",
        "population": _limits_given(detail.get("min"), detail.get("max")),
    }
    variant = variants.get(finding.rule)
    return f"{finding.rule}.{variant}" if variant else finding.rule


def _limits_given(lowest: int | None, highest: int | None) -> str:
    given = [name for name, limit in (("min", lowest), ("max", highest)) if limit is not None]
    return "both" if len(given) > 1 else "".join(given)


def said(text: Text, language: str) -> str:
    """Return a text in a language, else in any that it has; empty where there is none."""
    return text.get(language) or next(iter(text.values()), "")


def _values(detail: Mapping[str, Any], call: CallSpec, names: Names, language: str) -> dict[str, Any]:
    """Return what the sentences may mention, as text in one language. Counts stay numbers, for plurals."""
    values = dict(detail)
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
    values.update(_numbers(detail, language))
    values.update(_places_in_calls(detail, call, names, language))
    if "reports" in detail:
        values["reports"] = ", ".join(detail["reports"])
    if "successor" in detail:
        values["successor"] = said(detail["successor"], language)
    return values


def _named(code: str | None, known: Mapping[str, Text], language: str) -> str:
    return said(known.get(code or "", {}), language) or code or ""


def _lots(call: CallSpec) -> dict[str, Text]:
    return {lot.code: lot.title for lot in call.lots}


def _numbers(detail: Mapping[str, Any], language: str) -> dict[str, str]:
    known = {key: detail.get(key) for key in ("population", "min", "max")}
    written = {key: formatting.number(value, _format(language)) for key, value in known.items() if value is not None}
    if detail.get("suspended_from"):
        day = datetime.combine(date.fromisoformat(detail["suspended_from"]), datetime.min.time())
        written["suspended_from"] = formatting.day(day, "UTC", _format(language))
    return written


def _format(language: str) -> str:
    """Return the language whose way of writing numbers is used: formats exist for hy and en."""
    return "hy" if language == "hy" else "en"


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
