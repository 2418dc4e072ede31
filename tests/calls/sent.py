"""What a browser would send from the main form of a page of authoring."""

import re
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from calls.models import Call


class _Fields(HTMLParser):
    """Inputs, ticked boxes, chosen options and texts, by name."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.values: dict[str, Any] = {}
        self._select = self._textarea = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in given or self._select not in self.values:
                self.values[self._select] = given["value"]
        elif tag == "textarea":
            self._textarea, self.values[name] = name, ""
        elif tag == "input" and kind in ("checkbox", "radio"):
            if "checked" in given:
                self.values.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "input" and kind not in ("submit", "file"):
            self.values[name] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea] += data if self.values[self._textarea] else data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        self._select = "" if tag == "select" else self._select
        self._textarea = "" if tag == "textarea" else self._textarea


def values(html: str) -> dict[str, Any]:
    """Return what the main form of a page holds; what a script could add is left out."""
    form = re.search(r'<form method="post" class="su-form.*?</form>', html, re.S)
    assert form, html
    return _Fields(without_templates(form[0])).values


def without_templates(html: str) -> str:
    """Return a page without what only a script uses; templates stand within templates."""
    while (shorter := re.sub(r"<template[^>]*>(?:(?!<template).)*?</template>", "", html, flags=re.S)) != html:
        html = shorter
    return html


def at(call: Call, *steps: Any) -> str:
    """Return an address below the set-up of a call."""
    return f"/en/admin/calls/call/{call.pk}/setup/" + "".join(f"{step}/" for step in steps)


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return response.content.decode()


def send(client: Client, path: str, **changes: Any) -> Any:
    """Send the main form of a page with some fields changed; None leaves one out."""
    found = {**values(page(client, path)), **changes}
    return client.post(path, {name: value for name, value in found.items() if value is not None})
