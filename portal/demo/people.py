"""The people of the demonstration: who they are, what they may do, and the one password they share."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth.hashers import make_password

from portal.accounts.lifecycle import add_member, grant_role, make_person
from portal.accounts.models import Municipality, Person

PASSWORD = "demonstration-2021"  # noqa: S105 - known to everybody, and only where settings.DEMONSTRATION is on
HELPER = "helper"
"""Who works for no municipality and not for the programme: the story invites them."""
_FILE = Path(__file__).parent / "people.yaml"


@dataclass(frozen=True)
class Login:
    """Someone who can log in. ``municipality`` is COUNTRY:CODE for clerks, empty for staff and for helpers."""

    email: str
    name: str
    language: str
    role: str
    try_this: str
    country: str = ""
    municipality: str = ""

    @property
    def staff(self) -> bool:
        return not self.municipality and self.role != HELPER


@cache
def logins() -> tuple[Login, ...]:
    """Return everyone who can log in, staff first, helpers last."""
    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(_login(row) for row in [*rows["staff"], *rows["clerks"], *rows["helpers"]])


def _login(row: dict[str, Any]) -> Login:
    given = {key: value for key, value in row.items() if key != "try"}
    return Login(try_this=row["try"], **given)


def create_people() -> dict[str, Person]:
    """Create everyone with roles and memberships, and return them by e-mail address."""
    password = make_password(PASSWORD)  # once: it is slow by design
    return {login.email: _create(login, password) for login in logins()}


def _create(login: Login, password: str) -> Person:
    person = make_person(login.email, name=login.name, language=login.language)
    person.password = password
    person.save(update_fields=["password"])
    if login.municipality:
        add_member(person, municipality(login.municipality), login.role)
    elif login.staff:
        grant_role(person, login.role, country=login.country or None)
    return person


def municipality(reference: str) -> Municipality:
    """Return the municipality that COUNTRY:CODE names."""
    country, _colon, code = reference.partition(":")
    found: Municipality = Municipality.objects.select_related("country", "region").get(country=country, code=code)
    return found


def there() -> Iterator[Login]:
    """Yield the logins whose people exist."""
    known = set(Person.objects.filter(email__in=[login.email for login in logins()]).values_list("email", flat=True))
    return (login for login in logins() if login.email in known)
