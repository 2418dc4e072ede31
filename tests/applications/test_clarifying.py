"""Asking for a clarification, answering it, letting it lapse, taking it back: every step, and what stays of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from applications.answers import digest_of
from applications.clarifications import compared, intervals_of
from applications.clarifications.reminders import due_reminders
from applications.lifecycle import attach_file, save_section, submit_application, withdraw_application
from applications.lifecycle.clarifying import (
    UNDER_WAY,
    AnswerNotComplete,
    AnswerTooLate,
    CannotAsk,
    answer_clarification,
    ask_clarification,
    lapse_due,
    withdraw_clarification,
)
from applications.models import Attachment, Clarification, EntryState, SectionAnswers, StageEntry, Submission
from applications.standing_time import running_time
from portal import clock as portal_clock
from portal.notices.models import Message
from portal.transitions import IllegalTransition
from tests.applications.helpers import INNOVATION, fill, upload
from tests.applications.test_at_once import at_once
from tests.factories import make_call, make_draft, make_member, make_municipality, make_staff, stage_of
from tests.support import Clock

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)


class Desk:
    """An application for an innovation project, submitted; its stage has closed, and an officer reads it."""

    def __init__(self, clock: Clock, **call: Any) -> None:
        self.clock = clock
        self.municipality = make_municipality()
        self.head, self.editor = make_member(self.municipality, "head"), make_member(self.municipality, language="hy")
        self.officer = make_staff("programme_officer")
        make_draft(make_call(), self.municipality, by=self.head)
        self.call = make_call("M4EG-2021-INNOVATION", **call)
        entry = fill(make_draft(self.call, self.municipality, by=self.head), self.head)
        self.first = submit_application(entry, by=self.head, received_at=portal_clock.now())
        clock.set(stage_of(self.call).deadline + DAY)
        self.due = portal_clock.now() + 5 * DAY
        self.pk = entry.pk

    @property
    def entry(self) -> StageEntry:
        found: StageEntry = StageEntry.objects.select_related("stage__call", "application", "submission").get(
            pk=self.pk
        )
        return found

    def ask(self, *questions: str, due: datetime | None = None, text: str = "Which area?") -> Clarification:
        return ask_clarification(
            self.entry, questions=questions or ("need",), text=text, due_at=due or self.due, by=self.officer
        )

    def write(self, section: str, **answers: Any) -> None:
        row = SectionAnswers.objects.get(entry=self.pk, section=section)
        save_section(self.entry, section, {**row.answers, **answers}, row.version, by=self.editor)

    def answer(self, asked: Clarification, **more: Any) -> Submission:
        return answer_clarification(
            asked, by=self.head, received_at=more.pop("received_at", portal_clock.now()), **more
        )

    def written(self, section: str) -> Any:
        return SectionAnswers.objects.get(entry=self.pk, section=section).answers


def told(kind: str) -> list[str]:
    return sorted(Message.objects.filter(kind=kind).values_list("to", flat=True))


@pytest.fixture
def desk(db: None, clock: Clock, mailbox: list[Any]) -> Desk:
    return Desk(clock)


def test_the_answer_changes_what_was_asked_and_nothing_else_and_both_versions_stay(desk: Desk) -> None:
    before, since = desk.entry, desk.first.received_at
    asked = desk.ask("need", "budget", "council-decision")
    assert desk.entry.state == EntryState.CLARIFICATION
    with pytest.raises(IllegalTransition):
        withdraw_application(desk.entry, by=desk.head, received_at=desk.entry.deadline)
    assert told("clarification_asked") == sorted([desk.head.email, desk.editor.email])
    desk.clock.advance(DAY)
    # Another answer that reached the table all the same, by whatever way: it is not what was asked.
    SectionAnswers.objects.filter(entry=desk.pk, section="people").update(answers={"beneficiaries": "9"})
    desk.write("project", need="Fifty families have no place to meet.")
    budget = INNOVATION["budget"]["budget"]
    works = {**budget["categories"], "works": {"total": "70 000", "requested": "50 000"}}
    sources = [{"name": "The municipality", "amount": "20 000"}]
    desk.write("budget", budget={"categories": works, "sources": sources})
    attach_file(desk.entry, "council-decision", upload("second.pdf"), by=desk.editor)

    submission = desk.answer(asked, confirmation="True.")
    first = Submission.objects.get(pk=desk.first.pk)
    assert digest_of(first.snapshot) == first.digest == desk.first.digest
    assert (submission.sequence, submission.number, submission.confirmation) == (2, first.number, "True.")
    assert submission.digest == digest_of(submission.snapshot) != first.digest
    assert submission.seal
    assert (submission.deadline, submission.grace_used) == (desk.due, False)
    now, then = submission.snapshot, first.snapshot
    assert {name for name in now if now[name] != then[name]} == {"sequence", "answers", "files", "amounts"}
    assert now["answers"]["people"] == then["answers"]["people"]
    assert {key for key, kept in now["answers"]["project"].items() if kept != then["answers"]["project"][key]} == {
        "need"
    }
    assert [file["name"] for file in now["files"]["council-decision"]] == ["decision.pdf", "second.pdf"]
    entry = desk.entry
    assert (entry.state, entry.submission_id) == (EntryState.SUBMITTED, submission.pk)
    assert entry.submitted_at == before.submitted_at == first.received_at
    assert (before.total_cost, entry.total_cost, entry.requested) == (70_000, 80_000, 60_000)
    asked.refresh_from_db()
    assert (asked.state, asked.answer_id, asked.closed_by) == ("answered", submission.pk, desk.head)
    lines = compared(asked.about, asked.answer, asked.questions)
    assert [(line.key, line.changed) for line in lines] == [
        ("need", True),
        ("budget", True),
        ("council-decision", True),
    ]
    assert told("clarification_answered") == [desk.officer.email]
    assert told("receipt").count(desk.head.email) == 2
    ran = running_time(since, portal_clock.now(), intervals_of([asked]))
    assert ran == portal_clock.now() - since - DAY
    assert desk.answer(asked) == submission
    with pytest.raises(IllegalTransition):
        withdraw_clarification(asked, by=desk.officer)


def test_equal_to_the_end_is_in_time_and_a_microsecond_later_is_not(desk: Desk) -> None:
    asked = desk.ask()
    with pytest.raises(AnswerTooLate):
        desk.answer(asked, received_at=desk.due + MICROSECOND)
    assert desk.entry.submission_id == desk.first.pk
    # The request was on its way when the time ended; the sweep leaves it its minute.
    desk.clock.set(desk.due + UNDER_WAY)
    assert lapse_due() == 0
    assert desk.answer(asked, received_at=desk.due).sequence == 2
    assert lapse_due() == 0


def test_what_is_not_answered_lapses_once_and_what_was_submitted_stands(desk: Desk) -> None:
    asked = desk.ask()
    desk.write("project", need="Half a thought")
    desk.clock.set(desk.due + UNDER_WAY + MICROSECOND)
    assert (lapse_due(), lapse_due()) == (1, 0)
    asked.refresh_from_db()
    assert (asked.state, asked.answer, asked.closed_by) == ("lapsed", None, None)
    assert (desk.entry.state, desk.entry.submission_id) == (EntryState.SUBMITTED, desk.first.pk)
    assert desk.written("project")["need"] == desk.first.snapshot["answers"]["project"]["need"]
    assert told("clarification_lapsed") == sorted([desk.head.email, desk.editor.email])
    assert told("clarification_unanswered") == [desk.officer.email]
    with pytest.raises(AnswerTooLate):
        desk.answer(asked, received_at=desk.due)


def test_a_request_taken_back_ends_and_another_one_may_follow(desk: Desk) -> None:
    asked = desk.ask()
    with pytest.raises(IllegalTransition):
        desk.ask("idea")
    withdraw_clarification(asked, by=desk.officer)
    assert desk.entry.state == EntryState.SUBMITTED
    assert told("clarification_withdrawn") == sorted([desk.head.email, desk.editor.email])
    with pytest.raises(IllegalTransition):
        desk.answer(asked)
    second = desk.ask("idea")
    assert desk.answer(second).snapshot["answers"] == desk.first.snapshot["answers"]


def test_an_application_that_was_reopened_starts_from_what_stands(desk: Desk) -> None:
    first_file = Attachment.objects.get(entry=desk.pk)
    StageEntry.objects.filter(pk=desk.pk).update(reopened_at=portal_clock.now())
    desk.write("project", need="Changed and never submitted", idea="Changed as well")
    attach_file(desk.entry, "council-decision", upload("new.pdf"), by=desk.head)
    Attachment.objects.filter(pk=first_file.pk).update(removed_at=portal_clock.now())
    desk.ask()
    assert desk.entry.reopened_at is None
    assert desk.written("project") == desk.first.snapshot["answers"]["project"]
    assert list(Attachment.objects.filter(entry=desk.pk, removed_at=None)) == [first_file]
    kept = desk.entry.versions.filter(section="project").values_list("answers__need", flat=True)
    assert "Changed and never submitted" in kept


WRONG = {
    "nothing": ((), "Which?", 5, "questions"),
    "unknown": (("need", "no-such"), "Which?", 5, "questions"),
    "hidden": (("partner-list",), "Which?", 5, "questions"),
    "no text": (("need",), "  ", 5, "text"),
    "long": (("need",), "x" * 4001, 5, "text"),
    "past": (("need",), "Which?", 0, "due_at"),
}


def test_what_cannot_be_asked_changes_nothing(desk: Desk) -> None:
    for name, (questions, text, days, field) in WRONG.items():
        with pytest.raises(CannotAsk) as refusal:
            ask_clarification(
                desk.entry, questions=questions, text=text, due_at=portal_clock.now() + days * DAY, by=desk.officer
            )
        assert refusal.value.field == field, name
    assert desk.entry.state == EntryState.SUBMITTED
    assert not Clarification.objects.exists()
    draft = StageEntry.objects.get(state=EntryState.DRAFT)
    with pytest.raises(IllegalTransition):
        ask_clarification(draft, questions=["staff"], text="Which?", due_at=desk.due, by=desk.officer)


def test_limits_of_the_call_hold_and_gaps_that_were_not_asked_do_not(desk: Desk) -> None:
    asked = desk.ask("budget", "partners")
    budget = INNOVATION["budget"]["budget"]
    much = {**budget["categories"], "works": {"total": "900 000", "requested": "890 000"}}
    desk.write("budget", budget={**budget, "categories": much})
    with pytest.raises(AnswerNotComplete) as refusal:
        desk.answer(asked)
    assert {problem.key for problem in refusal.value.problems} == {"budget"}
    assert desk.entry.state == EntryState.CLARIFICATION
    desk.write("budget", budget=budget)
    # Saying yes to partners makes the form ask who they are, which was not asked here.
    desk.write("people", partners="yes")
    submission = desk.answer(asked)
    assert set(desk.first.snapshot["hidden"]) - set(submission.snapshot["hidden"]) == {"partner-list"}


def test_reminders_name_the_nearest_threshold_once(desk: Desk) -> None:
    asked = desk.ask(due=portal_clock.now() + 2 * DAY)
    assert list(due_reminders(portal_clock.now())) == []  # it was asked later than three days before
    for before, hours in ((timedelta(hours=20), 24), (timedelta(hours=2), 3)):
        desk.clock.set(asked.due_at - before)
        keys = [one.key for one in due_reminders(portal_clock.now())]
        assert len(keys) == 2
        assert all(key.endswith(f":{hours}h") for key in keys)


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_at_once_make_one_submission_and_the_sweep_does_not_end_it(
    clock: Clock, mailbox: list[Any]
) -> None:
    desk = Desk(clock)
    asked = desk.ask()
    desk.write("project", need="Said anew")
    clock.set(desk.due + 2 * UNDER_WAY)

    def answer() -> Submission:
        return desk.answer(Clarification.objects.select_related("entry").get(pk=asked.pk), received_at=desk.due)

    acts: list[Callable[[], Any]] = [answer, answer, lapse_due]
    *answers, lapsed = at_once(*acts)
    asked.refresh_from_db()
    if lapsed:
        assert asked.state == "lapsed"
        assert {type(one) for one in answers} == {AnswerTooLate}
    else:
        assert asked.state == "answered"
        assert answers[0] == answers[1] == asked.answer
    assert Submission.objects.count() == (1 if lapsed else 2)
