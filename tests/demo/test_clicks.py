"""Whoever is logged in to the demonstration can follow what their pages link to."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin

import pytest
from django.test import Client, override_settings

from portal.accounts.models import Person
from portal.demo.people import Login, logins

pytestmark = [pytest.mark.usefixtures("demonstration"), pytest.mark.django_db]
_MOST = 60
# Unfold makes a link of each read-only foreign key, whether or not its reader may open what it leads to.
_RELATED = re.compile(r'<a href="[^"]*" class="text-link">')


def shape(address: str) -> str:
    """Return what an address has in common with those of its kind: of each kind one is followed."""
    path = re.sub(r"/files/[^/]+/", "/files/TOKEN/", address)
    return re.sub(r"\d+", "N", re.sub(r"\bM4EG-[A-Z0-9-]+", "CALL", path))


def links(client: Client, address: str, found_on: str) -> Iterator[str]:
    """Open a page, and yield the pages of the portal to which it links or leads."""
    response = client.get(address)
    assert response.status_code < 400, f"{found_on} leads to {address}: {response.status_code}"
    if response.status_code >= 300:
        yield response["Location"]
    if "html" in response.get("Content-Type", ""):
        for link in re.findall(r'href="([^"#]+)', _RELATED.sub("", response.content.decode())):
            yield urljoin(address, unescape(link))


def kind(address: str, login: Login | None) -> str:
    """Return what is followed once: nobody looks at each call, whoever is logged in at one page of each shape."""
    return shape(address) if login else re.sub(r"/files/[^/]+/", "/files/TOKEN/", address)


@pytest.mark.parametrize("login", [None, *logins()], ids=lambda login: login.email if login else "nobody")
@override_settings(DEMONSTRATION=True)
def test_every_link_leads_somewhere(login: Login | None, client: Client) -> None:
    waiting = [("/en/", "")]
    if login is not None:
        client.force_login(Person.objects.get(email=login.email))
        waiting += [("/en/admin/", "")] if login.staff else []
    seen: set[str] = set()
    while waiting and len(seen) < _MOST:
        address, found_on = waiting.pop(0)
        if kind(address, login) in seen or not re.match(r"/(en|files)/", address) or re.search("logout|[?]", address):
            continue
        seen.add(kind(address, login))
        waiting += [(link, address) for link in links(client, address, found_on)]
    assert len(seen) > 10
