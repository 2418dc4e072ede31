"""Following calls and keeping searches: every change of these, and who is to be told of what."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from calls import registry
from calls.models import Call, CallSubscription, SavedSearch
from portal.accounts.models import Person
from portal.languages import fitting, spoken

MOST_SEARCHES: Final = 50
"""So many searches one person can keep: each costs a query when calls are published."""

LONGEST_QUERY: Final = SavedSearch._meta.get_field("query").max_length or 0
"""Characters of the filters of one search, as an address writes them: an Armenian letter takes six."""


class SearchRefused(Exception):
    """A search cannot be kept; the text says why."""


# Following


def follow(call: Call, person: Person) -> CallSubscription:
    """Let a person follow a call; one who follows already goes on to do so.

    Args:
        call: one that the public may see; the caller has asked ``public``.
    """
    subscription: CallSubscription = CallSubscription.objects.get_or_create(call=call, person=person)[0]
    return subscription


@transaction.atomic
def unfollow(call: Call, person: Person) -> None:
    """Let a person no longer follow a call; nothing happens to one who does not."""
    CallSubscription.objects.filter(call=call, person=person).delete()


def follows(call: Call, person: Person) -> bool:
    """Say whether a person follows a call by their own choice."""
    return CallSubscription.objects.filter(call=call, person=person).exists()


def followers(call: Call) -> list[Person]:
    """Return who is to be told when something changes in a call, each once, in a steady order.

    These are the active people who follow it, and those whom the storeys above name (``registry.register_followers``).
    """
    own = Person.objects.filter(call_subscriptions__call=call, is_active=True)
    people = {person.pk: person for person in (*own, *registry.followers_named(call)) if person.is_active}
    return [people[key] for key in sorted(people)]


# Keeping searches


@transaction.atomic
def save_search(person: Person, *, query: str, name: str) -> SavedSearch:
    """Keep the filters of the list of calls; the same filters are kept once, under the latest name.

    Args:
        query: as ``calls.pages.finding.query_of`` writes it: only filters that are set and right, in a fixed order.

    Effects: from now on, calls that match are told by e-mail when they are published.

    Raises:
        SearchRefused: the person keeps as many searches as one can, or the filters are too long.
    """
    if len(query) > LONGEST_QUERY:
        raise SearchRefused(_("This search is too long to be kept. Please shorten what you typed."))
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    kept = SavedSearch.objects.filter(person=person)
    if not kept.filter(query=query).exists() and kept.count() >= MOST_SEARCHES:
        raise SearchRefused(_("You keep %(most)s searches. Please delete one first.") % {"most": MOST_SEARCHES})
    saved: SavedSearch = SavedSearch.objects.update_or_create(
        person=person, query=query, defaults={"name": name, "alerts": True}
    )[0]
    return saved


@transaction.atomic
def rename_search(search: SavedSearch, name: str) -> None:
    """Give a search another name."""
    SavedSearch.objects.filter(pk=search.pk).update(name=name)


@transaction.atomic
def switch_alerts(search: SavedSearch, *, on: bool) -> None:
    """Let a search tell of new calls by e-mail, or no longer."""
    SavedSearch.objects.filter(pk=search.pk).update(alerts=on)


@transaction.atomic
def delete_search(search: SavedSearch) -> None:
    """Keep a search no longer."""
    SavedSearch.objects.filter(pk=search.pk).delete()


# Ways out, for the end of an e-mail

_signer = signing.Signer(salt="calls.following.way_out")


def way_out_of_alerts(person: Person) -> str:
    """Return the whole address at which a person, without a login, ends all e-mail about new calls."""
    return _way_out(person, None)


def ways_out_of(call: Call) -> Callable[[Person], str]:
    """Return what gives each person the address at which they, without a login, no longer follow a call.

    It is empty for whoever is told without following: who writes an application cannot end that. One query.
    """
    following = set(CallSubscription.objects.filter(call=call).values_list("person", flat=True))
    return lambda person: _way_out(person, call) if person.pk in following else ""


def _way_out(person: Person, call: Call | None) -> str:
    token = _signer.sign_object([person.pk, call.pk if call else None])
    with translation.override(fitting(spoken(), person.language)):
        return f"{settings.SITE_URL}{reverse('calls:way_out', args=[token])}"


def reader_of(token: str) -> tuple[Person, Call | None] | None:
    """Return whose e-mail a token ends, and of which call (None: about new calls); None where it is not ours."""
    try:
        person_key, call_key = _signer.unsign_object(token)
    except signing.BadSignature:
        return None
    person = Person.objects.filter(pk=person_key).first()
    call = Call.objects.public().filter(pk=call_key).first() if call_key else None
    return (person, call) if person and (call or not call_key) else None


@transaction.atomic
def take_way_out(person: Person, call: Call | None) -> None:
    """End what ``reader_of`` said: following a call, or e-mail of all searches, which stay. Safe to run twice."""
    if call:
        unfollow(call, person)
    else:
        SavedSearch.objects.filter(person=person).update(alerts=False)
