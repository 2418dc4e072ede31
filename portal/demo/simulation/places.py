"""Who may still apply in a stage, and where: one place for each application that the call's rules leave room for."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count

from applications.models import Application, EntryState, StageEntry
from calls.eligibility import Facts, Finding, KnownApplication, Verdict, find, worst
from calls.models import Call, Lot, ProgrammeMembership, Stage
from calls.queries import Right, names_for
from calls.sentences import in_words
from calls.spec import CallSpec
from portal.accounts.models import Country, Municipality, Region
from portal.demo.simulation.refusals import Refusal

SIMULATED = "simulated"
"""The kind of municipalities that exist only for trials."""


@dataclass(frozen=True)
class Place:
    """Room for one application. In a stage by invitation it is that of an application that there is already."""

    municipality: Municipality
    lot: Lot | None
    facts: Facts | None = None
    application: Application | None = None
    requested_before: Decimal | None = None
    submissions_before: int = 0

    @property
    def lot_code(self) -> str | None:
        return self.lot.code if self.lot else None

    @property
    def key(self) -> str:
        """What makes the place this one, in every database."""
        return f"{self.municipality.country_id}:{self.municipality.code}:{self.lot_code}"


class Candidates:
    """The places of one stage, and the right to apply of each."""

    def __init__(self, call: Call, stage: Stage, spec: CallSpec, moment: datetime) -> None:
        self.call, self.stage, self.spec, self.moment = call, stage, spec, moment
        self._lots = list(call.lots.order_by("position", "pk"))
        self._declared = frozenset(spec.statements)
        self._worded: dict[str, Finding] = {}

    def places(self, rng: Random, *, first: Sequence[int] = (), leave_out: Iterable[int] = ()) -> list[Place]:
        """Return all places in the order in which they are taken: one for each municipality before any gets a second.

        Args:
            first: keys of municipalities that come before all others, in this order.
            leave_out: keys of municipalities that get none.
        """
        if self.stage.admission == Stage.Admission.INVITED:
            return self._invited(rng)
        rows = [row for row in self._municipalities() if row.pk not in set(leave_out)]
        facts = self._facts(rows)
        wanted = {key: place for place, key in enumerate(first)}
        rows = sorted(_shuffled(rng, rows), key=lambda row: wanted.get(row.pk, len(wanted)))
        offers = [self._offer(rng, row, facts[row.pk]) for row in rows]
        rounds = max((len(offer) for offer in offers), default=0)
        return [offer[number] for number in range(rounds) for offer in offers if number < len(offer)]

    def _municipalities(self) -> list[Municipality]:
        rows = Municipality.objects.current().filter(country__in=self.spec.countries)
        return list(rows.select_related("country", "region").order_by("country", "code"))

    def _offer(self, rng: Random, municipality: Municipality, facts: Facts) -> list[Place]:
        """Return the places of one municipality: so many as the limits leave, in lots drawn at random."""
        lots: list[Lot | None] = [*self._lots] or [None]
        taken = {item.lot for item in facts.applications if item.call == self.spec.code}
        possible = [
            Place(municipality, lot, facts)
            for lot in rng.sample(lots, len(lots))
            if (lot.code if lot else None) not in taken and self._allowed(facts, lot)
        ]
        room = self.spec.applications_per_municipality.call - len(facts.counted(self.spec.code))
        return possible[: max(room, 0)]

    def _allowed(self, facts: Facts, lot: Lot | None) -> bool:
        return worst(find(self.spec, facts, lot=lot.code if lot else None)) is not Verdict.FAIL

    def _invited(self, rng: Random) -> list[Place]:
        """Return the places of those whom the earlier stage selected and who have not answered yet."""
        before = self.spec.stage_before(self.stage.code)
        if before is None:
            return []
        rows = (
            StageEntry.objects.filter(stage__call=self.call, stage__code=before.code, state=EntryState.SELECTED)
            .exclude(application__entries__stage=self.stage)
            .select_related("application__municipality__country", "application__municipality__region")
            .select_related("application__lot")
            .annotate(submitted=Count("application__entries__submissions"))
            .order_by("application__number")
        )
        entries = rng.sample(list(rows), len(rows))
        facts = self._facts([entry.application.municipality for entry in entries])
        return [self._invited_place(entry, facts[entry.application.municipality_id]) for entry in entries]

    def _invited_place(self, entry: Any, facts: Facts) -> Place:
        application = entry.application
        own = replace(facts, own=str(application.pk))
        return Place(application.municipality, application.lot, own, application, entry.requested, entry.submitted)

    # --- what is known of them, in a number of queries that does not depend on how many they are

    def _facts(self, rows: Sequence[Municipality]) -> dict[int, Facts]:
        keys = [row.pk for row in rows]
        programmes = _programmes(keys, self.moment)
        applications = _applications(keys)
        return {
            row.pk: Facts(
                country=row.country_id,
                region=row.region_id,
                day=_day(row, self.moment),
                suspended_from=row.country.suspended_from,
                population=row.population,
                programmes=frozenset(programmes[row.pk]),
                applications=tuple(applications[row.pk]),
                stage=self.stage.code,
                declarations=self._declared,
            )
            for row in rows
        }

    def right(self, place: Place, moment: datetime) -> Right:
        """Return the right to apply that is kept with a submission received at a moment."""
        facts = place.facts or self._facts([place.municipality])[place.municipality.pk]
        facts = replace(facts, day=_day(place.municipality, moment))
        findings = find(self.spec, facts, lot=place.lot_code)
        return Right(tuple(map(self._in_words, findings)), facts, place.lot_code, moment)

    def _in_words(self, finding: Finding) -> Finding:
        key = json.dumps([finding.rule, finding.code, finding.detail], sort_keys=True)
        if key not in self._worded:
            self._worded[key] = in_words([finding], self.spec, names_for([finding], self.spec))[0]
        return self._worded[key]


def _day(municipality: Municipality, moment: datetime) -> date:
    """Return the day by the clock of the municipality's country."""
    return moment.astimezone(ZoneInfo(municipality.country.time_zone)).date()


def _programmes(keys: Iterable[int], moment: datetime) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = ProgrammeMembership.objects.in_force(moment.date()).filter(municipality__in=keys)
    for municipality, programme in rows.values_list("municipality", "programme__code"):
        found[municipality].add(programme)
    return found


def _applications(keys: Iterable[int]) -> dict[int, list[KnownApplication]]:
    found: dict[int, list[KnownApplication]] = defaultdict(list)
    rows = StageEntry.objects.filter(application__municipality__in=keys).order_by("application", "stage__position")
    columns = ("application__call__code", "stage__code", "state", "application__lot__code", "application")
    for municipality, call, stage, state, lot, key in rows.values_list("application__municipality", *columns):
        found[municipality].append(KnownApplication(call, stage, state, lot, str(key)))
    return found


def _shuffled(rng: Random, rows: Sequence[Municipality]) -> list[Municipality]:
    """Return the municipalities in random order, those of large countries less often in front than they are many."""
    counts = Counter(row.country_id for row in rows)
    drawn = [(rng.random() ** (counts[row.country_id] ** 0.75), place) for place, row in enumerate(rows)]
    return [rows[place] for _draw, place in sorted(drawn, reverse=True)]


# --- municipalities that exist only for trials


def ensure_simulated(count: int, spec: CallSpec) -> int:
    """Make sure that there are so many municipalities for trials in the countries of a call; return how many are new.

    Their names say that they are for trials, their kind is ``simulated``, their codes begin with ``SIM-``.
    """
    regions = _regions_of(spec.countries)
    if not regions:
        raise Refusal(f"No municipality of the countries of {spec.code} is loaded. First run: manage.py load_registry")
    countries = sorted(regions)
    rows = [_simulated(number, countries[number % len(countries)], regions) for number in range(1, count + 1)]
    before: int = Municipality.objects.filter(kind=SIMULATED).count()
    Municipality.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    after: int = Municipality.objects.filter(kind=SIMULATED).count()
    return after - before


def _regions_of(countries: Iterable[str]) -> Mapping[str, list[str | None]]:
    """Return the regions of each country whose municipalities are known."""
    with_list = Country.objects.filter(code__in=countries, municipalities__isnull=False).distinct()
    rows = Region.objects.filter(country__in=countries).order_by("code").values_list("country", "code")
    found: dict[str, list[str | None]] = {code: [] for code in with_list.values_list("code", flat=True)}
    for country, code in rows:
        if country in found:
            found[country].append(code)
    return found


def _simulated(number: int, country: str, regions: Mapping[str, list[str | None]]) -> Municipality:
    own = regions[country] or [None]
    name_hy, name_en = f"Փորձնական համայնք {number:05d}", f"Test municipality {number:05d}"
    return Municipality(
        country_id=country,
        region_id=own[number // len(regions) % len(own)],
        code=f"SIM-{number:05d}",
        name=name_en,
        name_en=name_en,
        name_hy=name_hy,
        native_name=name_en,
        kind=SIMULATED,
        population=2_000 + number * 7919 % 60_000,
    )
