"""The portal's own servers: started once, shared, stopped by the last user, whatever kills whom."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from portal import embedded
from tests.support import wait_until

USER = "import sys, pathlib; from portal import embedded; embedded.attach(pathlib.Path(sys.argv[1])); "


@pytest.fixture
def var() -> Iterator[Path]:
    """A directory of its own: short, since sockets have short names, and open to the servers' user."""
    with tempfile.TemporaryDirectory(prefix="portal-") as directory:
        os.chmod(directory, 0o711)
        yield Path(directory) / "var"


def _user(var: Path) -> "subprocess.Popen[str]":
    """Start a process that uses the servers until its standard input ends."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    process = subprocess.Popen(
        [sys.executable, "-c", USER + "print('up', flush=True); sys.stdin.read()", str(var)],
        cwd=embedded.ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    return process


def _leave(process: "subprocess.Popen[str]") -> None:
    process.communicate()
    assert process.returncode == 0


def _remember(place: embedded.Place, value: int) -> None:
    with embedded.superuser(place, "portal") as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS remembered (value int)")
        cursor.execute("INSERT INTO remembered VALUES (%s)", [value])


def _remembered(place: embedded.Place) -> list[int]:
    with embedded.superuser(place, "portal") as cursor:
        cursor.execute("SELECT value FROM remembered ORDER BY value")
        return [row[0] for row in cursor.fetchall()]


def _server_processes(place: embedded.Place) -> list[str]:
    """Return the command lines of all processes that have the place's data directory or sockets in them."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(place.data) in command:
            found.append(command)
    return found


def test_data_are_kept_and_nothing_stays_behind(var: Path) -> None:
    with embedded.servers(var) as place:
        assert embedded.running(place)
        _remember(place, 1)
    assert not embedded.running(place)
    assert _server_processes(place) == []
    with embedded.servers(var) as place:
        assert _remembered(place) == [1]


def test_the_last_user_stops_the_servers(var: Path) -> None:
    place = embedded.place(var)
    first, second = _user(var), _user(var)
    _leave(first)
    assert embedded.running(place)
    _remember(place, 1)
    _leave(second)
    assert not embedded.running(place)
    assert _server_processes(place) == []


def test_servers_end_when_their_only_user_is_killed(var: Path) -> None:
    place = embedded.place(var)
    user = _user(var)
    user.kill()
    user.wait()
    wait_until(lambda: not _server_processes(place))
    assert not embedded.running(place)


def test_a_killed_keeper_takes_the_servers_along_and_no_data(var: Path) -> None:
    place = embedded.place(var)
    user = _user(var)
    _remember(place, 1)
    os.kill(int(place.ready.read_text()), signal.SIGKILL)
    wait_until(lambda: not embedded.running(place))
    again = _user(var)
    assert _remembered(place) == [1]
    _leave(again)
    _leave(user)
    wait_until(lambda: not _server_processes(place))


def test_killed_servers_lose_nothing_that_was_acknowledged(var: Path) -> None:
    """Also the numbers in stale files may by then belong to other processes."""
    place = embedded.place(var)
    user = _user(var)
    _remember(place, 1)
    postmaster = place.data / "postgres" / "postmaster.pid"
    os.kill(int(postmaster.read_text().splitlines()[0]), signal.SIGKILL)
    wait_until(lambda: not embedded.running(place))
    user.kill()
    user.wait()
    wait_until(lambda: not _server_processes(place))
    lines = postmaster.read_text().splitlines()
    postmaster.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    with embedded.servers(var) as place:
        assert _remembered(place) == [1]


def test_two_checkouts_side_by_side(var: Path) -> None:
    with embedded.servers(var) as one, embedded.servers(var.with_name("other")) as other:
        _remember(one, 1)
        _remember(other, 2)
        assert (_remembered(one), _remembered(other)) == ([1], [2])
        assert not set(embedded.addresses(one).values()) & set(embedded.addresses(other).values())


def test_a_long_path_gets_short_sockets(var: Path) -> None:
    deep = var / ("a-long-name-" * 5) / ("another-long-name-" * 5)
    deep.parent.mkdir(parents=True)
    for directory in (var, deep.parent):
        directory.chmod(0o711)
    with embedded.servers(deep) as place:
        assert len(os.fsencode(place.sockets / ".s.PGSQL.5432")) <= 107
        assert place.sockets.stat().st_mode & 0o077 == 0
        _remember(place, 1)
    place.sockets.rmdir()


def test_a_directory_that_somebody_else_may_enter_is_refused(var: Path) -> None:
    place = embedded.place(var)
    place.data.mkdir(parents=True)
    place.data.chmod(0o777)
    if place.user:
        os.chown(place.data, place.user.pw_uid, place.user.pw_gid)
    with pytest.raises(embedded.ServersError, match="open to others"), embedded.servers(var):
        pass


def test_roles_and_rights(var: Path) -> None:
    with embedded.servers(var, throwaway=True) as place:
        owner = psycopg2.connect(host=str(place.sockets), user="portal_owner", dbname="portal")
        with owner, owner.cursor() as cursor:
            cursor.execute("CREATE TABLE paper (id int)")
        owner.close()
        application = psycopg2.connect(host=str(place.sockets), user="portal_app", dbname="portal")
        with application, application.cursor() as cursor:
            cursor.execute("INSERT INTO paper VALUES (1)")
        for refused in (
            "CREATE TABLE mine (id int)",
            "DROP TABLE paper",
            "SET ROLE portal_owner",
            "CREATE ROLE mine",
        ):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege), application, application.cursor() as cursor:
                cursor.execute(refused)
        application.close()


def test_a_server_of_the_portal_is_fit_and_one_without_armenian_is_not(var: Path) -> None:
    with embedded.servers(var, throwaway=True) as place:
        with embedded.superuser(place, "portal") as cursor:
            assert embedded.check_server(cursor.connection) == []
            cursor.execute("SELECT extname FROM pg_extension")
            assert {"pg_trgm", "unaccent", "btree_gist", "citext"} <= {row[0] for row in cursor.fetchall()}
            cursor.execute("CREATE DATABASE plain TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'")
        with embedded.superuser(place, "plain") as cursor:
            assert [error[:42] for error in embedded.check_server(cursor.connection)] == [
                "The database does not know Armenian letter"
            ]


class _OldServer:
    """A connection to a server that is too old."""

    def cursor(self) -> "_OldServer":
        return self

    def __enter__(self) -> "_OldServer":
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def execute(self, _sql: str) -> None:
        pass

    def fetchone(self) -> tuple[int, str]:
        return 160004, "ե"


def test_an_old_server_is_refused() -> None:
    assert embedded.check_server(_OldServer()) == ["PostgreSQL 17 or later is needed, this is 16."]


def test_named_servers_are_used_instead(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://portal_app@database/portal")
    assert embedded.environment(var) == {}
    embedded.attach(var)
    assert not var.exists()
    monkeypatch.delenv("DATABASE_URL")
    assert set(embedded.environment(var)) == {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("redis://:secret@redis:6379/0", "redis://:secret@redis:6379/0"),
        ("unix:///run/portal/redis.sock?db=3", "redis+socket:///run/portal/redis.sock?virtual_host=3"),
        ("unix:///run/portal/redis.sock", "redis+socket:///run/portal/redis.sock?virtual_host=0"),
    ],
)
def test_celery_spells_sockets_otherwise(address: str, expected: str) -> None:
    assert embedded.broker_url(address) == expected


def test_the_secret_is_made_once_and_closed_to_others(var: Path) -> None:
    secret = embedded.secret_key(var)
    assert len(secret) >= 50
    assert embedded.secret_key(var) == secret
    assert (var / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.getuid() != 0, reason="only root's servers run as another user")
def test_as_root_the_servers_run_as_nobody_even_from_a_closed_checkout(var: Path) -> None:
    closed = var.with_name("closed")
    closed.mkdir(mode=0o700)
    place = embedded.place(closed / "var")
    assert place.data.is_relative_to("/var/lib")
    try:
        with embedded.servers(closed / "var") as place:
            assert _owner_of_postmaster(place) == "nobody"
            _remember(place, 1)
        with embedded.servers(closed / "var") as place:
            assert _remembered(place) == [1]
    finally:
        subprocess.run(["rm", "-rf", str(place.data)], check=True)


def _owner_of_postmaster(place: embedded.Place) -> Any:
    pid = (place.data / "postgres" / "postmaster.pid").read_text().splitlines()[0]
    return Path(f"/proc/{pid}").owner()
