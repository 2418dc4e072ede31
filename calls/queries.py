"""The right of a municipality to apply, and what the pages of calls need from the database."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Value, When

from calls import eligibility, registry, sentences
from calls.eligibility import Facts, Finding, Verdict
from calls.models import Call, CallDocument, CallState, Priority, Programme, ProgrammeMembership, Stage, Waiver
from calls.search import searched as searched
from calls.sentences import AFTER_LOGIN, Names
from calls.spec import CallSpec, Text
from calls.transfer import spec_of
from portal import clock
from portal.accounts.models import Country, CountryOffice, Membership, Municipality, Region
from portal.armenian import fold, folded


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
    def may_begin(self) -> bool:
        """Whether it may begin an application in the stage, and not merely go on with what it has begun there."""
        begun = {item.key for item in self.facts.applications if item.stage == self.facts.stage}
        return self.allowed and (self.facts.own is None or self.facts.own not in begun)

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


def right_shown(
    call: Call, municipality: Municipality, *, stage: str | None, moment: datetime, spec: CallSpec
) -> Right:
    """Find the right to apply as a call's page shows it: what was begun already does not stand in its own way."""
    facts = facts_about(call, municipality, moment, stage=stage)
    ways = [replace(facts, own=own) for own in (None, *facts.counted(call.code))]
    found = [(eligibility.find(spec, way, lot=None), way) for way in ways]
    order = list(Verdict)
    findings, way = min(found, key=lambda pair: order.index(eligibility.worst(pair[0])))
    return Right(sentences.in_words(findings, spec, names_for(findings, spec)), way, None, moment)


def right_in_public(
    call: Call, municipality: Municipality, *, stage: str | None, moment: datetime, spec: CallSpec
) -> Right:
    """Find what may be said to anybody: what a municipality has applied for and reported on is its own affair."""
    facts = facts_from_registers(municipality, moment, stage=stage)
    found = [item for item in eligibility.find(spec, facts, lot=None) if item.rule != "limit"]
    findings = [_withheld(item) if item.private else item for item in found]
    return Right(sentences.in_words(findings, spec, names_for(findings, spec)), facts, None, moment)


def _withheld(finding: Finding) -> Finding:
    return replace(finding, code=f"{finding.rule}.{AFTER_LOGIN}", verdict=Verdict.CAVEAT, reason={})


def conditions(spec: CallSpec, moment: datetime) -> tuple[Finding, ...]:
    """Return the rules of a call with what each asks, held against nobody: only their texts mean something."""
    findings = eligibility.find(spec, Facts(country="", day=moment.date()), lot=None)
    return sentences.in_words(findings, spec, names_for(findings, spec))


def facts_about(call: Call, municipality: Municipality, moment: datetime, **asked: Any) -> Facts:
    """Gather all that the rules are held against; ``asked`` are fields of ``Facts`` about what is to be done."""
    known = facts_from_registers(municipality, moment, **asked)
    return replace(known, waivers=waived_on(call, municipality), **registry.gather_facts(call, municipality))


def waived_on(call: Call, municipality: Municipality) -> dict[str, date]:
    """Return the day of each waiver in force by the identity of its rule, by the municipality's clock; one query."""
    zone = ZoneInfo(municipality.country.time_zone)
    rows = Waiver.objects.in_force().filter(call=call, municipality=municipality)
    return {rule: moment.astimezone(zone).date() for rule, moment in rows.values_list("rule", "granted_at")}


def facts_from_registers(municipality: Municipality, moment: datetime, **asked: Any) -> Facts:
    """Gather what the public registers say: place, population, mergers, membership of networks."""
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
    )


def _text(row: Model, name: str) -> Text:
    return {language: getattr(row, f"{name}_{language}") or "" for language in settings.MODELTRANSLATION_LANGUAGES}


def granted_by(call: Call, municipality: Municipality) -> dict[str, str]:
    """Return who granted each waiver in force, for staff, by the identity of its rule; one query."""
    rows = Waiver.objects.in_force().filter(call=call, municipality=municipality).select_related("granted_by")
    return {waiver.rule: str(waiver.granted_by or "—") for waiver in rows}


# Names that the findings mention


def names_for(findings: Iterable[Finding], spec: CallSpec) -> Names:
    """Read the names of what the findings mention: at most one query for each kind of thing.

    A draft that a rule names has no name yet for those who read the rule, but its code.
    """
    details = [finding.detail for finding in findings]
    countries = _mentioned(details, "country", "countries")
    regions = _mentioned(details, "region", "regions")
    others = _mentioned(details, "call") - {spec.code}
    programmes = _mentioned(details, "programme")
    return Names(
        countries={row.pk: _text(row, "name") for row in Country.objects.filter(pk__in=countries)},
        regions={row.pk: _text(row, "name") for row in Region.objects.filter(pk__in=regions)} if regions else {},
        calls=_titles(Call.objects.public().filter(code__in=others)) if others else {},
        stages=_stage_titles(others) if others else {},
        programmes=_titles(Programme.objects.filter(code__in=programmes)) if programmes else {},
    )


def _mentioned(details: Iterable[Any], *keys: str) -> set[str]:
    values = [detail[key] for detail in details for key in keys if detail.get(key)]
    return {code for value in values for code in ([value] if isinstance(value, str) else value)}


def _titles(rows: Iterable[Any]) -> dict[str, Text]:
    return {row.code: _text(row, "title") for row in rows}


def _stage_titles(calls: Iterable[str]) -> dict[tuple[str, str], Text]:
    rows = Stage.objects.filter(call__in=Call.objects.public().filter(code__in=calls)).select_related("call")
    return {(row.call.code, row.code): _text(row, "title") for row in rows}


# Lists of calls


def listed(moment: datetime) -> "QuerySet[Call]":
    """Return the calls that anyone may read, the most urgent first, with all that a list prints of each.

    ``standing`` is open, upcoming or closed at the moment (a cancelled call is closed). Open ones come first, by
    the nearest deadline, then the upcoming by the nearest deadline, then the others, the last closed first. ``coming``
    is the next deadline, ``last`` the last one: subqueries, so that counting the calls does not read their stages.
    """
    stages = Stage.objects.filter(call=OuterRef("pk")).order_by("deadline")
    standing = Case(
        When(~Q(state=CallState.PUBLISHED), then=Value("closed")),
        When(Exists(stages.filter(opens_at__lte=moment, deadline__gte=moment)), then=Value("open")),
        When(~Exists(stages.filter(opens_at__lte=moment)), then=Value("upcoming")),
        default=Value("closed"),
    )
    urgency = Case(When(standing="open", then=0), When(standing="upcoming", then=1), default=2)
    found: QuerySet[Call] = (
        Call.objects.public()
        .annotate(
            standing=standing,
            coming=Subquery(stages.filter(deadline__gte=moment).values("deadline")[:1]),
            last=Subquery(stages.reverse().values("deadline")[:1]),
        )
        .annotate(urgency=urgency)
        .order_by("urgency", F("coming").asc(nulls_last=True), F("last").desc(nulls_last=True), "code")
    )
    return with_parts(found)


def with_parts(calls: "QuerySet[Call]") -> "QuerySet[Call]":
    """Add what a card of a call prints: programme, stages and lots, in two more queries for any number of calls."""
    return calls.select_related("programme").prefetch_related("stages", "lots")


def programme_titles() -> dict[str, str]:
    """Return the titles of all programmes in the active language, by code."""
    return {programme.code: programme.title for programme in Programme.objects.all()}


def priority_titles(limit: int) -> list[str]:
    """Return titles of priorities of published calls in the active language, each once, for a field to suggest."""
    rows = Priority.objects.filter(call__state=CallState.PUBLISHED).exclude(title="")
    return list(rows.order_by("title").values_list("title", flat=True).distinct()[:limit])


def call_for(person: Any, code: str) -> Call | None:
    """Return a call with all that its page prints, or None where it does not exist for this person (a draft)."""
    found: Call | None = with_parts(Call.objects.visible_to(person)).filter(code=code).first()
    return found


def public_codes(codes: Iterable[str]) -> set[str]:
    """Return those of the codes whose calls anyone may read."""
    return set(Call.objects.public().filter(code__in=codes).values_list("code", flat=True))


# Around a call


def documents_of(call: Call) -> "QuerySet[CallDocument]":
    """Return what applicants download, with its files; no query where the call was read whole (``spec_of``)."""
    found: QuerySet[CallDocument] = call.documents.all()
    return found


def offices_in(countries: Iterable[str]) -> "QuerySet[CountryOffice]":
    """Return whom municipalities of these countries ask."""
    return CountryOffice.objects.filter(country__in=countries).select_related("country").order_by("country")


def country_names() -> dict[str, str]:
    """Return the names of all countries in the active language, by code."""
    return {country.pk: country.name for country in Country.objects.all()}


def region_names(codes: Iterable[str]) -> dict[str, str]:
    """Return the names of these regions in the active language, by code; no query where none is asked for."""
    wanted = set(codes)
    return {row.pk: row.name for row in Region.objects.filter(pk__in=wanted)} if wanted else {}


def memberships_of(person: Any) -> "list[Membership]":
    """Return for which municipalities a person works today; none for a visitor."""
    if not getattr(person, "is_authenticated", False):
        return []
    related = ("municipality__country", "municipality__region", "municipality__merged_into")
    return list(person.current_memberships().select_related(*related).order_by("pk"))


def municipality(key: int) -> Municipality | None:
    """Return a municipality with what the right to apply asks about, or None."""
    rows: QuerySet[Municipality] = Municipality.objects.select_related("country", "region", "merged_into")
    return rows.filter(pk=key).first()


def successor_of(municipality: Municipality) -> Municipality | None:
    """Return the municipality into which one has merged in the end."""
    seen, found = {municipality.pk}, _next(municipality)
    while found is not None and found.merged_into_id is not None and found.pk not in seen:
        seen.add(found.pk)
        found = _next(found)
    return found


def _next(merged: Municipality) -> Municipality | None:
    return municipality(merged.merged_into_id) if merged.merged_into_id is not None else None


def municipalities_named(text: str, countries: Iterable[str], limit: int = 12) -> list[Municipality]:
    """Return municipalities of these countries whose name, in any language, has the text; nearest matches first."""
    key = fold(text.strip())
    if not key:
        return []
    matching = Q(sort_key__contains=key) | Q(english__contains=key) | Q(native__contains=key)
    whole = Q(sort_key=key) | Q(english=key) | Q(native=key)
    begins = Q(sort_key__startswith=key) | Q(english__startswith=key) | Q(native__startswith=key)
    near = Case(When(whole, then=0), When(begins, then=1), default=2)
    found = (
        Municipality.objects.filter(country__in=countries)
        .alias(english=folded("name_en"), native=folded("native_name"))
        .filter(matching)
        .order_by(near, "sort_key", "pk")
        .select_related("country", "region", "merged_into")
    )
    return list(found[:limit])
