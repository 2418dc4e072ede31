"""Asking the head of the municipality to confirm and submit."""

from typing import Any

from django.db import transaction

from applications.models import StageEntry
from portal import clock
from portal.accounts.models import MemberRole, Membership, Person
from portal.notices.lifecycle import enqueue_all


@transaction.atomic
def ask_to_submit(entry: StageEntry, *, by: Person) -> int:
    """Tell the heads of the municipality that a draft is ready for them to check, confirm and submit.

    Effects: a notice to each head; within an hour one and no more.

    Returns:
        How many heads the municipality has.
    """
    held: Any = Membership.objects.in_force().filter(
        municipality=entry.application.municipality_id, role=MemberRole.HEAD, person__is_active=True
    )
    heads = [membership.person for membership in held.select_related("person")]
    hour = f"{clock.now():%Y-%m-%dT%H}"
    context = {
        "entry": entry,
        "call": entry.stage.call,
        "municipality": entry.application.municipality,
        "by": str(by),
        "deadline": entry.deadline,
        "zones": list(dict.fromkeys([entry.stage.call.time_zone, entry.application.municipality.country.time_zone])),
    }
    enqueue_all(
        "ready_to_submit", heads, lambda person: f"ready:{person.pk}:{entry.pk}:{hour}", lambda _person: context
    )
    return len(heads)
