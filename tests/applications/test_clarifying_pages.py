"""The pages of a clarification: the municipality's, and those of staff, in both languages."""

from datetime import timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.lifecycle import ask_clarification, withdraw_clarification
from applications.lifecycle.clarifying import UNDER_WAY, lapse_due
from applications.models import Clarification, EntryState, Submission
from portal import clock as portal_clock
from tests.applications.test_clarifying import DAY, Desk
from tests.evaluation.factories import make_entry, make_stage
from tests.factories import make_member, make_municipality, make_staff
from tests.support import Clock

pytestmark = pytest.mark.django_db
__all__ = ["desk"]


@pytest.fixture
def desk(clock: Clock, mailbox: list[Any]) -> Desk:
    return Desk(clock)


def page(client: Client, name: str, *args: Any, status: int = 200) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == status
    return unescape(response.content.decode())


def test_the_municipality_sees_what_is_asked_changes_only_that_and_sends_it(client: Client, desk: Desk) -> None:
    url = reverse("applications:clarification", args=[desk.pk])
    client.force_login(desk.head)
    assert client.get(url).status_code == 404  # nothing was ever asked
    asked = desk.ask("need", "council-decision", text="Which area?\nHow many families?")
    shown = page(client, "applications:clarification", desk.pk)
    assert "How many families?" in shown
    assert "Yerevan" in shown
    assert "There is no place to meet." in shown
    assert "A square for everyone" not in shown
    assert client.get(reverse("applications:tasks", args=[desk.pk])).headers["Location"].endswith("/clarification/")

    section = reverse("applications:section", args=[desk.pk, "project"])
    form = unescape(client.get(section).content.decode())
    assert 'name="need"' in form
    assert 'name="title"' not in form
    version = desk.entry.sections.get(section="project").version
    data = {"form.version": version, "need": "Fifty families.", "title": "Another title", "form.action": "next"}
    assert client.post(section, data).headers["Location"] == url
    assert desk.written("project")["title"] == "A square for everyone"

    # An editor writes; the head sends, and confirms before.
    client.force_login(desk.editor)
    refused = client.post(url, {"request": asked.pk, "confirmed": "yes"})
    assert refused.status_code == 422
    assert "Fifty families." in unescape(refused.content.decode())
    client.force_login(make_member(desk.municipality, "viewer"))
    assert client.post(url, {"request": asked.pk, "confirmed": "yes"}).status_code == 404
    client.force_login(desk.head)
    unticked = client.post(url, {"request": asked.pk})
    assert unticked.status_code == 422
    assert 'href="#confirmed"' in unticked.content.decode()
    assert desk.entry.state == EntryState.CLARIFICATION
    sent = client.post(url, {"request": asked.pk, "confirmed": "yes"})
    submission = Submission.objects.get(entry=desk.pk, sequence=2)
    assert sent.headers["Location"] == reverse("applications:receipt", args=[submission.number, 2])
    assert submission.confirmation
    # The same button from another tab leads to the same receipt.
    assert client.post(url, {"request": asked.pk}).headers["Location"] == sent.headers["Location"]
    after = page(client, "applications:clarification", desk.pk)
    assert "There is no place to meet." in after
    assert "Fifty families." in after
    client.force_login(make_member(make_municipality("Sevan"), "head"))
    assert client.get(url).status_code == 404


def test_too_late_is_said_and_nothing_is_lost(client: Client, desk: Desk, clock: Clock) -> None:
    asked = desk.ask()
    desk.write("project", need="Half a thought")
    clock.set(desk.due + timedelta(seconds=1))
    client.force_login(desk.head)
    url = reverse("applications:clarification", args=[desk.pk])
    response = client.post(url, {"request": asked.pk, "confirmed": "yes"})
    assert response.status_code == 422
    text = unescape(response.content.decode())
    assert "The time to answer has passed, so the answer could not be taken." in text
    assert "Half a thought" in text
    clock.set(desk.due + 2 * UNDER_WAY)
    assert lapse_due() == 1
    assert "not answered in time" in page(client, "applications:clarification", desk.pk)


def test_staff_ask_by_the_clock_of_the_call_and_get_back_what_they_typed(
    client: Client, desk: Desk, clock: Clock
) -> None:
    url = reverse("admin:applications_stageentry_ask", args=[desk.pk])
    client.force_login(desk.officer)
    form = page(client, "admin:applications_stageentry_ask", desk.pk)
    assert "There is no place to meet." in form
    zone = ZoneInfo(desk.call.time_zone)
    past = timezone.localtime(portal_clock.now() - DAY, zone).strftime("%Y-%m-%dT%H:%M")
    response = client.post(url, {"questions": ["need"], "text": "Which area exactly?", "due_at": past})
    assert response.status_code == 422
    text = unescape(response.content.decode())
    assert "Which area exactly?" in text
    assert 'value="need" id="question-need" checked' in text
    assert "must end later than now" in text
    due = (portal_clock.now() + 5 * DAY).astimezone(zone).replace(hour=18, minute=0, second=0, microsecond=0)
    good = {"questions": ["need"], "text": "Which area exactly?\n<b>All</b>", "due_at": f"{due:%Y-%m-%dT%H:%M}"}
    assert client.post(url, good).status_code == 302
    asked = Clarification.objects.get()
    assert (asked.due_at, asked.asked_by) == (due, desk.officer)
    assert client.get(url).status_code == 404

    clock.advance(DAY)
    entry = page(client, "admin:applications_stageentry_change", desk.pk)
    assert "1 day (clarification, 1 day, not counted)" in entry
    assert "Which area exactly?" in entry
    listed = reverse("admin:applications_clarification_changelist")
    for standing, there in (("open", True), ("soon", False), ("overdue", False), ("answered", False)):
        found = client.get(listed, {"standing": standing}).content.decode()
        assert (desk.first.number in found) is there, standing
    client.force_login(make_staff("country_officer", country="AM"))
    change = reverse("admin:applications_clarification_change", args=[asked.pk])
    assert "<p>Which area exactly?<br>&lt;b&gt;All&lt;/b&gt;</p>" in client.get(change).content.decode()
    withdraw = reverse("admin:applications_clarification_withdraw", args=[asked.pk])
    assert client.post(withdraw).status_code == 404
    client.force_login(make_staff("country_officer", country="GE"))
    assert client.get(change).status_code == 404
    client.force_login(desk.officer)
    assert "There is no place to meet." not in page(client, "admin:applications_clarification_withdraw", asked.pk)
    assert client.post(withdraw).status_code == 302
    assert desk.entry.state == EntryState.SUBMITTED
    assert client.get(withdraw).status_code == 404


def counted(client: Client, name: str, *args: Any) -> int:
    address = reverse(name, args=args)
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in queries.captured_queries)


@pytest.mark.parametrize("number", [1, 3])
def test_what_pages_cost_does_not_grow_with_what_was_asked(client: Client, mailbox: list[Any], number: int) -> None:
    stage, officer, due = make_stage(), make_staff(), portal_clock.now() + DAY
    entries = [make_entry(stage) for _ in range(number)]
    for entry in entries:
        for _ in range(number - 1):
            asked = ask_clarification(entry, questions=["title"], text="Which?", due_at=due, by=officer)
            withdraw_clarification(asked, by=officer)
    fresh = make_entry(stage)
    asked, *_others = [
        ask_clarification(one, questions=["title"], text="Which?", due_at=due, by=officer) for one in entries
    ]
    client.force_login(officer)
    found = {
        "list": counted(client, "admin:applications_clarification_changelist"),
        "request": counted(client, "admin:applications_clarification_change", asked.pk),
        "application": counted(client, "admin:applications_stageentry_change", entries[0].pk),
        "asking": counted(client, "admin:applications_stageentry_ask", fresh.pk),
    }
    client.force_login(make_member(entries[0].application.municipality, "head"))
    found["own"] = counted(client, "applications:clarification", entries[0].pk)
    assert found == {"list": 6, "request": 5, "application": 5, "asking": 4, "own": 6}
