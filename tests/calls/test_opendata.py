"""Calls as open data: what is in them, the schema that they keep to, pages, and conditional answers."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calls.models import Call, CallDocument, CallState, Stage
from calls.opendata import views
from calls.spec import CallSpec
from portal.documents.sniff import KINDS
from portal.documents.storage import store
from tests.factories import PDF, make_call, make_staff
from tests.support import Clock, wait_until

NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)
PILOT, PORTFOLIO, INNOVATION = "M4EG-2021-PILOT", "M4EG-2021-PORTFOLIO", "M4EG-2021-INNOVATION"
CALLS, SCHEMA = "/opendata/calls.json", "/opendata/calls.schema.json"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_now(clock: Clock) -> None:
    clock.set(NOW)


def as_code(code: str, **fields: Any) -> Any:
    def change(spec: CallSpec) -> CallSpec:
        return spec.model_copy(update={"code": code, **fields})

    return change


def answer(client: Client, path: str = CALLS) -> dict[str, Any]:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    found: dict[str, Any] = json.loads(response.content)
    return found


def validator(client: Client) -> Any:
    schema = json.loads(client.get(SCHEMA).content)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"http://testserver{SCHEMA}"
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def add_document(call: Call) -> CallDocument:
    file = store(ContentFile(PDF), name="guidelines.pdf", by=None, kind=KINDS["pdf"])
    return CallDocument.objects.create(call=call, kind="guidelines", title_hy="Ուղեցույց", title_en="Guide", file=file)


def test_a_call_is_told_whole(client: Client) -> None:
    call = make_call(PILOT, deadline=datetime(2027, 7, 6, 14, 0, tzinfo=UTC))
    document = add_document(call)
    (found,) = answer(client)["calls"]
    assert (found["code"], found["status"], found["published"]) == (PILOT, "open", "2027-06-01T08:00:00Z")
    assert found["title"]["en"] == "M4EG: call for proposals for pilot projects"
    assert set(found["title"]) == {"hy", "en"}
    assert (found["budget"], found["currency"], found["cofinancing_min_percent"]) == ("10000000.00", "EUR", "10.00")
    one, two, three = found["lots"]
    assert two["grant"] == {"min": "300000.00", "max": "1000000.00", "fixed": None}
    assert two["countries"] == ["UA"]
    assert three["countries"] == ["AM", "AZ", "BY", "GE", "MD", "UA"], "what a lot leaves open is the call's"
    assert three["cofinancing_min_percent"] == "10.00"
    assert len(one["objectives"]) == 3
    assert [item["code"] for item in found["priorities"]["items"]] == [
        "social-inclusion",
        "green-areas",
        "wellbeing-innovation",
    ]
    assert found["stages"][0]["deadline"] == {
        "local": "2027-07-06T16:00:00+02:00",
        "zone": "Europe/Brussels",
        "utc": "2027-07-06T14:00:00Z",
    }
    assert [stage["submitted_by"] for stage in found["stages"]] == ["head", "head"]
    assert found["documents"][0]["url"] == f"http://testserver/files/{document.file.token}/guidelines.pdf"
    assert client.get(found["documents"][0]["url"]).status_code == 200
    assert found["funder"]["en"] == "European Union"


def test_every_link_leads_somewhere(client: Client) -> None:
    make_call(INNOVATION)
    (found,) = answer(client)["calls"]
    for kind, addresses in found["links"].items():
        assert list(addresses) == ["hy", "en"]
        for address in addresses.values():
            assert client.get(address).status_code == 200, kind


def test_nothing_is_a_binary_fraction(client: Client) -> None:
    make_call(PILOT)

    def walk(value: Any) -> Iterator[Any]:
        yield value
        for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from walk(part)

    assert not [value for value in walk(answer(client)) if isinstance(value, float)]


@pytest.mark.parametrize("code", [PILOT, PORTFOLIO, INNOVATION])
def test_the_answer_keeps_to_the_published_schema(client: Client, code: str) -> None:
    add_document(make_call(code))
    assert [error.message for error in validator(client).iter_errors(answer(client))] == []


def test_an_answer_without_calls_keeps_to_it_too(client: Client) -> None:
    found = answer(client)
    assert found["calls"] == []
    assert [error.message for error in validator(client).iter_errors(found)] == []


def objects(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield every object of an answer that has fixed fields; maps of languages have none."""
    if isinstance(value, dict) and not set(value) <= {"hy", "en"}:
        yield way, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from objects(part, (*way, key))


def at(value: Any, way: tuple[Any, ...]) -> Any:
    for key in way:
        value = value[key]
    return value


def test_each_field_is_required_and_no_other_is_allowed(client: Client) -> None:
    add_document(make_call(PILOT))
    judge, whole = validator(client), answer(client)
    found = list(objects(whole))
    assert len(found) > 20
    for way, each in found:
        for field in each:
            broken = deepcopy(whole)
            del at(broken, way)[field]
            assert not judge.is_valid(broken), (*way, field)
        broken = deepcopy(whole)
        at(broken, way)["surprise"] = 1
        assert not judge.is_valid(broken), way


@pytest.mark.parametrize(
    ("way", "value"),
    [
        (("calls", 0, "budget"), 10000000),
        (("calls", 0, "budget"), "10,5"),
        (("calls", 0, "status"), "draft"),
        (("calls", 0, "stages"), []),
        (("calls", 0, "stages", 0, "opens", "utc"), "2027-07-06T16:00:00+02:00"),
        (("calls", 0, "title"), {"english": "A"}),
        (("generated",), None),
        (("paging", "next"), "calls.json?page=2"),
        (("format",), 2),
    ],
)
def test_the_schema_refuses_other_values(client: Client, way: tuple[Any, ...], value: Any) -> None:
    make_call(PILOT)
    broken = answer(client)
    at(broken, way[:-1])[way[-1]] = value
    assert not validator(client).is_valid(broken)


def test_the_schema_describes_its_objects(client: Client) -> None:
    schema = json.loads(client.get(SCHEMA).content)
    assert [name for name, shape in schema["$defs"].items() if not shape.get("description")] == []


@pytest.mark.parametrize(
    ("days", "state", "status"),
    [
        (10, CallState.PUBLISHED, "open"),
        (400, CallState.PUBLISHED, "upcoming"),
        (-1, CallState.PUBLISHED, "closed"),
        (10, CallState.CANCELLED, "cancelled"),
        (10, CallState.ARCHIVED, "archived"),
    ],
)
def test_the_status_is_that_of_the_moment(client: Client, days: int, state: str, status: str) -> None:
    call = make_call(PORTFOLIO, deadline=NOW + timedelta(days=days))
    Call.objects.filter(pk=call.pk).update(state=state)
    assert answer(client)["calls"][0]["status"] == status


def test_no_draft_is_in_it_whoever_asks(client: Client) -> None:
    make_call(PORTFOLIO, published=False)
    for reader in (None, make_staff("programme_officer"), make_staff("administrator")):
        if reader:
            client.force_login(reader)
        found = answer(client)
        assert (found["calls"], found["paging"]["total"]) == ([], 0)


def test_the_grace_after_a_deadline_is_told_to_nobody(client: Client) -> None:
    call = make_call(PORTFOLIO)
    Stage.objects.filter(call=call).update(grace_minutes=37)
    text = client.get(CALLS).content.decode()
    assert "grace" not in text
    assert "37" not in json.dumps(answer(client)["calls"][0]["stages"])


def test_pages_lead_on_and_back(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    for code in ("A", "B", "C"):
        make_call(PORTFOLIO, change=as_code(code))
    first = client.get(CALLS)
    paging = json.loads(first.content)["paging"]
    assert paging["next"] == f"http://testserver{CALLS}?page=2"
    assert (paging["previous"], paging["pages"], paging["total"]) == (None, 2, 3)
    assert first["Link"] == f'<http://testserver{CALLS}?page=2>; rel="next"'
    second = answer(client, paging["next"])
    assert (second["paging"]["previous"], second["paging"]["next"]) == (f"http://testserver{CALLS}", None)
    assert [call["code"] for call in json.loads(first.content)["calls"] + second["calls"]] == ["A", "B", "C"]


@pytest.mark.parametrize("page", ["0", "2", "-1", "x", "9" * 30])
def test_a_page_that_is_not_there_is_not_found(client: Client, page: str) -> None:
    make_call(PORTFOLIO)
    assert client.get(f"{CALLS}?page={page}").status_code == 404


def test_the_same_answer_is_not_sent_twice(client: Client, clock: Clock) -> None:
    make_call(PORTFOLIO, deadline=NOW + timedelta(days=10))
    sent = client.get(CALLS)
    asked = {"if-none-match": sent["ETag"]}
    clock.advance(timedelta(hours=1))
    again = client.get(CALLS, headers=asked)
    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"
    clock.advance(timedelta(days=10))
    assert client.get(CALLS, headers=asked).status_code == 200, "the call has closed meanwhile"
    clock.set(NOW)
    Call.objects.filter(code=PORTFOLIO).update(title_hy="Այլ")
    assert client.get(CALLS, headers=asked).status_code == 200, "a text has changed"


@pytest.mark.django_db(transaction=True)
def test_the_moment_of_change_is_told_and_asked_for(client: Client, clock: Clock) -> None:
    clock.set(NOW.replace(year=2021))
    make_call(PORTFOLIO)
    before = client.get(CALLS)
    asked = {"if-modified-since": before["Last-Modified"]}
    assert client.get(CALLS, headers=asked).status_code == 304
    wait = datetime.now(UTC) + timedelta(seconds=1)
    wait_until(lambda: datetime.now(UTC) >= wait)
    Call.objects.filter(code=PORTFOLIO).update(title_hy="Այլ")
    assert client.get(CALLS, headers=asked).status_code == 200


def test_scripts_of_other_sites_may_read_open_data_and_nothing_else(client: Client) -> None:
    make_call(PORTFOLIO)
    for path in (CALLS, SCHEMA):
        assert client.get(path)["Access-Control-Allow-Origin"] == "*"
        asked = client.options(path)
        assert (asked.status_code, asked["Access-Control-Allow-Headers"]) == (204, "If-None-Match, If-Modified-Since")
        assert client.post(path).status_code == 405
    for path in ("/en/calls/", "/en/opendata/", "/en/calls/calendar.ics", "/en/calls/feed.atom"):
        assert "Access-Control-Allow-Origin" not in client.get(path)


@pytest.mark.parametrize("language", ["hy", "en"])
def test_people_are_told_of_it_and_led_to_it(client: Client, language: str) -> None:
    page = client.get(f"/{language}/opendata/").content.decode()
    assert f'href="http://testserver{CALLS}"' in page
    assert f'href="http://testserver{SCHEMA}"' in page
    assert f'href="/{language}/opendata/"' in client.get(f"/{language}/calls/").content.decode()


def test_the_open_data_cost_the_same_for_one_call_and_for_three(client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(CALLS).status_code == 200
        return len(captured)

    add_document(make_call(PILOT, change=lambda spec: spec.model_copy(update={"lots": spec.lots[:1]})))
    assert queries() == 10
    for code in ("TWO", "THREE"):
        add_document(make_call(PILOT, change=as_code(code)))
    assert queries() == 10
