"""What every test stands on: real servers, no outside world, a clock that can be moved, a worker, a browser.

- ``db`` / ``transactional_db`` (or ``@pytest.mark.django_db``): PostgreSQL, a database for every test process.
- ``mailbox``: the mails that the test expects; without it, a mail fails the test that sent it.
- ``clock``: stops the time; ``clock.set(moment)``, ``clock.advance(delta)``, in the worker's process too.
- ``worker``: a real Celery worker in a process of its own, on the test's database.
- ``page``: a page of Chromium on ``live_server``.
"""

import fcntl
import os
import shutil
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import hypothesis
import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation

from portal import embedded
from tests import emptying, environment, template
from tests.support import Clock, Worker

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# The same examples in every run: a fault is found by the one who made it, and not by the next one.
hypothesis.settings.register_profile("portal", deadline=None)
hypothesis.settings.load_profile("portal")

# --- database ------------------------------------------------------------------------------------------------


def pytest_sessionstart(session: pytest.Session) -> None:
    """Migrate before the first test of a run in several processes: no test's time limit has to bear it."""
    if session.config.getoption("numprocesses", None) and not hasattr(session.config, "workerinput"):
        with embedded.servers(environment.var(), throwaway=True) as place:
            template.ensure(place)


@pytest.fixture(scope="session")
def servers() -> Iterator[embedded.Place]:
    """PostgreSQL and Redis for this run; all its processes share them, the last one stops them."""
    with embedded.servers(environment.var(), throwaway=True) as place:
        yield place


@pytest.fixture(scope="session")
def django_db_setup(servers: embedded.Place, django_db_blocker: Any) -> Iterator[None]:
    """A database of this process's own, cloned from one that the first process migrates."""
    with (servers.var / "run" / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        template.ensure(servers)
        with embedded.superuser(servers) as cursor:
            cursor.execute(
                f"CREATE DATABASE {environment.database()} TEMPLATE {template.NAME} "
                "OWNER portal_owner STRATEGY file_copy"
            )
    with django_db_blocker.unblock():
        yield
        connection.close()


def _for_processes() -> dict[str, str]:
    """Return the environment of a process of the portal's own on this test process's servers."""
    return {**environment.addresses(), "DJANGO_SETTINGS_MODULE": "portal.settings"}


@pytest.fixture(autouse=True, scope="session")
def _empty_quickly() -> Iterator[None]:
    """Empty the tables after a test that committed: the application's role cannot even delete history."""

    def flush(self: DatabaseOperations, sql_list: Iterable[str]) -> None:
        emptying.empty()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush)
        # What the models bring with them was left in place.
        patch.setattr("django.core.management.commands.flush.emit_post_migrate_signal", lambda *_given: None)
        yield


@pytest.fixture(autouse=True)
def _own_language() -> None:
    """The language of the last page that one test opened is not that of the next."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """Rate limits, locks, sessions and queued tasks of one test are not seen by the next."""
    yield
    if "servers" in request.fixturenames or "django_db_setup" in request.fixturenames:
        cache.clear()


@pytest.fixture
def as_owner() -> Callable[[str], None]:
    """Run a statement with the owner's rights, to bring about what the application is not allowed to."""

    def execute(sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE NONE")
            try:
                cursor.execute(sql)
            finally:
                cursor.execute("SET ROLE portal_app")

    return execute


# --- the outside world ----------------------------------------------------------------------------------------


@contextmanager
def no_network() -> Iterator[None]:
    """Fail what calls another machine, even where the code under test swallows the error."""
    calls: list[object] = []

    def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: socket.socket, address: Any, *rest: Any) -> Any:
            if self.family != socket.AF_UNIX and not _is_here(address[0]):
                calls.append(address)
                raise OSError(f"A test may not call {address!r}.")
            return original(self, address, *rest)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
        yield
    if calls:
        pytest.fail(f"the test called other machines: {calls}")


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    with no_network():
        yield


def _is_here(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


@pytest.fixture
def mailbox() -> list[EmailMessage]:
    """The mails sent by this test, which asserts them."""
    return mail.outbox


@contextmanager
def no_mail() -> Iterator[None]:
    """Fail what sends a mail."""
    yield
    unplanned = [f"{message.to}: {message.subject}" for message in getattr(mail, "outbox", [])]
    if unplanned:
        pytest.fail(f"the test sent mail without the fixture mailbox: {unplanned}")


@pytest.fixture(autouse=True)
def _no_unplanned_mail(request: pytest.FixtureRequest) -> Iterator[None]:
    """Mail is planned: by the fixture ``mailbox``."""
    with nullcontext() if "mailbox" in request.fixturenames else no_mail():
        yield


# --- time, worker, browser ------------------------------------------------------------------------------------


@pytest.fixture
def clock(tmp_path: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The portal's clock, stopped at this moment until the test moves it."""
    stopped = Clock(tmp_path / "clock")
    settings.CLOCK_FILE = str(stopped.path)
    monkeypatch.setenv("CLOCK_FILE", str(stopped.path))
    return stopped


@pytest.fixture
def worker(transactional_db: None, clock: Clock, tmp_path: Any) -> Iterator[Worker]:
    """A running Celery worker, with the application's role, on the test's database, clock and queue."""
    running = Worker(tmp_path, {**_for_processes(), "CLOCK_FILE": str(clock.path)})
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium; it finds no host but this machine."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "Chromium is not installed: apt-get install chromium"
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    flags += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop is not the one of Django
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, live_server: Any) -> Iterator[Any]:
    """A fresh page in Armenian surroundings; relative addresses lead to ``live_server``."""
    context = browser.new_context(base_url=live_server.url, locale="hy-AM", timezone_id="Asia/Yerevan")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()
