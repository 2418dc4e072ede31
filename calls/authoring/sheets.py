"""The sheets of the call itself: what is not a list of parts, a form for each subject."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from calls.models import Call

if TYPE_CHECKING:
    from calls.authoring.forms import PartForm


@dataclass(frozen=True)
class Sheet:
    """One form on the call: ``name`` in addresses, ``about`` one sentence, ``more`` a template below the form.

    ``says`` returns in a few words what it says now, for the list that it belongs to.
    """

    name: str
    title: "str | Promise"
    form: "Callable[..., PartForm]"
    about: "str | Promise" = ""
    more: str = ""
    says: "Callable[[Call], str] | None" = None


SHEETS: dict[str, Sheet] = {}


def register_sheet(sheet: Sheet) -> None:
    """Add a sheet."""
    SHEETS[sheet.name] = sheet
