"""What the views of applications share."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404

from applications.models import StageEntry
from applications.queries import entries_for, entries_to_write
from portal.accounts.models import Person
from portal.content.typed import login_wanted

member_page = login_wanted


def person_of(request: HttpRequest) -> Person:
    """Return who is logged in; the pages here ask for a login first."""
    person: Person = request.user  # type: ignore[assignment]
    return person


def received_at(request: HttpRequest) -> datetime:
    """Return when the request arrived: what counts for a deadline."""
    moment: datetime = request.received_at  # type: ignore[attr-defined]
    return moment


def entry_for(request: HttpRequest, pk: int) -> StageEntry:
    """Return an entry that the person may know of, else 404."""
    return get_object_or_404(entries_for(person_of(request)), pk=pk)


def entry_to_write(request: HttpRequest, pk: int) -> StageEntry:
    """Return an entry of a municipality for which the person may write, else 404."""
    return get_object_or_404(entries_to_write(person_of(request)), pk=pk)


def control(data: QueryDict, prefix: str) -> tuple[str, str] | None:
    """Return the rest of the name, and the value, of the button that was pressed; None for another one."""
    found: Any = next((name for name in data if name.startswith(prefix)), None)
    return (found.removeprefix(prefix), str(data[found])) if found else None
