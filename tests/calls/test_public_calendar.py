"""The calendar of calls: what a program reads out of it, what changes when a deadline moves, and who is in it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import http_date

from calls import calendar
from calls.models import Call, CallState, Stage
from calls.spec import CallSpec
from tests.factories import make_call, make_country, make_staff, stage_of
from tests.support import Clock

NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)
PILOT, PORTFOLIO = "M4EG-2021-PILOT", "M4EG-2021-PORTFOLIO"
DEADLINE = datetime(2027, 7, 6, 14, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_now(clock: Clock) -> None:
    clock.set(NOW)


def read(client: Client, path: str) -> Any:
    response = client.get(path)
    assert response.status_code == 200, path
    return icalendar.Calendar.from_ical(response.content)


def events(client: Client, path: str) -> dict[str, Any]:
    return {str(event["UID"]): event for event in read(client, path).walk("VEVENT")}


def as_code(code: str, **fields: Any) -> Any:
    def change(spec: CallSpec) -> CallSpec:
        return spec.model_copy(update={"code": code, **fields})

    return change


def test_every_moment_of_a_call_is_an_entry(client: Client) -> None:
    make_call(PILOT, deadline=DEADLINE)
    found = events(client, f"/en/calls/{PILOT}/calendar.ics")
    keys = ["concept.opens", "concept.deadline", "full.opens", "full.deadline", "questions"]
    assert list(found) == [f"{key}.m4eg-2021-pilot@testserver" for key in keys]
    event = found["concept.deadline.m4eg-2021-pilot@testserver"]
    assert event.decoded("dtstart") == DEADLINE
    assert event["dtstart"].to_ical() == b"20270706T140000Z"
    assert str(event["summary"]) == "Deadline: M4EG: call for proposals for pilot projects (Concept note)"
    assert "6 July 2027, 16:00 (Brussels)" in str(event["description"])
    assert str(event["url"]) == f"http://testserver/en/calls/{PILOT}/"
    assert str(event["status"]) == "CONFIRMED"
    assert [str(name) for name in event["categories"].cats] == ["Mayors for Economic Growth (M4EG)", "deadline"]


def test_a_reader_of_armenian_gets_the_same_entries_in_armenian(client: Client) -> None:
    make_call(PILOT, deadline=DEADLINE)
    english, armenian = (events(client, f"/{language}/calls/{PILOT}/calendar.ics") for language in ("en", "hy"))
    assert list(english) == list(armenian)
    event = armenian["concept.deadline.m4eg-2021-pilot@testserver"]
    assert "06.07.2027, ժամը\N{NO-BREAK SPACE}16:00 (Բրյուսել)" in str(event["description"])
    assert event["summary"].params["LANGUAGE"] == "hy"


def test_a_call_that_comes_into_the_filter_with_time_is_sent(client: Client, clock: Clock) -> None:
    make_call(PORTFOLIO, deadline=NOW + timedelta(days=40))
    path = "/en/calls/calendar.ics?closing=30"
    assert PORTFOLIO.lower() not in client.get(path).content.decode()
    clock.set(NOW + timedelta(days=11))
    later = client.get(path, headers={"if-modified-since": http_date((NOW + timedelta(days=5)).timestamp())})
    assert later.status_code == 200
    assert PORTFOLIO.lower() in later.content.decode()
    assert "Last-Modified" not in later


def test_the_answer_says_what_it_is_and_is_not_sent_twice(client: Client) -> None:
    make_call(PORTFOLIO)
    path = f"/hy/calls/{PORTFOLIO}/calendar.ics"
    response = client.get(path)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == f'inline; filename="{PORTFOLIO}.ics"'
    assert response["Cache-Control"] == "public, max-age=900"
    assert response.content.decode().endswith("END:VCALENDAR\r\n")
    assert max(map(len, response.content.split(b"\r\n"))) <= 75
    again = client.get(path, headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Stage.objects.filter(call__code=PORTFOLIO).update(deadline=NOW + timedelta(days=30))
    assert client.get(path, headers={"if-none-match": response["ETag"]}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_deadline_that_moves_is_a_new_revision_of_the_same_entry(client: Client, clock: Clock) -> None:
    clock.set(NOW.replace(year=2021))
    call = make_call(PORTFOLIO)
    path, key = f"/en/calls/{PORTFOLIO}/calendar.ics", "eoi.deadline.m4eg-2021-portfolio@testserver"
    before = events(client, path)[key]
    Stage.objects.filter(pk=stage_of(call).pk).update(deadline=NOW + timedelta(days=30))
    after = events(client, path)[key]
    assert after.decoded("dtstart") == NOW + timedelta(days=30)
    assert after["sequence"] > before["sequence"]
    assert after.decoded("last-modified") >= before.decoded("last-modified")
    clock.set(NOW.replace(year=2021) + timedelta(days=1))
    assert events(client, path)[key]["sequence"] == after["sequence"], "time alone revises nothing"


def test_a_cancelled_call_is_crossed_out_also_when_it_is_archived(client: Client) -> None:
    call = make_call(PORTFOLIO)
    for state in (CallState.CANCELLED, CallState.ARCHIVED):
        Call.objects.filter(pk=call.pk).update(state=state)
        found = events(client, "/en/calls/calendar.ics").values()
        assert {str(event["status"]) for event in found} == {"CANCELLED"}
        assert all("This call was cancelled" in str(event["description"]) for event in found)


def test_the_calendar_of_all_is_narrowed_as_the_list_is(client: Client) -> None:
    make_country("AM")
    make_country("GE")
    make_call(PORTFOLIO, change=as_code("ARMENIAN", countries=("AM",)))
    make_call(PORTFOLIO, change=as_code("GEORGIAN", countries=("GE",)))
    make_call(PORTFOLIO, change=as_code("OVER", countries=("AM",)), deadline=NOW - timedelta(days=2))

    def codes(query: str) -> set[str]:
        found = events(client, f"/en/calls/calendar.ics{query}")
        return {uid.partition("@")[0].rpartition(".")[2] for uid in found}

    assert codes("") == {"armenian", "georgian", "over"}
    assert codes("?country=GE") == {"georgian"}
    assert codes("?status=closed") == {"over"}


def test_what_is_long_over_leaves_the_calendar_of_all_and_keeps_its_own(client: Client) -> None:
    make_call(PORTFOLIO, deadline=NOW - timedelta(days=370))
    assert events(client, "/en/calls/calendar.ics") == {}
    assert events(client, f"/en/calls/{PORTFOLIO}/calendar.ics")


def test_the_calendar_of_all_has_the_most_urgent_and_no_end_of_others(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar, "MOST", 1)
    make_call(PORTFOLIO, change=as_code("LATER"), deadline=NOW + timedelta(days=9))
    make_call(PORTFOLIO, change=as_code("SOON"), deadline=NOW + timedelta(days=2))
    assert {uid.partition("@")[0].rpartition(".")[2] for uid in events(client, "/en/calls/calendar.ics")} == {"soon"}


def test_no_draft_is_in_any_calendar_whoever_asks(client: Client) -> None:
    make_call(PORTFOLIO, published=False)
    for reader in (None, make_staff("programme_officer"), make_staff("administrator")):
        if reader:
            client.force_login(reader)
        assert events(client, "/en/calls/calendar.ics") == {}
        assert client.get(f"/en/calls/{PORTFOLIO}/calendar.ics").status_code == 404


def test_texts_cannot_break_out_of_their_lines(client: Client) -> None:
    title = {"hy": "Ա", "en": "A; b, c\\n\nEND:VEVENT"}
    make_call(PORTFOLIO, change=as_code("SLY", title=title))
    found = events(client, "/en/calls/SLY/calendar.ics")
    (deadline,) = [event for uid, event in found.items() if ".deadline." in uid]
    assert str(deadline["summary"]) == "Deadline: A; b, c\\n\nEND:VEVENT"


def test_a_calendar_costs_the_same_for_one_call_and_for_three(client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/en/calls/calendar.ics").status_code == 200
        return len(captured)

    make_call(PILOT, change=lambda spec: spec.model_copy(update={"lots": spec.lots[:1]}))
    assert queries() == 5
    for code in ("TWO", "THREE"):
        make_call(PILOT, change=as_code(code))
    assert queries() == 5
