"""Submitting an application against the one INSERT that could not be left out."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

from django.db import connection, transaction

from applications.lifecycle import submit_application
from applications.models import StageEntry, Submission
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
_CODE = "M4EG-2021-BENCH"


def measured() -> Iterator[Measured]:
    call, stage = _open_call()
    person = Person.objects.get(email="head@alaverdi.example")
    entries = iter(_drafts(call, stage, person, _RUNS + 10))

    def submit() -> None:
        submit_application(next(entries), by=person, received_at=clock.now())

    yield measure("submit an application", "INSERT of its submission", submit, _bare_insert(), runs=_RUNS)


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
    sequences = count(100)
    statement = """
        INSERT INTO applications_submission (entry_id, sequence, number, received_at, deadline, grace_used,
            submitted_by_id, language, snapshot, eligibility, digest)
        VALUES (%s, %s, %s, %s, %s, false, NULL, %s, %s, %s, %s)
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
            cursor.execute(statement, [*values, snapshot, eligibility, kept.digest])

    return work
