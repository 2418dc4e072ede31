"""The public pages of calls: who may apply, until when, how much; lists, filters, search; constant cost."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calls import registry
from calls.models import Call, CallState, ProgrammeMembership, Stage
from calls.registry import ResultRow
from calls.spec import ApplicationLimits, CallSpec
from portal.accounts.models import CountryOffice, Municipality
from tests.factories import make_call, make_country, make_draft, make_member, make_municipality, make_region, make_staff
from tests.support import Clock

pytestmark = pytest.mark.django_db
PILOT, PORTFOLIO, INNOVATION = "M4EG-2021-PILOT", "M4EG-2021-PORTFOLIO", "M4EG-2021-INNOVATION"
NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_now(clock: Clock) -> None:
    clock.set(NOW)


@pytest.fixture
def sevan() -> Municipality:
    return make_municipality("Sevan", name_hy="Սևան", region=make_region("AM-GR"))


def as_code(code: str, **fields: Any) -> Callable[[CallSpec], CallSpec]:
    return lambda spec: spec.model_copy(update={"code": code, **fields})


def body(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return re.sub(r"[ \n]+", " ", response.content.decode())


def queries(client: Client, path: str) -> int:
    client.get(path)  # fills what is cached for all
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


# Where a call stands


def test_standing_follows_from_the_moments(client: Client, clock: Clock) -> None:
    make_call(PORTFOLIO, deadline=NOW + timedelta(days=10))
    page = "/en/calls/M4EG-2021-PORTFOLIO/"
    assert 'tag-open">' in body(client, page)
    clock.set(NOW + timedelta(days=4))
    assert "Closes soon" in body(client, page)
    clock.set(NOW + timedelta(days=10))
    assert "Closes soon" in body(client, page), "equal to the deadline is in time"
    clock.set(NOW + timedelta(days=10, microseconds=1))
    closed = body(client, page)
    assert "The deadline has passed" in closed
    assert "Closes soon" not in closed
    clock.set(NOW - timedelta(days=300))
    upcoming = body(client, page)
    assert "Upcoming" in upcoming
    assert "Opens" in upcoming


def test_a_cancelled_call_says_so_and_takes_nothing(client: Client) -> None:
    call = make_call(PORTFOLIO)
    promised = {"questions_until": NOW + timedelta(days=9), "answers_until": NOW + timedelta(days=10)}
    Call.objects.filter(pk=call.pk).update(state=CallState.CANCELLED, cancelled_at=NOW, **promised)
    page = body(client, f"/en/calls/{call.code}/")
    assert "This call was cancelled" in page
    assert "Log in to apply" not in page
    assert "data-deadline" not in page
    assert "Ask questions by" not in page
    assert "All answers are published by" not in page
    assert "Questions were taken until 1 June" in page
    assert "Submit by" not in body(client, "/en/calls/") + client.get("/en/calls/feed.atom").content.decode()


def test_an_open_call_asks_a_visitor_to_log_in_and_come_back(client: Client) -> None:
    make_call(PORTFOLIO)
    assert "/en/accounts/login/?next=%2Fen%2Fcalls%2FM4EG-2021-PORTFOLIO%2F" in body(client, f"/en/calls/{PORTFOLIO}/")


def test_drafts_do_not_exist_for_the_public_and_are_a_preview_for_staff(client: Client, sevan: Municipality) -> None:
    call = make_call(PORTFOLIO, published=False)
    paths = [f"/en/calls/{call.code}/", f"/en/calls/{call.code}/questions/", f"/en/calls/{call.code}/results/"]
    for reader in (None, make_member(sevan), make_staff("country_officer", country="AM"), make_staff("assessor")):
        if reader:
            client.force_login(reader)
        for path in paths:
            assert client.get(path).status_code == 404
    assert "no calls yet" in body(client, "/en/calls/")
    client.force_login(make_staff("programme_officer"))
    page = body(client, paths[0])
    assert "Preview of a draft" in page
    assert "no calls yet" in body(client, "/en/calls/"), "a draft is in no list"


@pytest.mark.parametrize("part", ["", "print.pdf", "feed.atom", "ask/", "answers/", "changes/", "follow/"])
def test_an_address_that_nothing_can_have_is_not_found(client: Client, part: str) -> None:
    client.force_login(make_staff())
    assert client.get(f"/hy/calls/a%00b/{part}").status_code == 404
    assert client.get("/files/a%00b/a.pdf").status_code == 404


@pytest.mark.parametrize("path", ["/en/calls/", f"/en/calls/{PORTFOLIO}/", "/en/calls/searches/"])
def test_what_a_person_sees_is_kept_for_nobody_else(client: Client, path: str) -> None:
    make_call(PORTFOLIO)
    client.force_login(make_member(make_municipality()))
    response = client.get(path)
    assert "private" in response["Cache-Control"]
    assert "Cookie" in response["Vary"]
    feed = client.get("/en/calls/feed.atom")
    assert feed["Cache-Control"] == "public, max-age=900", "the same for everybody"


def test_a_published_call_does_not_tell_of_the_draft_that_it_names(client: Client) -> None:
    draft = make_call(PORTFOLIO, published=False)
    Call.objects.filter(pk=draft.pk).update(title_en="Still a secret", title_hy="Դեռ գաղտնի")
    Stage.objects.filter(call=draft).update(title_en="A secret stage", title_hy="Գաղտնի փուլ")
    make_call(INNOVATION)
    for page in ("", "print/", "calendar.ics", "feed.atom"):
        assert "secret" not in client.get(f"/en/calls/{INNOVATION}/{page}").content.decode(), page
    assert PORTFOLIO in body(client, f"/en/calls/{INNOVATION}/"), "the rule names it by its code"


def test_an_unknown_call_is_not_found(client: Client) -> None:
    body(client, "/en/calls/NO-SUCH-CALL/", 404)
    body(client, "/en/calls/m4eg-2021-portfolio/", 404)


# May we apply?


def test_the_innovation_call_is_closed_without_an_expression_of_interest(client: Client, sevan: Municipality) -> None:
    make_call(INNOVATION)
    portfolio = make_call(PORTFOLIO)
    client.force_login(make_member(sevan))
    page = body(client, f"/en/calls/{INNOVATION}/")
    assert "You may not apply" in page
    assert "The right to take part rests on the municipality&#x27;s expression of interest" in page
    assert f'href="/en/calls/{PORTFOLIO}/">To that call' in page
    assert "/start/" not in page
    assert "Մասնակցության իրավունքը հիմնված է պորտֆելի" in body(client, f"/hy/calls/{INNOVATION}/")
    make_draft(portfolio, sevan)
    page = body(client, f"/en/calls/{INNOVATION}/")
    assert "You may apply" in page
    assert "You may not apply" not in page


def test_a_member_sees_each_rule_with_its_reason(client: Client, sevan: Municipality) -> None:
    call = make_call(PORTFOLIO)
    client.force_login(make_member(sevan))
    page = body(client, f"/en/calls/{PORTFOLIO}/")
    assert "something needs attention" in page
    assert "it may apply, but membership must be confirmed before selection" in page
    assert "has an approved local economic development plan" in page
    ProgrammeMembership.objects.create(programme=call.programme, municipality=sevan)
    assert "membership must be confirmed" not in body(client, f"/en/calls/{PORTFOLIO}/")


def test_a_member_of_a_suspended_country_is_told_since_when(client: Client, sevan: Municipality) -> None:
    make_call(PORTFOLIO)
    make_country("AM", suspended_from=NOW.date())
    client.force_login(make_member(sevan))
    page = body(client, f"/en/calls/{PORTFOLIO}/")
    assert "You may not apply" in page
    assert "Armenia takes no part since 1 June 2027" in page


def test_what_was_begun_does_not_stand_in_its_own_way(client: Client, sevan: Municipality) -> None:
    call = make_call(PORTFOLIO)
    member = make_member(sevan)
    make_draft(call, sevan, by=member)
    client.force_login(member)
    page = body(client, f"/en/calls/{PORTFOLIO}/")
    assert "You may not apply" not in page
    assert f"/calls/{PORTFOLIO}/eoi/start" not in page, "one application is all the call allows"


def test_a_visitor_checks_a_municipality_without_learning_its_affairs(client: Client, sevan: Municipality) -> None:
    portfolio = make_call(PORTFOLIO)
    make_call(INNOVATION)
    make_draft(portfolio, sevan)
    page = body(client, f"/en/calls/{INNOVATION}/?check=sevan")
    assert "Sevan" in page
    assert "Shown to the staff of the municipality" in page
    assert "You may not apply" not in page
    stranger = make_member(make_municipality("Gavar"))
    client.force_login(stranger)
    page = body(client, f"/en/calls/{INNOVATION}/?municipality={sevan.pk}")
    assert "Shown to the staff of the municipality" in page


@pytest.mark.parametrize("typed", ["Սևան", "Սեւան", "սեվան", "SEVAN", "  sevan "])
def test_the_check_finds_a_name_however_it_is_written(client: Client, sevan: Municipality, typed: str) -> None:
    make_call(PORTFOLIO)
    assert "verdict-" in body(client, f"/hy/calls/{PORTFOLIO}/?check={typed}")


def test_the_check_offers_all_that_match_and_says_when_none_does(client: Client, sevan: Municipality) -> None:
    make_call(PORTFOLIO)
    other = make_municipality("Sevanik", name_hy="Սևանիկ")
    page = body(client, f"/en/calls/{PORTFOLIO}/?check=sev")
    assert f"?municipality={sevan.pk}#may" in page
    assert f"?municipality={other.pk}#may" in page
    assert "Try fewer letters" in body(client, f"/en/calls/{PORTFOLIO}/?check=Atlantis")
    assert "Who may apply" in body(client, f"/en/calls/{PORTFOLIO}/?municipality=99999999999999999999")


# Until when, how much, what, whom


def test_the_deadline_stands_by_the_call_s_clock_and_the_reader_s(client: Client, sevan: Municipality) -> None:
    make_call(PILOT, deadline=datetime(2027, 7, 6, 14, 0, tzinfo=UTC))
    client.force_login(make_member(sevan))
    page = body(client, f"/en/calls/{PILOT}/")
    assert "6 July 2027, 16:00" in page
    assert "(Brussels)" in page
    assert "18:00 (Yerevan)" in page
    page = body(client, f"/hy/calls/{PILOT}/")
    assert "06.07.2027, ժամը\N{NO-BREAK SPACE}16:00" in page
    assert "18:00 (Երևան)" in page


def test_how_much_what_to_attach_and_whom_to_ask(client: Client, sevan: Municipality) -> None:
    make_call(INNOVATION)
    office = CountryOffice.objects.create(
        country=sevan.country, name_hy="Գրասենյակ", name_en="The office", email="am@m4eg.example"
    )
    other = CountryOffice.objects.create(
        country=make_country("GE"), name_hy="Վրաստան", name_en="Georgian office", email="ge@m4eg.example"
    )
    page = body(client, f"/en/calls/{INNOVATION}/")
    assert "€60,000" in page
    assert "€1,200,000" in page
    assert "6\N{NO-BREAK SPACE}– 12 months" in page
    assert "Decision of the municipal council" in page
    assert "PDF, JPG, PNG, up to 5 files, up to 10 MB each" in page
    assert f"mailto:{office.email}" in page
    assert f"mailto:{other.email}" in page
    assert "Submitted by: <strong>the head of the municipality</strong>" in page
    Stage.objects.update(submitted_by=Stage.Submitter.EDITOR)
    page = body(client, f"/en/calls/{INNOVATION}/")
    assert "Submitted by: <strong>the head or an editor</strong>" in page
    assert "Submitted by: the head or an editor</span>" in page, "beside the stage too"
    client.force_login(make_member(sevan))
    asides = body(client, f"/en/calls/{INNOVATION}/").partition('id="ask"')[2].partition("</section>")[0]
    assert office.email in asides
    assert other.email not in asides
    assert "60\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}€" in body(client, f"/hy/calls/{INNOVATION}/")


def test_maxima_of_the_grid_are_computed(client: Client) -> None:
    make_call(INNOVATION)
    page = body(client, f"/en/calls/{INNOVATION}/")
    assert "The threshold is 27 of 45." in page
    assert '<td class="number fw-semibold">15</td>' in page
    assert "at least 9, or the application fails" in page


def test_lots_show_their_money_and_whether_they_are_for_the_reader(client: Client, sevan: Municipality) -> None:
    make_call(PILOT)
    assert "Open to your municipality" not in body(client, f"/en/calls/{PILOT}/")
    client.force_login(make_member(sevan))
    page = body(client, f"/en/calls/{PILOT}/")
    assert page.count("Open to your municipality") == 2
    assert page.count("Not for your municipality") == 1, "the lot for Ukraine"
    assert "€5,000,000" in page


def test_all_questions_can_be_read_before_starting(client: Client) -> None:
    make_call(INNOVATION)
    page = body(client, f"/en/calls/{INNOVATION}/questions/")
    assert "up to 400 words" in page
    assert "Asked only if the answer to “Do you have partners?” is “yes”." in page
    assert "Contribution (amount, optional)" in page
    assert "data-print" in page
    page = body(client, f"/hy/calls/{INNOVATION}/questions/")
    assert "Ունե՞ք գործընկերներ" in page
    assert "Do you have partners?" not in page


def test_lots_and_priorities_are_asked_first(client: Client) -> None:
    make_call(PILOT)
    page = body(client, f"/en/calls/{PILOT}/questions/")
    assert page.index("Which lot do you apply for?") < page.index("2.1")
    assert "How does the proposal address the priority" in page
    assert page.count("The answer given in the stage “Concept note” stays and cannot be changed.") == 1


# Lists


def test_the_list_is_empty_before_the_first_call(client: Client) -> None:
    assert "There are no calls yet" in body(client, "/en/calls/")
    assert "No call is open now" in body(client, "/en/")


def test_the_most_urgent_call_comes_first(client: Client) -> None:
    make_call(INNOVATION, change=as_code("LATER"), deadline=NOW + timedelta(days=20))
    make_call(INNOVATION, change=as_code("CLOSED"), deadline=NOW - timedelta(days=1))
    make_call(INNOVATION, change=as_code("SOONER"), deadline=NOW + timedelta(days=2))
    make_call(INNOVATION, change=as_code("UPCOMING"), deadline=NOW + timedelta(days=200))
    make_call(INNOVATION, change=as_code("LONG-CLOSED"), deadline=NOW - timedelta(days=100))
    page = body(client, "/en/calls/")
    places = [page.index(f"/en/calls/{code}/") for code in ("SOONER", "LATER", "UPCOMING", "CLOSED", "LONG-CLOSED")]
    assert places == sorted(places)
    home = body(client, "/en/")
    assert "/en/calls/SOONER/" in home
    assert "/en/calls/UPCOMING/" in home
    assert "/en/calls/CLOSED/" not in home


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=open", {"ONE", "TWO"}),
        ("status=closed", {"THREE"}),
        ("status=upcoming", set()),
        ("country=GE", {"ONE"}),
        ("kind=expression_of_interest", {"TWO"}),
        ("programme=M4EG", {"ONE", "TWO", "THREE"}),
        ("programme=NO-SUCH", {"ONE", "TWO", "THREE"}),
        ("status=nonsense&page=x", {"ONE", "TWO", "THREE"}),
        ("q=make-over", {"ONE", "THREE"}),
        ("q=MAKE-OVER+one", {"ONE"}),
        ("q=" + "x" * 300, set()),
    ],
)
def test_filters_narrow_the_list(client: Client, query: str, found: set[str]) -> None:
    make_call(INNOVATION, change=as_code("ONE", countries=("AM", "GE")))
    make_call(PORTFOLIO, change=as_code("TWO", countries=("AM", "MD")))
    make_call(INNOVATION, change=as_code("THREE", countries=("AM",)), deadline=NOW - timedelta(days=1))
    make_country("GE")
    page = body(client, f"/en/calls/?{query}")
    assert {code for code in ("ONE", "TWO", "THREE") if f"/en/calls/{code}/" in page} == found
    if not found:
        assert "No call matches" in page


@pytest.mark.parametrize("written", ["Սևանի", "Սեւանի", "Սեվանի", "ՍԵՒԱՆԻ"])
@pytest.mark.parametrize("typed", ["սևանի", "սեւանի", "սեվանի", "ՍԵՎԱՆԻ", "ինչո՞ւ սևանի"])
def test_search_takes_all_spellings_of_yev_as_one(client: Client, written: str, typed: str) -> None:
    make_call(INNOVATION, change=as_code("LAKE", title={"hy": f"Ինչո՞ւ {written} լիճը", "en": "Why the lake"}))
    make_call(PORTFOLIO)
    page = body(client, f"/hy/calls/?q={typed}")
    assert "/hy/calls/LAKE/" in page
    assert f"/hy/calls/{PORTFOLIO}/" not in page


def test_the_list_has_pages(client: Client) -> None:
    for number in range(14):
        make_call(INNOVATION, change=as_code(f"CALL-{number:02d}"))
    first, second = body(client, "/en/calls/?status=open"), body(client, "/en/calls/?status=open&page=2")
    assert "14 calls" in first
    assert first.count("call-card") == 12
    assert second.count("call-card") == 2
    assert "?status=open&amp;page=2" in first


# Results


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> None:
    """A storey above that has announced two applications of the pilot call."""
    rows = [
        ResultRow("LOT2", "P-0002", "Lviv", "A hub", Decimal(400000)),
        ResultRow("LOT1", "P-0001", "Sevan", "A market", Decimal(512000), "Gegharkunik"),
    ]
    monkeypatch.setattr(registry, "_results", [])
    registry.register_results(
        lambda call: rows if call.code == PILOT else [],
        lambda keys: Call.objects.filter(pk__in=list(keys), code=PILOT).values_list("pk", flat=True),
    )


@pytest.mark.usefixtures("announced")
def test_announced_results_stand_by_lot_and_on_the_home_page(client: Client) -> None:
    make_call(PILOT, deadline=NOW - timedelta(days=100), stage="full")
    page = body(client, f"/en/calls/{PILOT}/results/")
    assert page.index("P-0001") < page.index("P-0002"), "lots in the call's order"
    assert "€512,000" in page
    assert "Gegharkunik" in page
    assert "Results announced" in body(client, f"/en/calls/{PILOT}/")
    assert "Recent results" in body(client, "/en/")


def test_without_results_the_page_says_when_they_come(client: Client) -> None:
    make_call(PORTFOLIO, deadline=NOW - timedelta(days=1))
    assert "No results yet" in body(client, f"/en/calls/{PORTFOLIO}/results/")
    assert "See the results" not in body(client, f"/en/calls/{PORTFOLIO}/")


# Cost and languages


def one_lot(spec: CallSpec) -> CallSpec:
    return spec.model_copy(update={"lots": spec.lots[:1]})


def test_a_list_costs_the_same_for_one_call_and_for_three(client: Client) -> None:
    make_country("AM")
    make_call(PILOT, change=one_lot)
    assert queries(client, "/en/calls/") == 8
    assert queries(client, "/en/") == 5
    for code in ("TWO", "THREE"):
        make_call(PILOT, change=as_code(code))
    assert queries(client, "/en/calls/") == 8
    assert queries(client, "/en/") == 5


def test_a_page_costs_the_same_for_one_lot_and_for_three(client: Client, sevan: Municipality) -> None:
    make_call(PILOT, change=lambda spec: as_code("ONE-LOT")(one_lot(spec)))
    make_call(PILOT)
    for reader, cost in ((None, 19), (make_member(sevan), 32)):
        if reader:
            client.force_login(reader)
        assert queries(client, "/en/calls/ONE-LOT/") == cost
        assert queries(client, f"/en/calls/{PILOT}/") == cost


def test_several_applications_may_be_begun_where_the_call_allows(client: Client, sevan: Municipality) -> None:
    call = make_call(PORTFOLIO, change=as_code("TWICE", applications_per_municipality=ApplicationLimits(call=2, lot=2)))
    client.force_login(make_member(sevan))
    assert "/start" in body(client, f"/en/calls/{call.code}/")


@pytest.mark.parametrize(
    "path", ["/calls/", f"/calls/{PILOT}/", f"/calls/{PILOT}/questions/", f"/calls/{PILOT}/results/"]
)
def test_no_page_changes_anything(client: Client, path: str) -> None:
    make_call(PILOT)
    assert client.post(f"/en{path}").status_code == 405
