"""Lists that a call cannot do without: its languages, countries and stages, the criteria of a grid."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from calls.callfile import shapes
from calls.callfile.checks.walk import CALL, under
from calls.callfile.problems import Path, Problem
from calls.spec import CallSpec, Strict


def filled_lists(call: CallSpec) -> Iterator[Problem]:
    """No such list is empty: files are refused at once by their reader, a draft when it is published."""
    for path in _empty(call, CALL):
        yield Problem(path, _("is an empty list; write at least one entry"), breaks=True)


def _empty(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, Strict):
        for field in shapes.fields(type(value)):
            part = getattr(value, field.name)
            place = (*path, field.key)
            if part == () and shapes.needs_entries(field.hint):
                yield place
            yield from _empty(part, place)
    elif isinstance(value, tuple):
        for spot, item in under(path, value):
            yield from _empty(item, spot)


CHECKS = (filled_lists,)
