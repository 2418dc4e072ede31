"""What a person's own municipalities have, for their page and for the archive: a fixed number of queries each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When

from applications.models import Application, Clarification, EntryState, Helper, StageEntry
from applications.models.application import helped_by
from calls.models import Call, CallState, Stage
from portal.accounts.models import CountryOffice, MemberRole, Membership, Municipality, Person
from portal.notices.models import Message

SUGGESTED = 5
"""So many open calls are named; the list of calls has all."""
_HEAVY = ("submission__snapshot", "submission__eligibility", "submission__confirmation")
_SHOWN = ("application__municipality__country", "application__lot", "stage__call", "submission")


@dataclass(frozen=True)
class Place:
    """A municipality that a person works for, with those that merged into it where the person works as well."""

    municipality: Municipality
    memberships: tuple[Membership, ...]

    @cached_property
    def predecessors(self) -> tuple[Municipality, ...]:
        members = (held.municipality for held in self.memberships)
        return tuple(one for one in members if one.pk != self.municipality.pk)

    @cached_property
    def keys(self) -> tuple[int, ...]:
        """The keys of all of them, the municipality's own first."""
        return (self.municipality.pk, *(one.pk for one in self.predecessors))

    @property
    def office(self) -> CountryOffice | None:
        """Whom the municipality asks; read together with the place."""
        return getattr(self.municipality.country, "office", None)


def places_of(person: Person) -> list[Place]:
    """Return the municipalities that a person works for, by name; one that merged stands with its successor.

    One query.
    """
    related = ("municipality__country__office", "municipality__merged_into")
    held = list(person.current_memberships().select_related(*related).order_by("municipality__sort_key", "pk"))
    members = {one.municipality_id: one.municipality for one in held}
    groups: dict[int, list[Membership]] = {}
    for one in held:
        groups.setdefault(_root(one.municipality, members).pk, []).append(one)
    return [Place(members[key], tuple(group)) for key, group in groups.items()]


def _root(municipality: Municipality, members: dict[int, Municipality]) -> Municipality:
    """Return the last successor of a municipality among those the person works for."""
    seen = {municipality.pk}
    while (successor := members.get(municipality.merged_into_id or 0)) is not None and successor.pk not in seen:
        municipality = successor
        seen.add(successor.pk)
    return municipality


def _waiting(now: datetime) -> Q:
    """Return the condition of what the municipality still has to do something about."""
    begun = Q(state=EntryState.DRAFT) | Q(state=EntryState.SUBMITTED, reopened_at__isnull=False)
    in_time = Q(closes_at__gte=now, stage__call__state=CallState.PUBLISHED)
    return (begun & in_time) | Q(state=EntryState.CLARIFICATION)


def waiting_counts(places: Iterable[Place], now: datetime) -> dict[int, int]:
    """Return of how many applications something waits, by the municipality's key; one query for all places."""
    keys = [key for place in places for key in place.keys]
    rows: Any = StageEntry.objects.filter(application__municipality__in=keys).with_deadline().filter(_waiting(now))
    counted = rows.order_by().values_list("application__municipality").annotate(count=Count("pk"))
    return dict(counted)


def waiting_entries(person: Person, place: Place, now: datetime) -> "QuerySet[StageEntry]":
    """Return what waits for the municipality, with all that a dossier and the rules need of it."""
    rows: Any = StageEntry.objects.filter(application__municipality__in=place.keys)
    rows = rows.with_deadline().with_figures().for_reader(person).filter(_waiting(now))
    found: QuerySet[StageEntry] = rows.select_related(*_SHOWN).defer(*_HEAVY).order_by("closes_at", "pk")
    return found


def other_entries(place: Place, now: datetime) -> "QuerySet[StageEntry]":
    """Return what was submitted, decided, withdrawn or is too late, the last one first.

    What waits though it was submitted stands here too: its submission counts all the same.
    """
    rows: Any = StageEntry.objects.filter(application__municipality__in=place.keys).with_deadline()
    rows = rows.exclude(_waiting(now) & Q(state=EntryState.DRAFT)).select_related(*_SHOWN).defer(*_HEAVY)
    latest = Case(When(submitted_at=None, then="closes_at"), default="submitted_at")
    found: QuerySet[StageEntry] = rows.order_by(latest.desc(), "-pk")
    return found


def helped_entries(person: Person) -> "QuerySet[StageEntry]":
    """Return what a person helps with from outside, in municipalities where the person does not work."""
    own = person.current_memberships().values("municipality")
    rows: Any = StageEntry.objects.filter(helped_by(person, "application__")).exclude(application__municipality__in=own)
    rows = rows.with_deadline().select_related(*_SHOWN).defer(*_HEAVY)
    until = Helper.objects.in_force().filter(person=person, application=OuterRef("application")).values("until")[:1]
    found: QuerySet[StageEntry] = rows.annotate(help_until=Subquery(until)).order_by("closes_at", "pk")
    return found


def open_clarifications(entries: Iterable[StageEntry]) -> dict[int, Clarification]:
    """Return what is asked about entries, by their keys; no query where nothing is asked."""
    asked = [entry.pk for entry in entries if entry.state == EntryState.CLARIFICATION]
    rows = Clarification.objects.filter(entry__in=asked, state="open") if asked else ()
    return {row.entry_id: row for row in rows}


def members_of(place: Place) -> "QuerySet[Membership]":
    """Return who works for the municipality today: heads, then editors, then viewers."""
    order = Case(When(role=MemberRole.HEAD, then=0), When(role=MemberRole.EDITOR, then=1), default=2)
    rows = Membership.objects.in_force().filter(municipality__in=place.keys, person__is_active=True)
    found: QuerySet[Membership] = rows.select_related("person", "municipality").order_by(order, "since", "pk")
    return found


def helpers_of(place: Place, now: datetime) -> "QuerySet[Helper]":
    """Return the helpers from outside: those at work, and those who were invited and may still take it up."""
    rows = Helper.objects.filter(application__municipality__in=place.keys, ended_at=None, until__gt=now)
    found: QuerySet[Helper] = rows.select_related("application__call", "person").order_by("until", "pk")
    return found


def open_calls(place: Place, now: datetime) -> "QuerySet[Call]":
    """Return calls of the municipality's country that anyone may apply in now and where it has nothing yet.

    Whether it may apply is said on the call's page: that asks too much for a list. ``coming`` is the deadline.
    """
    stages = Stage.objects.filter(call=OuterRef("pk"), admission=Stage.Admission.OPEN)
    running = stages.filter(opens_at__lte=now, deadline__gte=now).order_by("deadline")
    own = Application.objects.filter(call=OuterRef("pk"), municipality__in=place.keys)
    rows = Call.objects.public().filter(
        ~Exists(own), state=CallState.PUBLISHED, countries__contains=[place.municipality.country_id]
    )
    rows = rows.annotate(coming=Subquery(running.values("deadline")[:1])).exclude(coming=None)
    found: QuerySet[Call] = rows.order_by("coming", "code")[:SUGGESTED]
    return found


def messages_to(person: Person) -> "QuerySet[Message]":
    """Return what the portal wrote to this very person, the last one first."""
    found: QuerySet[Message] = Message.objects.filter(recipient=person)
    return found.defer("html", "text")


def entries_of(keys: Sequence[int]) -> "QuerySet[StageEntry]":
    """Return the entries of municipalities with all that belongs to them, stages of one application in order."""
    rows: Any = StageEntry.objects.filter(application__municipality__in=keys).with_deadline().with_figures()
    related = ("application__municipality__country", "application__lot", "stage__call__programme")
    parts = ("submissions__submitted_by", "attachments__file", "remarks__author", "clarifications")
    found: QuerySet[StageEntry] = rows.select_related(*related).prefetch_related(*parts)
    return found.order_by("application", "stage__position", "pk")
