"""What each page costs the database: the same for one application and for several."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.lifecycle import save_section
from portal.notices.models import Message
from tests.applications.helpers import fill
from tests.factories import make_call, make_draft, make_member, make_municipality

pytestmark = pytest.mark.django_db


@contextmanager
def costs(most: int) -> Iterator[None]:
    """Assert the number of queries, without the savepoints that stand for transactions in a test."""
    with CaptureQueriesContext(connection) as captured:
        yield
    queries = [q["sql"] for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(queries) == most, "\n".join(queries)


@pytest.fixture
def desk(client: Client) -> Any:
    municipality = make_municipality()
    clerk = make_member(municipality, "head")
    make_draft(make_call(), municipality, by=clerk)
    entry = make_draft(make_call("M4EG-2021-INNOVATION"), municipality, by=clerk)
    client.force_login(clerk)
    # The spec of the call, the session and the foot of the page are read from the cache from now on.
    client.get(reverse("applications:tasks", args=[entry.pk]))
    return entry, clerk, municipality


def test_pages_of_a_draft(client: Client, desk: Any) -> None:
    entry, _clerk, _municipality = desk
    with costs(9):
        client.get(reverse("applications:tasks", args=[entry.pk]))
    for section in ("project", "people", "budget", "annexes"):
        with costs(6):
            client.get(reverse("applications:section", args=[entry.pk, section]))
    with costs(5):
        client.get(reverse("applications:review", args=[entry.pk]))


def test_saving(client: Client, desk: Any) -> None:
    entry, _clerk, _municipality = desk
    url = reverse("applications:section", args=[entry.pk, "project"])
    with costs(5):
        client.post(url, {"form.version": 0, "title": "A"}, headers={"X-Autosave": "1"})
    with costs(5):
        client.post(url, {"form.version": 1, "title": "B"}, headers={"X-Autosave": "1"})
    with costs(7):
        client.post(url, {"form.version": 2, "title": "C", "form.action": "next"})


def test_submitting(client: Client, desk: Any, mailbox: list[Any]) -> None:
    entry, clerk, _municipality = desk
    fill(entry, clerk)
    with costs(14):
        answer = client.post(reverse("applications:submit", args=[entry.pk]), {"confirm": "1"})
    assert answer.status_code == 302
    assert Message.objects.count() == 1


def test_the_list_costs_the_same_for_one_and_for_three(client: Client, desk: Any) -> None:
    _entry, clerk, _municipality = desk
    url = reverse("applications:list")
    client.get(url)
    with costs(13):
        client.get(url)
    third = make_call(change=lambda spec: spec.model_copy(update={"code": "THIRD"}))
    save_section(make_draft(third, _municipality, by=clerk), "municipality", {"staff": "1"}, 0, by=clerk)
    with costs(13):
        client.get(url)


def test_the_start_page_costs_the_same_with_lots_and_without(client: Client, desk: Any) -> None:
    pilot = make_call("M4EG-2021-PILOT")
    url = reverse("applications:start", args=[pilot.code, "concept"])
    client.get(url)
    with costs(13):
        client.get(url)
