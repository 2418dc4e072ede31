"""The self-check: anybody chooses a municipality by typing and learns whether it may apply, rule by rule."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from calls.selfcheck import MOST
from portal.accounts.models import CountryOffice, Municipality
from tests.factories import make_call, make_country, make_member, make_municipality, make_region, make_staff
from tests.support import Clock

pytestmark = pytest.mark.django_db
PORTFOLIO, INNOVATION = "M4EG-2021-PORTFOLIO", "M4EG-2021-INNOVATION"
PAGE, PLACES = f"/en/calls/{PORTFOLIO}/", f"/en/calls/{PORTFOLIO}/municipalities/"


@pytest.fixture(autouse=True)
def _at_now(clock: Clock) -> None:
    clock.set(datetime(2027, 6, 1, 8, 0, tzinfo=UTC))


@pytest.fixture
def sevan() -> Municipality:
    return make_municipality("Sevan", name_hy="Սևան", region=make_region("AM-GR"))


def body(client: Client, path: str, **headers: Any) -> str:
    response = client.get(path, **headers)
    assert response.status_code == 200, path
    return re.sub(r"[ \n]+", " ", response.content.decode())


def suggested(client: Client, query: str) -> str:
    return body(client, f"{PLACES}?{query}", headers={"HX-Request": "true"})


def may_part(html: str) -> str:
    return html.partition('id="may"')[2].partition("</section>")[0]


def test_the_form_asks_for_the_country_only_where_there_are_several(client: Client) -> None:
    make_country("AM"), make_country("GE")
    make_call(PORTFOLIO)
    make_call(INNOVATION, change=lambda spec: spec.model_copy(update={"countries": ("AM",)}))
    several = may_part(body(client, PAGE))
    assert '<option value="GE">Georgia</option>' in several
    assert '<select name="country"' not in may_part(body(client, f"/en/calls/{INNOVATION}/"))


def test_the_country_narrows_the_choice(client: Client, sevan: Municipality) -> None:
    make_call(PORTFOLIO)
    other = make_municipality("Sevsk", country="UA")
    page = may_part(body(client, f"{PAGE}?check=sev"))
    assert f"?municipality={sevan.pk}#may" in page
    assert f"?municipality={other.pk}#may" in page
    assert "AM-GR, Armenia" in page
    narrowed = may_part(body(client, f"{PAGE}?check=sev&country=UA"))
    assert "Sevsk" in narrowed
    assert "verdict-" in narrowed, "one match is the answer"
    assert f"municipality={sevan.pk}" not in narrowed
    assert f"?municipality={sevan.pk}#may" in may_part(body(client, f"{PAGE}?check=sev&country=FR")), "not of the call"


def test_names_that_begin_as_typed_come_first(client: Client) -> None:
    make_call(PORTFOLIO)
    make_municipality("Nor Lori", name_hy="Ա Լոռի")
    make_municipality("Lorikalo", name_hy="Բ Լոռիկալո")
    page = may_part(body(client, f"{PAGE}?check=lori"))
    assert page.index("Lorikalo") < page.index("Nor Lori")


def test_a_merged_municipality_leads_to_its_last_successor(client: Client, sevan: Municipality) -> None:
    make_call(PORTFOLIO)
    middle = make_municipality("Tsovagyugh", merged_into=sevan)
    first = make_municipality("Varser", merged_into=middle)
    for path in (f"{PAGE}?check=varser", f"{PAGE}?municipality={first.pk}"):
        page = may_part(body(client, path))
        assert "Varser has merged into Sevan: this is the check for Sevan." in page
        assert "The municipality has merged" not in page
        assert f"?municipality={sevan.pk}#may" in page, "the link to pass on"
    make_municipality("Varserik")
    assert "now part of Tsovagyugh" in may_part(body(client, f"{PAGE}?check=varser"))


def test_mergers_in_a_circle_end(client: Client, sevan: Municipality) -> None:
    make_call(PORTFOLIO)
    other = make_municipality("Gagarin", merged_into=sevan)
    Municipality.objects.filter(pk=sevan.pk).update(merged_into=other)
    assert "verdict-" in body(client, f"{PAGE}?municipality={sevan.pk}")


def test_the_people_of_a_merged_municipality_are_told_as_it_is(client: Client, sevan: Municipality) -> None:
    make_call(PORTFOLIO)
    client.force_login(make_member(make_municipality("Varser", merged_into=sevan)))
    page = may_part(body(client, PAGE))
    assert "You may not apply" in page
    assert "has merged into another one, which may apply: Sevan" in page


def test_who_finds_nothing_is_told_whom_to_ask(client: Client) -> None:
    make_call(PORTFOLIO)
    for code in ("AM", "GE"):
        name = {"name_hy": "Գրասենյակ", "name_en": "Office"}
        CountryOffice.objects.create(country=make_country(code), email=f"{code.lower()}@m4eg.example", **name)
    page = may_part(body(client, f"{PAGE}?check=Atlantis"))
    assert "Try fewer letters" in page
    assert "mailto:am@m4eg.example" in page
    assert "mailto:ge@m4eg.example" in page
    assert 'value="Atlantis"' in page, "what was typed stays"
    alone = suggested(client, "check=Atlantis&country=GE")
    assert "mailto:ge@m4eg.example" in alone
    assert "am@m4eg.example" not in alone
    CountryOffice.objects.all().delete()
    assert "write to the programme" in may_part(body(client, f"{PAGE}?check=Atlantis"))


@pytest.mark.parametrize("count", [MOST, MOST + 1])
def test_too_many_are_said_to_be_too_many(client: Client, count: int) -> None:
    make_call(PORTFOLIO)
    for number in range(count):
        make_municipality(f"Nor {number}", name_hy=f"Նոր {number:02d}")
    for page in (may_part(body(client, f"{PAGE}?check=nor")), suggested(client, "check=nor")):
        assert page.count("#may") - page.count('action="#may"') == MOST
        assert ("There are more." in page) == (count > MOST)


def test_a_name_that_no_register_can_hold_is_read_without_its_nul(client: Client, sevan: Municipality) -> None:
    make_call(PORTFOLIO)
    assert "Sevan" in may_part(body(client, f"{PAGE}?check=Sev%00an"))
    assert "Sevan" in suggested(client, "check=Sev%00an")


def test_a_part_is_never_kept_for_the_page(client: Client) -> None:
    make_call(PORTFOLIO)
    for path in (PLACES, "/en/calls/"):
        assert "HX-Request" in client.get(f"{path}?check=x", headers={"HX-Request": "true"})["Vary"]


def test_suggestions_are_a_part_of_the_page_and_lead_to_it(client: Client, sevan: Municipality) -> None:
    make_call(PORTFOLIO)
    part = suggested(client, "check=սեւ")
    assert f'href="{PAGE}?municipality={sevan.pk}#may"' in part
    assert "<html" not in part
    assert suggested(client, "check=s").strip() == "", "one letter is too little to suggest by"
    assert suggested(client, "").strip() == ""
    response = client.get(f"{PLACES}?check=sev")
    assert response.status_code == 302
    assert response["Location"] == f"{PAGE}?check=sev#may"


def test_the_result_has_a_link_to_pass_on(client: Client, sevan: Municipality) -> None:
    make_call(PORTFOLIO)
    link = f"http://testserver{PAGE}?municipality={sevan.pk}#may"
    assert link in may_part(body(client, f"{PAGE}?check=sevan"))
    client.force_login(make_member(sevan))
    assert link not in body(client, PAGE), "others would not see the same"


def test_staff_see_on_what_each_rule_rests(client: Client, sevan: Municipality) -> None:
    make_call(PORTFOLIO)
    path = f"{PAGE}?municipality={sevan.pk}"
    for reader in (None, make_member(sevan), make_staff("assessor")):
        if reader:
            client.force_login(reader)
        assert "network_member.not_member" not in body(client, path)
    client.force_login(make_staff("auditor"))
    page = body(client, path)
    assert "network_member.not_member (programme M4EG)" in page
    assert "country.inside (country AM" in page
    assert "Waive a rule" not in page


def test_officers_are_led_from_a_failing_rule_to_its_waiver(client: Client, sevan: Municipality) -> None:
    make_call(INNOVATION)
    path = f"/en/calls/{INNOVATION}/?municipality={sevan.pk}"
    client.force_login(make_staff("programme_officer"))
    page = body(client, path)
    link = f"/en/admin/calls/waiver/add/?call={INNOVATION}&amp;municipality={sevan.pk}"
    assert link in page
    assert client.get(link.replace("&amp;", "&")).status_code == 200
    client.force_login(make_staff("grant_officer"))
    assert link not in body(client, path)


@pytest.mark.parametrize("count", [1, 3])
def test_the_check_costs_the_same_for_any_number_of_matches(
    client: Client, count: int, django_assert_num_queries: Any
) -> None:
    make_call(PORTFOLIO)
    for number in range(count + 1):
        make_municipality(f"Nor {number}", region=make_region("AM-GR"), merged_into=None)
    body(client, f"{PAGE}?check=nor")
    with django_assert_num_queries(20):
        body(client, f"{PAGE}?check=nor")
    with django_assert_num_queries(5):
        suggested(client, "check=nor")


def test_a_name_is_chosen_while_typing(page: Any, live_server: Any) -> None:
    make_call(PORTFOLIO)
    make_municipality("Sevan", name_hy="Սևան")
    make_municipality("Sevanik", name_hy="Սևանիկ")
    page.goto(f"{live_server.url}{PAGE}")
    page.fill("input[name=check]", "sev")
    page.get_by_role("link", name="Sevan", exact=True).click()
    page.locator("#may .verdict").wait_for()
    assert "Sevan" in page.locator("#may .verdict").inner_text()
    assert "municipality=" in page.url
