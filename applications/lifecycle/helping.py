"""Helpers from outside: invited by name for a time, taken up by the very person, ended.

The word that takes an invitation up is derived from its row and the site's key. It is in no table and no log: the row
holds its digest, and the mail gets it when it is sent.
"""

import base64
import hashlib
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from applications.models import Application, Helper, StageEntry
from applications.refusals import Refused
from applications.rules import WRITERS
from portal import clock, languages
from portal.accounts.lifecycle import create_person
from portal.accounts.models import MemberRole, Membership, Person
from portal.accounts.queries import people_of
from portal.notices.lifecycle import enqueue, enqueue_all

log = structlog.get_logger(__name__)
MOST: Final = 5
"""So many helpers an application can have at a time, those who were only invited among them."""
MOST_INVITATIONS: Final = 30
"""So many invitations one application can send in all: nobody is to be flooded from it."""
DIGITS: Final = 32
INVITED: Final = "helper_invited"
"""The kind of the message that carries the word."""


class InvitedAlready(Refused):
    """The address has an invitation to this application that is in force."""

    def __init__(self) -> None:
        super().__init__(_("This person is invited already. You can change until when, or invite again, in the list."))


class TooManyHelpers(Refused):
    """The application has as many helpers, or has sent as many invitations, as it may."""

    def __init__(self) -> None:
        super().__init__(_("No more helpers can be invited to this application. End the help of somebody first."))


class WorksHere(Refused):
    """A member of the municipality needs no invitation."""

    def __init__(self) -> None:
        super().__init__(_("This person works for the municipality here already and needs no invitation."))


class NoLongerOpen(Refused):
    """The invitation was ended, ran out, or was taken up."""

    def __init__(self) -> None:
        super().__init__(_("This invitation can no longer be taken up."))


class ForSomebodyElse(Refused):
    """The invitation names another e-mail address, or a person who may not help."""

    def __init__(self) -> None:
        super().__init__(_("This invitation is for somebody else."))


# --- the word ---------------------------------------------------------------------------------------------------------


def word_of(helper: Helper) -> str:
    """Return the word that takes up an invitation: 160 bits in letters and digits that can be read out and typed."""
    named = f"{helper.application_id}:{helper.email}:{helper.invited_at.isoformat()}"
    digest = salted_hmac("applications.helper", named, algorithm="sha256").digest()
    return base64.b32encode(digest)[:DIGITS].decode()


def digest_of(word: str) -> str:
    """Return what is kept of a word as people type it: case and spaces do not count."""
    return hashlib.sha256("".join(word.split()).upper().encode()).hexdigest()


def word_for_mail(key: str) -> str:
    """Return the word for the message with this key; empty where the invitation is over by now."""
    helper = Helper.objects.filter(pk=int(key.split(":")[1]), person=None, ended_at=None).first()
    return word_of(helper) if helper else ""


# --- changes ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def invite_helper(entry: StageEntry, *, name: str, email: str, until: datetime, by: Person) -> Helper:
    """Invite a person from outside to write one application of a municipality.

    Args:
        until: from when on the help is over, also where it was never taken up.
        by: who invites; the caller has asked ``rules.may_invite``.

    Effects: a mail with the way to take it up. An earlier invitation of the address that ran out is ended.

    Raises:
        InvitedAlready, TooManyHelpers, WorksHere
    """
    application, now, email = _locked(entry.application_id), clock.now(), email.strip().lower()
    _check_place(application, email, now)
    Helper.objects.filter(application=application, email=email, ended_at=None).update(ended_at=now, ended_by=by)
    helper = Helper(application=application, name=name, email=email, until=until, invited_by=by, invited_at=now)
    helper.secret = digest_of(word_of(helper))
    helper.save()
    _send_invitation(helper, entry)
    log.info("helper invited", application=application.pk, helper=helper.pk)
    return helper


def _locked(key: Any) -> Application:
    """Lock an application: invitations of colleagues at the same time are counted together."""
    locked: Application = Application.objects.select_for_update(no_key=True).get(pk=key)
    return locked


def _check_place(application: Application, email: str, now: datetime) -> None:
    rows = Helper.objects.filter(application=application)
    open_rows = rows.filter(ended_at=None, until__gt=now)
    if open_rows.filter(email=email).exists():
        raise InvitedAlready
    if _members(application).filter(person__email=email).exists():
        raise WorksHere
    if open_rows.count() >= MOST or rows.count() >= MOST_INVITATIONS:
        raise TooManyHelpers


def _members(application: Application) -> Any:
    return Membership.objects.in_force().filter(municipality=application.municipality_id, person__is_active=True)


@transaction.atomic
def renew_help(helper: Helper, entry: StageEntry, *, until: datetime, by: Person) -> Helper:
    """Let help last until another moment; an invitation that was not taken up is sent again, with a new word.

    Raises:
        NoLongerOpen: it was ended meanwhile.
    """
    _locked(helper.application_id)
    locked = Helper.objects.select_related("person").get(pk=helper.pk)
    if locked.ended_at is not None:
        raise NoLongerOpen
    locked.until, now = until, clock.now()
    if locked.person is None:
        locked.invited_at, locked.invited_by = now, by
        locked.secret = digest_of(word_of(locked))
        _send_invitation(locked, entry)
    else:
        key = f"helper_until:{locked.person_id}:{locked.pk}:{until.isoformat()}"
        enqueue("helper_until", recipient=locked.person, key=key, context=_context(locked, entry))
    locked.save(update_fields=["until", "invited_at", "invited_by", "secret"])
    log.info("help renewed", application=locked.application_id, helper=locked.pk)
    return locked


@transaction.atomic
def take_up(helper: Helper, person: Person) -> Helper:
    """Let an invited person write the application from now on. Asked twice by the same person, nothing more happens.

    Effects: the heads of the municipality, and who invited, are told.

    Raises:
        NoLongerOpen: ended, run out, or taken up by another.
        ForSomebodyElse: the person has another e-mail address, or works for the programme.
    """
    _locked(helper.application_id)
    locked = Helper.objects.select_related("invited_by").get(pk=helper.pk)
    now = clock.now()
    if locked.ended_at is not None or locked.until <= now or locked.person_id not in (None, person.pk):
        raise NoLongerOpen
    # Who checks, assesses or decides cannot also write what is judged.
    if person.email != locked.email or person.active_roles:
        raise ForSomebodyElse
    if locked.person_id is None:
        locked.person, locked.accepted_at = person, now
        locked.save(update_fields=["person", "accepted_at"])
        _tell_of_help(locked)
        log.info("help taken up", application=locked.application_id, helper=locked.pk)
    return locked


@transaction.atomic
def take_up_anew(helper: Helper, name: str, password: str) -> Person:
    """Make an account for an invited person who has none, and let them write: both or neither.

    Args:
        password: checked by the form.

    Raises:
        AddressTaken: there is an account by now; NoLongerOpen: as ``take_up`` does.
    """
    person = create_person(helper.email, name=name, password=password, language=languages.active())
    take_up(helper, person)
    return person


@transaction.atomic
def end_help(helper: Helper, entry: StageEntry, *, by: Person) -> Helper:
    """End help, or an invitation, at once; what the helper wrote stays. Asked twice, nothing more happens.

    Effects: who helped is told.
    """
    _locked(helper.application_id)
    locked = Helper.objects.select_related("person").get(pk=helper.pk)
    if locked.ended_at is None:
        locked.ended_at, locked.ended_by = clock.now(), by
        locked.save(update_fields=["ended_at", "ended_by"])
        if locked.person is not None:
            key = f"helper_ended:{locked.person_id}:{locked.pk}"
            enqueue("helper_ended", recipient=locked.person, key=key, context=_context(locked, entry))
        log.info("help ended", application=locked.application_id, helper=locked.pk)
    return locked


# --- notices ----------------------------------------------------------------------------------------------------------


def _send_invitation(helper: Helper, entry: StageEntry) -> None:
    known = Person.objects.filter(email=helper.email).first()
    # Who has no account yet is written to in the language in which the colleague who invites reads the site.
    recipient = known or Person(email=helper.email, name=helper.name, language=languages.active())
    key = f"{INVITED}:{helper.pk}:{helper.invited_at.isoformat()}"
    enqueue(INVITED, recipient=recipient, key=key, context=_context(helper, entry))


def _context(helper: Helper, entry: StageEntry) -> dict[str, Any]:
    application = entry.application
    return {
        "helper": helper,
        "entry": entry,
        "call": entry.stage.call,
        "municipality": application.municipality,
        "zone": application.municipality.country.time_zone,
    }


def _tell_of_help(helper: Helper) -> None:
    entry = latest_entry(helper.application_id)
    people = {head.pk: head for head in people_of(helper.application.municipality_id, MemberRole.HEAD)}
    inviter = helper.invited_by
    if inviter and _members(helper.application).filter(person=inviter, role__in=WRITERS).exists():
        people[inviter.pk] = inviter
    context = _context(helper, entry)
    enqueue_all(
        "helper_taken_up",
        people.values(),
        lambda person: f"helper_taken_up:{person.pk}:{helper.pk}",
        lambda person: context,
    )


def latest_entry(application: Any) -> StageEntry:
    """Return the last stage that an application has reached, with what notices and pages name of it."""
    rows = StageEntry.objects.filter(application=application).with_deadline()
    rows = rows.select_related("stage__call", "application__municipality__country", "application__lot")
    entry: StageEntry = rows.order_by("-stage__position", "-pk")[0]
    return entry
