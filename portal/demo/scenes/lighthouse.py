"""A call in its second stage: those whose concept notes were selected write full applications."""

from decimal import Decimal

from applications.lifecycle import reopen_application
from applications.lifecycle.asking import ask_to_submit
from applications.models import EntryState, StageEntry
from calls.models import Stage
from evaluation.lifecycle import freeze_shortlist, make_shortlist
from evaluation.scoring import Outcome
from portal import clock
from portal.accounts.models import Municipality, Person
from portal.demo.scenes import settling, writing
from portal.demo.scenes.stage import Cast, Municipalities, put_on, story
from portal.demo.simulation import Wish, simulate

CODE = "M4EG-2021-LIGHTHOUSE"
_SEED = 7
_APPLICATIONS = 5
_ENDS, _CONCEPTS, _DECIDED, _WRITTEN, _SUBMITTED, _REOPENED, _READY = 20, 85, 60, 20, 6, 3, 1
_BEST = 0.97


def play(cast: Cast, known: Municipalities) -> StageEntry:
    """Put the call on with three municipalities invited; return the full application of Alaverdi.

    Alaverdi's editor has finished the draft and asked the head to submit; Kutaisi has submitted; Dilijan has submitted
    and is changing its answers: the submission stands until another arrives.
    """
    told = story("applications")["lighthouse"]
    call, full = put_on(cast, "m4eg-2021-pilot", "full", days=_ENDS, code=CODE, title=told["title"])
    invited = (known.alaverdi, known.kutaisi, known.dilijan)
    _select(cast, call.stages.get(code="concept"), [row.pk for row in invited], known)
    entry = _ready(cast, full, known.alaverdi, cast.people["editor@alaverdi.example"])
    _submitted(cast, full, known.kutaisi, cast.people["head@kutaisi.example"])
    _changing(cast, full, known.dilijan, cast.people["head@dilijan.example"])
    return entry


def _select(cast: Cast, stage: Stage, best: list[int], known: Municipalities) -> None:
    """Let concept notes arrive, be assessed and decided."""
    wish = Wish(
        applications=_APPLICATIONS,
        seed=_SEED,
        assess=True,
        divergent=0,
        first=best,
        leave_out=(known.meghri.pk, known.gyumri.pk),
        quality=dict.fromkeys(best, _BEST),
    )
    with cast.ago(_CONCEPTS):
        simulate(stage.call, stage, wish)
    people = settling.assessors(list(cast.people.values()))
    with cast.ago(_DECIDED):
        for entry in settling.waiting(stage, Outcome.NEEDS_THIRD):
            settling.third_opinion(entry, people, cast.officer, finish=True)
        freeze_shortlist(make_shortlist(stage, by=cast.officer), by=cast.officer)


def _begin(cast: Cast, stage: Stage, municipality: Municipality, by: Person) -> writing.Written:
    rows = StageEntry.objects.filter(stage__call=stage.call_id, application__municipality=municipality)
    concept = rows.select_related("application__lot").get(state=EntryState.SELECTED)
    before: Decimal = concept.requested or Decimal()
    written = writing.begin(cast, stage, municipality, by, lot=concept.application.lot, before=before)
    written.save(by)
    written.attach(by)
    return written


def _ready(cast: Cast, stage: Stage, municipality: Municipality, by: Person) -> StageEntry:
    with cast.ago(_WRITTEN):
        entry = _begin(cast, stage, municipality, by).entry
    with cast.ago(_READY):
        ask_to_submit(entry, by=by)
    return entry


def _submitted(cast: Cast, stage: Stage, municipality: Municipality, by: Person) -> writing.Written:
    with cast.ago(_WRITTEN):
        written = _begin(cast, stage, municipality, by)
    with cast.ago(_SUBMITTED):
        writing.submit(written.entry, by)
    return written


def _changing(cast: Cast, stage: Stage, municipality: Municipality, by: Person) -> None:
    written = _submitted(cast, stage, municipality, by)
    with cast.ago(_REOPENED):
        reopen_application(written.entry, by=by, received_at=clock.now())
        written.save(by, ["action"], sustainability=story("applications")["lighthouse"]["sustainability"])
