"""What pages say of themselves: description, canonical address, Open Graph, schema.org, sitemap, robots."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calls.models import Call, CallState
from calls.spec import CallSpec
from portal.content.models import Page
from tests.factories import make_call, make_country, make_staff
from tests.support import Clock

NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)
PILOT, PORTFOLIO, INNOVATION = "M4EG-2021-PILOT", "M4EG-2021-PORTFOLIO", "M4EG-2021-INNOVATION"
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
SLY = '</script><script>alert(1)</script><!-- & \u2028 "quoted"'
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_now(clock: Clock) -> None:
    clock.set(NOW)


def as_code(code: str, **fields: Any) -> Any:
    def change(spec: CallSpec) -> CallSpec:
        return spec.model_copy(update={"code": code, **fields})

    return change


def body(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def data(page: str) -> Any:
    (text,) = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.S)
    return json.loads(text)


def metas(page: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', page))


def canonical(page: str) -> list[str]:
    return re.findall(r'<link rel="canonical" href="([^"]+)">', page)


# The page of a call


def test_a_call_is_told_as_grant_and_service(client: Client) -> None:
    for code in ("AM", "UA"):
        make_country(code)
    make_call(PILOT, deadline=datetime(2027, 7, 6, 14, 0, tzinfo=UTC))
    found = data(body(client, f"/en/calls/{PILOT}/"))
    assert found["@context"] == "https://schema.org"
    grant, service = found["@graph"]
    assert (grant["@type"], service["@type"]) == ("MonetaryGrant", "GovernmentService")
    assert grant["identifier"] == PILOT
    assert grant["url"] == f"http://testserver/en/calls/{PILOT}/"
    assert grant["funder"] == {"@type": "Organization", "name": "European Union"}
    assert grant["amount"] == {
        "@type": "MonetaryAmount",
        "currency": "EUR",
        "minValue": "200000.00",
        "maxValue": "1000000.00",
    }
    assert service["serviceOutput"] == {"@id": grant["@id"]}
    assert {"@type": "Country", "name": "Ukraine"} in service["areaServed"]
    offer = service["offers"][0]
    assert offer["availabilityEnds"] == offer["validThrough"] == "2027-07-06T16:00:00+02:00"
    assert offer["availability"] == "https://schema.org/InStock"


def test_a_fixed_amount_is_one_value_and_no_amount_is_left_out(client: Client) -> None:
    make_call(INNOVATION)
    make_call(PORTFOLIO)
    grants = [data(body(client, f"/en/calls/{code}/"))["@graph"][0] for code in (INNOVATION, PORTFOLIO)]
    assert grants[0]["amount"]["value"] == "60000.00"
    assert "amount" not in grants[1]


@pytest.mark.parametrize("state", [CallState.CANCELLED, CallState.ARCHIVED])
def test_what_takes_no_applications_offers_nothing(client: Client, state: str) -> None:
    call = make_call(PORTFOLIO)
    Call.objects.filter(pk=call.pk).update(state=state)
    service = data(body(client, f"/en/calls/{PORTFOLIO}/"))["@graph"][1]
    assert {offer["availability"] for offer in service["offers"]} == {"https://schema.org/Discontinued"}


def test_no_text_of_a_call_breaks_out(client: Client) -> None:
    texts = {"en": SLY, "hy": SLY}
    make_call(PORTFOLIO, change=as_code("SLY", title=texts, summary=texts))
    for path in ("/en/calls/SLY/", "/en/calls/", "/en/calls/SLY/print/"):
        page = body(client, path)
        assert "<script>alert" not in page, path
        assert "<!-- &" not in page, path
    assert data(body(client, "/en/calls/SLY/"))["@graph"][0]["name"] == SLY
    assert data(body(client, "/en/calls/"))["itemListElement"][0]["name"] == SLY


def test_the_script_has_the_nonce_of_its_answer(client: Client) -> None:
    make_call(PORTFOLIO)
    response = client.get(f"/hy/calls/{PORTFOLIO}/")
    (nonce,) = re.findall(r'<script type="application/ld\+json" nonce="([^"]+)">', response.content.decode())
    assert f"'nonce-{nonce}'" in response["Content-Security-Policy"]


def test_open_graph_and_description_speak_the_language_of_the_page(client: Client) -> None:
    make_call(INNOVATION)
    english, armenian = (body(client, f"/{language}/calls/{INNOVATION}/") for language in ("en", "hy"))
    assert metas(english)["og:title"] == "Community make-over: reimagine community life"
    assert metas(english)["description"].startswith("Support for 14 to 20 small innovation projects")
    assert (metas(english)["og:locale"], metas(english)["og:locale:alternate"]) == ("en_GB", "hy_AM")
    assert metas(armenian)["og:title"].startswith("Համայնքային վերակերպումներ")
    assert canonical(armenian) == [metas(armenian)["og:url"]] == [f"http://testserver/hy/calls/{INNOVATION}/"]
    assert metas(english)["article:published_time"] == "2027-06-01T08:00:00+00:00"


def test_an_address_with_a_question_is_the_same_page(client: Client) -> None:
    make_call(PORTFOLIO)
    page = body(client, f"/en/calls/{PORTFOLIO}/?check=Sevan")
    assert canonical(page) == [f"http://testserver/en/calls/{PORTFOLIO}/"]


def test_a_long_summary_is_cut_and_has_no_line_ends(client: Client) -> None:
    make_call(PORTFOLIO, change=as_code("LONG", summary={"en": "word\n" * 100, "hy": "բառ"}))
    description = metas(body(client, "/en/calls/LONG/"))["description"]
    assert len(description) <= 200
    assert description.startswith("word word ")
    assert description.endswith("…")


# The list


def test_the_list_without_filters_is_the_one_to_be_found(client: Client) -> None:
    for number in range(13):
        make_call(PORTFOLIO, change=as_code(f"CALL-{number:02d}"))
    page = body(client, "/en/calls/?status=open")
    assert canonical(page) == ["http://testserver/en/calls/"]
    assert canonical(body(client, "/en/calls/?page=2")) == ["http://testserver/en/calls/?page=2"]
    found = data(page)
    assert found["@type"] == "ItemList"
    assert [item["position"] for item in found["itemListElement"]] == list(range(1, 13))
    assert found["itemListElement"][0]["url"] == "http://testserver/en/calls/CALL-00/"
    assert metas(page)["og:type"] == "website"


def test_the_list_leads_to_calendar_and_feed_of_what_it_shows(client: Client) -> None:
    page = body(client, "/en/calls/?status=open&page=1")
    assert 'href="/en/calls/calendar.ics?status=open"' in page
    assert 'href="/en/calls/feed.atom?status=open"' in page
    assert 'href="/en/calls/calendar.ics"' in body(client, "/en/calls/")


# Sitemap and robots


def locations(client: Client) -> dict[str, dict[str, str]]:
    """The addresses in the sitemap, each with those of its languages."""
    root = ElementTree.fromstring(body(client, "/sitemap.xml"))
    found = {}
    for url in root.findall("s:url", MAP):
        links = url.findall("x:link", MAP)
        found[url.findtext("s:loc", "", MAP)] = {link.get("hreflang", ""): link.get("href", "") for link in links}
    return found


def test_the_sitemap_has_every_public_page_in_its_languages(client: Client) -> None:
    make_call(PORTFOLIO)
    make_call(INNOVATION, change=as_code("ENGLISH", languages=("en",)))
    Page.objects.create(slug="about", title_hy="Ա", title_en="A", body_hy="Ա", body_en="A")
    found = locations(client)
    paths = ["", "calls/", "opendata/", "pages/about/", f"calls/{PORTFOLIO}/", f"calls/{PORTFOLIO}/questions/"]
    expected = {f"http://testserver/{language}/{path}" for language in ("hy", "en") for path in paths}
    expected |= {"http://testserver/en/calls/ENGLISH/", "http://testserver/en/calls/ENGLISH/questions/"}
    assert set(found) == expected
    assert found[f"http://testserver/hy/calls/{PORTFOLIO}/"] == {
        "hy": f"http://testserver/hy/calls/{PORTFOLIO}/",
        "en": f"http://testserver/en/calls/{PORTFOLIO}/",
        "x-default": f"http://testserver/calls/{PORTFOLIO}/",
    }
    for address in found:
        assert client.get(address).status_code == 200, address
    assert client.get(f"/calls/{PORTFOLIO}/", follow=True).status_code == 200, "where x-default leads"


def test_the_sitemap_is_written_once_in_a_while(client: Client) -> None:
    first = body(client, "/sitemap.xml")
    with CaptureQueriesContext(connection) as captured:
        assert body(client, "/sitemap.xml") == first
    assert len(captured) == 0


def test_no_draft_is_in_the_sitemap_whoever_asks(client: Client) -> None:
    make_call(PORTFOLIO, published=False)
    for reader in (None, make_staff("programme_officer")):
        if reader:
            client.force_login(reader)
        assert not [address for address in locations(client) if PORTFOLIO in address]


def test_the_sitemap_costs_the_same_for_one_call_and_for_three(client: Client) -> None:
    def queries() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            body(client, "/sitemap.xml")
        return len(captured)

    make_call(PILOT, change=lambda spec: spec.model_copy(update={"lots": spec.lots[:1]}))
    queries()
    assert queries() == 5
    for code in ("TWO", "THREE"):
        make_call(PILOT, change=as_code(code))
    assert queries() == 5


def test_robots_are_told_where_the_pages_are_and_where_not_to_look(client: Client) -> None:
    lines = body(client, "/robots.txt").splitlines()
    assert "Sitemap: http://testserver/sitemap.xml" in lines
    for language in ("hy", "en"):
        for path in ("admin", "accounts", "applications"):
            assert f"Disallow: /{language}/{path}/" in lines
    assert not [line for line in lines if line.startswith("Disallow") and "/calls" in line]


def test_the_moment_of_the_last_change_is_not_before_publication(client: Client, clock: Clock) -> None:
    make_call(PORTFOLIO)
    clock.advance(timedelta(days=3))
    root = ElementTree.fromstring(body(client, "/sitemap.xml"))
    moments = {url.findtext("s:lastmod", "", MAP) for url in root.findall("s:url", MAP)} - {""}
    assert moments == {"2027-06-01"}
