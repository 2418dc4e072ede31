"""Where the tests' servers are: a directory of its own for every run, shared by the run's processes."""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from portal import embedded

_HOME = "PORTAL_TEST_HOME"


def var() -> Path:
    """Return this run's directory; the first process of the run names it, the servers create and remove it."""
    if _HOME not in os.environ:
        os.environ[_HOME] = str(Path(tempfile.gettempdir()) / f"portal-test-{secrets.token_hex(6)}")
        atexit.register(shutil.rmtree, os.environ[_HOME], ignore_errors=True)
    return Path(os.environ[_HOME])


def process_number() -> int:
    """Return 0 without xdist, else the worker's number from 1."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")) + 1


def database() -> str:
    return f"test_{process_number()}"


def addresses() -> dict[str, str]:
    """Return the addresses of this process's own database and Redis database, as the application's role."""
    return embedded.addresses(embedded.place(var()), database=database(), redis=process_number())


def prepare() -> None:
    """Set the environment from which the settings are read, before they are imported.

    The tests log in as the owner and at once take the application's part: so a test has the rights that the
    application has, and only the clean-up after it steps out of them.
    """
    own = addresses()
    owner = own["DATABASE_OWNER_URL"]
    os.environ.update(own)
    os.environ["DATABASE_URL"] = f"{owner}?options=-c%20role%3Dportal_app"
    os.environ["VAR_DIR"] = str(var() / f"process-{process_number()}")
    os.environ.update({"SECRET_KEY": "tests", "DEBUG": "no", "SITE_URL": "http://testserver"})
    os.environ.update({"EMAIL_URL": "memorymail://", "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1"})
    for name in ("CLOCK_FILE", "TRUST_REQUEST_START"):
        os.environ.pop(name, None)
