"""Beginning an application, or its next stage."""

from datetime import datetime

from django.db import transaction

from applications.models import ENTRY_TRANSITIONS, Application, EntryState, StageEntry
from applications.refusals import NoLot, NotEligible, NotOpen
from calls.extensions import deadline_for
from calls.models import Call, CallState, Lot, Stage
from calls.queries import right_to_apply
from portal import clock
from portal.accounts.models import Municipality, Person
from portal.transitions import move


@transaction.atomic
def start_application(
    call: Call, stage: Stage, municipality: Municipality, lot: Lot | None, *, by: Person
) -> StageEntry:
    """Begin an application in a stage of a call, or go on with the one that is there.

    Effects: an application (in a stage by invitation: the one that the earlier stage selected) with a draft in this
    stage. One that was withdrawn becomes a draft again. Asked twice, it returns the same entry. A new draft knows of
    all corrigenda that ``call`` had when it was read.

    Raises:
        NotOpen: the call is not published, or the stage not open now.
        NoLot: the call has lots and none was named.
        NotEligible: a rule of the call fails; the exception has the findings.
    """
    _check_open(call, stage, municipality, clock.now())
    if lot is None and call.lots.exists():
        raise NoLot
    # Two colleagues who begin at once must not pass the limit together.
    Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)
    application = Application.objects.filter(call=call, lot=lot, municipality=municipality).first()
    entry = StageEntry.objects.filter(application=application, stage=stage).first() if application else None
    if entry is not None and entry.state != EntryState.WITHDRAWN:
        return entry
    _check_right(call, stage, municipality, lot, application)
    if entry is not None:
        return _taken_up_again(entry)
    application = application or _new_application(call, municipality, lot, by)
    return StageEntry.objects.create(application=application, stage=stage, acknowledged=call.last_corrigendum)


def _check_open(call: Call, stage: Stage, municipality: Municipality, moment: datetime) -> None:
    """Raise NotOpen where the stage is not open now, for this municipality."""
    if call.state != CallState.PUBLISHED:
        raise NotOpen
    deadline = deadline_for(stage, municipality)
    if not stage.accepts(moment, with_grace=False, deadline=deadline):
        raise NotOpen


def _check_right(
    call: Call, stage: Stage, municipality: Municipality, lot: Lot | None, application: Application | None
) -> None:
    right = right_to_apply(
        call,
        municipality,
        lot=lot.code if lot else None,
        stage=stage.code,
        own=str(application.pk) if application else None,
    )
    if not right.allowed:
        raise NotEligible(right)


def _taken_up_again(entry: StageEntry) -> StageEntry:
    move(entry, EntryState.DRAFT, ENTRY_TRANSITIONS)
    entry.changed_at = clock.now()
    entry.save(update_fields=["state", "changed_at"])
    return entry


def _new_application(call: Call, municipality: Municipality, lot: Lot | None, by: Person) -> Application:
    return Application.objects.create(
        call=call,
        lot=lot,
        municipality=municipality,
        municipality_name_hy=municipality.name_hy,  # type: ignore[attr-defined]
        municipality_name_en=municipality.name_en,  # type: ignore[attr-defined]
        created_by=by,
    )
