"""Armenian spelling: և, եւ and եվ are one thing, and the marks ՞ ՛ ՜ ՝ do not part a word."""

from django.db import models
from django.db.models.functions import Lower, Replace

_MARKS = "՞՛՜՝"


def fold(text: str) -> str:
    """Return the key by which a text is searched and sorted: lower case, one spelling of և, no marks inside words."""
    folded = text.lower()
    for written in ("և", "եւ"):
        folded = folded.replace(written, "եվ")
    return folded.translate(dict.fromkeys(map(ord, _MARKS)))


def folded(column: "str | models.Expression") -> Replace:
    """Return the same key as an expression of the database over a column (or over another expression)."""
    expression: models.Expression = Lower(column)
    for written, key in (("և", "եվ"), ("եւ", "եվ"), *((mark, "") for mark in _MARKS)):
        expression = Replace(expression, models.Value(written), models.Value(key))
    return expression  # type: ignore[return-value]


def folded_field(column: str) -> models.GeneratedField:
    """Return a stored column that holds the key of another one, compared byte by byte (which is Armenian order)."""
    return models.GeneratedField(
        expression=folded(column),
        output_field=models.CharField(max_length=300, db_collation="C"),
        db_persist=True,
        editable=False,
    )
