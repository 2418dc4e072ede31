"""A later deadline for one municipality: granting it, taking it back, and the deadline that holds for whom.

See docs/corrigenda.md for what an extension changes and what not.
"""

from collections.abc import Iterable
from copy import copy
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, Max, OuterRef, Subquery
from django.db.models.functions import Greatest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls import registry
from calls.models import Call, CallState, Extension, Stage
from portal import clock
from portal.accounts.models import MemberRole, Municipality, Person
from portal.accounts.queries import people_of
from portal.notices.lifecycle import enqueue_all
from portal.transitions import Refusal


class ExtensionRefused(Refusal):
    """A deadline cannot be extended so, or an extension not be taken back; the text says why, for people."""


class EvaluationHasBegun(ExtensionRefused):
    """Something rests on the stage already; whoever grants all the same confirms it. ``reasons`` says what it is."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__(_("The evaluation of this stage has begun: %(what)s.") % {"what": ", ".join(reasons)})
        self.reasons = reasons


NOT_PUBLISHED = gettext_lazy("A deadline is extended while a call is published.")
NOT_OPENED = gettext_lazy("The stage has not opened yet.")
OTHER_COUNTRY = gettext_lazy("The call is not for this municipality's country.")
MERGED = gettext_lazy("The municipality has merged into another one: extend the deadline for that one.")
NO_REASON = gettext_lazy("Say why: it stays on record.")
TOO_SHORT = gettext_lazy("The end must be later than the deadline that holds for the municipality now.")
PAST = gettext_lazy("The end must be later than now.")
REVOKED = gettext_lazy("This extension was revoked already.")
ENDED = gettext_lazy("This extension has ended already.")


@transaction.atomic
def grant_extension(
    stage: Stage,
    municipality: Municipality,
    *,
    until: datetime,
    reason: str,
    by: Person | None,
    confirmed: bool = False,
) -> Extension:
    """Let one municipality submit in a stage until a later moment than all others.

    Args:
        until: aware; equal to it is in time.
        reason: the municipality and staff read it.
        by: who grants; the caller has asked ``rules.may_amend``. None for the portal itself.
        confirmed: grant it although the evaluation of the stage has begun.

    Effects: the extension, on record; a notice to the heads and editors of the municipality.

    Raises:
        EvaluationHasBegun: something rests on the stage already, and that was not confirmed.
        ExtensionRefused: the call is not published or not for the municipality, the stage has not opened, the end is
            not later than what holds now, or no reason is given.
    """
    rows = Stage.objects.select_for_update(of=("self",), no_key=True).select_related("call")
    locked: Stage = rows.get(pk=stage.pk)
    if refusal := _refusal(locked, municipality, until, reason):
        raise ExtensionRefused(refusal)
    begun = registry.fixed_stages(locked.call).get(locked.code, ())
    if begun and not confirmed:
        raise EvaluationHasBegun(begun)
    extension = Extension.objects.create(
        stage=locked,
        municipality=municipality,
        until=until,
        reason=reason.strip(),
        granted_by=by,
        granted_at=clock.now(),
    )
    _tell(extension, "extension")
    return extension


def _refusal(stage: Stage, municipality: Municipality, until: datetime, reason: str) -> "str | Promise | None":
    now = clock.now()
    checks = (
        (stage.call.state != CallState.PUBLISHED, NOT_PUBLISHED),
        (not stage.has_opened(now), NOT_OPENED),
        (municipality.merged_into_id is not None, MERGED),
        (municipality.country_id not in stage.call.countries, OTHER_COUNTRY),
        (until <= now, PAST),
        (until <= deadline_for(stage, municipality), TOO_SHORT),
        (not reason.strip(), NO_REASON),
    )
    return next((message for wrong, message in checks if wrong), None)


@transaction.atomic
def revoke_extension(extension: Extension, *, reason: str, by: Person | None) -> Extension:
    """Take an extension back: from now on the deadline that held before holds again. What was submitted stands.

    Args:
        reason: the municipality and staff read it.
        by: who revokes; the caller has asked ``rules.may_amend``. None for the portal itself.

    Effects: the extension ends, on record; a notice to the heads and editors of the municipality.

    Raises:
        ExtensionRefused: it was revoked or has ended already, or no reason is given.
    """
    rows = Extension.objects.select_for_update(of=("self",)).select_related("stage__call", "municipality")
    locked: Extension = rows.get(pk=extension.pk)
    if locked.revoked_at is not None:
        raise ExtensionRefused(REVOKED)
    if locked.until < clock.now():
        raise ExtensionRefused(ENDED)
    if not reason.strip():
        raise ExtensionRefused(NO_REASON)
    locked.revoked_at, locked.revoked_by, locked.revocation_reason = clock.now(), by, reason.strip()
    locked.save(update_fields=["revoked_at", "revoked_by", "revocation_reason"])
    _tell(locked, "extension_revoked")
    return locked


def _tell(extension: Extension, kind: str) -> None:
    stage, municipality = extension.stage, extension.municipality
    people = people_of(municipality, MemberRole.HEAD, MemberRole.EDITOR)
    context: dict[str, Any] = {
        "extension": extension,
        "stage": stage,
        "call": stage.call,
        "municipality": municipality,
        "deadline": deadline_for(stage, municipality),
        "zones": list(dict.fromkeys([stage.call.time_zone, municipality.country.time_zone])),
    }
    enqueue_all(kind, people, lambda person: f"{kind}:{person.pk}:{extension.pk}", context)


# Which deadline holds


def deadline_for(stage: Stage, municipality: Municipality | int) -> datetime:
    """Return until when a municipality may submit in a stage: its extension's end, where it has one; one query."""
    alive = Extension.objects.in_force().filter(stage=stage, municipality=municipality)
    until = alive.aggregate(latest=Max("until"))["latest"]
    return max(stage.deadline, until) if until else stage.deadline


def extension_used(stage: Stage, municipality: Municipality | int, received_at: datetime) -> Extension | None:
    """Return the extension without which something would have come after the deadline; None where none was needed."""
    if received_at <= stage.deadline:
        return None
    alive = Extension.objects.in_force().filter(stage=stage, municipality=municipality, until__gt=stage.deadline)
    return alive.order_by("-until", "pk").first()


def closes_at(stage: str = "stage", municipality: str = "municipality") -> Greatest:
    """Return the deadline that holds as an expression, for ``annotate`` and ``filter``.

    Args:
        stage, municipality: the ways to them from the rows of the query set.
    """
    alive = Extension.objects.in_force().filter(stage=OuterRef(stage), municipality=OuterRef(municipality))
    latest = alive.order_by().values("stage").annotate(latest=Max("until")).values("latest")
    # PostgreSQL's GREATEST leaves out what is null.
    return Greatest(f"{stage}__deadline", Subquery(latest, output_field=DateTimeField()))


def extended_stages(call: Call, municipality: Municipality | None) -> list[Stage]:
    """Return a call's stages with the deadlines that hold for a municipality, only to be shown: never save them.

    One query; none without a municipality. ``extended_from`` of such a stage is the deadline of all others.
    """
    stages: Iterable[Stage] = call.stages.all()
    if municipality is None:
        return list(stages)
    rows = Extension.objects.in_force().filter(stage__call=call, municipality=municipality).order_by()
    latest = dict(rows.values_list("stage").annotate(latest=Max("until")))
    return [_extended(stage, latest.get(stage.pk)) for stage in stages]


def _extended(stage: Stage, until: datetime | None) -> Stage:
    if until is None or until <= stage.deadline:
        return stage
    shown = copy(stage)
    shown.extended_from, shown.deadline = stage.deadline, until  # type: ignore[attr-defined]
    return shown
