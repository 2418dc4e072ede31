"""What higher storeys want to remind people of. An app registers its provider in ``AppConfig.ready()``."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.accounts.models import Person


@dataclass(frozen=True)
class Reminder:
    """A notice that is due now. ``key`` makes it unique: kind, recipient, object and the moment it warns of."""

    kind: str
    recipient: Person
    key: str
    context: Mapping[str, Any]


Provider = Callable[[datetime], Iterable[Reminder]]
Writer = Callable[[datetime], int]
Secret = Callable[[str], str]
providers: list[Provider] = []
writers: list[Writer] = []
secrets: dict[str, Secret] = {}


def register_reminders(provider: Provider) -> None:
    """Ask ``provider(now)`` at each sweep of the clock; it may name the same reminder again and again."""
    if provider not in providers:
        providers.append(provider)


def register_writer(writer: Writer) -> None:
    """Let ``writer(now)`` write what is due at each sweep of the clock, in transactions of its own.

    It is for notices to many, which are written together with the mark that they were; it returns how many were new.
    """
    if writer not in writers:
        writers.append(writer)


def register_secret(kind: str, secret: Secret) -> None:
    """Let messages of a kind carry a word that opens something, without keeping it in the outbox.

    Their templates print ``{{ secret }}``; ``secret(key)`` is asked for the word of the message with this key only when
    it is sent, and returns an empty text where it opens nothing any more.
    """
    secrets[kind] = secret
