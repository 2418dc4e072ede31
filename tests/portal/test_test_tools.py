"""The tests' own tools: a guard that guards nothing would let everything through."""

import socket
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.apps import apps
from django.core import mail
from django.db import DatabaseError, ProgrammingError, connection, transaction

from portal import clock as portal_clock
from portal.accounts.models import Person
from tests.conftest import no_mail, no_network
from tests.factories import make_call
from tests.support import Clock, Worker, wait_until


@pytest.mark.django_db
def test_tests_have_the_rights_of_the_application_only() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")
        assert cursor.fetchone() == ("portal_app", "portal_owner")
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("CREATE TABLE not_allowed (id int)")


@pytest.mark.django_db
def test_the_application_cannot_change_history() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE '%event'")
        tables = [row[0] for row in cursor.fetchall()]
    assert tables
    for table in tables:
        for statement in (
            f'DELETE FROM "{table}"',
            f'UPDATE "{table}" SET pgh_label = pgh_label',
            f'TRUNCATE "{table}"',
        ):
            with (
                pytest.raises(DatabaseError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_a_transactional_test_leaves_nothing_behind(time: str) -> None:
    tables = connection.introspection.table_names()
    kept = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in tables]
    left = {model.__name__ for model in kept if model._base_manager.exists()}
    assert left == {"ContentType", "Permission"}
    make_call()
    Person.objects.create(email=f"{time}@example.org")


def test_a_call_to_another_machine_is_refused() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"192\.0\.2\.1"), no_network():
        _call_and_hide_the_error("192.0.2.1")


def _call_and_hide_the_error(host: str) -> None:
    with socket.socket() as client, suppress(OSError):
        client.settimeout(1)
        client.connect((host, 80))


def test_mail_is_kept_for_the_test_that_expects_it(mailbox: list[Any]) -> None:
    mail.send_mail("Subject", "Text", "from@example.org", ["to@example.org"])
    assert [message.subject for message in mailbox] == ["Subject"]


def test_unexpected_mail_fails_its_test() -> None:
    with pytest.raises(pytest.fail.Exception, match="Unexpected"), no_mail():
        mail.send_mail("Unexpected", "Text", "from@example.org", ["to@example.org"])
    mail.outbox.clear()


def test_the_clock_stands_still_until_it_is_moved(clock: Clock) -> None:
    first = portal_clock.now()
    assert portal_clock.now() == first
    clock.advance(timedelta(days=3, microseconds=1))
    assert portal_clock.now() - first == timedelta(days=3, microseconds=1)


def test_a_real_worker_runs_tasks_and_comes_back_after_a_kill(worker: Worker) -> None:
    children = _children(worker.pid)
    assert children
    worker.kill_parent_only()
    wait_until(lambda: not any(_alive(child) for child in children))
    worker.start()
    answers = current_app.control.ping(timeout=5)
    assert [list(answer.values()) for answer in answers or []] == [[{"ok": "pong"}]]


def _children(pid: int) -> list[int]:
    return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.django_db(transaction=True)
def test_the_browser_sees_the_live_server(page: Any) -> None:
    response = page.goto("/static/vendor/bootstrap/bootstrap.min.css")
    assert response.status == 200
