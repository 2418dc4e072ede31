"""Who is told of a clarification: those who write for the municipality, and those who asked."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import translation

from applications.messages import say
from applications.models import Clarification
from applications.presentation import filled_submission
from applications.rules import WRITERS
from portal.accounts.models import Person, Role, StaffRole
from portal.accounts.queries import people_of
from portal.notices.lifecycle import enqueue_all


def tell_applicant(kind: str, asked: Clarification) -> None:
    """Write to the heads and editors of the municipality, each once for each kind."""
    enqueue_all(
        kind,
        writers_of(asked),
        lambda person: f"{kind}:{person.pk}:{asked.pk}",
        lambda person: context_of(asked, person),
    )


def tell_staff(kind: str, asked: Clarification) -> None:
    """Write to who asked; where nobody is known any more, to the programme officers."""
    enqueue_all(
        kind, _askers(asked), lambda person: f"{kind}:{person.pk}:{asked.pk}", lambda person: context_of(asked, person)
    )


def writers_of(asked: Clarification) -> Iterable[Person]:
    """Return the heads and editors of the municipality."""
    return people_of(asked.entry.application.municipality_id, *WRITERS)


def _askers(asked: Clarification) -> Iterable[Person]:
    if asked.asked_by is not None and asked.asked_by.is_active:
        return [asked.asked_by]
    held = StaffRole.objects.in_force().filter(role=Role.PROGRAMME_OFFICER, person__is_active=True)
    return {one.person_id: one.person for one in held.select_related("person").order_by("pk")}.values()


def context_of(asked: Clarification, person: Person) -> Mapping[str, Any]:
    """Return what a notice says, the questions in the person's language."""
    entry, call = asked.entry, asked.entry.stage.call
    form = filled_submission(asked.about)
    chosen = set(asked.questions)
    with translation.override(person.language):
        labels = [say(q.label) for section in form.sections for q in section.questions if q.key in chosen]
    return {
        "asked": asked,
        "entry": entry,
        "call": call,
        "application": entry.application,
        "municipality": entry.application.municipality,
        "labels": labels,
        "zones": entry.zones,
    }
