"""One notice to many people: rendered once for a language, written at once, to each once."""

import threading
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.template import engines
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Person
from portal.notices import lifecycle, registry, tasks
from portal.notices.lifecycle import enqueue, enqueue_all, write_reminders
from portal.notices.models import Message
from tests.factories import make_person

LETTER = {"letter": {"number": "T-L0001"}, "grant": None, "call": {"title": "Թեստ"}, "address": "/hy/grants/"}

pytestmark = pytest.mark.django_db


def key_for(person: Person) -> str:
    return f"award_letter:{person.pk}"


def write(people: Iterable[Person], **options: Any) -> list[Message]:
    return enqueue_all("award_letter", people, key_for, LETTER, **options)


def people(count: int) -> list[Person]:
    return [make_person(language="hy" if number % 2 else "en") for number in range(count)]


def test_each_gets_one_in_their_own_language() -> None:
    armenian, english = make_person(language="hy"), make_person(language="en")
    assert len(write([armenian, english, armenian])) == 2
    found = {message.recipient: message for message in Message.objects.all()}
    assert found[armenian].subject == "Դրամաշնորհի հատկացման ծանուցում N T-L0001"
    assert found[english].subject == "Award letter T-L0001"
    assert (found[armenian].to, found[armenian].language) == (armenian.email, "hy")
    assert 'lang="hy"' in found[armenian].html
    assert len({message.message_id for message in found.values()}) == 2


def test_it_says_what_one_notice_would_say() -> None:
    one, other = make_person(), make_person()
    enqueue("award_letter", recipient=one, key="one", context=LETTER)
    write([other])
    first, second = Message.objects.order_by("pk")
    assert (first.subject, first.text, first.html) == (second.subject, second.text, second.html)


def test_who_has_it_already_is_left_out() -> None:
    known, new = make_person(), make_person()
    assert [message.recipient_id for message in write([known])] == [known.pk]
    assert [message.recipient_id for message in write([known, new])] == [new.pk]
    assert write([known, new]) == []
    assert write([]) == []
    assert Message.objects.count() == 2


def test_it_costs_the_same_for_one_and_for_many() -> None:
    for count in (1, 30):
        group = people(count)
        with CaptureQueriesContext(connection) as asked:
            assert len(write(group)) == count
        statements = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
        assert len(statements) == 2, statements


def test_each_language_is_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[str] = []
    original = render_to_string

    def counted(name: str, values: dict[str, Any]) -> str:
        rendered.append(name)
        return original(name, values)

    monkeypatch.setattr(lifecycle, "render_to_string", counted)
    write(people(6))
    assert rendered.count("notices/award_letter/body.txt") == 2


def test_a_text_for_many_may_not_name_the_recipient() -> None:
    call = {"title": "A", "code": "B"}
    with pytest.raises(LookupError, match="recipient"):
        enqueue_all("assessments_assigned", people(1), key_for, {"count": 2, "call": call, "stage": {"title": "C"}})
    assert not Message.objects.exists()


def test_what_each_is_told_may_be_their_own() -> None:
    one, other = make_person(name="Anna"), make_person(name="Bella")

    def context(person: Person) -> dict[str, Any]:
        return {"count": 1, "call": {"title": person.name, "code": person.name}, "stage": {"title": "S"}}

    enqueue_all("assessments_assigned", [one, other], key_for, context)
    texts = {message.recipient: message.text for message in Message.objects.all()}
    assert "Dear Anna," in texts[one]
    assert "“Bella”" in texts[other]


def test_each_has_an_address_of_their_own_to_end_such_messages(
    monkeypatch: pytest.MonkeyPatch, mailbox: list[EmailMessage]
) -> None:
    template = engines["django"].from_string("To end: {{ unsubscribe }}\n")
    original = render_to_string

    def ending(name: str, values: dict[str, Any]) -> str:
        return template.render(values) if name.endswith("body.txt") else original(name, values)

    monkeypatch.setattr(lifecycle, "render_to_string", ending)
    group = people(3)
    write(group, unsubscribe_for=lambda person: f"https://portal.example/end/{person.pk}:a-b_c/")
    tasks.sweep_outbox()
    found = {message.to: message for message in Message.objects.all()}
    for mail, person in zip(
        sorted(mailbox, key=lambda mail: mail.to), sorted(group, key=lambda p: p.email), strict=True
    ):
        address = f"https://portal.example/end/{person.pk}:a-b_c/"
        assert mail.extra_headers["List-Unsubscribe"] == f"<{address}>"
        assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail.body == f"To end: {address}\n"
        assert f'href="{address}"' in found[person.email].html
        assert "unsubscribe.invalid" not in found[person.email].html


def test_a_message_without_such_an_address_has_no_such_header(mailbox: list[EmailMessage]) -> None:
    write(people(1))
    tasks.sweep_outbox()
    assert "List-Unsubscribe" not in mailbox[0].extra_headers


def test_nothing_is_written_or_sent_where_the_transaction_fails(django_capture_on_commit_callbacks: Any) -> None:
    def fail() -> None:
        with transaction.atomic():
            write(people(2))
            raise ZeroDivisionError

    with django_capture_on_commit_callbacks() as callbacks, pytest.raises(ZeroDivisionError):
        fail()
    assert not Message.objects.exists()
    assert callbacks == []


def test_all_are_handed_over_after_the_transaction(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        write(people(4))
    assert len(callbacks) == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_write_each_once() -> None:
    group = people(40)
    written: list[int] = []

    def work(order: list[Person]) -> None:
        written.append(len(write(order)))
        connection.close()

    threads = [threading.Thread(target=work, args=[order]) for order in (group, group[::-1], group)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(written) == Message.objects.count() == 40


def test_writers_are_asked_at_each_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "providers", [])
    monkeypatch.setattr(registry, "writers", [])
    moments: list[datetime] = []

    def writer(now: datetime) -> int:
        moments.append(now)
        return len(write(Person.objects.all()))

    make_person()
    registry.register_writer(writer)
    registry.register_writer(writer)
    assert [write_reminders(), write_reminders()] == [1, 0]
    assert len(moments) == 2
