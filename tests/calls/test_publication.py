"""Publishing: what stops it, what is passed over with a reason, publication at a planned moment, cancelling."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from calls.authoring.publication import faults, usual_days, warnings
from calls.following import follow
from calls.lifecycle import (
    NotPublishable,
    ReasonMissing,
    WarningsOpen,
    cancel_call,
    cautions_of,
    publish_anyway,
    publish_call,
    publish_due,
    schedule_publication,
    unschedule_publication,
)
from calls.models import Call, CallState, Grid, Lot, Stage, WarningOverride
from calls.spec import CallSpec
from calls.tasks import publish_scheduled
from portal.notices.models import Message
from portal.transitions import IllegalTransition
from tests.factories import call_file, make_call, make_person, make_staff
from tests.support import Clock

PILOT, INNOVATION = "M4EG-2021-PILOT", "M4EG-2021-INNOVATION"
NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
WHY = {"hy": "Բյուջեն փոխվել է", "en": "The budget has changed"}
db = pytest.mark.django_db


def spec_like(change: Callable[[CallSpec], dict[str, Any]]) -> CallSpec:
    spec = call_file(PILOT)
    return spec.model_copy(update=change(spec))


def codes(spec: CallSpec, now: datetime) -> set[str]:
    return {caution.code for caution in warnings(spec, now)}


BEFORE = datetime(2021, 1, 1, tzinfo=UTC)


def draft(**fields: Any) -> Call:
    call = make_call(PILOT, published=False, deadline=NOW + timedelta(days=120))
    if fields:
        Call.objects.filter(pk=call.pk).update(**fields)
        call.refresh_from_db()
    return call


# Faults


def test_a_deadline_that_has_passed_stops_publication() -> None:
    spec = call_file(PILOT)
    last = max(stage.deadline for stage in spec.stages)
    assert faults(spec, BEFORE) == []
    found = faults(spec, spec.moment(last) + timedelta(days=1))
    assert [problem.path[-1] for problem in found] == ["deadline"] * len(spec.stages)
    assert faults(spec, spec.moment(spec.stages[0].deadline)) == [], "equal is in time"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda spec: {"languages": ()}, ("call", "languages")),
        (lambda spec: {"countries": ()}, ("call", "countries")),
        (lambda spec: {"stages": ()}, ("call", "stages")),
        (lambda spec: {"title": {"en": "Only one"}}, ("call", "title", "hy")),
        (lambda spec: {"budget": Decimal(1)}, ("call", "lots", 0, "budget")),
    ],
)
def test_what_is_unfinished_stops_publication(
    change: Callable[[CallSpec], dict[str, Any]], path: tuple[str | int, ...]
) -> None:
    assert path in [problem.path for problem in faults(spec_like(change), BEFORE)]


def test_a_grid_without_criteria_stops_publication() -> None:
    spec = call_file(PILOT)
    stage = spec.stages[0]
    assert stage.evaluation is not None
    empty = stage.evaluation.sections[0].model_copy(update={"criteria": ()})
    grid = stage.evaluation.model_copy(update={"sections": (empty, *stage.evaluation.sections[1:])})
    changed = spec.model_copy(update={"stages": (stage.model_copy(update={"evaluation": grid}), *spec.stages[1:])})
    paths = [problem.path for problem in faults(changed, BEFORE)]
    assert ("call", "stages", 0, "evaluation", "sections", 0, "criteria") in paths


# Warnings


def test_a_call_of_the_usual_kind_brings_no_warning_about_its_days() -> None:
    spec = call_file(PILOT)
    usual = 45 if spec.stages[0].kind == "concept_note" else 90
    early = spec.moment(spec.stages[0].deadline - timedelta(days=usual))
    late = early + timedelta(hours=1)
    moved = spec.model_copy(
        update={
            "stages": (spec.stages[0].model_copy(update={"opens": spec.local(BEFORE)}), *spec.stages[1:]),
        }
    )
    assert f"short:{spec.stages[0].code}" not in codes(moved, early)
    assert f"short:{spec.stages[0].code}" in codes(moved, late)


def test_small_grants_need_fewer_days() -> None:
    assert usual_days(call_file(INNOVATION)) == 60
    assert usual_days(call_file(PILOT)) == 90


@pytest.mark.parametrize(("before", "warned"), [(21, False), (20, True)])
def test_questions_end_three_weeks_before_the_deadline(before: int, warned: bool) -> None:
    deadline = min(stage.deadline for stage in call_file(PILOT).stages)
    spec = spec_like(lambda _spec: {"questions_until": deadline - timedelta(days=before)})
    assert ("questions-late" in codes(spec, BEFORE)) is warned


@pytest.mark.parametrize(("before", "warned"), [(11, False), (10, True)])
def test_answers_come_eleven_days_before_the_deadline(before: int, warned: bool) -> None:
    deadline = min(stage.deadline for stage in call_file(PILOT).stages)
    spec = spec_like(lambda _spec: {"answers_until": deadline - timedelta(days=before)})
    assert ("answers-late" in codes(spec, BEFORE)) is warned


def test_the_other_warnings() -> None:
    spec = call_file(PILOT)
    stage = spec.stages[0]
    lot = spec.lots[0]
    least = spec.grant_for(lot.code).fixed or spec.grant_for(lot.code).min
    assert least
    bare = stage.model_copy(update={"evaluation": None, "form": stage.form.model_copy(update={"sections": ()})})
    changed = spec.model_copy(
        update={
            "questions_until": None,
            "answers_until": None,
            "documents": (),
            "stages": (bare, *spec.stages[1:]),
            "lots": (lot.model_copy(update={"budget": least - 1}), *spec.lots[1:]),
        }
    )
    assert {
        "no-questions",
        "no-documents",
        f"no-grid:{stage.code}",
        f"no-questions-asked:{stage.code}",
        f"lot-small:{lot.code}",
        "lots-below-budget",
    } <= codes(changed, BEFORE)
    assert stage.evaluation
    alone = stage.evaluation.model_copy(update={"assessors": 1})
    one = spec.model_copy(update={"stages": (stage.model_copy(update={"evaluation": alone}), *spec.stages[1:])})
    assert f"one-assessor:{stage.code}" in codes(one, BEFORE)


def test_every_warning_is_said_in_both_languages() -> None:
    for caution in warnings(spec_like(lambda _spec: {"questions_until": None, "documents": ()}), BEFORE):
        said = caution.texts()
        assert set(said) == {"hy", "en"}
        assert all(said.values())


@db
def test_a_warning_needs_a_reason_which_stays_on_record(clock: Clock) -> None:
    clock.set(NOW)
    call, officer = draft(), make_staff()
    cautions = cautions_of(call)
    assert cautions
    with pytest.raises(WarningsOpen) as caught:
        publish_call(call, by=officer, overrides={cautions[0].code: "  "})
    assert [caution.code for caution in caught.value.cautions] == [caution.code for caution in cautions]
    assert not WarningOverride.objects.exists()
    publish_call(call, by=officer, overrides={caution.code: "agreed with the donor" for caution in cautions})
    rows = WarningOverride.objects.filter(call=call)
    assert {row.code for row in rows} == {caution.code for caution in cautions}
    assert {(row.reason, row.by) for row in rows} == {("agreed with the donor", officer)}
    assert all(set(row.text) == {"hy", "en"} for row in rows)


@db
def test_reasons_for_what_is_no_warning_are_not_kept(clock: Clock) -> None:
    clock.set(NOW)
    call = draft()
    reasons = {caution.code: "yes" for caution in cautions_of(call)}
    publish_call(call, by=None, overrides={**reasons, "short:moon": "no"})
    assert not WarningOverride.objects.filter(code="short:moon").exists()


# Later


def planned(clock: Clock, days: int = 2) -> Call:
    clock.set(NOW)
    call, officer = draft(), make_staff()
    at = NOW + timedelta(days=days)
    overrides = {caution.code: "agreed" for caution in cautions_of(call, at)}
    return schedule_publication(call, at=at, by=officer, overrides=overrides)


@db
def test_a_planned_call_is_published_at_its_moment_and_once(clock: Clock) -> None:
    call = planned(clock)
    clock.advance(timedelta(days=2, seconds=-1))
    assert publish_due() == 0
    clock.advance(timedelta(seconds=1))
    publish_scheduled()
    assert publish_due() == 0
    call.refresh_from_db()
    assert (call.state, call.publish_at, call.scheduled_by) == (CallState.PUBLISHED, None, None)
    assert call.published_at == NOW + timedelta(days=2)


@db
def test_where_a_fault_came_up_it_stays_a_draft_and_the_planner_is_told_once(
    clock: Clock, mailbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    call = planned(clock)
    person = call.scheduled_by
    Lot.objects.filter(call=call).update(budget=99_000_000)
    clock.advance(timedelta(days=3))
    with django_capture_on_commit_callbacks(execute=False):
        assert publish_due() == publish_due() == 0
    call.refresh_from_db()
    assert (call.state, call.publish_at) == (CallState.DRAFT, None)
    message = Message.objects.get()
    assert (message.recipient, message.kind) == (person, "publication_failed")
    assert "above the call's budget" in message.text


@db
def test_a_new_warning_keeps_it_back_too(clock: Clock) -> None:
    call = planned(clock)
    Grid.objects.filter(stage__call=call).update(assessors=1)
    clock.advance(timedelta(days=3))
    assert publish_due() == 0
    assert Message.objects.get().kind == "publication_failed"


@db
def test_an_edit_keeps_the_plan_and_giving_up_removes_it(clock: Clock) -> None:
    call = planned(clock)
    Call.objects.filter(pk=call.pk).update(title_en="Another title")
    call.refresh_from_db()
    assert call.publish_at == NOW + timedelta(days=2)
    assert unschedule_publication(call, by=None).publish_at is None
    clock.advance(timedelta(days=3))
    assert publish_due() == 0


@db
def test_only_a_draft_is_planned_and_only_for_later(clock: Clock) -> None:
    call = planned(clock)
    with pytest.raises(ValueError, match="after now"):
        schedule_publication(call, at=NOW, by=make_staff())
    published = publish_anyway(call, by=None, reason="yes")
    assert published.publish_at is None
    with pytest.raises(IllegalTransition):
        schedule_publication(published, at=NOW + timedelta(days=9), by=make_staff())
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(publish_at=NOW, scheduled_by=make_staff())


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_publish_once(clock: Clock) -> None:
    planned(clock)
    clock.advance(timedelta(days=3))

    def sweep(_number: int) -> int:
        try:
            return publish_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(sweep, range(4))) == 1
    assert Call.objects.get(code=PILOT).state == CallState.PUBLISHED


# The end


@db
def test_cancelling_needs_a_reason_in_each_language_and_tells_the_followers_once(clock: Clock) -> None:
    clock.set(NOW)
    call = make_call(PILOT, deadline=NOW + timedelta(days=9))
    people = [make_person(language=language) for language in ("hy", "en")]
    for person in people:
        follow(call, person)
    with translation.override("en"), pytest.raises(ReasonMissing, match="hy"):
        cancel_call(call, by=None, reason={"en": "Why not"})
    cancelled = cancel_call(call, by=None, reason=WHY)
    assert (cancelled.cancel_reason, cancelled.cancelled_at) == (WHY, NOW)
    written = {message.recipient_id: message.text for message in Message.objects.filter(kind="call_cancelled")}
    assert set(written) == {person.pk for person in people}
    assert WHY["hy"] in written[people[0].pk]
    assert WHY["en"] in written[people[1].pk]


@db
def test_a_draft_with_faults_is_neither_published_nor_planned(clock: Clock) -> None:
    clock.set(NOW)
    call = draft()
    Stage.objects.filter(call=call).delete()
    with pytest.raises(NotPublishable):
        publish_call(call, by=None)
    with pytest.raises(NotPublishable):
        schedule_publication(call, at=NOW + timedelta(days=1), by=make_staff())
