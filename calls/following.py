"""Following calls and keeping searches: every change of these, and who is to be told of what."""

from django.db import transaction

from calls import registry
from calls.models import Call, CallSubscription
from portal.accounts.models import Person

# Following


def follow(call: Call, person: Person) -> CallSubscription:
    """Let a person follow a call; one who follows already goes on to do so.

    Args:
        call: one that the person may see; the caller has asked ``visible_to``.
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
