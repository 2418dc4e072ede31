"""Who may do what to calls. The registrations of the administration and the pages ask here."""

from typing import Any

from calls.models import Call, CallState
from portal.accounts.models import Role


def may_see_everything(person: Any) -> bool:
    """The programme's own staff see drafts, and what a municipality has in hand."""
    return bool(getattr(person, "is_authenticated", False) and person.sees_everything)


def may_read(person: Any, call: Call) -> bool:
    """Anyone reads what was published; a draft is for the programme's staff."""
    return call.state != CallState.DRAFT or may_see_everything(person)


def may_prepare(person: Any) -> bool:
    """Programme officers and administrators make calls, publish, cancel and archive them."""
    return bool(person.is_superuser or person.has_role(Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER))


def may_change_content(person: Any, call: Call) -> bool:
    """The content of a call changes only while it is a draft; afterwards applicants rely on it."""
    return call.state == CallState.DRAFT and may_prepare(person)


def may_amend(person: Any, call: Call) -> bool:
    """Programme officers and administrators change a published call by corrigenda, and extend deadlines."""
    return call.state == CallState.PUBLISHED and person.is_authenticated and may_prepare(person)


def may_waive(person: Any, call: Call) -> bool:
    """Programme officers and administrators waive rules of a call while it is published."""
    return call.state == CallState.PUBLISHED and person.is_authenticated and may_prepare(person)
