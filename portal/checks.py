"""The portal refuses a database server on which Armenian names would be neither found nor sorted."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.signals import connection_created

from portal.embedded import check_server

_seen: set[str] = set()  # aliases whose server has been found fit by this process


def watch_database() -> None:
    """Look at the server before commands that ask for it, such as migrate, and when a process first connects."""
    register(_database_check, Tags.database)
    connection_created.connect(_refuse_unfit, dispatch_uid="refuse an unfit database server")


def _database_check(*, databases: Sequence[str] | None = None, **_options: Any) -> list[CheckMessage]:
    """Return an error for each thing that is wrong with a server."""
    errors = [(alias, text) for alias in databases or () for text in check_server(connections[alias])]
    return [Error(text, id="portal.E001", obj=alias) for alias, text in errors]


def _refuse_unfit(*, connection: Any, **_signal: Any) -> None:
    """Raise ``ImproperlyConfigured`` for an unfit server: web, worker and beat do not run on it."""
    if connection.alias in _seen:
        return
    _seen.add(connection.alias)
    if errors := check_server(connection):
        _seen.discard(connection.alias)
        raise ImproperlyConfigured(" ".join(errors))
