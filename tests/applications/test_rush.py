"""The last second before the deadline, and all at once: exactly the right ones stand."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from applications.answers import digest_of
from applications.lifecycle import reopen_application, save_section, submit_application, withdraw_application
from applications.models import (
    Application,
    Attachment,
    EntryState,
    NumberSeries,
    SectionAnswers,
    StageEntry,
    Submission,
)
from applications.queries import dossier_of
from applications.refusals import NotAcknowledged, NotADraft
from calls.models import Call
from portal import clock as portal_clock
from portal.accounts.models import Membership, Municipality, Person
from portal.notices.models import Message
from portal.transitions import IllegalTransition
from tests.applications.helpers import INNOVATION, fill
from tests.applications.test_acknowledging import change, without_rules
from tests.applications.test_at_once import at_once
from tests.factories import make_call, make_country, make_draft, make_member, make_municipality, stage_of
from tests.support import Clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
MICROSECOND = timedelta(microseconds=1)
CONFIRM = {"confirm": "1", "sequence": "1"}


def stamp(moment: datetime) -> str:
    """The arrival of a request as the trusted proxy writes it."""
    return f"t={int(moment.timestamp())}.{moment.microsecond:06}"


def cookie_of(person: Person) -> str:
    client = Client()
    client.force_login(person)
    return str(client.cookies["sessionid"].value)


def press(entry: int, cookie: str, **headers: str) -> Any:
    """Press "submit" in a browser of one's own."""
    client = Client()
    client.cookies["sessionid"] = cookie
    return client.post(reverse("applications:submit", args=[entry]), CONFIRM, headers=headers)


def in_threads(count: int, acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all acts by so many threads that begin together; return what each returned, in their order."""
    waiting: SimpleQueue[tuple[int, Callable[[], Any]]] = SimpleQueue()
    for numbered in enumerate(acts):
        waiting.put(numbered)
    found: list[Any] = [None] * len(acts)
    barrier = threading.Barrier(count)

    def run() -> None:
        barrier.wait(30)
        try:
            for place, act in iter_queue(waiting):
                found[place] = act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _thread in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return found


def iter_queue(waiting: "SimpleQueue[tuple[int, Callable[[], Any]]]") -> Iterator[tuple[int, Callable[[], Any]]]:
    while True:
        try:
            yield waiting.get_nowait()
        except Empty:
            return


def test_fifty_presses_on_one_draft_make_one_submission_one_number_and_one_receipt_each(mailbox: list[Any]) -> None:
    call, municipality = make_call(), make_municipality()
    people = [make_member(municipality, "head", language=language) for language in ("hy", "en")]
    entry = fill(make_draft(call, municipality, by=people[0]), people[0])
    cookies = [cookie_of(person) for person in people]
    answers = in_threads(50, [partial(press, entry.pk, cookies[n % 2]) for n in range(50)])
    submission = Submission.objects.get()
    receipt = reverse("applications:receipt", args=[submission.number, 1])
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, receipt)}
    assert (submission.number, NumberSeries.objects.get().last) == (f"{call.code}-0001", 1)
    told = Message.objects.filter(kind="receipt").values_list("recipient", flat=True)
    assert sorted(told) == sorted(person.pk for person in people)
    assert StageEntry.objects.get().submission == submission
    assert submission.snapshot["answers"] == dossier_of(StageEntry.objects.get()).sheet.shown_answers


class Crowd:
    """A call, and complete drafts of many municipalities with a head each, made by a few statements."""

    def __init__(self, count: int, deadline: datetime) -> None:
        self.call = make_call(deadline=deadline)
        country, stage = make_country(), stage_of(self.call)
        names = [f"Place {number}" for number in range(count)]
        places = Municipality.objects.bulk_create(
            Municipality(country=country, code=f"C{n:04}", name_hy=name, name_en=name, population=1000)
            for n, name in enumerate(names)
        )
        self.heads = Person.objects.bulk_create(
            Person(email=f"head{n}@example.org", name=name, language="en") for n, name in enumerate(names)
        )
        pairs = list(zip(self.heads, places, strict=True))
        Membership.objects.bulk_create(Membership(person=p, municipality=m, role="head") for p, m in pairs)
        applications = Application.objects.bulk_create(
            Application(
                call=self.call,
                municipality=place,
                municipality_name_hy=place.name_hy,
                municipality_name_en=place.name_en,
                created_by=head,
            )
            for head, place in pairs
        )
        self.entries = StageEntry.objects.bulk_create(StageEntry(application=a, stage=stage) for a in applications)
        self._fill()

    def _fill(self) -> None:
        """Give all the answers and files of one draft that was filled in as people do it."""
        municipality = make_municipality("Model")
        head = make_member(municipality, "head")
        model = fill(make_draft(self.call, municipality, by=head), head)
        rows, files = list(SectionAnswers.objects.filter(entry=model)), list(Attachment.objects.filter(entry=model))
        SectionAnswers.objects.bulk_create(
            SectionAnswers(entry=entry, section=row.section, answers=row.answers)
            for entry in self.entries
            for row in rows
        )
        Attachment.objects.bulk_create(
            Attachment(entry=entry, question=file.question, file=file.file) for entry in self.entries for file in files
        )


def test_two_hundred_drafts_in_the_last_second_stand_and_a_microsecond_late_none(
    clock: Clock, settings: Any, mailbox: list[Any]
) -> None:
    settings.TRUST_REQUEST_START = True
    deadline = clock.now.replace(microsecond=0) + timedelta(hours=1)
    crowd = Crowd(220, deadline)
    late = {entry.pk for entry in crowd.entries[5::11]}
    # The server gets to the requests only after the deadline: their arrival counts.
    clock.set(deadline + timedelta(seconds=3))
    arrivals = {
        entry.pk: deadline + MICROSECOND if entry.pk in late else deadline - MICROSECOND * (4999 * place % 10**6)
        for place, entry in enumerate(crowd.entries)
    }
    pressed = list(zip(crowd.entries, map(cookie_of, crowd.heads), strict=True))
    acts = [partial(press, e.pk, c, **{"X-Request-Start": stamp(arrivals[e.pk])}) for e, c in pressed]
    answers = dict(zip((entry.pk for entry in crowd.entries), in_threads(16, acts), strict=True))

    assert len(late) == 20
    assert {pk for pk, answer in answers.items() if answer.status_code != 302} == late
    assert {answers[pk].status_code for pk in late} == {422}
    stands = dict(Submission.objects.values_list("entry", "received_at"))
    assert stands == {pk: moment for pk, moment in arrivals.items() if pk not in late}
    assert deadline in stands.values(), "equal to the deadline is in time"
    numbers = Submission.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [f"{crowd.call.code}-{number:04}" for number in range(1, 201)]
    drafts = StageEntry.objects.filter(pk__in=answers, state=EntryState.DRAFT)
    assert set(drafts.values_list("pk", flat=True)) == late
    assert not Application.objects.filter(entries__in=late).exclude(number=None).exists()
    assert Message.objects.filter(kind="receipt").count() == 200


# --- against what colleagues and staff do at the same moment -------------------------------------------------------


class Pair:
    """A complete draft in a call, its head who submits, and a colleague."""

    def __init__(self, call: Call, name: str) -> None:
        municipality = make_municipality(name)
        self.head, self.colleague = make_member(municipality, "head"), make_member(municipality, "editor")
        self.entry = fill(make_draft(Call.objects.get(pk=call.pk), municipality, by=self.head), self.head)
        self.before = self.answers()

    def now(self) -> StageEntry:
        return StageEntry.objects.get(pk=self.entry.pk)

    def answers(self) -> dict[str, Any]:
        return dossier_of(self.now()).sheet.shown_answers

    def submit(self, **more: Any) -> Submission:
        return submit_application(self.now(), by=self.head, received_at=portal_clock.now(), **more)

    def rewrite(self) -> Any:
        """Change two answers of a section in one save."""
        answers = {**INNOVATION["project"], "title": "Another title", "need": "Another need"}
        return save_section(self.now(), "project", answers, 1, by=self.colleague)

    def withdraw(self) -> StageEntry:
        return withdraw_application(self.now(), by=self.head, received_at=portal_clock.now())

    def reopen(self) -> StageEntry:
        return reopen_application(self.now(), by=self.head, received_at=portal_clock.now())

    def submissions(self) -> list[Submission]:
        return list(Submission.objects.filter(entry=self.entry).order_by("sequence"))

    def is_whole(self) -> None:
        """What counts, the number and the receipts fit each other, whatever happened."""
        made, entry = self.submissions(), self.now()
        assert [one.sequence for one in made] == list(range(1, len(made) + 1))
        assert bool(entry.application.number) == bool(made)
        assert Message.objects.filter(kind="receipt", recipient=self.head).count() == len(made)
        assert all(digest_of(one.snapshot) == one.digest for one in made)
        assert (entry.submission in made) == (entry.state != EntryState.DRAFT and bool(made))


@pytest.fixture
def call(mailbox: list[Any]) -> Call:
    return make_call("M4EG-2021-INNOVATION", change=without_rules)


def a_little_later(act: Callable[[], Any]) -> Callable[[], Any]:
    def late() -> Any:
        time.sleep(0.02)
        return act()

    return late


def both_ways(call: Call, one: str, other: str) -> Iterator[tuple[Pair, Any, Any]]:
    """Let two do this at once, each of them a little sooner in one of two rounds; yield what came of it."""
    for name in ("Alaverdi", "Dilijan"):
        pair = Pair(call, name)
        acts = [getattr(pair, one), getattr(pair, other)]
        late = name == "Dilijan"
        acts[late] = a_little_later(acts[late])
        yield pair, *at_once(*acts)
        pair.is_whole()


def test_what_a_colleague_saves_meanwhile_is_submitted_whole_or_not_at_all(call: Call) -> None:
    for pair, submission, saved in both_ways(call, "submit", "rewrite"):
        assert isinstance(submission, Submission)
        # Either the save came first and is in, or it was refused and changed nothing.
        assert submission.snapshot["answers"] == pair.answers()
        titles = {False: "A square for everyone", True: "Another title"}
        assert pair.answers()["project"]["title"] == titles[not isinstance(saved, NotADraft)]
        assert isinstance(saved, NotADraft) == (pair.answers() == pair.before)


def test_submitting_and_withdrawing_meet(call: Call) -> None:
    for pair, submission, withdrawn in both_ways(call, "submit", "withdraw"):
        assert isinstance(withdrawn, StageEntry)
        assert pair.now().state == EntryState.WITHDRAWN
        if not isinstance(submission, Submission):
            assert isinstance(submission, IllegalTransition)
            assert pair.submissions() == []


def test_a_page_sent_again_while_a_colleague_reopens_submits_nothing_new(call: Call) -> None:
    for name in ("Alaverdi", "Dilijan"):
        pair = Pair(call, name)
        first = pair.submit()
        acts: list[Callable[[], Any]] = [partial(pair.submit, sequence=1), pair.reopen]
        acts[name == "Dilijan"] = a_little_later(acts[name == "Dilijan"])
        again, reopened = at_once(*acts)
        assert again == first
        assert isinstance(reopened, StageEntry)
        assert (pair.now().reopened, pair.submissions()) == (True, [first])
        pair.is_whole()


def test_what_is_reopened_and_submitted_anew_at_once_is_what_was_submitted_or_what_was_written(call: Call) -> None:
    for name in ("Alaverdi", "Dilijan"):
        pair = Pair(call, name)
        pair.submit()
        pair.reopen()
        acts: list[Callable[[], Any]] = [pair.submit, pair.rewrite]
        acts[name == "Dilijan"] = a_little_later(acts[name == "Dilijan"])
        second, saved = at_once(*acts)
        assert isinstance(second, Submission)
        assert second.sequence == 2
        assert second.snapshot["answers"] == pair.answers()
        assert isinstance(saved, NotADraft) == (pair.answers() == pair.before)
        pair.is_whole()


def test_a_corrigendum_comes_before_a_submission_or_after_it(call: Call) -> None:
    for number, name in enumerate(("Alaverdi", "Dilijan")):
        pair = Pair(call, name)
        acts: list[Callable[[], Any]] = [pair.submit, partial(change, call)]
        acts[number] = a_little_later(acts[number])
        found, corrigendum = at_once(*acts)
        assert corrigendum.number == number + 1
        if isinstance(found, Submission):
            asked = {question["key"] for section in found.snapshot["form"] for question in section["questions"]}
            assert (found.corrigendum, f"new-{number + 1}" in asked) == (number, False)
        else:
            assert isinstance(found, NotAcknowledged)
            assert pair.now().state == EntryState.DRAFT
        pair.is_whole()
