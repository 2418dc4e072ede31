"""Writing parts of a draft: each function one transaction, under the lock of the call's row."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import ForeignKey, Max, Model

from calls.authoring.parts import Part
from calls.models import Call, CallState


class NotDraft(Exception):
    """The call was published meanwhile; its content stays as it is."""


def locked(call: Call) -> Call:
    """Lock the row of a draft until the transaction ends; call it within one.

    Raises:
        NotDraft: it is a draft no longer.
    """
    row: Call = Call.objects.select_for_update().get(pk=call.pk)
    if row.state != CallState.DRAFT:
        raise NotDraft
    return row


def placed(row: Any, siblings: Any) -> None:
    """Put a new row behind its siblings."""
    last = siblings.aggregate(last=Max("position"))["last"]
    row.position = 0 if last is None else last + 1


@transaction.atomic
def reorder(part: Part, parent: Any, call: Call, keys: Sequence[int]) -> bool:
    """Give the rows of a parent the order of their keys.

    Returns:
        Whether that was done; not where the keys are not those of the rows, since somebody added or removed one.

    Raises:
        NotDraft: the call is a draft no longer.
    """
    locked(call)
    rows = {row.pk: row for row in part.siblings(parent)}
    if set(rows) != set(keys) or len(keys) != len(rows):
        return False
    for place, key in enumerate(keys):
        if rows[key].position != place:
            rows[key].position = place
            rows[key].save(update_fields=["position"])
    return True


@transaction.atomic
def remove(part: Part, row: Any, call: Call) -> None:
    """Remove a part with all that belongs to it; those behind it move up.

    Raises:
        NotDraft: the call is a draft no longer.
    """
    locked(call)
    parent = part.parent_of(row)
    row.delete()
    if part.ordered:
        for place, sibling in enumerate(part.siblings(parent)):
            if sibling.position != place:
                sibling.position = place
                sibling.save(update_fields=["position"])


def goes_with(row: Model) -> list[tuple[Any, int]]:
    """Return what is removed together with a row: kind of part and how many, without the row itself."""
    found: Counter[type[Model]] = Counter()
    _count(type(row), [row.pk], found)
    return [(model._meta, number) for model, number in found.items()]


def _count(model: type[Model], keys: list[Any], found: "Counter[type[Model]]") -> None:
    for relation in model._meta.related_objects:
        link: Any = relation.field
        below: Any = relation.related_model
        if not isinstance(link, ForeignKey) or below._meta.app_label != "calls" or not _goes(relation):
            continue
        under = list(below._default_manager.filter(**{f"{link.name}__in": keys}).values_list("pk", flat=True))
        if under:
            found[below] += len(under)
            _count(below, under, found)


def _goes(relation: Any) -> bool:
    """Whether rows of a relation are removed with what they belong to; those of the history are not."""
    return relation.on_delete.__name__ == "CASCADE" and not relation.related_model.__name__.endswith("Event")
