"""The steps of a call's lifecycle as staff take them: each with what it does, said before it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from calls import lifecycle
from calls.models import CALL_TRANSITIONS, Call, CallState, Stage
from calls.pages.cards import grant_range
from portal import clock


@dataclass(frozen=True)
class Move:
    """One step: the state it leads to, the function that takes it, and the words around it."""

    to: CallState
    function: Callable[..., Call]
    title: "str | Promise"
    effects: "tuple[str | Promise, ...]"
    button: "str | Promise"
    done: Any
    grave: bool = False

    def possible(self, call: Call) -> bool:
        """Whether the table of transitions has the step."""
        return self.to in CALL_TRANSITIONS[call.state]

    def faults(self, call: Call) -> list[str]:
        """Return what keeps the step from being taken, one line for each fault."""
        return lifecycle.faults_of(call) if self.to == CallState.PUBLISHED else []

    def warnings(self, call: Call) -> list[str]:
        """Return what staff should think about before the step, although it can be taken."""
        return publishing_warnings(call, clock.now()) if self.to == CallState.PUBLISHED else []


def publishing_warnings(call: Call, now: datetime) -> list[str]:
    """Return a line for each stage whose deadline has passed or that gives less time than is usual."""
    usual, found = usual_days(call), []
    for stage in call.stages.all():
        days = (stage.deadline - max(stage.opens_at, now)).days
        wanted = usual if stage.kind != Stage.Kind.CONCEPT_NOTE else _DAYS_FOR_CONCEPT_NOTES
        values = {"stage": stage.title, "days": days, "usual": wanted}
        if stage.deadline < now:
            found.append(_("The deadline of “%(stage)s” has passed.") % values)
        elif days < wanted:
            found.append(_("“%(stage)s” gives %(days)s days to apply; %(usual)s are usual.") % values)
    return found


def usual_days(call: Call) -> int:
    """Return for how many days a call is usually open: 90, or 60 where no grant is above 100,000 (EU practice)."""
    largest = grant_range(call)
    most = largest.max if largest.max is not None else largest.fixed
    return _DAYS_FOR_SMALL_GRANTS if most is not None and most <= _SMALL_GRANT else _DAYS


_DAYS, _DAYS_FOR_SMALL_GRANTS, _DAYS_FOR_CONCEPT_NOTES = 90, 60, 45
_SMALL_GRANT = Decimal(100_000)

MOVES: dict[str, Move] = {
    "publish_call": Move(
        CallState.PUBLISHED,
        lifecycle.publish_call,
        _("Publish the call"),
        (
            _("Everybody can read the call from this moment on."),
            _("Municipalities can apply from the day on which its first stage opens."),
            _("Its content can no longer be changed."),
        ),
        _("Publish"),
        _("%(code)s is published."),
    ),
    "cancel_call": Move(
        CallState.CANCELLED,
        lifecycle.cancel_call,
        _("Cancel the call"),
        (
            _("The call can still be read, and says that it was cancelled."),
            _("Nobody can start or submit an application."),
            _("This cannot be undone."),
        ),
        _("Cancel the call"),
        _("%(code)s is cancelled."),
        grave=True,
    ),
    "archive_call": Move(
        CallState.ARCHIVED,
        lifecycle.archive_call,
        _("Archive the call"),
        (
            _("The call can still be read, with its results."),
            _("It is closed, whatever the deadlines of its stages."),
            _("This cannot be undone."),
        ),
        _("Archive"),
        _("%(code)s is archived."),
    ),
}
