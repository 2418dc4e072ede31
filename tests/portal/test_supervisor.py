"""The whole portal from one command: it starts, mends itself, refuses what it must, and leaves nothing behind."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from portal import embedded
from tests import template
from tests.support import wait_until

pytestmark = pytest.mark.timeout(400)


class Portal:
    """A portal in a directory of its own, run by the supervisor as ``make run DEMO=no`` does."""

    def __init__(self, var: Path, port: int) -> None:
        self.var, self.port = var, port
        self.output = var.parent / "output"
        ours = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL", "EMAIL_URL", "DEBUG")
        self.environment = {name: value for name, value in os.environ.items() if name not in ours}
        self.environment |= {"VAR_DIR": str(var), "PORT": str(port), "DEMO": "no", "WEB_WORKERS": "1"}
        self.environment |= {"DJANGO_SETTINGS_MODULE": "portal.settings", "PYTHONUNBUFFERED": "1"}
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, **environment: str) -> "subprocess.Popen[bytes]":
        """Start the supervisor; its words are in ``output``."""
        with self.output.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "portal.supervisor"],
                cwd=embedded.ROOT,
                env={**self.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._processes.append(process)
        return process

    def run_until_it_answers(self) -> "subprocess.Popen[bytes]":
        process = self.start()

        def answers() -> bool:
            assert process.poll() is None, self.output.read_text()
            return "The portal answers" in self.output.read_text()

        wait_until(answers, 150)
        return process

    def run_to_its_end(self, **environment: str) -> tuple[int, str]:
        """Return the exit code and the words of a start that is refused."""
        process = self.start(**environment)
        return process.wait(60), self.output.read_text()

    def status(self) -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("GET", "/en/")
            return connection.getresponse().status

    def manage(self, *arguments: str, typed: str = "") -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=embedded.ROOT, env=self.environment, input=typed, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def processes(self) -> dict[int, str]:
        """Return all processes of this portal, by the variable that only they have."""
        mark, found = f"VAR_DIR={self.var}".encode(), {}
        for path in Path("/proc").glob("[0-9]*"):
            try:
                command = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                ours = mark in (path / "environ").read_bytes().split(b"\0") or str(self.var) in command
            except OSError:
                continue
            if ours and command:
                found[int(path.name)] = command
        return found

    def kill_all(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
        wait_until(lambda: not self.processes(), 60)


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    """An empty portal with one administrator, ready to start."""
    with tempfile.TemporaryDirectory(prefix="portal-") as directory, closing(socket.socket()) as probe:
        os.chmod(directory, 0o711)
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        var = Path(directory) / "var"
        with embedded.servers(var) as place:
            template.fill(place, embedded.DATABASE)
        portal = Portal(var, port)
        portal.manage("create_administrator", "--email=a@example.org", "--name=A", typed="a-long-password-1")
        yield portal
        portal.kill_all()


def _pid(portal: Portal, words: str) -> int:
    """Return the oldest process whose command line has the words."""
    return min(pid for pid, command in portal.processes().items() if words in command)


def test_from_start_to_stop_through_kills(portal: Portal) -> None:
    supervisor = portal.run_until_it_answers()
    assert portal.status() == 200

    code, words = portal.run_to_its_end()
    assert (code, "already running" in words) == (1, True)

    worker = _pid(portal, " worker ")
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: worker not in portal.processes() and any(" worker " in c for c in portal.processes().values()))

    os.kill(int(embedded.place(portal.var).ready.read_text()), signal.SIGKILL)
    wait_until(lambda: embedded.running(embedded.place(portal.var)))
    wait_until(lambda: portal.status() == 200)

    supervisor.kill()
    supervisor.wait()
    wait_until(lambda: not portal.processes(), 60)

    again = portal.run_until_it_answers()
    assert "administrator already" in portal.output.read_text()
    assert portal.status() == 200

    start = time.monotonic()
    again.terminate()
    assert again.wait(60) == 0
    assert time.monotonic() - start < 30
    assert portal.processes() == {}


def test_a_taken_port_is_said_at_once(portal: Portal) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, words = portal.run_to_its_end(PORT=str(port))
    assert code == 1
    assert f"port {port} is taken" in words
    assert "make run PORT=" in words
    assert portal.processes() == {}


def test_a_port_that_is_none_is_refused(portal: Portal) -> None:
    code, words = portal.run_to_its_end(PORT="eighty")
    assert (code, "no port number" in words) == (1, True)
