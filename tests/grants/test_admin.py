"""Awarding in the administration: what the pages show before anything happens, mistakes, and the lists."""

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from evaluation.lifecycle import make_shortlist
from evaluation.models import Shortlist
from grants.lifecycle import award_shortlist
from grants.models import Grant, Letter
from portal.accounts.models import Municipality, Role
from tests.factories import make_municipality, make_staff
from tests.grants.helpers import PORTFOLIO, awarded, decided, freeze, letter_of, make_open_call, municipalities
from tests.grants.helpers import with_a_later_stage as later_stage

pytestmark = pytest.mark.django_db
CHOOSE = "/en/admin/grants/grant/award/"
LIST = "/en/admin/grants/grant/"


def page_of(shortlist: Shortlist, language: str = "en") -> str:
    return f"/{language}/admin/grants/grant/award/{shortlist.pk}/"


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(make_staff(Role.PROGRAMME_OFFICER))
    return client


@pytest.fixture
def shortlist() -> Shortlist:
    return decided(make_open_call(), municipalities(3), scores=[5, 4, 2])


def as_shown(client: Client, shortlist: Shortlist) -> dict[str, str]:
    """What a browser would send if nothing on the page were changed."""
    text = client.get(page_of(shortlist)).content.decode()
    data = {}
    for tag in re.findall(r"<input [^>]*>", text):
        name, value = (re.search(rf' {key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and name[1].startswith("form-") and ('type="checkbox"' not in tag or " checked" in tag):
            data[name[1]] = value[1] if value else "on"
    return data


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- choosing a shortlist


def test_the_frozen_shortlists_of_last_stages_are_offered(officer: Client, shortlist: Shortlist) -> None:
    text = officer.get(CHOOSE).content.decode()
    assert page_of(shortlist) in text
    award_shortlist(shortlist, by=make_staff())
    text = officer.get(CHOOSE).content.decode()
    assert page_of(shortlist) not in text
    assert "Nothing to award" in text


@pytest.mark.parametrize("language", ["hy", "en"])
def test_the_pages_are_there_in_both_languages(officer: Client, shortlist: Shortlist, language: str) -> None:
    letter_of(award_shortlist(shortlist, by=make_staff(), only={shortlist.rows.order_by("position")[0].pk})[0])
    pages = [page_of(shortlist, language), *(f"/{language}{page[3:]}" for page in (CHOOSE, LIST))]
    pages += [f"/{language}/admin/grants/letter/", f"/{language}/admin/grants/letter/{Letter.objects.get().pk}/change/"]
    pages += [f"/{language}/admin/grants/grant/{Grant.objects.get().pk}/change/"]
    for page in pages:
        assert officer.get(page).status_code == 200, page


@pytest.mark.parametrize("role", [Role.GRANT_OFFICER, Role.AUDITOR, Role.COUNTRY_OFFICER])
def test_who_only_reads_finds_no_way_to_award(client: Client, shortlist: Shortlist, role: str) -> None:
    client.force_login(make_staff(role, country="AM" if role == Role.COUNTRY_OFFICER else None))
    assert client.get(page_of(shortlist)).status_code == 404
    assert client.post(page_of(shortlist)).status_code == 404
    text = client.get(LIST).content.decode()
    assert "Award from a shortlist" not in text
    assert client.get(CHOOSE).status_code == 404


def test_what_cannot_be_awarded_is_refused_before_it_is_shown(officer: Client) -> None:
    early = decided(make_open_call(change=later_stage), municipalities(1))
    other = decided(make_open_call(PORTFOLIO), municipalities(1))
    freeze(other.stage)
    draft = make_shortlist(early.stage, by=None)
    other.refresh_from_db()
    for shortlist, why in ((early, "last stage"), (other, "in force"), (draft, "frozen")):
        response = officer.get(page_of(shortlist))
        assert (response.status_code, response["Location"]) == (302, CHOOSE)
        assert any(why in message for message in said(response))


# --- the page before an award


def test_the_page_says_who_gets_what_and_who_does_not(officer: Client, shortlist: Shortlist) -> None:
    text = officer.get(page_of(shortlist)).content.decode()
    awards, left_alone = text.split("Left alone")
    found = [[place for place in ("Place 1", "Place 2", "Place 3") if place in part] for part in (awards, left_alone)]
    assert found == [["Place 1", "Place 2"], ["Place 3"]]
    assert "below the threshold" in left_alone
    assert awards.count("€60,000") == 2
    assert "Municipality of Place 1, Armenia" in awards
    assert not Grant.objects.exists()


def test_a_selection_is_shown_as_without_money(officer: Client) -> None:
    shortlist = decided(make_open_call(PORTFOLIO), municipalities(1))
    assert "without money" in officer.get(page_of(shortlist)).content.decode()


def test_confirming_awards_what_is_shown(officer: Client, shortlist: Shortlist) -> None:
    response = officer.post(page_of(shortlist), as_shown(officer, shortlist))
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert said(response) == ["2 grants awarded; their letters are being made."]
    assert Grant.objects.count() == 2
    assert Grant.objects.first().awarded_by.email == officer.get(LIST).wsgi_request.user.email  # type: ignore[union-attr]
    assert set(Letter.objects.values_list("addressee_en", flat=True)) == {
        "Municipality of Place 1, Armenia",
        "Municipality of Place 2, Armenia",
    }


def test_one_can_be_left_out_and_another_readdressed(officer: Client, shortlist: Shortlist) -> None:
    data = as_shown(officer, shortlist)
    del data["form-0-award"]
    data |= {"form-0-addressee_hy": "", "form-1-addressee_hy": "Լոռու մարզի Տաշիր համայնքին"}
    assert said(officer.post(page_of(shortlist), data)) == ["1 grant awarded; its letter is being made."]
    letter = Letter.objects.get()
    assert letter.grant.entry.application.municipality_name_en == "Place 2"
    assert letter.addressee_hy == "Լոռու մարզի Տաշիր համայնքին"


def test_an_addressee_may_not_be_empty_and_typed_text_is_kept(officer: Client, shortlist: Shortlist) -> None:
    data = as_shown(officer, shortlist)
    data |= {"form-0-addressee_hy": " ", "form-1-addressee_en": "The Mayor & Council of “Place 2”"}
    response = officer.post(page_of(shortlist), data)
    text = response.content.decode()
    assert response.status_code == 200
    assert text.count("Write to whom the letter goes.") == 1
    assert 'aria-invalid="true"' in text
    assert "The Mayor &amp; Council of “Place 2”" in text
    assert not Grant.objects.exists()


def test_an_addressee_too_long_is_refused_at_its_place(officer: Client, shortlist: Shortlist) -> None:
    data = as_shown(officer, shortlist) | {"form-1-addressee_en": "x" * 301}
    text = officer.post(page_of(shortlist), data).content.decode()
    assert "at most 300 characters" in text
    assert "x" * 301 in text


def test_nothing_ticked_is_a_mistake(officer: Client, shortlist: Shortlist) -> None:
    data = {name: value for name, value in as_shown(officer, shortlist).items() if not name.endswith("-award")}
    text = officer.post(page_of(shortlist), data).content.decode()
    assert "Tick at least one application." in text
    assert not Grant.objects.exists()


def test_what_somebody_else_has_awarded_since_is_left_alone(officer: Client, shortlist: Shortlist) -> None:
    data = as_shown(officer, shortlist)
    first, second = shortlist.rows.order_by("position")[:2]
    award_shortlist(shortlist, by=make_staff(), only={first.pk})
    mistaken = officer.post(page_of(shortlist), data | {"form-1-addressee_en": ""}).content.decode()
    awards, left_alone = mistaken.split("Left alone")
    assert "Place 1" not in awards
    assert "Place 2" in awards, "each line keeps its own application"
    assert "has a grant already" in left_alone
    assert said(officer.post(page_of(shortlist), data))[-1] == "1 grant awarded; its letter is being made."
    assert Grant.objects.filter(row=second).count() == 1
    response = officer.post(page_of(shortlist), data)
    assert said(response)[-1] == "Nothing was awarded: these applications have their grants already."


@pytest.mark.parametrize(
    "data",
    [{}, {"form-TOTAL_FORMS": "x"}, {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-row": "x"}],
)
def test_a_broken_post_awards_nothing(officer: Client, shortlist: Shortlist, data: dict[str, str]) -> None:
    assert officer.post(page_of(shortlist), data).status_code == 200
    assert not Grant.objects.exists()


# --- lists


def test_a_country_office_sees_its_own_country(client: Client) -> None:
    grants = awarded(2)
    abroad = make_municipality("Kutaisi", country="GE")
    Grant.objects.filter(pk=grants[1].pk).update(municipality=abroad)
    client.force_login(make_staff(Role.COUNTRY_OFFICER, country="GE"))
    for page in (LIST, "/en/admin/grants/letter/"):
        text = client.get(page).content.decode()
        assert "Kutaisi" in text
        assert "Place 1" not in text
    assert client.get(f"{LIST}{grants[1].pk}/change/").status_code == 200
    assert client.get(f"{LIST}{grants[0].pk}/change/").status_code in (302, 404)


def test_a_municipality_is_found_however_it_is_spelt(officer: Client) -> None:
    awarded()
    Municipality.objects.update(name_hy="Սեւան")
    for page in (LIST, "/en/admin/grants/letter/"):
        for query, count in (("ՍԵՎԱՆ", 1), ("սևան", 1), ("0001", 1), ("Գավառ", 0)):
            assert len(officer.get(page, {"q": query}).context["cl"].result_list) == count, (page, query)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("page", "queries"), [("grant/", 8), ("letter/", 5), ("grant/{grant}/change/", 5), ("letter/{letter}/change/", 3)]
)
def test_the_lists_take_as_many_queries_for_three_rows_as_for_one(
    officer: Client, count: int, page: str, queries: int, django_assert_num_queries: Any
) -> None:
    grants = awarded(count)
    letters = [letter_of(grant) for grant in grants]
    address = f"/en/admin/grants/{page}".format(grant=grants[0].pk, letter=letters[0].pk)
    officer.get(address)
    with django_assert_num_queries(queries):
        text = officer.get(address).content.decode()
    if "change" not in page:
        assert text.count("/files/") == count
