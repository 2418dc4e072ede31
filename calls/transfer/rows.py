"""Brings the rows under a parent in line with what they should be, changing only what differs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Model

from calls.spec import Text

Values = Mapping[str, Any]


def texts(**fields: Text) -> dict[str, Any]:
    """The columns of translated fields: ``title={"hy": …}`` gives ``title_hy`` and the others, empty if absent."""
    return {
        f"{field}_{language}": text.get(language, "")
        for field, text in fields.items()
        for language in settings.MODELTRANSLATION_LANGUAGES
    }


def assign(row: Model, values: Values) -> bool:
    """Set the fields of a row; whether that changed any."""
    changed = [name for name, value in values.items() if _differs(getattr(row, name), value)]
    for name in changed:
        setattr(row, name, values[name])
    return bool(changed)


def _differs(present: Any, value: Any) -> bool:
    # The columns of languages that came later hold nothing at all, which is no other text than the empty one.
    return present != value and (present, value) != (None, "")


def align(
    related: Any, key: "str | Callable[[Any], str] | None", wanted: Sequence[Values], names: Sequence[str] = ()
) -> list[Any]:
    """Make the rows of a relation the wanted ones, in their order.

    Args:
        related: the manager of the relation, such as ``call.lots``.
        key: the field by which a row is found again, such as ``code``, or what names a row; None where only its
            place tells.
        wanted: the fields of each row; the position is given here.
        names: the name of each wanted row, where ``key`` is what names one.

    Returns:
        The rows in their order. Rows that were as wanted are not written, so that no history tells of them.
    """
    present: dict[Any, list[Any]] = {}
    for place, row in enumerate(related.all()):
        present.setdefault(_name(row, key, place), []).append(row)
    rows = []
    for place, values in enumerate(wanted):
        name = names[place] if names else values[key] if isinstance(key, str) else place
        row = present[name].pop(0) if present.get(name) else None
        rows.append(_written(related, row, {**values, "position": place}))
    # All new rows at once: what the database does after each statement, it does once.
    related.bulk_create([row for row in rows if row.pk is None])
    for left in present.values():
        for row in left:
            row.delete()
    return rows


def _name(row: Any, key: "str | Callable[[Any], str] | None", place: int) -> Any:
    if key is None:
        return place
    return getattr(row, key) if isinstance(key, str) else key(row)


def _written(related: Any, row: Any, values: Values) -> Any:
    if row is None:
        return related.model(**{related.field.name: related.instance, **values})
    if assign(row, values):
        row.save()
    return row
