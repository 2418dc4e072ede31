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
providers: list[Provider] = []


def register_reminders(provider: Provider) -> None:
    """Ask ``provider(now)`` at each sweep of the clock; it may name the same reminder again and again."""
    if provider not in providers:
        providers.append(provider)
