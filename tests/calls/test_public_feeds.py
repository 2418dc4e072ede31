"""Atom feeds of calls and of what is new in one, and «What is new» on its page."""

from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calls import news, registry
from calls.models import Call, CallState
from calls.registry import NewsItem
from calls.spec import CallSpec
from tests.factories import make_call, make_country, make_staff
from tests.support import Clock

NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)
PILOT, PORTFOLIO, INNOVATION = "M4EG-2021-PILOT", "M4EG-2021-PORTFOLIO", "M4EG-2021-INNOVATION"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_now(clock: Clock) -> None:
    clock.set(NOW)


def feed(client: Client, path: str) -> ElementTree.Element:
    response = client.get(path)
    assert response.status_code == 200, path
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def entries(client: Client, path: str) -> list[ElementTree.Element]:
    return feed(client, path).findall("a:entry", ATOM)


def text(element: ElementTree.Element, name: str) -> str:
    return element.findtext(f"a:{name}", "", ATOM)


def as_code(code: str, **fields: Any) -> Any:
    def change(spec: CallSpec) -> CallSpec:
        return spec.model_copy(update={"code": code, **fields})

    return change


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of a call that has two things to tell."""
    items = [
        NewsItem(NOW + timedelta(hours=1), "Question 1 <answered>", "Yes & no", "/en/calls/Q/", "answer-1"),
        NewsItem(NOW + timedelta(days=2), "Correction 1", "", "/en/calls/C/", "corrigendum-1"),
    ]
    monkeypatch.setattr(registry, "_news", list(registry._news))
    registry.register_news(lambda call: items)


def test_the_newest_call_comes_first_with_its_moments_and_categories(client: Client, clock: Clock) -> None:
    make_country("AM")
    make_call(PORTFOLIO, change=as_code("OLDER"))
    clock.advance(timedelta(days=1))
    make_call(INNOVATION)
    newest, older = entries(client, "/en/calls/feed.atom")
    assert text(older, "id") == "tag:testserver,2027:en/OLDER"
    assert text(newest, "title") == "Community make-over: reimagine community life"
    assert text(newest, "published") == "2027-06-02T08:00:00+00:00"
    assert text(newest, "updated") == "2027-06-02T08:00:00+00:00"
    assert newest.find("a:link", ATOM).get("href") == f"http://testserver/en/calls/{INNOVATION}/"  # type: ignore[union-attr]
    terms = [each.get("term") for each in newest.findall("a:category", ATOM)]
    assert terms[:3] == ["Mayors for Economic Growth (M4EG)", "full application", "Armenia"]
    assert "Amount per project: €60,000" in text(newest, "summary")


def test_each_language_has_a_feed_of_its_own(client: Client) -> None:
    make_call(INNOVATION)
    for language, title in (("en", "Community make-over"), ("hy", "Համայնքային վերակերպումներ")):
        found = feed(client, f"/{language}/calls/feed.atom")
        assert found.get(LANGUAGE) == language
        (entry,) = found.findall("a:entry", ATOM)
        assert text(entry, "title").startswith(title)
        own = {link.get("rel"): link.get("href") for link in found.findall("a:link", ATOM)}
        assert own["self"] == f"http://testserver/{language}/calls/feed.atom"


def test_the_feed_is_narrowed_as_the_list_is(client: Client) -> None:
    make_country("GE")
    make_call(PORTFOLIO, change=as_code("ARMENIAN", countries=("AM",)))
    make_call(PORTFOLIO, change=as_code("GEORGIAN", countries=("GE",)))
    found = entries(client, "/en/calls/feed.atom?country=GE")
    assert [text(entry, "id").rpartition("/")[2] for entry in found] == ["GEORGIAN"]


def test_texts_are_shown_and_not_taken_for_markup(client: Client) -> None:
    make_call(
        PORTFOLIO,
        change=as_code("SLY", title={"en": "A <b>&\x0b", "hy": "Ա"}, summary={"en": "<script>x</script>", "hy": "Ա"}),
    )
    (entry,) = entries(client, "/en/calls/feed.atom")
    assert text(entry, "title") == "A <b>&"
    assert "&lt;script&gt;" in text(entry, "summary")


def test_an_empty_feed_is_a_feed(client: Client) -> None:
    assert entries(client, "/hy/calls/feed.atom") == []


def test_no_draft_is_in_any_feed_whoever_asks(client: Client) -> None:
    make_call(PORTFOLIO, published=False)
    for reader in (None, make_staff("programme_officer"), make_staff("administrator")):
        if reader:
            client.force_login(reader)
        assert entries(client, "/en/calls/feed.atom") == []
        assert client.get(f"/en/calls/{PORTFOLIO}/feed.atom").status_code == 404


@pytest.mark.usefixtures("told")
def test_what_is_new_is_the_same_in_the_feed_and_on_the_page(client: Client) -> None:
    make_call(PORTFOLIO)
    found = entries(client, f"/en/calls/{PORTFOLIO}/feed.atom")
    assert [text(entry, "title") for entry in found] == [
        "Correction 1",
        "Question 1 <answered>",
        "The call was published",
    ]
    assert text(found[1], "id") == f"tag:testserver,2027:en/{PORTFOLIO}/answer-1"
    assert text(found[1], "summary") == "<p>Yes &amp; no</p>"
    page = client.get(f"/en/calls/{PORTFOLIO}/").content.decode()
    part = page.partition('id="news"')[2].partition("</section>")[0]
    places = [part.index(title) for title in ("Correction 1", "Question 1 &lt;answered&gt;", "The call was published")]
    assert places == sorted(places)
    assert '<time class="muted d-block" datetime="2027-06-03T08:00:00+00:00">' in part


@pytest.mark.usefixtures("told")
def test_a_draft_has_no_news_not_even_for_staff(client: Client) -> None:
    call = make_call(PORTFOLIO, published=False)
    assert registry.news_of(call) == []
    client.force_login(make_staff("programme_officer"))
    page = client.get(f"/en/calls/{PORTFOLIO}/").content.decode()
    assert "Preview of a draft" in page
    for absent in ('id="news"', "feed.atom", "calendar.ics", "ld+json", "og:title"):
        assert absent not in page
    assert '<meta name="robots" content="noindex">' in page


def test_that_a_call_was_cancelled_is_news_once(client: Client) -> None:
    call = make_call(PORTFOLIO)
    for state in (CallState.CANCELLED, CallState.ARCHIVED):
        Call.objects.filter(pk=call.pk).update(state=state)
        titles = [text(entry, "title") for entry in entries(client, f"/en/calls/{PORTFOLIO}/feed.atom")]
        assert sorted(titles) == ["The call was cancelled", "The call was published"]


def test_a_feed_is_not_sent_twice(client: Client) -> None:
    make_call(PORTFOLIO)
    for path in ("/en/calls/feed.atom", f"/en/calls/{PORTFOLIO}/feed.atom"):
        response = client.get(path)
        assert client.get(path, headers={"if-none-match": response["ETag"]}).status_code == 304


def test_a_feed_costs_the_same_for_one_call_and_for_three(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_news", [news.of_the_call])  # others hold their own sources to a number

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    make_call(PILOT, change=lambda spec: spec.model_copy(update={"lots": spec.lots[:1]}))
    assert queries("/en/calls/feed.atom") == 6
    for code in ("TWO", "THREE"):
        make_call(PILOT, change=as_code(code))
    assert queries("/en/calls/feed.atom") == 6
    assert queries(f"/en/calls/{PILOT}/feed.atom") == 3
