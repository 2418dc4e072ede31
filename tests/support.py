"""Helpers behind the fixtures: a clock to move and a worker in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from celery import current_app
from django.db import connection

from portal import embedded


class Clock:
    """The file from which all processes of a test read the time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set(datetime.now(UTC))

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.path.read_text())

    def set(self, moment: datetime) -> None:
        """Move all processes to an aware moment."""
        assert moment.tzinfo is not None
        new = self.path.with_suffix(".new")
        new.write_text(moment.isoformat())
        new.rename(self.path)

    def advance(self, delta: timedelta) -> None:
        self.set(self.now + delta)


def after_commit() -> None:
    """Do what waits for the transaction to end, where a test never ends it."""
    callbacks, connection.run_on_commit = connection.run_on_commit, []
    for callback in callbacks:
        callback[1]()


def wait_until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Return as soon as the condition is true; fail when it has not become so in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not so after {seconds} seconds: {condition}"
        time.sleep(0.05)


class Worker:
    """A real Celery worker, which can be killed and started again."""

    def __init__(self, directory: Path, environment: dict[str, str]) -> None:
        self.log = directory / "worker.log"
        self.mail_directory = directory / "mail"
        self.mail_directory.mkdir()
        self._environment = {**os.environ, **environment, "C_FORCE_ROOT": "1"}
        self._environment["EMAIL_URL"] = f"filemail://{self.mail_directory}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and return when it takes tasks."""
        command = [sys.executable, "-m", "celery", "-A", "portal", "worker", "--concurrency=1", "--loglevel=INFO"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=embedded.ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._answers, 60)

    def _answers(self) -> bool:
        assert self._process
        assert self._process.poll() is None, self.log.read_text()
        return bool(current_app.control.ping(timeout=0.3))

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def kill_parent_only(self) -> None:
        """Kill the main process; its children are expected to end by themselves."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def kill(self) -> None:
        """Kill it with its children, as a power cut would."""
        if self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def mails(self) -> list[EmailMessage]:
        """Return the mails that it has sent."""
        found = []
        for path in sorted(self.mail_directory.glob("*.log")):
            for part in path.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
                if part.strip():
                    found.append(message_from_bytes(part, policy=policy.default))
        return found
