"""Changes of people: roles, memberships, and the language they are spoken to in."""

from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from portal.accounts.models import Membership, Municipality, Person, StaffRole, today


@transaction.atomic
def grant_role(person: Person, role: str, *, country: str | None = None, since: date | None = None) -> StaffRole:
    """Give a person a role, for a country or for all; a role that is already held is returned as it is.

    Effects: the person may open the administration. History follows by itself.

    Raises:
        django.db.IntegrityError: a country officer without a country.
    """
    _lock(person)
    held = person.staff_roles.in_force().filter(role=role, country=country).first()
    if held is None:
        held = person.staff_roles.create(role=role, country_id=country, since=since or today())
    follow_roles(person)
    return held


@transaction.atomic
def end_role(held: StaffRole, *, until: date) -> None:
    """Let a role end with a day; the person may open the administration as long as another role is in force."""
    _lock(held.person)
    held.until = until
    held.save(update_fields=["until"])
    follow_roles(held.person)


@transaction.atomic
def add_member(person: Person, municipality: Municipality, role: str) -> Membership:
    """Make a person a member of a municipality, or change the role of one who is."""
    _lock(person)
    membership, created = person.memberships.get_or_create(
        municipality=municipality, until=None, defaults={"role": role}
    )
    if not created and membership.role != role:
        membership.role = role
        membership.save(update_fields=["role"])
    return membership


def choose_language(person: Person, language: str) -> None:
    """Remember the language a person reads the site in: mails and letters follow it."""
    if person.language != language:
        Person.objects.filter(pk=person.pk).update(language=language)
        person.language = language


def _lock(person: Person) -> None:
    Person.objects.select_for_update().get(pk=person.pk)


def follow_roles(person: Person) -> None:
    """Keep the column that Django's own parts read (``is_staff``) in step with the roles in force."""
    vars(person).pop("active_roles", None)
    person.is_staff = bool(person.active_roles)
    person.save(update_fields=["is_staff"])


def make_person(email: str, *, password: str | None = None, **fields: Any) -> Person:
    """Create a person, or return the one with this address, in lower case."""
    known = Person.objects.filter(email=email.strip().lower()).first()
    return known or Person.objects.create_user(email, password, **fields)


class AddressTaken(Exception):
    """Somebody with this e-mail address is here already."""


@transaction.atomic
def create_person(email: str, *, name: str, password: str, language: str) -> Person:
    """Create a person who proved to read the mail of an address: by a secret that was sent there.

    Args:
        password: checked by ``django.contrib.auth.password_validation`` before.

    Raises:
        AddressTaken: the account is there; whoever holds it has to log in.
    """
    try:
        with transaction.atomic():
            person = Person.objects.create_user(email, password, name=name, language=language)
    except IntegrityError as error:
        raise AddressTaken from error
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person
