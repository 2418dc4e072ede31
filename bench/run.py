"""Prepares the portal and measures."""

import os
import subprocess
import sys
from typing import TextIO

import django

from portal.embedded import ROOT


def run(out: TextIO) -> None:
    """Migrate, load the demonstration with some more applications, measure, and print the table."""
    owner = {"DATABASE_URL": os.environ["DATABASE_OWNER_URL"]}
    _manage("migrate", "--verbosity=0", environment={**os.environ, **owner})
    _manage("collectstatic", "--noinput", "--verbosity=0")
    _manage("load_demo")
    _manage("simulate", "M4EG-2021-PILOT", "--applications=500", "--seed=1", "--verbosity=0")
    django.setup()
    from bench import letters, lists, submissions
    from bench.measuring import table

    rows = [*lists.measured(), *submissions.measured(), *letters.measured()]
    print(table(rows), file=out)


def _manage(*arguments: str, environment: dict[str, str] | None = None) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
