"""Checks, assignment, declarations, scores, completion and shortlists, by their functions."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection, connections
from django.db.utils import InternalError
from django.utils import translation

from applications.models import EntryState, Helper, StageEntry
from calls.models import CheckItem, Stage
from evaluation.lifecycle import (
    CannotFreeze,
    Incomplete,
    NewerVersion,
    Refused,
    ScoreInput,
    assign_assessor,
    assign_many,
    begin_consensus,
    complete_assessment,
    declare_conflict,
    declare_no_conflict,
    freeze_shortlist,
    make_shortlist,
    plan_assignment,
    record_check,
    reject_entry,
    reopen_assessment,
    save_scores,
)
from evaluation.models import Assessment, AssessmentState, CheckResult, Shortlist, ShortlistRow, ShortlistState
from portal import clock
from portal.accounts.models import Membership
from portal.transitions import IllegalTransition
from tests.evaluation.factories import (
    assign,
    begin,
    frozen,
    given,
    judged,
    make_assessor,
    make_entry,
    make_stage,
    score,
)
from tests.factories import make_member, make_municipality, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def stage() -> Stage:
    return make_stage()


def state_of(entry: StageEntry) -> str:
    return str(StageEntry.objects.get(pk=entry.pk).state)


# --- checks


def test_checks_are_recorded_and_replaced_and_a_fatal_no_rejects(stage: Stage) -> None:
    officer, entry = make_staff(), make_entry(stage)
    item = CheckItem.objects.filter(stage=stage).first()
    assert item
    record_check(entry, item, "yes", by=officer)
    with pytest.raises(Refused):
        reject_entry(entry, "No signature.", by=officer)
    record_check(entry, item, "no", "page 3", by=officer)
    with pytest.raises(Refused):
        reject_entry(entry, "  ", by=officer)
    reject_entry(entry, "No signature.", by=officer)
    assert state_of(entry) == EntryState.REJECTED
    assert CheckResult.objects.get().note == "page 3\nNo signature."
    with pytest.raises(Refused):
        record_check(entry, item, "yes", by=officer)
    with pytest.raises(IllegalTransition):
        reject_entry(entry, "Again.", by=officer)


def test_a_check_of_another_stage_is_refused(stage: Stage) -> None:
    entry = make_entry(stage)
    other = CheckItem.objects.filter(stage__call=stage.call).exclude(stage=stage).first()
    assert other
    with pytest.raises(Refused):
        record_check(entry, other, "yes", by=None)


# --- assignment


def test_order_is_the_order_of_assignment_and_goes_on_after_a_conflict(stage: Stage) -> None:
    entry, people = make_entry(stage), [make_assessor() for _ in range(3)]
    first = assign(entry, people[0])
    declare_conflict(first, "My cousin works there.", by=people[0])
    assert [assign(entry, person).order for person in people[1:]] == [2, 3]


def test_the_assessor_is_told_once_for_many(
    stage: Stage, mailbox: list[EmailMessage], django_capture_on_commit_callbacks: Any
) -> None:
    people = [make_assessor(language="en"), make_assessor(language="hy")]
    entries = [make_entry(stage) for _ in range(3)]
    from portal.notices.models import Message

    assign_many(stage, entries, people, by=None)
    messages = Message.objects.order_by("pk")
    assert [(one.recipient, one.kind) for one in messages] == [(p, "assessments_assigned") for p in people]
    assert "3 applications" in messages[0].subject
    assert "/admin/evaluation/assessment/my/" in messages[0].text
    assert Assessment.objects.count() == 6


@pytest.mark.parametrize(
    ("prepare", "word"),
    [
        (lambda entry: make_member(entry.application.municipality), "not an assessor"),
        (lambda entry: _member_and_assessor(entry), "works or worked"),
        (lambda entry: _helped_once(entry), "works or worked"),
        (lambda entry: _same_domain(entry), "e-mail address of the municipality (alaverdi.am)"),
        (lambda entry: _officer_too(entry), "would see"),
    ],
)
def test_who_is_not_independent_is_refused(stage: Stage, prepare: Callable[[StageEntry], Any], word: str) -> None:
    entry = make_entry(stage)
    person = prepare(entry)
    entry.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        assign_assessor(entry, person, by=None)
    assert word in str(refusal.value)
    assert not Assessment.objects.exists()


def _member_and_assessor(entry: StageEntry) -> Any:
    person = make_assessor()
    long_ago = clock.now().date() - timedelta(days=900)
    Membership.objects.create(
        person=person,
        municipality=entry.application.municipality,
        role="viewer",
        since=long_ago,
        until=long_ago + timedelta(days=30),
    )
    return person


def _helped_once(entry: StageEntry) -> Any:
    person, now = make_assessor(), clock.now()
    Helper.objects.create(
        application=entry.application,
        name="An adviser",
        email=person.email,
        secret="0" * 64,
        until=now + timedelta(days=1),
        person=person,
        accepted_at=now,
        ended_at=now,
    )
    return person


def _same_domain(entry: StageEntry) -> Any:
    municipality = entry.application.municipality
    municipality.official_email = "mayor@Alaverdi.am"
    municipality.save()
    return make_assessor(email="expert@alaverdi.am")


def _officer_too(entry: StageEntry) -> Any:
    person = make_staff("country_officer", country=entry.application.municipality.country_id)
    person.staff_roles.create(role="assessor")
    return person


def test_a_free_mailbox_in_common_says_nothing(stage: Stage) -> None:
    entry = make_entry(stage, make_municipality(official_email="alaverdi@mail.ru"))
    assert assign(entry, make_assessor(email="expert@mail.ru")).order == 1


def test_nobody_is_assigned_twice_nor_beyond_the_grid(stage: Stage) -> None:
    entry, people = make_entry(stage), [make_assessor() for _ in range(3)]
    assign(entry, people[0])
    with pytest.raises(Refused, match="already"):
        assign(entry, people[0])
    assign(entry, people[1])
    with pytest.raises(Refused, match="2 assessors"):
        assign(entry, people[2])


def test_nobody_is_assigned_while_an_application_may_still_be_replaced(stage: Stage) -> None:
    Stage.objects.filter(pk=stage.pk).update(deadline=clock.now() + timedelta(days=1))
    with pytest.raises(Refused, match="still open"):
        assign(make_entry(stage), make_assessor())


def test_a_plan_names_what_it_leaves_alone_and_why(stage: Stage) -> None:
    people = [make_assessor() for _ in range(3)]
    free, full = make_entry(stage), make_entry(stage)
    for person in people[:2]:
        assign(full, person)
    plan = plan_assignment(stage, [free, full], people)
    assert [(one.entry, one.person) for one in plan.chosen] == [(free, people[0]), (free, people[1])]
    assert [(one.entry, one.person) for one in plan.left_alone] == [(free, people[2]), *((full, p) for p in people)]
    assert all(one.refusal for one in plan.left_alone)
    assert Assessment.objects.count() == 2


def test_a_third_is_assigned_only_where_the_scores_diverge(stage: Stage) -> None:
    people = [make_assessor() for _ in range(3)]
    alike = judged(stage, people[:2], "444444", "444443")
    apart = judged(stage, people[:2], "555555", "111111")
    with pytest.raises(Refused):
        assign(alike, people[2])
    assert assign(apart, people[2]).order == 3
    with pytest.raises(Refused):
        assign(apart, make_assessor())


def test_an_agreed_assessment_only_where_the_grid_settles_so() -> None:
    stage = make_stage(divergence={"percent_of_higher": 30, "resolve": "consensus"})
    officer, people = make_staff(), [make_assessor() for _ in range(2)]
    alike = judged(stage, people, "444444", "444443")
    apart = judged(stage, people, "555555", "111111")
    with pytest.raises(Refused):
        begin_consensus(alike, by=officer)
    agreed = begin_consensus(apart, by=officer)
    assert begin_consensus(apart, by=make_staff()) == agreed
    with pytest.raises(CannotFreeze, match=str(apart.application)):
        frozen(stage)
    save_scores(agreed, given("333333"), "", 1, by=officer)
    complete_assessment(agreed, by=officer)
    content = frozen(stage).content
    assert content
    entries = {one["number"]: one["assessments"] for one in content["applications"]}
    assert entries[str(apart.application)][2] == {
        "scores": dict.fromkeys(entries[str(apart.application)][0]["scores"], 3),
        "consensus": True,
    }


# --- an assessor's work


def test_nothing_is_scored_before_the_declaration_nor_by_another(stage: Stage) -> None:
    entry, person, other = make_entry(stage), make_assessor(), make_assessor()
    assessment = assign(entry, person)
    with pytest.raises(Refused):
        save_scores(assessment, given("444444"), "", 1, by=person)
    with pytest.raises(Refused):
        declare_no_conflict(assessment, by=other)
    declare_no_conflict(assessment, by=person)
    with pytest.raises(IllegalTransition):
        declare_no_conflict(assessment, by=person)
    with pytest.raises(Refused):
        save_scores(assessment, given("444444"), "", 1, by=other)


def test_saving_keeps_a_part_and_a_newer_version_is_not_overwritten(stage: Stage) -> None:
    entry, person = make_entry(stage), make_assessor()
    assessment = begin(entry, person)
    assert save_scores(assessment, given("4.3..."), "so far", 1, by=person) == 2
    with pytest.raises(NewerVersion):
        save_scores(assessment, given("555555"), "", 1, by=person)
    kept = {one.criterion.code: one.value for one in assessment.scores.select_related("criterion")}
    assert kept["1.1"] == 4
    assert kept["1.2"] is None
    assert save_scores(assessment, {"1.2": ScoreInput(Decimal(2))}, "", 2, by=person) == 3
    assert assessment.scores.get(criterion__code="1.1").value == 4


@pytest.mark.parametrize("value", ["0", "6", "2.5"])
def test_a_score_off_the_scale_is_refused(stage: Stage, value: str) -> None:
    entry, person = make_entry(stage), make_assessor()
    assessment = begin(entry, person)
    with pytest.raises(Refused):
        save_scores(assessment, {"1.1": ScoreInput(Decimal(value))}, "", 1, by=person)
    assert not assessment.scores.exists()


def test_completing_needs_every_score_and_the_comments_of_the_extremes(stage: Stage) -> None:
    entry, person = make_entry(stage), make_assessor()
    assessment = begin(entry, person)
    save_scores(assessment, given("15.433", comment=""), "", 1, by=person)
    with pytest.raises(Incomplete) as incomplete:
        complete_assessment(assessment, by=person)
    assert [code for code, _message in incomplete.value.faults] == ["1.1", "1.2", "1.3"]
    save_scores(assessment, given("155433"), "", 2, by=person)
    done = complete_assessment(assessment, by=person)
    assert done.total == 2 + 10 + 5 + 4 + 6 + 6
    with pytest.raises(Refused):
        save_scores(assessment, given("444444"), "", done.version, by=person)
    with pytest.raises(IllegalTransition):
        complete_assessment(assessment, by=person)


def test_a_reopened_assessment_does_not_count_until_it_is_completed_again(stage: Stage) -> None:
    people = [make_assessor() for _ in range(2)]
    entry = judged(stage, people, "444444", "444444")
    first = entry.assessments.get(order=1)
    reopen_assessment(first, by=None)
    with pytest.raises(CannotFreeze):
        frozen(stage)
    first.refresh_from_db()
    assert first.state == AssessmentState.REOPENED
    assert first.total is None
    complete_assessment(first, by=people[0])
    assert frozen(stage).state == ShortlistState.FROZEN
    with pytest.raises(Refused):
        reopen_assessment(first, by=None)


def test_a_conflict_can_be_declared_until_completion_and_needs_a_reason(stage: Stage) -> None:
    entry, person = make_entry(stage), make_assessor()
    assessment = begin(entry, person)
    with pytest.raises(Refused):
        declare_conflict(assessment, " ", by=person)
    declare_conflict(assessment, "I found my sister's name.", by=person)
    assert not Assessment.objects.visible_to(person).exists()
    done = score(make_entry(stage), person, "444444")
    with pytest.raises(IllegalTransition):
        declare_conflict(done, "Too late.", by=person)


# --- shortlists


def test_freezing_decides_the_applications_lot_by_lot(stage: Stage) -> None:
    people = [make_assessor() for _ in range(2)]
    best = judged(stage, people, "555555", "555555", requested=9_000_000)
    second = judged(stage, people, "544444", "444444", requested=2_000_000)
    weak = judged(stage, people, "222222", "222222")
    elsewhere = judged(stage, people, "444444", "444444", lot="LOT3", requested=900_000)
    shortlist = frozen(stage, make_staff())
    states = [state_of(entry) for entry in (best, second, weak, elsewhere)]
    assert states == [EntryState.SELECTED, EntryState.RESERVE, EntryState.FAILED, EntryState.SELECTED]
    rows = {row.entry_id: (row.rank, row.score, row.outcome) for row in shortlist.rows.all()}
    assert rows[best.pk] == (1, Decimal("50.00"), "selected")
    assert rows[weak.pk] == (None, Decimal("20.00"), "failed")
    assert len(shortlist.digest) == 64


def test_where_the_committee_chooses_those_that_passed_stay_submitted() -> None:
    stage, people = make_stage(selection={"rule": "manual"}), [make_assessor() for _ in range(2)]
    passed = judged(stage, people, "444444", "444444")
    failed = judged(stage, people, "222222", "222222")
    outcomes = [row.outcome for row in frozen(stage).rows.all()]
    assert outcomes == ["passed", "failed"]
    assert [state_of(passed), state_of(failed)] == [EntryState.SUBMITTED, EntryState.FAILED]


def test_nothing_is_frozen_while_something_waits_the_stage_is_open_or_there_is_nothing(stage: Stage) -> None:
    people = [make_assessor() for _ in range(2)]
    with pytest.raises(CannotFreeze):
        frozen(stage)
    ready = judged(stage, people, "444444", "444444")
    waits = make_entry(stage, lot="LOT3")
    with pytest.raises(CannotFreeze, match=str(waits.application)) as refusal:
        frozen(stage)
    assert str(ready.application) not in str(refusal.value)
    StageEntry.objects.filter(pk=waits.pk).update(state=EntryState.WITHDRAWN)
    StageEntry.objects.filter(pk=ready.pk).update(state=EntryState.CLARIFICATION)
    with pytest.raises(CannotFreeze, match="clarification"):
        frozen(stage)
    StageEntry.objects.filter(pk=ready.pk).update(state=EntryState.SUBMITTED)
    Stage.objects.filter(pk=stage.pk).update(deadline=clock.now() + timedelta(days=1))
    with pytest.raises(CannotFreeze, match="still open"):
        frozen(stage)
    assert not ShortlistRow.objects.exists()
    assert state_of(ready) == EntryState.SUBMITTED


def test_a_second_shortlist_keeps_the_seed_and_names_what_it_replaces(stage: Stage) -> None:
    people = [make_assessor() for _ in range(2)]
    judged(stage, people, "444444", "444444")
    first = frozen(stage)
    draft = make_shortlist(stage, by=None)
    assert draft.seed == first.seed
    assert make_shortlist(stage, by=None) == draft
    second = freeze_shortlist(draft, by=None)
    first.refresh_from_db()
    assert first.state == ShortlistState.SUPERSEDED
    assert second.replaces == first
    assert second.content
    assert second.content["shortlist"]["replaces"] == first.digest
    with pytest.raises(IllegalTransition):
        freeze_shortlist(second, by=None)


def test_a_ranking_that_changed_after_it_was_shown_is_not_frozen(stage: Stage) -> None:
    people = [make_assessor() for _ in range(2)]
    judged(stage, people, "444444", "444444")
    with pytest.raises(Refused, match="changed"):
        freeze_shortlist(make_shortlist(stage, by=None), by=None, shown="0" * 64)
    assert Shortlist.objects.get().state == ShortlistState.DRAFT


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evaluation_shortlistrow SET rank = 9",
        "UPDATE evaluation_shortlistrow SET outcome = 'reserve'",
        "DELETE FROM evaluation_shortlistrow",
        "UPDATE evaluation_shortlist SET content = '{}'",
        "UPDATE evaluation_shortlist SET digest = 'x'",
        "UPDATE evaluation_shortlist SET seed = 1",
        "UPDATE evaluation_shortlist SET state = 'draft'",
        "DELETE FROM evaluation_shortlist",
    ],
)
def test_no_statement_changes_a_frozen_shortlist(stage: Stage, statement: str) -> None:
    judged(stage, [make_assessor() for _ in range(2)], "444444", "444444")
    frozen(stage)
    with pytest.raises(InternalError), connection.cursor() as cursor:
        cursor.execute(statement)


# --- two at once


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run the acts in threads of their own at the same moment; give back what each returned or raised."""
    results: list[object] = [None] * len(acts)
    barrier = threading.Barrier(len(acts))

    def run(position: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait()
            results[position] = act()
        except Exception as error:
            results[position] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_people_freeze_at_once_and_one_shortlist_is_frozen() -> None:
    stage = make_stage()
    judged(stage, [make_assessor() for _ in range(2)], "444444", "444444")
    draft = make_shortlist(stage, by=None)
    results = at_once(*(lambda: freeze_shortlist(Shortlist.objects.get(pk=draft.pk), by=None) for _ in range(2)))
    assert sorted(type(one).__name__ for one in results) == ["IllegalTransition", "Shortlist"]
    assert list(Shortlist.objects.values_list("state", flat=True)) == [ShortlistState.FROZEN]
    assert ShortlistRow.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_complete_at_once_and_one_does() -> None:
    stage, person = make_stage(), make_assessor()
    assessment = begin(make_entry(stage), person)
    save_scores(assessment, given("444444"), "", 1, by=person)
    results = at_once(
        *(lambda: complete_assessment(Assessment.objects.get(pk=assessment.pk), by=person) for _ in range(2))
    )
    assert sorted(type(one).__name__ for one in results) == ["Assessment", "IllegalTransition"]
    assert Assessment.objects.get().total == 40


@pytest.mark.django_db(transaction=True)
def test_two_saves_of_one_version_and_one_is_kept_whole() -> None:
    stage, person = make_stage(), make_assessor()
    assessment = begin(make_entry(stage), person)
    results = at_once(
        *(
            lambda digits=digits: save_scores(assessment, given(digits), digits, 1, by=person)
            for digits in ("222222", "333333")
        )
    )
    assert sorted(type(one).__name__ for one in results) == ["NewerVersion", "int"]
    kept = Assessment.objects.get()
    assert {f"{one.value:.0f}" * 6 for one in kept.scores.all()} == {kept.comment}


@pytest.mark.django_db(transaction=True)
def test_two_people_assign_at_once_and_the_orders_differ() -> None:
    stage, people = make_stage(), [make_assessor() for _ in range(3)]
    entry = make_entry(stage)
    results = at_once(*(lambda person=person: assign(entry, person) for person in people))
    assert sorted(type(one).__name__ for one in results) == ["Assessment", "Assessment", "Refused"]
    assert sorted(Assessment.objects.values_list("order", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_freezing_and_reopening_at_once_never_freeze_what_is_open() -> None:
    stage, people = make_stage(), [make_assessor() for _ in range(2)]
    entry = judged(stage, people, "444444", "444444")
    draft, first = make_shortlist(stage, by=None), entry.assessments.get(order=1)
    results = at_once(lambda: freeze_shortlist(draft, by=None), lambda: reopen_assessment(first, by=None))
    first.refresh_from_db()
    frozen_now = Shortlist.objects.get().state == ShortlistState.FROZEN
    assert frozen_now == (first.state == AssessmentState.COMPLETED), results
