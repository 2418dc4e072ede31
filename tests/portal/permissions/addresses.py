"""All addresses of the portal, by name, with the names of the values that each takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation


@dataclass(frozen=True)
class Address:
    """A named pattern; ``takes`` are the names of the values in it. A query is the value of "?"."""

    name: str
    takes: frozenset[str]

    def path(self, values: dict[str, Any]) -> str:
        with translation.override("en"):
            return reverse(self.name, kwargs={name: values[name] for name in self.takes}) + str(values.get("?", ""))


def addresses() -> dict[str, Address]:
    """Return every address with a name. Those without one only lead on: old addresses of Django's administration."""
    return {address.name: address for address in _walk(get_resolver(), "", frozenset())}


def _walk(resolver: URLResolver, space: str, takes: frozenset[str]) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        taken = takes | _names(entry)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, f"{space}{entry.namespace}:" if entry.namespace else space, taken)
        elif entry.name:
            yield Address(space + entry.name, taken)


def _names(entry: "URLPattern | URLResolver") -> frozenset[str]:
    pattern = entry.pattern
    return frozenset(pattern.converters) or frozenset(getattr(pattern.regex, "groupindex", ()))
