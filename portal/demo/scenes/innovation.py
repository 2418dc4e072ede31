"""The innovation call: open for some three weeks, with a few applications and drafts."""

from applications.lifecycle import reopen_application, reuse_answers
from applications.models import Application, StageEntry
from calls.models import Call, Stage
from portal import clock
from portal.accounts.models import Municipality, Person
from portal.demo.scenes import writing
from portal.demo.scenes.stage import Cast, Municipalities, put_on, story
from portal.demo.simulation import Wish, simulate

_SEED = 60
_SUBMITTED, _DRAFTS = 4, 2
DEADLINE, WRITTEN, AGAIN = 14, 9, 8
"""In how many days the call was to end when it was published, and how many days ago its applications were written, and
one of them submitted again."""
_PORTFOLIO = "M4EG-2021-PORTFOLIO"
_SECTIONS_DONE = 2


def play(cast: Cast, known: Municipalities, earlier: StageEntry) -> tuple[Call, Stage]:
    """Put the call on: some municipalities have submitted, some are writing. Dilijan may begin; Meghri may not.

    Kutaisi has submitted twice, and Alaverdi has a draft that began with an earlier application, all as their clerks
    would: with receipts, versions, and what was taken over.

    Args:
        earlier: what Alaverdi wrote elsewhere.
    """
    call, stage = put_on(cast, "m4eg-2021-innovation", "proposal", days=DEADLINE)
    own = (known.alaverdi.pk, known.dilijan.pk, known.kutaisi.pk, known.gyumri.pk)
    first = _armenian_ones(own)
    with cast.ago(WRITTEN):
        simulate(call, stage, Wish(applications=_SUBMITTED, drafts=_DRAFTS, seed=_SEED, first=first, leave_out=own))
        _taken_over(cast, stage, known.alaverdi, cast.people["editor@alaverdi.example"], earlier)
    _twice(cast, stage, known.kutaisi, cast.people["head@kutaisi.example"])
    return call, stage


def _armenian_ones(own: tuple[int, ...]) -> list[int]:
    """Return two other Armenian municipalities of the portfolio call, so that the country office has something."""
    rows = Application.objects.filter(call__code=_PORTFOLIO, municipality__country="AM").exclude(municipality__in=own)
    return list(rows.order_by("number").values_list("municipality", flat=True)[:2])


def _twice(cast: Cast, stage: Stage, municipality: Municipality, by: Person) -> None:
    """Submit, find a better word, and submit again: the first submission stays on file."""
    with cast.ago(WRITTEN):
        written = writing.begin(cast, stage, municipality, by)
        written.save(by)
        written.attach(by)
        writing.submit(written.entry, by)
    with cast.ago(AGAIN):
        reopen_application(written.entry, by=by, received_at=clock.now())
        better, project = story("applications")["better"], written.sections["project"]
        changes = {name: f"{project[name]}{better[name]}" for name in ("title", "summary")}
        written.save(by, ["project", "people"], **changes, beneficiaries="4 250")
        writing.submit(written.entry, by)


def _taken_over(cast: Cast, stage: Stage, municipality: Municipality, by: Person, earlier: StageEntry) -> None:
    written = writing.begin(cast, stage, municipality, by)
    reuse_answers(written.entry, earlier, by=by)
    written.save(by, ["project", "people", "budget"])  # also the budget, which was larger there


def begin(cast: Cast, stage: Stage, municipality: Municipality, by: Person) -> StageEntry:
    """Begin an application and write its first sections, as its clerk would; return it."""
    written = writing.begin(cast, stage, municipality, by)
    written.save(by, list(written.sections)[:_SECTIONS_DONE])
    return written.entry
