"""Beginning an application, or its next stage."""

from datetime import datetime

from django.db import transaction

from applications.answers import LOT, PRIORITY
from applications.lifecycle.reusing import take_over
from applications.models import ENTRY_TRANSITIONS, Application, EntryState, StageEntry
from applications.queries import Dossier, dossier_of
from applications.refusals import NoLot, NotEligible, NotOpen
from applications.sources import Plan, plan_of, sources_of
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
    all corrigenda that ``call`` had when it was read. In a stage by invitation it begins with what was submitted in the
    earlier stage, as far as it fits; what the call fixes of it is fixed, and so is the amount that the request is held
    to.

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
    entry = StageEntry.objects.create(application=application, stage=stage, acknowledged=call.last_corrigendum)
    if stage.admission == Stage.Admission.INVITED:
        _begin_from_earlier_stage(entry, by)
    return entry


def _begin_from_earlier_stage(entry: StageEntry, by: Person) -> None:
    """Let a new entry say what its application said in the stage before."""
    rows = StageEntry.objects.filter(application=entry.application_id, stage__position__lt=entry.stage.position)
    related = ("stage__call", "application__lot", "application__municipality", "submission")
    earlier = rows.exclude(submission=None).select_related(*related).order_by("-stage__position").first()
    if earlier is None:
        return
    dossier, (source,) = dossier_of(entry), sources_of([earlier])
    plan = plan_of(dossier, source)
    take_over(dossier, earlier, plan, by=by)
    entry.fixed, entry.requested_before = _fixed(dossier, plan), earlier.requested
    entry.save(update_fields=["fixed", "requested_before"])


def _fixed(dossier: Dossier, plan: Plan) -> list[str]:
    """Return the questions whose answers stay as they were assessed: taken over whole, or the lot."""
    sheet = dossier.sheet
    fixed = {question.key for question in sheet.stage.form.questions() if question.fixed}
    builtin = {question.key for question in sheet.basics.questions if question.key.startswith(PRIORITY)}
    keys = [key for key in plan.taken if key in plan.whole and key in fixed | builtin]
    return [*([LOT] if sheet.lot else []), *keys]


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
