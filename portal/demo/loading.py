"""Loading the demonstration: all of it, once."""

from datetime import timedelta

import pghistory
from django.conf import settings
from django.db import transaction

from calls.models import Call
from portal import clock
from portal.accounts.registry import load_registry
from portal.content.lifecycle import load_pages
from portal.demo import people
from portal.demo.scenes import (
    authoring,
    changes,
    clarifying,
    enquiries,
    following,
    innovation,
    lighthouse,
    pilot,
    portfolio,
    together,
)
from portal.demo.scenes.stage import Cast, Municipalities

CODES = (
    "M4EG-2021-PORTFOLIO",
    "M4EG-2021-INNOVATION",
    "M4EG-2021-PILOT",
    lighthouse.CODE,
    authoring.TRAINING,
    authoring.LIGHTING,
    authoring.NEXT_YEAR,
    authoring.SCHEDULED,
)
_BEFORE = 200
"""For how many days all of the people have been who they are."""


class NotADemonstration(Exception):
    """This portal is not set up as a demonstration; its text says what to do."""


@transaction.atomic
def load_demonstration() -> bool:
    """Load municipalities, pages, people with one known password, and calls in different states.

    Returns:
        False where it is there already, or calls of these codes are: then nothing is changed.

    Effects: all or nothing. Submitting and awarding go by the portal's own lifecycles, so receipts and letters follow;
        the bulk of the applications is simulated and nobody is told of it.

    Raises:
        NotADemonstration: the setting ``DEMONSTRATION`` is off.
    """
    if not settings.DEMONSTRATION:
        raise NotADemonstration(
            "The demonstration brings people whose password everybody knows. It is loaded only where the setting "
            "DEMONSTRATION is on (make run sets it; make run DEMO=no does not)."
        )
    if Call.objects.filter(code__in=CODES).exists() or any(people.there()):
        return False
    with pghistory.context(command="load_demo"):
        _load()
    return True


def _load() -> None:
    load_registry()
    load_pages()
    now = clock.now()
    with clock.at(now - timedelta(days=_BEFORE)):
        everybody = people.create_people()
    cast, known = Cast(everybody, now), Municipalities.found()
    portfolio.play(cast, known)
    earlier = lighthouse.play(cast, known)
    open_call, stage = innovation.play(cast, known, earlier)
    evaluated = pilot.play(cast, known)
    clarifying.play(cast, known, evaluated)
    following.play(cast, open_call)
    changes.play(cast, known, open_call, stage)
    together.play(cast, stage, known.alaverdi)
    enquiries.play(cast, open_call)
    authoring.play(cast, open_call, evaluated)
