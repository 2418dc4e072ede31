"""What applications tell the storeys below: facts for eligibility, buttons and standing on a call's page."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.models import EntryState, StageEntry
from applications.pages.frame import tone, url
from applications.queries import known_applications
from applications.rules import WRITERS, may_start
from calls.eligibility import KnownApplication
from calls.models import Call
from calls.registry import Action, OwnApplication, Visit
from portal import clock
from portal.accounts.models import Membership, Municipality, Person


def facts(call: Call, municipality: Municipality) -> Mapping[str, Any]:
    """Return what the municipality has in all calls; one query."""
    return {
        "applications": tuple(
            KnownApplication(
                call=row["application__call__code"],
                stage=row["stage__code"],
                state=row["state"],
                lot=row["application__lot__code"],
                key=str(row["application_id"]),
            )
            for row in known_applications(municipality)
        )
    }


def actions(visit: Visit) -> Iterable[Action]:
    """Return the button that begins or goes on with an application, where the stage is open to the reader."""
    if visit.municipality is None or visit.stage is None or not may_start(visit.person, visit.municipality.pk):
        return
    drafts = [entry for entry in _entries(visit) if entry.state == EntryState.DRAFT and entry.stage.code == visit.stage]
    for entry in drafts:
        yield Action(_("Go on with the application"), url("tasks", entry))
    if visit.may_apply:
        address = reverse("applications:start", args=[visit.call.code, visit.stage])
        title = _("Begin another application") if drafts else _("Begin an application")
        yield Action(title, f"{address}?municipality={visit.municipality.pk}", quiet=bool(drafts))


def own(visit: Visit) -> Iterable[OwnApplication]:
    """Return what the reader's municipality has in the call."""
    if visit.municipality is None:
        return []
    return [
        OwnApplication(_title(entry), url("tasks", entry), entry.get_state_display(), tone(entry))
        for entry in _entries(visit)
    ]


def followers(call: Call) -> Iterable[Person]:
    """Return who writes for the municipalities that have a draft in the call, or submitted while a stage is open.

    Two queries, however many they are.
    """
    now = clock.now()
    rows: Any = StageEntry.objects.filter(application__call=call).exclude(state=EntryState.WITHDRAWN).with_deadline()
    concerned = rows.filter(Q(state=EntryState.DRAFT) | Q(closes_at__gte=now))
    municipalities = set(concerned.values_list("application__municipality", flat=True))
    held = Membership.objects.in_force().filter(
        municipality__in=municipalities, role__in=WRITERS, person__is_active=True
    )
    people = {membership.person_id: membership.person for membership in held.select_related("person")}
    return people.values()


def _title(entry: StageEntry) -> str:
    lot = entry.application.lot
    parts = (entry.stage.title, lot.title if lot else "", entry.application.number or "")
    return " · ".join(part for part in parts if part)


def _entries(visit: Visit) -> list[StageEntry]:
    rows = StageEntry.objects.visible_to(visit.person).filter(
        application__call=visit.call, application__municipality=visit.municipality
    )
    return list(rows.select_related("stage", "application__lot").order_by("stage__position", "pk"))


def staff_links(call: Call, person: Any) -> Iterable[Action]:
    """Return the way from the page of a call in the administration to its applications; no query."""
    if person.is_staff:
        listed = reverse("admin:applications_stageentry_changelist")
        yield Action(_("Applications"), f"{listed}?stage__call__id__exact={call.pk}")
