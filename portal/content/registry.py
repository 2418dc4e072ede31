"""What higher storeys add to the frame of the site: links of header, foot and a person's menu, parts of the home page.

An app registers in ``AppConfig.ready()``; the frame shows only what was registered, so it never links to nowhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

Context = dict[str, Any]


@dataclass(frozen=True, order=True)
class Entry:
    """A link of the frame: ``route`` is the name of a URL; with ``app_name`` it marks the part one is in."""

    position: int
    route: str
    title: "str | Promise"

    @property
    def app_name(self) -> str:
        return self.route.partition(":")[0] if ":" in self.route else ""


@dataclass(frozen=True)
class Part:
    """A part of the home page: a template and what it shows."""

    position: int
    template: str
    prepare: Callable[[HttpRequest], Context | None]


header_links: list[Entry] = []
person_links: list[Entry] = []
footer_links: list[Entry] = []
home_parts: list[Part] = []


def add_header_link(title: "str | Promise", route: str, position: int) -> None:
    """Add a link to the header of every page; ``route`` takes no arguments."""
    _add(header_links, Entry(position, route, title))


def add_person_link(title: "str | Promise", route: str, position: int) -> None:
    """Add a link to the menu of whoever is logged in; ``route`` takes no arguments."""
    _add(person_links, Entry(position, route, title))


def add_footer_link(title: "str | Promise", route: str, position: int) -> None:
    """Add a link to the foot of every page, after the pages of text; ``route`` takes no arguments."""
    _add(footer_links, Entry(position, route, title))


def _add(links: list[Entry], entry: Entry) -> None:
    if all(known.route != entry.route for known in links):
        links.append(entry)
        links.sort(key=lambda known: known.position)


def add_home_part(template: str, prepare: Callable[[HttpRequest], Context | None], position: int) -> None:
    """Add a part to the home page. ``prepare`` returns the template's context, or None to leave the part out."""
    if all(known.template != template for known in home_parts):
        home_parts.append(Part(position, template, prepare))
        home_parts.sort(key=lambda known: known.position)
