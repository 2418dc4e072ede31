"""Saving, submitting and printing an application against the least that each could cost."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

import weasyprint
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from weasyprint.text.fonts import FontConfiguration

from applications.lifecycle import submit_application
from applications.models import SectionAnswers, StageEntry, Submission
from applications.pages.checking import confirmation
from applications.printing import application_pdf
from applications.queries import call_spec, stage_of
from bench.measuring import Measured, Work, measure
from calls.callfile import load_file
from calls.lifecycle import publish_anyway
from calls.models import Call, Stage
from calls.transfer import write_call
from portal import clock
from portal.accounts.lifecycle import add_member
from portal.accounts.models import MemberRole, Person
from portal.demo.scenes.stage import FILES, moved
from portal.demo.simulation import files
from portal.demo.simulation.drafting import Drafting
from portal.demo.simulation.places import Candidates
from portal.demo.simulation.storing import Storing

_RUNS = 60
_PRINTED = 10
_CODE = "M4EG-2021-BENCH"


def measured() -> Iterator[Measured]:
    call, stage = _open_call()
    person = Person.objects.get(email="head@alaverdi.example")
    drafts = _drafts(call, stage, person, _RUNS + 10)
    yield measure("save while typing", "UPDATE of its section", *_saving(drafts[0], person), runs=_RUNS)
    entries = iter(drafts)

    def submit() -> None:
        submit_application(next(entries), by=person, received_at=clock.now(), confirmation=confirmation())

    yield measure("submit an application", "INSERT of its submission", submit, _bare_insert(), runs=_RUNS)
    yield measure("an application as PDF", "an empty page", *_printing(), runs=_PRINTED)


def _saving(entry: StageEntry, person: Person) -> tuple[Work, Work]:
    """Return a save of one section as the page sends it, another text each time; and the least statement for it."""
    row = SectionAnswers.objects.get(entry=entry, section="motivation")
    client, texts = Client(), count()
    client.force_login(person)
    address = reverse("applications:section", args=[entry.pk, row.section])
    typed = {**row.answers, "earlier-project": "yes", "form.version": row.version}

    def save() -> None:
        typed["challenge"] = f"{row.answers['challenge']} {next(texts)}"
        response = client.post(address, typed, headers={"X-Autosave": "1"})
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")
        typed["form.version"] = response.json()["version"]

    def update() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            statement = "UPDATE applications_sectionanswers SET answers = answers, changed_at = now() WHERE id = %s"
            cursor.execute(statement, [row.pk])

    return save, update


def _printing() -> tuple[Work, Work]:
    submission = Submission.objects.filter(entry__stage__call__code="M4EG-2021-INNOVATION").order_by("pk")[0]
    fonts = FontConfiguration()

    def empty() -> None:
        weasyprint.HTML(string="<p></p>").write_pdf(font_config=fonts)

    def draw() -> None:
        cache.clear()  # else the file that was drawn before is given again
        application_pdf(submission, "hy")

    return draw, empty


def _open_call() -> tuple[Call, Stage]:
    """Publish a copy of the portfolio call that is open now."""
    spec = moved(load_file(FILES / "m4eg-2021-portfolio.yaml"), "eoi", (clock.now() + timedelta(days=20)).date())
    call = publish_anyway(write_call(spec.model_copy(update={"code": _CODE})), by=None, reason="Measurement")
    return call, call.stages.get(code="eoi")


def _drafts(call: Call, stage: Stage, person: Person, wanted: int) -> list[StageEntry]:
    """Return so many drafts that are complete, of municipalities for which the person writes."""
    spec = call_spec(call)
    form = stage_of(spec, stage.code)
    candidates = Candidates(call, stage, spec, clock.now())
    places = candidates.places(Random(1))[:wanted]
    for place in places:
        add_member(person, place.municipality, MemberRole.EDITOR)
    drafting = Drafting(spec, form, stage.opens_at, clock.now(), 1)
    storing = Storing(call, stage, candidates, files.Samples(list(form.form.questions())))
    return storing.begun([drafting.write(place, clock.now()) for place in places])


def _bare_insert() -> Work:
    """Return the floor: one transaction that inserts a submission of the same size, by SQL."""
    kept = Submission.objects.filter(entry__stage__call__code="M4EG-2021-PORTFOLIO").order_by("pk")[0]
    sequences, signed = count(100), [confirmation(), kept.seal, kept.sealed_by]
    statement = """
        INSERT INTO applications_submission (entry_id, sequence, number, received_at, deadline, grace_used,
            submitted_by_id, language, snapshot, eligibility, digest, confirmation, seal, sealed_by, corrigendum)
        VALUES (%s, %s, %s, %s, %s, false, NULL, %s, %s, %s, %s, %s, %s, %s, 0)
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT snapshot::text, eligibility::text FROM applications_submission WHERE id = %s", [kept.pk])
        snapshot, eligibility = cursor.fetchone()

    def work() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            values: list[Any] = [
                kept.entry_id,
                next(sequences),
                kept.number,
                kept.received_at,
                kept.deadline,
                kept.language,
            ]
            cursor.execute(statement, [*values, snapshot, eligibility, kept.digest, *signed])

    return work
