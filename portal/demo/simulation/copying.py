"""Rows by PostgreSQL's COPY, for the tables that grow fastest; triggers and constraints hold as for any insert."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from django.db import connection, models

_NULL = r"\N"


def copy(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of plain values in the order of ``fields``. Call it in a transaction, after an ordinary statement.

    The context of the history is set by ordinary statements and holds until the transaction ends.
    """
    text = StringIO()
    csv.writer(text).writerows([_NULL if value is None else value for value in row] for row in rows)
    text.seek(0)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(getattr(model._meta.get_field(name), "column")) for name in fields)  # noqa: B009 - a column
    target = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN WITH (FORMAT csv, NULL '{_NULL}')"
    with connection.cursor() as cursor:
        cursor.copy_expert(target, text)
