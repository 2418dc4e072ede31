"""The list of calls: filters, what was chosen, what was wrong, and what it costs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import Page, expect

from calls.finding_forms import AmountField
from calls.models import Call, Lot, Priority
from calls.spec import CallSpec, GrantLimits
from tests.calls.test_search import many
from tests.factories import make_call, make_country
from tests.support import Clock

INNOVATION, PORTFOLIO, PILOT = "M4EG-2021-INNOVATION", "M4EG-2021-PORTFOLIO", "M4EG-2021-PILOT"
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_now(clock: Clock) -> None:
    clock.set(NOW)


def as_code(code: str, **fields: Any) -> Callable[[CallSpec], CallSpec]:
    return lambda spec: spec.model_copy(update={"code": code, **fields})


def get(client: Client, query: str = "", language: str = "en") -> str:
    response = client.get(f"/{language}/calls/?{query}")
    assert response.status_code == 200
    return unescape(response.content.decode())


def codes(page: str) -> list[str]:
    """The calls on a page, in its order."""
    places = {code: page.find(f'/calls/{code}/"') for code in Call.objects.values_list("code", flat=True)}
    return sorted((code for code, place in places.items() if place >= 0), key=places.__getitem__)


@pytest.fixture
def three() -> None:
    """SMALL (fixed grants of 60,000), BIG (lots of up to a million) and PLAIN (without grants)."""
    make_country("AM")
    make_country("GE")
    make_call(INNOVATION, change=as_code("SMALL"), deadline=NOW + timedelta(days=5))
    make_call(PILOT, change=as_code("BIG"), deadline=NOW + timedelta(days=20))
    none = GrantLimits()
    make_call(
        PORTFOLIO,
        change=as_code("PLAIN", countries=("GE",), grant=none, budget=Decimal(0), lots=()),
        deadline=NOW + timedelta(days=40),
    )
    Call.objects.filter(code="BIG").update(published_at=NOW - timedelta(days=2))
    Call.objects.filter(code="PLAIN").update(published_at=NOW - timedelta(days=3))
    Lot.objects.filter(call__code="BIG").update(grant_min=200_000, grant_max=1_000_000, grant_fixed=None)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("closing=7", ["SMALL"]),
        ("closing=30", ["SMALL", "BIG"]),
        ("amount_from=60 000", ["SMALL", "BIG"]),
        ("amount_from=60 001", ["BIG"]),
        ("amount_to=100 000", ["SMALL"]),
        ("amount_from=100000&amount_to=1000000", ["BIG"]),
        ("amount_from=1 000 000,01", []),
        ("lot_kind=horizontal", ["BIG"]),
        ("lot=LOT1", ["BIG"]),
        ("sort=deadline", ["SMALL", "BIG", "PLAIN"]),
        ("sort=newest", ["SMALL", "BIG", "PLAIN"]),
        ("sort=amount", ["BIG", "SMALL", "PLAIN"]),
        ("country=GE&sort=newest&status=open&closing=", ["SMALL", "BIG", "PLAIN"]),
    ],
)
def test_the_list_is_narrowed_and_ordered(client: Client, query: str, found: list[str]) -> None:
    assert codes(get(client, query)) == found


def test_lots_and_priorities_are_found_by_any_part_of_their_title_in_any_language(client: Client) -> None:
    make_call(PORTFOLIO)
    call = make_call(PILOT)
    Lot.objects.filter(call=call, code="LOT1").update(title_hy="Ինչո՞ւ Սևան", title_ka="სევანი")
    Priority.objects.create(call=call, code="green", title_en="Green economy", title_hy="Կանաչ", position=99)
    for query in ("lot=սեւան", "lot=ինչու", "lot=ევან", "priority=GREEN", "priority=econ", "priority=կանաչ"):
        assert codes(get(client, query)) == [PILOT], query
    assert codes(get(client, "lot=nowhere")) == []
    assert '<option value="Green economy">' in get(client)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("query", "said", "kept"),
    [
        (
            "amount_from=60,000",
            "“60,000” can be read in two ways. Please write 60\N{NO-BREAK SPACE}000 or 60.",
            "60,000",
        ),
        ("amount_to=much", "“much” cannot be read as a number.", "much"),
        ("amount_from=2000&amount_to=1000", "The largest amount is below the smallest one.", "1000"),
        ("closing=8", "Select a valid choice. 8 is not one of the available choices.", ""),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_kept(client: Client, query: str, said: str, kept: str) -> None:
    page = get(client, query)
    assert page.count(said) == 2, "in the summary and at the field"
    assert "error-summary" in page
    assert f'value="{kept}"' in page
    assert len(codes(page)) >= 2, "what is wrong narrows nothing"


@pytest.mark.parametrize(
    ("text", "amount"),
    [("60 000", "60000"), ("60\N{NO-BREAK SPACE}000,5", "60000.5"), ("60000.50", "60000.50"), ("1 234 567", "1234567")],
)
def test_an_amount_is_read_as_the_house_reads_it(text: str, amount: str) -> None:
    assert AmountField(required=False).clean(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["60,000", "60.000", "6 00", "-5", "60 000 €", "1,2,3", "1e5", "１２", "9" * 14, "0,001"]
)
def test_an_amount_is_never_guessed(text: str) -> None:
    with pytest.raises(ValidationError):
        AmountField(required=False).clean(text)


@pytest.mark.usefixtures("three")
def test_what_was_chosen_can_be_taken_away_one_by_one(client: Client) -> None:
    page = get(client, "country=AM&amount_from=60 000&q=projects&page=1&sort=")
    assert 'href="/en/calls/?q=projects&amount_from=60000"' in page
    assert 'href="/en/calls/?country=AM&amount_from=60000"' in page
    assert 'href="/en/calls/?q=projects&country=AM"' in page
    assert 'value="projects · Armenia · Grant of at least 60,000"' not in page, "only who is logged in keeps a search"


def test_found_words_are_marked_and_nothing_breaks_out(client: Client) -> None:
    title = {"hy": "Ջուր <script>", "en": "Water <script>alert(1)</script> projects"}
    make_call(INNOVATION, change=as_code("WATER", title=title))
    content = client.get("/en/calls/?q=waters+script").content.decode()
    assert "<mark>Water</mark> &lt;<mark>script</mark>&gt;alert(1)" in content
    assert "<script>alert" not in content


def test_a_typing_error_leads_to_what_was_meant(client: Client) -> None:
    make_call(INNOVATION, change=as_code("WATER", title={"hy": "Ջուր", "en": "Drinking water"}))
    page = get(client, "q=drinkng+watter&status=open")
    assert "No call matches" in page
    assert "Did you mean" in page
    assert 'href="/en/calls/?q=drinking+water&status=open"' in page
    assert "Calls with similar words" in page
    assert codes(page) == ["WATER"]
    assert codes(get(client, "q=drinkng+watter&status=closed")) == [], "the other filters hold"


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    assert "There are no calls yet" in get(client)
    make_call(INNOVATION)
    page = get(client, "q=zzzzzz")
    assert "No call matches" in page
    assert "Show all calls" in page
    assert "Did you mean" not in page


@pytest.mark.parametrize("text", ["?!", "«»", "%", "((((", "\N{RIGHT-TO-LEFT OVERRIDE}"])
def test_signs_without_a_word_narrow_nothing(client: Client, text: str) -> None:
    make_call(PORTFOLIO)
    for name in ("list", "calendar_of_all", "feed_of_all"):
        response = client.get(reverse(f"calls:{name}"), {"q": text})
        assert response.status_code == 200
        assert PORTFOLIO in response.content.decode()


def test_drafts_are_nowhere(client: Client) -> None:
    make_call(INNOVATION)
    make_call(PILOT, change=as_code("SECRET", title={"hy": "Գաղտնի", "en": "Platypus"}), published=False)
    Priority.objects.create(call=Call.objects.get(code="SECRET"), code="p", title_en="Hidden", position=1)
    for query in ("", "q=platypus", "q=platipus", "priority=hidden", "sort=amount"):
        page = get(client, query)
        assert "SECRET" not in page
        assert "Platypus" not in page
        assert 'value="Hidden"' not in page


# Cost


def cost(client: Client, query: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        get(client, query)
    return len(asked)


QUERIES = {"": 8, "amount_from=10&lot_kind=geographic&closing=30&sort=amount": 8}
FOUND, MEANT = {"q=projects": 9}, {"q=prajects": 12}


def test_a_list_costs_the_same_for_one_call_three_and_five_thousand(client: Client) -> None:
    """Where fewer than three calls are found, those with similar words are looked for too: that costs its own."""
    make_country("AM")
    make_call(PILOT, change=lambda spec: spec.model_copy(update={"lots": spec.lots[:1]}))
    get(client)  # what is kept for all pages
    costs = {**QUERIES, **MEANT}
    assert {query: cost(client, query) for query in costs} == costs
    for code in ("TWO", "THREE"):
        make_call(PILOT, change=as_code(code))
    costs |= FOUND
    assert {query: cost(client, query) for query in costs} == costs
    many(5000)
    assert {query: cost(client, query) for query in costs} == costs


def test_counting_reads_neither_stages_nor_lots(client: Client) -> None:
    make_call(PILOT)
    with CaptureQueriesContext(connection) as asked:
        get(client)
    counting = [query["sql"] for query in asked if "COUNT(" in query["sql"]]
    assert len(counting) == 1
    assert "calls_stage" not in counting[0]
    assert "calls_lot" not in counting[0]


# In the browser


@pytest.mark.django_db(transaction=True)
def test_the_list_changes_without_a_reload_and_says_so(page: Page, clock: Clock) -> None:
    make_call(INNOVATION, change=as_code("SMALL"))
    make_call(PILOT, change=as_code("BIG"))
    page.goto("/en/calls/")
    expect(page.get_by_role("status")).to_have_text("2 calls")
    page.evaluate("window.stays = true")
    page.get_by_label("Kind of lot").select_option("horizontal")
    expect(page.get_by_role("status")).to_have_text("1 call")
    expect(page.locator("#found .call-card")).to_have_count(1)
    assert page.url.endswith("/en/calls/?lot_kind=horizontal")
    assert page.evaluate("window.stays") is True
    page.get_by_role("link", name="Kind of lot: horizontal lot").click()
    expect(page.locator("#found .call-card")).to_have_count(2)
    page.get_by_label("Grant of at least").fill("60,000")
    page.get_by_label("Grant of at least").blur()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.get_by_label("Grant of at least")).to_have_value("60,000")


@pytest.mark.django_db(transaction=True)
def test_filters_fold_on_a_phone(page: Page) -> None:
    make_country("AM")
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/en/calls/?country=AM")
    expect(page.get_by_label("Country")).to_be_hidden()
    page.get_by_text("Filters", exact=True).click()
    expect(page.get_by_label("Country")).to_be_visible()
