"""The right of a municipality to apply, and what the pages of calls need from the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Model, Q

from calls import eligibility, registry, sentences
from calls.eligibility import Facts, Finding, Verdict
from calls.models import Call, Programme, ProgrammeMembership, Stage
from calls.sentences import Names
from calls.spec import CallSpec, Text
from calls.transfer import spec_of
from portal import clock
from portal.accounts.models import Country, Language, Municipality, Region


@dataclass(frozen=True)
class Right:
    """Whether a municipality may apply, rule by rule, as it was found at a moment."""

    findings: tuple[Finding, ...]
    facts: Facts
    lot: str | None
    found_at: datetime

    @property
    def verdict(self) -> Verdict:
        return eligibility.worst(self.findings)

    @property
    def allowed(self) -> bool:
        """Whether it may apply: no rule failed."""
        return self.verdict is not Verdict.FAIL

    @property
    def failed(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.verdict is Verdict.FAIL)

    def record(self) -> dict[str, Any]:
        """Return the right as JSON, with what it rested on, to be kept with a submission."""
        return {
            "found_at": self.found_at.isoformat(),
            "lot": self.lot,
            "stage": self.facts.stage,
            "verdict": str(self.verdict),
            "findings": [finding.record() for finding in self.findings],
        }


def right_to_apply(
    call: Call,
    municipality: Municipality,
    *,
    lot: str | None = None,
    stage: str | None = None,
    own: str | None = None,
    declarations: frozenset[str] | None = None,
    moment: datetime | None = None,
    spec: CallSpec | None = None,
) -> Right:
    """Find whether a municipality may apply, without asking whether a stage is open at all.

    Args:
        lot: code of the lot; None asks about the call as a whole.
        stage: code of the stage, for a stage that only the invited may enter.
        own: key of the application that is gone on with or submitted: it does not count against the limits.
        declarations: codes of the statements confirmed, at submission; None as long as nobody was asked.
        moment: aware; the present one if left out.
        spec: the call as plain values, where the caller has them already.
    """
    moment = moment or clock.now()
    spec = spec or spec_of(call)
    facts = facts_about(call, municipality, moment, stage=stage, own=own, declarations=declarations)
    findings = eligibility.find(spec, facts, lot=lot)
    return Right(sentences.in_words(findings, spec, names_for(findings, spec)), facts, lot, moment)


def facts_about(call: Call, municipality: Municipality, moment: datetime, **asked: Any) -> Facts:
    """Gather what the rules are held against; ``asked`` are fields of ``Facts`` about what is to be done."""
    day = moment.astimezone(ZoneInfo(municipality.country.time_zone)).date()
    memberships = ProgrammeMembership.objects.in_force(day).filter(municipality=municipality)
    successor = municipality.merged_into
    return Facts(
        country=municipality.country_id,
        region=municipality.region_id,
        day=day,
        suspended_from=municipality.country.suspended_from,
        successor=_text(successor, "name") if successor else {},
        population=municipality.population,
        programmes=frozenset(memberships.values_list("programme__code", flat=True)),
        **asked,
        **registry.gather_facts(call, municipality),
    )


def _text(row: Model, name: str) -> Text:
    return {language: getattr(row, f"{name}_{language}") or "" for language in Language.values}


# Names that the findings mention


def names_for(findings: Iterable[Finding], spec: CallSpec) -> Names:
    """Read the names of what the findings mention: at most one query for each kind of thing."""
    details = [finding.detail for finding in findings]
    countries = _mentioned(details, "country", "countries")
    regions = _mentioned(details, "region", "regions")
    others = _mentioned(details, "call") - {spec.code}
    programmes = _mentioned(details, "programme")
    return Names(
        countries={row.pk: _text(row, "name") for row in Country.objects.filter(pk__in=countries)},
        regions={row.pk: _text(row, "name") for row in Region.objects.filter(pk__in=regions)}
        if regions
        else {},
        calls=_titles(Call.objects.filter(code__in=others)) if others else {},
        stages=_stage_titles(others) if others else {},
        programmes=_titles(Programme.objects.filter(code__in=programmes)) if programmes else {},
    )


def _mentioned(details: Iterable[Any], *keys: str) -> set[str]:
    values = [detail[key] for detail in details for key in keys if detail.get(key)]
    return {code for value in values for code in ([value] if isinstance(value, str) else value)}


def _titles(rows: Iterable[Any]) -> dict[str, Text]:
    return {row.code: _text(row, "title") for row in rows}


def _stage_titles(calls: Iterable[str]) -> dict[tuple[str, str], Text]:
    rows = Stage.objects.filter(Q(call__code__in=calls)).select_related("call")
    return {(row.call.code, row.code): _text(row, "title") for row in rows}
