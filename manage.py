#!/usr/bin/env python
"""Commands of the portal. Its own servers are started for a command that needs them, and stopped after it."""

import os
import sys

from django.core.management import execute_from_command_line

from portal import embedded

WITHOUT_SERVERS = {
    "help",
    "--help",
    "version",
    "--version",
    "makemessages",
    "compilemessages",
    "rank",
    "verify_shortlist",
}
OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "showmigrations", "pgtrigger", "flush", "dbshell"}


def main() -> None:
    """Bring up what the command needs, and run it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if not os.environ.get("DATABASE_URL"):
        os.environ.setdefault("SECRET_KEY", embedded.secret_key())
    if command in WITHOUT_SERVERS:
        for name, value in embedded.environment().items():
            os.environ.setdefault(name, value)
    else:
        embedded.attach()
    if command in OWNER_COMMANDS and os.environ.get("DATABASE_OWNER_URL"):
        os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"]
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
