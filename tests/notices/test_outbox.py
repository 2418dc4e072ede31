"""The outbox: written once, sent once, tried again, given up."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import DatabaseError, IntegrityError, connection, transaction

from portal.accounts.lifecycle import make_person
from portal.accounts.models import Person
from portal.notices import registry, tasks
from portal.notices.lifecycle import PAUSES, enqueue, send, try_again, write_reminders
from portal.notices.models import Message, MessageState
from portal.notices.registry import Reminder, register_reminders
from portal.transitions import IllegalTransition
from tests.notices.smtp import Server, smtp_server
from tests.support import Clock, Worker, wait_until

LETTER = {"letter": {"number": "T-L0001"}, "grant": None, "call": {"title": "Թեստ"}, "address": "/hy/grants/"}


@pytest.fixture
def person(db: None) -> Person:
    return make_person("Clerk@Alaverdi.example", name="Անի", language="hy")


@pytest.fixture
def mail_server(settings: Any) -> Iterator[Server]:
    with smtp_server(settings) as server:
        yield server


def write(person: Person, key: str = "k") -> Message | None:
    return enqueue("award_letter", recipient=person, key=key, context=LETTER)


def test_a_message_is_written_once_for_a_key(person: Person) -> None:
    first, second = write(person), write(person)
    assert first is not None
    assert second is None
    assert Message.objects.get().pk == first.pk


def test_a_message_speaks_the_language_of_its_recipient(person: Person) -> None:
    english = make_person("officer@m4eg.example", language="en")
    hy, en = write(person, "a"), write(english, "b")
    assert hy
    assert en
    assert (hy.subject, en.subject) == ("Դրամաշնորհի հատկացման ծանուցում N T-L0001", "Award letter T-L0001")
    assert 'lang="hy"' in hy.html
    assert 'lang="en"' in en.html
    assert hy.to == "clerk@alaverdi.example"


def test_nothing_is_written_where_the_transaction_fails(
    person: Person, django_capture_on_commit_callbacks: Any
) -> None:
    def fail() -> None:
        with transaction.atomic():
            write(person)
            raise ZeroDivisionError

    with django_capture_on_commit_callbacks() as callbacks, pytest.raises(ZeroDivisionError):
        fail()
    assert not Message.objects.exists()
    assert callbacks == []


def test_a_message_is_sent_once(person: Person, mailbox: list[EmailMessage]) -> None:
    message = write(person)
    assert message
    assert [send(message.pk), send(message.pk)] == [True, False]
    tasks.sweep_outbox()
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert len(mailbox) == 1
    assert mailbox[0].extra_headers["Message-ID"] == message.message_id
    assert mailbox[0].to == ["clerk@alaverdi.example"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_it_once(person: Person, mailbox: list[EmailMessage]) -> None:
    message = write(person)
    assert message
    outcomes: list[bool] = []

    def work() -> None:
        outcomes.append(send(message.pk))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 5 + [True]
    assert len(mailbox) == 1


def test_a_passing_refusal_is_tried_again_with_growing_pauses(
    person: Person, mail_server: Server, clock: Clock
) -> None:
    message = write(person)
    assert message
    mail_server.reply = "451 later"
    for pause in PAUSES:
        assert not send(message.pk)
        message.refresh_from_db()
        assert message.state == MessageState.QUEUED
        assert message.next_attempt_at == clock.now + timedelta(minutes=pause)
        assert not send(message.pk), "not before the pause is over"
        clock.advance(timedelta(minutes=pause))
    mail_server.reply = "250 fine"
    assert send(message.pk)
    mails = [message_from_bytes(raw) for raw in mail_server.mails]
    assert [mail["Message-ID"] for mail in mails] == [message.message_id]


def test_it_is_given_up_after_the_last_pause(person: Person, mail_server: Server, clock: Clock) -> None:
    message = write(person)
    assert message
    mail_server.reply = "451 later"
    for pause in (*PAUSES, 1):
        send(message.pk)
        clock.advance(timedelta(minutes=pause))
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert "451" in message.error


def test_a_final_refusal_is_given_up_at_once_and_can_be_tried_again(person: Person, mail_server: Server) -> None:
    message = write(person)
    assert message
    mail_server.reply = "550 no such box"
    assert not send(message.pk)
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    mail_server.reply = "250 fine"
    try_again(message)
    assert send(message.pk)
    with pytest.raises(IllegalTransition):
        try_again(message)


def test_a_lease_that_ran_out_frees_the_message(person: Person, clock: Clock, mailbox: list[EmailMessage]) -> None:
    message = write(person)
    assert message
    Message.objects.update(leased_until=clock.now + timedelta(minutes=2))
    assert not send(message.pk), "another worker is sending it"
    clock.advance(timedelta(minutes=3))
    tasks.sweep_outbox()
    assert len(mailbox) == 1


def test_the_database_refuses_a_step_that_is_not_in_the_table(person: Person) -> None:
    write(person)
    Message.objects.update(state=MessageState.SENT, sent_at="2027-01-01T00:00Z")
    with pytest.raises(DatabaseError, match="transition"), transaction.atomic():
        Message.objects.update(state=MessageState.QUEUED)


def test_the_database_wants_a_moment_for_what_was_sent(person: Person) -> None:
    write(person)
    with pytest.raises(IntegrityError, match="message_sent_has_a_moment"):
        Message.objects.update(state=MessageState.SENT)


def test_reminders_are_written_once(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "providers", [])
    register_reminders(lambda now: [Reminder("award_letter", person, "r", LETTER)])
    assert [write_reminders(), write_reminders()] == [1, 0]


def test_a_worker_sends_what_was_written(worker: Worker, transactional_db: None) -> None:
    message = write(make_person("clerk@alaverdi.example", language="en"))
    assert message
    wait_until(lambda: Message.objects.get(pk=message.pk).state == MessageState.SENT)
    assert [mail["Subject"] for mail in worker.mails()] == ["Award letter T-L0001"]
