"""Who may do what to an application.

Of a municipality's members viewers read, editors and heads write; a helper from outside writes the one application
that the invitation names. Who submits is said by the stage: the head, or editors too. Nobody else ever submits.
"""

from datetime import datetime
from typing import Any

from applications.models import EntryState, Helper, StageEntry
from calls.models import Stage
from portal.accounts.models import MemberRole, Person

WRITERS = frozenset({MemberRole.HEAD, MemberRole.EDITOR})


def roles_of(person: Person) -> dict[int, str]:
    """Return the person's role by municipality, read once for each object of a person (so once a request)."""
    cached: dict[int, str] | None = person.__dict__.get("_roles_by_municipality")
    if cached is None:
        cached = dict(person.current_memberships().values_list("municipality_id", "role"))
        person.__dict__["_roles_by_municipality"] = cached
    return cached


def helped_by(person: Person) -> frozenset[int]:
    """Return the applications that the person helps with from outside, read once like ``roles_of``."""
    cached: frozenset[int] | None = person.__dict__.get("_helped_applications")
    if cached is None:
        rows = Helper.objects.in_force().filter(person=person)
        cached = frozenset(rows.values_list("application_id", flat=True))
        person.__dict__["_helped_applications"] = cached
    return cached


def role_on(person: Person, entry: StageEntry) -> str | None:
    """Return the person's role in the municipality of an entry; no query where the entry was read ``for_reader``."""
    known: Any = entry.__dict__
    if known.get("reader") == person.pk:
        return known["reader_role"]  # type: ignore[no-any-return]
    return roles_of(person).get(entry.application.municipality_id)


def helps(person: Person, entry: StageEntry) -> bool:
    """Whether the person helps with the application from outside."""
    known: Any = entry.__dict__
    if known.get("reader") == person.pk:
        return bool(known["reader_helps"])
    return entry.application_id in helped_by(person)


def writes_for(person: Person) -> frozenset[int]:
    """Return the municipalities for which a person may write."""
    return frozenset(key for key, role in roles_of(person).items() if role in WRITERS)


def writes(person: Person, entry: StageEntry) -> bool:
    """Whether the person is one of those who write this application, in whatever state it is."""
    return role_on(person, entry) in WRITERS or helps(person, entry)


def is_member(person: Person, entry: StageEntry) -> bool:
    """Whether the person works for the municipality of the application."""
    return role_on(person, entry) is not None


def may_start(person: Person, municipality_id: int) -> bool:
    return municipality_id in writes_for(person)


def may_edit(person: Person, entry: StageEntry) -> bool:
    """A draft takes text as long as it is one, also after the deadline: nothing typed is ever lost."""
    return entry.takes_text and writes(person, entry)


def submits(person: Person, entry: StageEntry) -> bool:
    """Whether the person confirms and submits for the municipality, as the stage has it."""
    role = role_on(person, entry)
    return role == MemberRole.HEAD or (role in WRITERS and entry.stage.submitted_by == Stage.Submitter.EDITOR)


def may_submit(person: Person, entry: StageEntry) -> bool:
    """Whether it is in time is for the lifecycle to say."""
    return entry.takes_text and submits(person, entry)


def may_withdraw(person: Person, entry: StageEntry, moment: datetime) -> bool:
    """Until the deadline who may submit may also take it back; a draft, whoever of the municipality writes it."""
    if moment > entry.deadline:
        return False
    if entry.state == EntryState.DRAFT:
        return role_on(person, entry) in WRITERS
    return entry.state == EntryState.SUBMITTED and submits(person, entry)


def may_reopen(person: Person, entry: StageEntry, moment: datetime) -> bool:
    """What was submitted may be changed and submitted again until the deadline; meanwhile it stands."""
    fresh = entry.state == EntryState.SUBMITTED and not entry.reopened
    return fresh and moment <= entry.deadline and role_on(person, entry) in WRITERS


def manages_helpers(person: Person, entry: StageEntry) -> bool:
    """Heads and editors see who helps from outside and end it; a helper does neither."""
    return role_on(person, entry) in WRITERS


def may_invite(person: Person, entry: StageEntry) -> bool:
    """Help is asked for as long as there is something to write."""
    return entry.takes_text and manages_helpers(person, entry)


def works_on(person: Person, entry: StageEntry) -> bool:
    """Whether the person sees what is written and not submitted yet: colleagues, viewers and helpers too; no staff."""
    return is_member(person, entry) or helps(person, entry)


def may_remark(person: Person, entry: StageEntry) -> bool:
    """All colleagues talk to each other about an application; staff never listen."""
    return works_on(person, entry)
