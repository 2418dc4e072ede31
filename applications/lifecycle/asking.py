"""Asking the head of the municipality to confirm and submit."""

from django.db import transaction

from applications.models import StageEntry
from portal import clock
from portal.accounts.models import MemberRole, Person
from portal.accounts.queries import people_of
from portal.notices.lifecycle import enqueue_all


@transaction.atomic
def ask_to_submit(entry: StageEntry, *, by: Person) -> int:
    """Tell the heads of the municipality that a draft is ready for them to check, confirm and submit.

    Effects: a notice to each head; within an hour one and no more.

    Returns:
        How many heads the municipality has.
    """
    heads = people_of(entry.application.municipality_id, MemberRole.HEAD)
    hour = f"{clock.now():%Y-%m-%dT%H}"
    context = {
        "entry": entry,
        "call": entry.stage.call,
        "municipality": entry.application.municipality,
        "by": str(by),
        "deadline": entry.deadline,
        "zones": entry.zones,
    }
    enqueue_all(
        "ready_to_submit", heads, lambda person: f"ready:{person.pk}:{entry.pk}:{hour}", lambda _person: context
    )
    return len(heads)
