"""History by database triggers: who changed what, when and from where, also in bulk and by raw SQL.

A model with translated texts is tracked in its app's ``translation.py``, after it is registered there: tracked
earlier, the columns of the languages would leave no history.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import connections, models, transaction

M = TypeVar("M", bound=type[models.Model])


def tracked(*, exclude: Iterable[str] = ()) -> Callable[[M], M]:
    """Return a decorator that records each insert, update and delete of a model in its event table.

    Args:
        exclude: names of columns that history leaves out: personal fields of people, computed keys.
    """
    return pghistory.track(  # type: ignore[no-any-return]
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude) or None,
        context_field=pghistory.ContextJSONField(),
        append_only=True,
        # One trigger for a statement, however many rows it changes: what bulk work needs.
        level=pgtrigger.Statement,
    )


@contextmanager
def unsigned() -> Iterator[None]:
    """Record what is done within without who does it: history must not tell whom a row is to keep unknown."""
    with pghistory.context() as present:
        signed = dict(present.metadata)
        present.metadata.update(user=None)
        try:
            yield
        finally:
            present.metadata.clear()
            present.metadata.update(signed)


def close_to_the_application(*, using: str, **_signal: Any) -> None:
    """After a migration: the role that serves may read history and add to it, never change or delete it."""
    role = settings.DATABASE_APP_ROLE
    connection = connections[using]
    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, pghistory.models.Event)]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if not cursor.fetchone():
            return
        present = set(connection.introspection.table_names(cursor))
        for table in sorted(present.intersection(tables)):
            name = connection.ops.quote_name(table)
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM {connection.ops.quote_name(role)}")
