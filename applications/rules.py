"""Who may do what to an application. Of a municipality's members viewers read, editors and heads write and submit."""

from datetime import datetime

from applications.models import EntryState, StageEntry
from portal.accounts.models import MemberRole, Person

WRITERS = frozenset({MemberRole.HEAD, MemberRole.EDITOR})


def roles_of(person: Person) -> dict[int, str]:
    """Return the person's role by municipality, read once for each object of a person (so once a request)."""
    cached: dict[int, str] | None = person.__dict__.get("_roles_by_municipality")
    if cached is None:
        cached = dict(person.current_memberships().values_list("municipality_id", "role"))
        person.__dict__["_roles_by_municipality"] = cached
    return cached


def writes_for(person: Person) -> frozenset[int]:
    """Return the municipalities for which a person may write and submit."""
    return frozenset(key for key, role in roles_of(person).items() if role in WRITERS)


def may_start(person: Person, municipality_id: int) -> bool:
    return municipality_id in writes_for(person)


def may_edit(person: Person, entry: StageEntry) -> bool:
    """A draft takes text as long as it is one, also after the deadline: nothing typed is ever lost."""
    return entry.state == EntryState.DRAFT and entry.application.municipality_id in writes_for(person)


def may_submit(person: Person, entry: StageEntry) -> bool:
    """Heads and editors submit; whether it is in time is for the lifecycle to say."""
    return may_edit(person, entry)


def may_withdraw(person: Person, entry: StageEntry, moment: datetime) -> bool:
    """Until the deadline those who may submit may also take it back."""
    open_states = (EntryState.DRAFT, EntryState.SUBMITTED)
    writes = entry.application.municipality_id in writes_for(person)
    return writes and entry.state in open_states and moment <= entry.deadline
