"""Beginning, writing, submitting and withdrawing: every refusal, and what stays when something is refused."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.utils import translation

from applications.answers import digest_of
from applications.answers.merging import marks_of
from applications.lifecycle import (
    attach_file,
    choose_lot,
    remove_file,
    save_section,
    start_application,
    submit_application,
    withdraw_application,
)
from applications.models import AnswersVersion, Application, EntryState, SectionAnswers, StageEntry, Submission
from applications.presentation import submitted_answers
from applications.queries import dossier_of
from applications.refusals import LotTaken, NoLot, NotADraft, NotComplete, NotEligible, NotOpen, TooLate
from calls.models import Call, CallState, Stage
from calls.spec import BUILTIN_SECTION, CallSpec
from portal import clock as portal_clock
from portal.accounts.models import Country, Municipality, Person
from portal.documents.sniff import UploadRefused
from portal.notices.models import Message
from portal.transitions import IllegalTransition
from tests.applications.helpers import INNOVATION, PORTFOLIO, fill, upload
from tests.factories import lot_of, make_call, make_draft, make_member, make_municipality, stage_of
from tests.support import Clock

pytestmark = pytest.mark.django_db
MICROSECOND = timedelta(microseconds=1)


class Place:
    """A municipality with its head and an open call."""

    def __init__(self, code: str = "M4EG-2021-PORTFOLIO", **call: Any) -> None:
        self.call = make_call(code, **call)
        self.municipality = make_municipality()
        self.head = make_member(self.municipality, "head")
        self.stage = stage_of(self.call)

    def draft(self) -> StageEntry:
        return make_draft(self.call, self.municipality, by=self.head)

    def filled(self) -> StageEntry:
        return fill(self.draft(), self.head)

    def submit(self, entry: StageEntry, **more: Any) -> Submission:
        return submit_application(entry, by=self.head, received_at=more.pop("received_at", portal_clock.now()))


@pytest.fixture
def place() -> Place:
    return Place()


def typed(entry: StageEntry) -> dict[str, Any]:
    return dict(SectionAnswers.objects.filter(entry=entry).values_list("section", "answers"))


# --- beginning --------------------------------------------------------------------------------------------------------


def test_beginning_twice_gives_the_same_draft(place: Place) -> None:
    first, second = place.draft(), place.draft()
    assert first == second
    assert Application.objects.get().municipality_name_en == "Alaverdi"


@pytest.mark.parametrize("hours", [-24 * 200, 1])
def test_nothing_begins_outside_the_stage(place: Place, clock: Clock, hours: int) -> None:
    clock.set(place.stage.deadline + timedelta(hours=hours))
    with pytest.raises(NotOpen):
        place.draft()


def test_nothing_begins_in_a_cancelled_call(place: Place) -> None:
    Call.objects.update(state=CallState.CANCELLED)
    with pytest.raises(NotOpen):
        start_application(Call.objects.get(), place.stage, place.municipality, None, by=place.head)


def test_a_call_with_lots_needs_one_that_is_open_to_the_municipality() -> None:
    call, municipality = make_call("M4EG-2021-PILOT"), make_municipality()
    with pytest.raises(NoLot):
        make_draft(call, municipality)
    with pytest.raises(NotEligible) as refusal:
        make_draft(call, municipality, lot="LOT2")
    assert [finding.rule for finding in refusal.value.right.failed] == ["country"]
    assert make_draft(call, municipality, lot="LOT1").application.lot == lot_of(call, "LOT1")


def test_the_limit_of_the_call_counts_drafts_and_leaves_withdrawn_ones_out() -> None:
    def one_only(spec: CallSpec) -> CallSpec:
        limits = spec.applications_per_municipality.model_copy(update={"call": 1})
        return spec.model_copy(update={"applications_per_municipality": limits})

    call, municipality = make_call("M4EG-2021-PILOT", change=one_only), make_municipality()
    first = make_draft(call, municipality, lot="LOT1")
    with pytest.raises(NotEligible) as refusal:
        make_draft(call, municipality, lot="LOT3")
    assert {finding.rule for finding in refusal.value.right.failed} == {"limit"}
    head = make_member(municipality)
    withdraw_application(first, by=head, received_at=portal_clock.now())
    assert make_draft(call, municipality, lot="LOT3").state == EntryState.DRAFT


def test_a_municipality_that_merged_or_whose_country_is_suspended_cannot_begin(place: Place) -> None:
    successor = make_municipality("Tumanyan")
    Municipality.objects.filter(pk=place.municipality.pk).update(merged_into=successor)
    place.municipality.refresh_from_db()
    with pytest.raises(NotEligible) as refusal:
        place.draft()
    assert [finding.rule for finding in refusal.value.right.failed] == ["merger"]
    Country.objects.update(suspended_from=date(2020, 1, 1))
    other = Municipality.objects.get(pk=successor.pk)
    with pytest.raises(NotEligible) as refusal:
        make_draft(place.call, other)
    assert [finding.rule for finding in refusal.value.right.failed] == ["suspension"]


def test_the_innovation_call_is_closed_without_an_expression_of_interest_and_says_why(place: Place) -> None:
    innovation = make_call("M4EG-2021-INNOVATION")
    with pytest.raises(NotEligible) as refusal:
        make_draft(innovation, place.municipality, by=place.head)
    (failed,) = refusal.value.right.failed
    assert failed.rule == "earlier_application"
    assert failed.reason["en"].startswith("The right to take part rests on the municipality's expression of interest")
    assert failed.reason["hy"]
    expression = place.draft()
    assert make_draft(innovation, place.municipality, by=place.head).state == EntryState.DRAFT
    withdraw_application(expression, by=place.head, received_at=portal_clock.now())
    other = make_call("M4EG-2021-INNOVATION", change=lambda spec: spec.model_copy(update={"code": "OTHER"}))
    with pytest.raises(NotEligible):
        make_draft(other, place.municipality, by=place.head)


def test_a_stage_by_invitation_goes_on_with_the_selected_application(clock: Clock, mailbox: list[Any]) -> None:
    call, municipality = make_call("M4EG-2021-PILOT"), make_municipality()
    head = make_member(municipality, "head")
    concept = make_draft(call, municipality, by=head, lot="LOT1")
    full = stage_of(call, "full")
    clock.set(full.opens_at + timedelta(days=1))
    lot = lot_of(call, "LOT1")
    with pytest.raises(NotEligible) as refusal:
        start_application(call, full, municipality, lot, by=head)
    assert [finding.rule for finding in refusal.value.right.failed] == ["invitation"]
    clock.set(stage_of(call).deadline)
    submit_application(fill(concept, head), by=head, received_at=portal_clock.now())
    clock.set(full.opens_at + timedelta(days=1))
    StageEntry.objects.filter(pk=concept.pk).update(state=EntryState.SELECTED)
    entry = start_application(call, full, municipality, lot, by=head)
    assert entry.application == concept.application
    assert dossier_of(entry).sheet.before == Decimal(400_000)


# --- writing ----------------------------------------------------------------------------------------------------------


def test_what_was_typed_is_kept_as_typed_also_when_it_is_wrong(place: Place) -> None:
    entry = place.draft()
    save_section(entry, "municipality", {"contact-name": "x" * 300, "staff": "about 4"}, 0, by=place.head)
    assert typed(entry) == {"municipality": {"contact-name": "x" * 300, "staff": "about 4"}}
    assert [p.code for p in dossier_of(entry).sheet.problems_in("municipality")] == [
        "too_many_characters",
        "not_number",
    ]


def test_where_both_changed_an_answer_theirs_stays_and_the_writer_has_to_choose(place: Place) -> None:
    entry, colleague = place.draft(), make_member(place.municipality)
    first = save_section(entry, "municipality", {"contact-name": "one"}, 0, by=place.head)
    save_section(entry, "municipality", {"contact-name": "two"}, first.version, by=colleague)
    saved = save_section(entry, "municipality", {"contact-name": "three"}, first.version, by=place.head)
    assert saved.clashing == {"contact-name"}
    assert (saved.row.answers, saved.version, saved.row.changed_by) == ({"contact-name": "two"}, 2, colleague)
    assert typed(entry)["municipality"] == {"contact-name": "two"}
    assert save_section(entry, "municipality", {"contact-name": "four"}, 0, by=place.head).clashing


def test_two_who_changed_different_answers_keep_both(place: Place) -> None:
    entry, colleague = place.draft(), make_member(place.municipality)
    before = {"contact-name": "one", "staff": "4"}
    first = save_section(entry, "municipality", before, 0, by=place.head)
    marks = marks_of(first.row.answers)
    save_section(entry, "municipality", {**before, "staff": "5"}, first.version, by=colleague, marks=marks)
    mine = {**before, "contact-name": "three"}
    saved = save_section(entry, "municipality", mine, first.version, by=place.head, marks=marks)
    assert (set(saved.clashing), set(saved.theirs), saved.version) == (set(), {"staff"}, 3)
    assert typed(entry)["municipality"] == {"contact-name": "three", "staff": "5"}


def test_saving_the_same_again_is_no_new_version_and_no_conflict(place: Place) -> None:
    entry = place.draft()
    saved = save_section(entry, "municipality", {"staff": "4"}, 0, by=place.head)
    again = save_section(entry, "municipality", {"staff": " 4 "}, 0, by=place.head)
    assert saved.version == again.version == 1


def test_earlier_texts_are_kept_ten_minutes_together_for_each_person(place: Place, clock: Clock) -> None:
    entry, colleague = place.draft(), make_member(place.municipality)
    version = 0
    steps = [(0, place.head), (5, place.head), (4, place.head), (2, place.head), (1, colleague), (1, place.head)]
    for number, (minutes, person) in enumerate(steps):
        clock.advance(timedelta(minutes=minutes))
        version = save_section(entry, "municipality", {"staff": str(number)}, version, by=person).version
    kept = AnswersVersion.objects.order_by("pk").values_list("version", "answers__staff", "changed_by")
    assert list(kept) == [
        (3, "2", place.head.pk),
        (4, "3", place.head.pk),
        (5, "4", colleague.pk),
        (6, "5", place.head.pk),
    ]


def test_drafts_leave_no_history_of_each_save(place: Place) -> None:
    entry = place.draft()
    for number in range(3):
        save_section(entry, "municipality", {"staff": str(number)}, number, by=place.head)
    assert entry.events.count() == 1  # type: ignore[attr-defined]


def test_the_lot_of_a_draft_can_be_changed_to_one_that_is_free() -> None:
    call, municipality = make_call("M4EG-2021-PILOT"), make_municipality()
    entry = make_draft(call, municipality, lot="LOT1")
    make_draft(call, municipality, lot="LOT3")
    by = make_member(municipality)
    with pytest.raises(LotTaken):
        choose_lot(entry, "LOT3", by=by)
    with pytest.raises(NoLot):
        choose_lot(entry, "LOT9", by=by)
    choose_lot(entry, "LOT2", by=by)
    assert StageEntry.objects.get(pk=entry.pk).application.lot == lot_of(call, "LOT2")


def test_files_come_and_go_and_their_number_is_limited(place: Place) -> None:
    entry = place.draft()
    kept = attach_file(entry, "ledp", upload(), by=place.head)
    with pytest.raises(UploadRefused) as refusal:
        attach_file(entry, "ledp", upload("second.pdf"), by=place.head)
    with translation.override("en"):
        assert "1 files already" in refusal.value.messages[0]
    remove_file(entry, kept.pk, by=place.head)
    remove_file(entry, kept.pk, by=place.head)
    assert dossier_of(entry).attachments == ()
    assert attach_file(entry, "ledp", upload("second.pdf"), by=place.head).file.name == "second.pdf"
    with pytest.raises(UploadRefused):
        attach_file(entry, "letter", upload("letter.pdf", b"no pdf"), by=place.head)
    with pytest.raises(LookupError):
        attach_file(entry, "staff", upload(), by=place.head)


# --- submitting -------------------------------------------------------------------------------------------------------


def test_a_submission_fixes_everything_and_sends_receipts(place: Place, mailbox: list[Any]) -> None:
    entry, editor = place.filled(), make_member(place.municipality)
    make_member(place.municipality, "viewer")
    submission = submit_application(entry, by=editor, received_at=portal_clock.now())
    entry.refresh_from_db()
    assert submission.number == "M4EG-2021-PORTFOLIO-0001"
    assert (entry.state, entry.submission, entry.requested) == (EntryState.SUBMITTED, submission, 0)
    assert entry.application.number == submission.number
    stored = Submission.objects.get()
    assert digest_of(stored.snapshot) == stored.digest == submission.digest
    assert stored.snapshot["answers"]["municipality"]["staff"] == "4"
    assert stored.snapshot["municipality"]["name"]["en"] == "Alaverdi"
    assert len(stored.snapshot["files"]["ledp"][0]["sha256"]) == 64
    assert stored.eligibility["verdict"] == "caveat"
    assert {finding["rule"] for finding in stored.eligibility["findings"]} >= {"country", "declaration"}
    receipts = Message.objects.filter(kind="receipt")
    assert {message.recipient for message in receipts} == {editor, place.head}
    assert submission.number in receipts[0].text
    assert submission.digest in receipts[0].text


def test_amounts_of_the_budget_become_columns(mailbox: list[Any]) -> None:
    portfolio = Place()
    portfolio.draft()
    call = make_call("M4EG-2021-INNOVATION")
    entry = fill(make_draft(call, portfolio.municipality, by=portfolio.head), portfolio.head)
    portfolio.submit(entry)
    entry.refresh_from_db()
    assert (entry.requested, entry.total_cost, entry.months) == (Decimal(60_000), Decimal(70_000), 10)
    assert Submission.objects.get().snapshot["amounts"] == {
        "requested": "60000.00",
        "total_cost": "70000.00",
        "months": 10,
    }


def test_equal_to_the_deadline_is_in_time(place: Place, mailbox: list[Any]) -> None:
    submission = place.submit(place.filled(), received_at=place.stage.deadline)
    assert not submission.grace_used


def test_a_microsecond_after_the_deadline_is_refused_and_the_typed_text_kept(place: Place) -> None:
    entry = place.filled()
    before = typed(entry)
    with pytest.raises(TooLate):
        place.submit(entry, received_at=place.stage.deadline + MICROSECOND)
    entry.refresh_from_db()
    assert (entry.state, typed(entry), Submission.objects.count()) == (EntryState.DRAFT, before, 0)
    assert len(dossier_of(entry).attachments) == 2
    # Writing into it still loses nothing.
    assert save_section(entry, "municipality", {"staff": "5"}, 1, by=place.head).version == 2


@pytest.mark.parametrize(
    ("late", "taken"), [(timedelta(minutes=15), True), (timedelta(minutes=15) + MICROSECOND, False)]
)
def test_grace_is_used_silently_and_recorded(mailbox: list[Any], late: timedelta, taken: bool) -> None:
    portfolio = Place()
    portfolio.draft()
    call = make_call("M4EG-2021-INNOVATION")
    entry = fill(make_draft(call, portfolio.municipality, by=portfolio.head), portfolio.head)
    moment = stage_of(call).deadline + late
    if taken:
        submission = portfolio.submit(entry, received_at=moment)
        assert (submission.grace_used, submission.deadline) == (True, stage_of(call).deadline)
    else:
        with pytest.raises(TooLate):
            portfolio.submit(entry, received_at=moment)


def test_before_it_opens_nothing_is_submitted(place: Place) -> None:
    with pytest.raises(NotOpen):
        place.submit(place.filled(), received_at=place.stage.opens_at - MICROSECOND)


def test_all_that_is_missing_or_wrong_is_told_at_once(place: Place) -> None:
    entry = place.draft()
    save_section(entry, "municipality", {"staff": "1,500"}, 0, by=place.head)
    with pytest.raises(NotComplete) as refusal:
        place.submit(entry)
    found = {(problem.key, problem.code) for problem in refusal.value.problems}
    assert {
        ("staff", "ambiguous"),
        ("contact-name", "required"),
        ("ledp", "file_required"),
        ("declaration.ledp", "confirm"),
    } <= found
    assert len(found) == 9


def test_the_right_to_apply_is_found_anew_at_submission(place: Place) -> None:
    entry = place.filled()
    Country.objects.update(suspended_from=date(2020, 1, 1))
    with pytest.raises(NotEligible) as refusal:
        place.submit(entry)
    assert [finding.rule for finding in refusal.value.right.failed] == ["suspension"]
    assert StageEntry.objects.get().state == EntryState.DRAFT


def test_limits_of_the_call_hold_at_submission() -> None:
    portfolio = Place()
    portfolio.draft()
    call = make_call("M4EG-2021-INNOVATION")
    line = {"staff": {"total": "59 999,99", "requested": "59 999,99"}}
    answers = {**INNOVATION, "budget": {"budget": {"categories": line, "sources": []}}}
    answers["project"] = {**INNOVATION["project"], "months": "13"}
    entry = fill(make_draft(call, portfolio.municipality, by=portfolio.head), portfolio.head, answers)
    with pytest.raises(NotComplete) as refusal:
        portfolio.submit(entry)
    assert [problem.code for problem in refusal.value.problems] == ["duration_above", "grant_fixed"]


def test_submitting_again_gives_the_submission_that_stands(place: Place, mailbox: list[Any]) -> None:
    entry = place.filled()
    first = place.submit(entry)
    assert place.submit(entry, received_at=place.stage.deadline + timedelta(days=1)) == first
    assert (Submission.objects.count(), Message.objects.count()) == (1, 1)


def test_numbers_go_on_and_each_call_has_its_own(mailbox: list[Any]) -> None:
    first = Place()
    other = make_municipality("Dilijan")
    head = make_member(other, "head")
    numbers = [first.submit(first.filled()).number]
    entry = fill(make_draft(first.call, other, by=head), head)
    numbers.append(submit_application(entry, by=head, received_at=portal_clock.now()).number)
    assert numbers == ["M4EG-2021-PORTFOLIO-0001", "M4EG-2021-PORTFOLIO-0002"]


def test_what_was_submitted_takes_no_answers_and_no_files(place: Place, mailbox: list[Any]) -> None:
    entry = place.filled()
    place.submit(entry)
    kept = dossier_of(entry).attachments[0]
    for attempt in (
        lambda: save_section(entry, "municipality", {"staff": "9"}, 1, by=place.head),
        lambda: attach_file(entry, "letter", upload(), by=place.head),
        lambda: remove_file(entry, kept.pk, by=place.head),
        lambda: choose_lot(entry, "LOT1", by=place.head),
    ):
        with pytest.raises(NotADraft):
            attempt()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE applications_submission SET digest = repeat('0', 64)",
        "UPDATE applications_submission SET snapshot = '{}'",
        "UPDATE applications_submission SET received_at = received_at - interval '1 day'",
        "UPDATE applications_stageentry SET state = 'draft'",
        "DELETE FROM applications_submission",
        "DELETE FROM documents_storedfile",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_submitted(
    place: Place, mailbox: list[Any], as_owner: Callable[[str], None], statement: str
) -> None:
    place.submit(place.filled())
    with pytest.raises(InternalError), transaction.atomic():
        as_owner(statement)
    with connection.cursor() as cursor, pytest.raises(InternalError), transaction.atomic():
        cursor.execute(statement)


# --- taking back ------------------------------------------------------------------------------------------------------


def test_what_was_withdrawn_can_be_taken_up_and_submitted_again(place: Place, mailbox: list[Any]) -> None:
    entry = place.filled()
    first = place.submit(entry)
    withdraw_application(entry, by=place.head, received_at=place.stage.deadline)
    with pytest.raises(IllegalTransition):
        place.submit(entry)
    again = place.draft()
    assert again == entry
    assert typed(again)["municipality"] == {"contact-name": PORTFOLIO["municipality"]["contact-name"], "staff": "4"}
    second = place.submit(again)
    assert (second.number, second.sequence, first.sequence) == (first.number, 2, 1)
    entry.refresh_from_db()
    assert entry.submission == second
    assert set(Submission.objects.all()) == {first, second}


def test_after_the_deadline_nothing_is_withdrawn(place: Place) -> None:
    entry = place.draft()
    with pytest.raises(TooLate):
        withdraw_application(entry, by=place.head, received_at=place.stage.deadline + MICROSECOND)


def test_the_basics_hold_declarations_but_never_the_lot(place: Place) -> None:
    entry = place.draft()
    save_section(entry, BUILTIN_SECTION, {"the.lot": "LOT1", "declaration.ledp": "on", "x": "y"}, 0, by=place.head)
    assert typed(entry)[BUILTIN_SECTION] == {"declaration.ledp": True}
    assert isinstance(place.stage, Stage)
    assert isinstance(place.head, Person)


def test_a_submission_in_a_call_with_lots_can_be_read_again(mailbox: list[Any]) -> None:
    call, municipality = make_call("M4EG-2021-PILOT"), make_municipality()
    head = make_member(municipality, "head")
    entry = make_draft(call, municipality, by=head, lot="LOT3")
    priorities = [f"priority.{priority.code}" for priority in call.priorities.all()]
    basics = {**dict.fromkeys(priorities, "By planting trees."), "declaration.ledp": "yes"}
    action = {"title": "T", "relevance": "R", "target-groups": "G", "design": "D", "months": "24"}
    save_section(entry, BUILTIN_SECTION, basics, 0, by=head)
    money = {"requested": "250 000", "total-cost": "300 000,50"}
    save_section(entry, "action", {**action, **money}, 0, by=head)
    attach_file(entry, "declaration", upload(), by=head)
    submission = submit_application(entry, by=head, received_at=portal_clock.now())
    with translation.override("en"):
        sections = submitted_answers(Submission.objects.get())
    assert [answer.text for answer in sections[0].answers][:2] == ["Lot 3: horizontal", "By planting trees."]
    assert submission.snapshot["lot"]["code"] == "LOT3"
    assert StageEntry.objects.get().total_cost == Decimal("300000.50")
