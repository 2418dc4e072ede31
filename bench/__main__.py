"""Measures on servers and a demonstration of its own, prints a table, and removes both again. Nothing is asserted."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from portal import embedded


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    home.chmod(0o711)  # as root, the servers run as nobody and pass through
    var = home / "var"
    try:
        with embedded.servers(var) as place:
            _set_environment(var, place)
            from bench.run import run

            run(sys.stdout)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _set_environment(var: Path, place: embedded.Place) -> None:
    """Set what the settings are read from, before they are."""
    os.environ.update(embedded.addresses(place))
    os.environ.update(
        DJANGO_SETTINGS_MODULE="portal.settings",
        VAR_DIR=str(var),
        SECRET_KEY="bench",
        DEMONSTRATION="yes",
        DEBUG="no",
        LOG_LEVEL="CRITICAL",
        ALLOWED_HOSTS="testserver",
        SITE_URL="http://testserver",
        EMAIL_URL="dummymail://",
    )
    for name in ("CLOCK_FILE", "PRIVATE_ROOT", "TRUST_REQUEST_START"):
        os.environ.pop(name, None)


main()
