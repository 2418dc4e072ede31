"""What the storeys above add to a municipality's own page and archive. They register in ``AppConfig.ready()``."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from applications.archive import Item


@dataclass(frozen=True)
class Holding:
    """Something that the municipality has: a grant. ``tone``: done, open, neutral, warn or error."""

    title: str
    url: str
    word: str
    tone: str = "neutral"
    note: str = ""
    amount: str = ""


@dataclass(frozen=True)
class Duty:
    """Something that waits for the municipality: a report to be written. ``due`` is aware."""

    title: str
    text: str
    url: str
    button: str
    due: datetime | None = None


@dataclass(frozen=True)
class Part:
    """A part of the page: its heading, what the municipality has, where all of it is, and what is to be done."""

    title: str
    holdings: tuple[Holding, ...] = ()
    url: str = ""
    link: str = ""
    duties: tuple[Duty, ...] = ()


PartProvider = Callable[[Any, Sequence[int]], Part]
ExportProvider = Callable[[Any, Sequence[int]], Iterable[Item]]

_parts: list[PartProvider] = []
_exports: list[ExportProvider] = []


def register_part(provider: PartProvider) -> None:
    """Add a part to a municipality's own page.

    It is given a member and the keys of the municipalities shown, works in the active language, and asks a number of
    queries that does not depend on how much there is.
    """
    if provider not in _parts:
        _parts.append(provider)


def parts_for(person: Any, municipalities: Sequence[int]) -> list[Part]:
    """Return what the storeys above add to the page of municipalities that a person works for."""
    return [provider(person, municipalities) for provider in _parts]


def register_export(provider: ExportProvider) -> None:
    """Add files to the archive of all that a municipality has; asked like a part, and read while it is sent."""
    if provider not in _exports:
        _exports.append(provider)


def exported_for(person: Any, municipalities: Sequence[int]) -> Iterable[Item]:
    """Yield what the storeys above add to the archive of municipalities that a person works for."""
    for provider in _exports:
        yield from provider(person, municipalities)
