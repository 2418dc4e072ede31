"""Runs the whole portal on one machine: servers, web, worker and beat, until Ctrl-C or SIGTERM.

``make run`` starts it. Environment: ``PORT`` (8000), ``DEMO`` (``no``: an empty portal that asks for its first
administrator); with ``DATABASE_URL`` and ``REDIS_URL`` it uses those servers instead of its own.
"""

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

from portal import embedded
from portal.embedded import die_with_parent

ROOT = embedded.ROOT
START_PATIENCE = 90.0  # seconds for the web to answer
STOP_PATIENCE = 30.0  # seconds for a child to end before it is killed
RESTARTS = 5  # a child that dies more often than this in a minute will not get better


class StartError(Exception):
    """The portal cannot be started; the message says what to do."""


@dataclass
class Child:
    """One process of the portal, its log, and when it was started."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C reaches only the supervisor, which stops all in order."""
        self.starts.append(time.monotonic())
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=partial(die_with_parent, signal.SIGTERM, os.getpid()),
            )

    def stop(self) -> None:
        """Ask it to end, wait, and kill it with what it has started when it does not."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def restart(self) -> None:
        """Start it again after it died; raise ``StartError`` when it keeps dying."""
        code = self.process.returncode if self.process else 0
        minute_ago = time.monotonic() - 60
        if len([moment for moment in self.starts if moment > minute_ago]) > RESTARTS:
            raise StartError(f"{self.name} keeps ending (code {code}); {_see(self.log)}")
        say(f"{self.name} ended with code {code} and is started again; see {_short(self.log)}.")
        time.sleep(min(len(self.starts), 5) * 0.2)
        self.start()


def say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    """Run the portal; return the exit code: 0 after Ctrl-C or SIGTERM, 1 when something stopped it."""
    for number in (signal.SIGTERM, signal.SIGINT):  # SIGINT too: a shell ignores it for what it runs behind itself
        signal.signal(number, _interrupt)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as under nohup
        signal.signal(signal.SIGHUP, _interrupt)
    children: list[Child] = []
    try:
        lock = _take_checkout()
        _set_environment()
        _refuse_taken_port()
        _prepare()
        children += _children()
        _run(children)
        lock.close()
    except (StartError, embedded.ServersError) as error:
        print(f"\nThe portal stops: {error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(children)
    return 0


def _interrupt(_number: int, _frame: Any) -> None:
    raise KeyboardInterrupt


def _take_checkout() -> IO[str]:
    """Make sure that this checkout runs once only."""
    path = embedded.place().var / "run" / "supervisor.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("a+")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except PermissionError as error:
        why = f"{error.filename} belongs to another user: was the portal started here as root?"
        raise StartError(why) from error
    except BlockingIOError as error:
        why = "it is already running from this directory. Stop it first (Ctrl-C where it runs)."
        raise StartError(why) from error
    return lock


def _set_environment() -> None:
    """Set what the settings ask for, where the caller has not."""
    port, demo = os.environ.get("PORT") or "8000", os.environ.get("DEMO") != "no"
    defaults = {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORT": port,
        "SITE_URL": f"http://127.0.0.1:{port}",
        "DEMONSTRATION": "yes" if demo else "no",
        "VAR_DIR": str(embedded.place().var),
    }
    if not os.environ.get("DATABASE_URL"):
        defaults["SECRET_KEY"] = embedded.secret_key()
    if os.getuid() == 0:
        defaults["C_FORCE_ROOT"] = "1"  # Celery warns of it; root is for trying the portal out
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise StartError(f"PORT is {port!r}, which is no port number.")


def _refuse_taken_port() -> None:
    """Say at once when somebody else listens on our port, not after a minute of preparations."""
    port = int(os.environ["PORT"])
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise StartError(f"port {port} is only for root. Choose another:  make run PORT=8000") from error
        except OSError as error:
            free = f"make run PORT={port + 1 if port < 65535 else 8000}"
            raise StartError(f"port {port} is taken by another program. Choose another:  {free}") from error


def _prepare() -> None:
    """Bring up the servers, the tables, the static files and the first contents."""
    say("Using the servers of DATABASE_URL" if os.environ.get("DATABASE_URL") else "Starting PostgreSQL and Redis")
    embedded.attach()
    say("Preparing the database")
    _manage("migrate", "--verbosity=0")
    _collect_static()
    if os.environ["DEMONSTRATION"] == "yes":
        say("Loading the demonstration, unless it is there")
        _manage("load_demo")
    else:
        _manage("load_registry")
        _manage("load_pages")
        _manage("create_administrator")


def _manage(*arguments: str) -> None:
    """Run one of the portal's commands in the foreground."""
    code = subprocess.call([sys.executable, "manage.py", *arguments], cwd=ROOT)
    if code != 0:
        raise StartError(f"manage.py {arguments[0]} failed with code {code}; see above.")


def _collect_static() -> None:
    """Collect and compress static files, when they or the packages that bring some have changed."""
    var = embedded.place().var
    files = sorted(path for path in (ROOT / "static").rglob("*") if path.is_file())
    state = [f"{path.relative_to(ROOT)} {path.stat().st_mtime_ns}" for path in files]
    state.append((ROOT / "requirements.txt").read_text())
    now, stamp = "\n".join(state), var / "run" / "static.stamp"
    if (var / "static" / "staticfiles.json").exists() and stamp.exists() and stamp.read_text() == now:
        return
    say("Collecting static files")
    _manage("collectstatic", "--noinput", "--clear", "--verbosity=0")
    stamp.write_text(now)


def _children() -> list[Child]:
    """Return the processes in the order in which they start; they stop in the opposite order."""
    python, log = [sys.executable, "-m"], embedded.place().var / "log"
    log.mkdir(parents=True, exist_ok=True)
    web = [*python, "gunicorn", "portal.wsgi:application", "--bind", f"127.0.0.1:{os.environ['PORT']}"]
    web += ["--worker-class=gthread", "--workers", os.environ.get("WEB_WORKERS") or "2", "--threads=4"]
    web += ["--graceful-timeout=10", "--no-control-socket", "--access-logfile=-"]
    celery = [*python, "celery", "-A", "portal"]
    worker = [*celery, "worker", "--loglevel=INFO", "--concurrency=2", "--prefetch-multiplier=1"]
    worker += ["--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "--loglevel=INFO", "--pidfile="]
    commands = {"web": web, "worker": worker, "beat": beat}
    return [Child(name, command, log / f"{name}.log") for name, command in commands.items()]


def _run(children: list[Child]) -> None:
    """Start all, tell where the portal is, and look after it for ever."""
    say("Starting web, worker and beat")
    for child in children:
        child.start()
    _wait_for_web(children[0])
    _greet()
    while True:
        time.sleep(0.5)
        _look_after(children)


def _look_after(children: list[Child]) -> None:
    """Bring back what has died."""
    if not embedded.attached(embedded.place()):
        say("PostgreSQL and Redis ended and are started again.")
        embedded.attach()
    for child in children:
        if child.died():
            child.restart()


def _wait_for_web(web: Child) -> None:
    """Wait until the first page is served."""
    end = time.monotonic() + START_PATIENCE
    while (status := _first_page()) == 0:
        if web.died() or time.monotonic() > end:
            raise StartError(f"the web server does not answer; {_see(web.log)}")
        time.sleep(0.1)
    if status >= 500:
        raise StartError(f"the first page fails with status {status}; {_see(web.log)}")


def _first_page() -> int:
    """Return the HTTP status of the first page, 0 while nobody serves it."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["PORT"]), timeout=30)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _greet() -> None:
    """Print the address, who can log in, and where sent messages are seen."""
    var, address = embedded.place().var, os.environ["SITE_URL"]
    say(f"\nThe portal answers at {address}/\n")
    if os.environ["DEMONSTRATION"] == "yes":
        _manage("show_demo")
    else:
        say(f"Staff     {address}/admin/\nMessages  {_short(var / 'mail')}   (each e-mail as a file)")
    say(f"Logs      {_short(var / 'log')}\n\nCtrl-C stops the portal; its data stay.")


def _stop(children: list[Child]) -> None:
    """Stop beat, worker and web, then Redis and PostgreSQL; another Ctrl-C does not disturb it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if children:
        say("\nStopping")
    for child in reversed(children):
        child.stop()
    embedded.detach(embedded.place())


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _see(log: Path) -> str:
    """Return where a log is, and its last lines."""
    return "\n".join([f"its log is {_short(log)}:", *log.read_text(errors="replace").splitlines()[-15:]])


if __name__ == "__main__":
    sys.exit(main())
