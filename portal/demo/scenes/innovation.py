"""The innovation call: open for some three weeks, with a few applications and drafts."""

from io import BytesIO

from django.core.files.base import File

from applications.lifecycle import attach_file, save_section, start_application, submit_application
from applications.models import Application, StageEntry
from applications.queries import call_spec, stage_of
from calls.models import Call, Stage
from portal import clock
from portal.accounts.models import Municipality, Person
from portal.demo.scenes.stage import Cast, Municipalities, put_on
from portal.demo.simulation import Wish, simulate
from portal.demo.simulation.drafting import Drafting
from portal.demo.simulation.files import Samples
from portal.demo.simulation.places import Place

_SEED = 60
_SUBMITTED, _DRAFTS = 4, 2
DEADLINE, WRITTEN = 14, 9
"""In how many days the call was to end when it was published, and how many days ago its applications were written."""
_PORTFOLIO = "M4EG-2021-PORTFOLIO"
_SECTIONS_DONE = 2


def play(cast: Cast, known: Municipalities) -> tuple[Call, Stage]:
    """Put the call on: some municipalities have submitted, some are writing. Dilijan may begin; Meghri may not.

    Kutaisi has submitted, and Alaverdi has a draft, both as their clerks would: with receipt, and versions.
    """
    call, stage = put_on(cast, "m4eg-2021-innovation", "proposal", days=DEADLINE)
    own = (known.alaverdi.pk, known.dilijan.pk, known.kutaisi.pk, known.gyumri.pk)
    first = _armenian_ones(own)
    with cast.ago(WRITTEN):
        simulate(call, stage, Wish(applications=_SUBMITTED, drafts=_DRAFTS, seed=_SEED, first=first, leave_out=own))
        _submit(cast, call, stage, known.kutaisi, cast.people["head@kutaisi.example"])
        begin(cast, call, stage, known.alaverdi, cast.people["editor@alaverdi.example"])
    return call, stage


def _armenian_ones(own: tuple[int, ...]) -> list[int]:
    """Return two other Armenian municipalities of the portfolio call, so that the country office has something."""
    rows = Application.objects.filter(call__code=_PORTFOLIO, municipality__country="AM").exclude(municipality__in=own)
    return list(rows.order_by("number").values_list("municipality", flat=True)[:2])


def _submit(cast: Cast, call: Call, stage: Stage, municipality: Municipality, by: Person) -> None:
    entry, sections = _answered(cast, call, stage, municipality, by)
    for section, answers in sections.items():
        save_section(entry, section, answers, 0, by=by)
    _attach(entry, by)
    submit_application(entry, by=by, received_at=clock.now())


def begin(cast: Cast, call: Call, stage: Stage, municipality: Municipality, by: Person) -> StageEntry:
    """Begin an application and write its first sections, as its clerk would; return it."""
    entry, sections = _answered(cast, call, stage, municipality, by)
    for section in list(sections)[:_SECTIONS_DONE]:
        save_section(entry, section, sections[section], 0, by=by)
    return entry


def _answered(
    cast: Cast, call: Call, stage: Stage, municipality: Municipality, by: Person
) -> tuple[StageEntry, dict[str, dict[str, object]]]:
    """Return a new draft and what its clerk is going to answer."""
    spec = call_spec(call)
    entry = start_application(call, stage, municipality, None, by=by)
    drafting = Drafting(spec, stage_of(spec, stage.code), stage.opens_at, cast.now, _SEED)
    written = drafting.write(Place(municipality, None), cast.now)
    return entry, {section: dict(answers) for section, answers in written.sheet.answers.items() if answers}


def _attach(entry: StageEntry, by: Person) -> None:
    """Upload a sample to each question that requires a file."""
    questions = list(stage_of(call_spec(entry.stage.call), entry.stage.code).form.questions())
    samples = Samples(questions)
    for question in questions:
        if question.kind == "file" and question.required:
            name, content = samples.upload(question.key)
            attach_file(entry, question.key, File(BytesIO(content), name=name), by=by)
