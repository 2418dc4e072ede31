"""Grants on the site: a municipality's own, its letters, the page that confirms a letter, the results of a call."""

import hashlib
import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from grants.lifecycle import award_shortlist
from grants.models import Grant, Letter
from portal.accounts.models import Municipality, Person, Role
from tests.factories import make_member, make_municipality, make_person, make_staff
from tests.grants.helpers import INNOVATION, PORTFOLIO, awarded, decided, letter_of, make_open_call, municipalities

pytestmark = pytest.mark.django_db
LANGUAGES = ("hy", "en")
LIST = 7


@pytest.fixture
def grant() -> Grant:
    return awarded()[0]


def text_of(client: Client, address: str, person: Person | None = None, status: int = 200) -> str:
    if person:
        client.force_login(person)
    response = client.get(address)
    assert response.status_code == status
    return str(response.content.decode())


# --- the list


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_municipality_without_grants_is_shown_the_way_to_the_calls(client: Client, language: str) -> None:
    person = make_member(make_municipality())
    text = text_of(client, f"/{language}/grants/", person)
    assert f'href="/{language}/calls/"' in text
    assert "documents" not in text


def test_a_grant_is_shown_with_its_letter(client: Client, grant: Grant) -> None:
    letter = letter_of(grant)
    text = text_of(client, "/en/grants/", make_member(grant.municipality, "viewer"))
    assert letter.file
    for said in [
        "A square for everyone",
        "Community make-over",
        "M4EG-2021-INNOVATION-0001",
        "€60,000",
        f'href="/files/{letter.file.token}/{letter.number}.pdf"',
        f"Open the award letter {letter.number} (PDF)",
    ]:
        assert said in text, said


def test_a_grant_stands_on_the_page_of_its_municipality_and_its_letter_in_the_archive(
    client: Client, grant: Grant
) -> None:
    letter, place = letter_of(grant), grant.municipality
    page = text_of(client, "/en/applications/", make_member(place, "viewer"))
    assert letter.file
    assert page.index("<h2>Grants</h2>") < page.index("€60,000") < page.index("All grants with their letters")
    sent = client.get(f"/en/applications/municipality/{place.pk}/everything.zip")
    with zipfile.ZipFile(io.BytesIO(sent.getvalue())) as archive:
        content = archive.read(f"grants/M4EG-2021-INNOVATION-0001/{letter.number}.pdf")
    assert hashlib.sha256(content).hexdigest() == letter.file.sha256


def test_a_letter_that_is_being_made_is_announced(client: Client, grant: Grant) -> None:
    text = text_of(client, "/en/grants/", make_member(grant.municipality, "viewer"))
    assert "The letter is being prepared." in text
    assert "/files/" not in text


def test_a_selection_without_money_names_no_amount(client: Client) -> None:
    (grant,) = awarded(code=PORTFOLIO)
    letter = letter_of(grant)
    text = text_of(client, "/en/grants/", make_member(grant.municipality, "viewer"))
    assert f"Open the notice of selection {letter.number} (PDF)" in text
    assert "€" not in text


def test_grants_of_others_are_not_listed(client: Client, grant: Grant) -> None:
    people = [make_member(make_municipality("Elsewhere")), make_staff(Role.PROGRAMME_OFFICER), make_person()]
    for person in people:
        assert "M4EG-2021-INNOVATION-0001" not in text_of(client, "/en/grants/", person)


def test_the_list_asks_for_a_login(client: Client) -> None:
    response = client.get("/hy/grants/")
    assert (response.status_code, response["Location"]) == (302, "/hy/accounts/login/?next=/hy/grants/")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_grants_as_for_one(
    client: Client, count: int, django_assert_num_queries: Any
) -> None:
    municipality = make_municipality()
    for grant in awarded(count):
        letter_of(grant)
    Grant.objects.update(municipality=municipality)
    client.force_login(make_member(municipality))
    with django_assert_num_queries(LIST):
        text = text_of(client, "/en/grants/")
    assert text.count("/files/") == count


# --- files


def test_a_letter_is_opened_by_those_who_may_see_the_grant(client: Client, grant: Grant) -> None:
    letter = letter_of(grant)
    elsewhere = make_municipality("Elsewhere")
    abroad = make_municipality("Kutaisi", country="GE")
    may = [
        *(make_member(grant.municipality, role) for role in ("head", "editor", "viewer")),
        make_staff(Role.COUNTRY_OFFICER, country="AM"),
        *(make_staff(role) for role in Role.programme_wide()),
    ]
    may_not = [
        make_member(elsewhere, "head"),
        make_member(abroad, "head"),
        make_staff(Role.COUNTRY_OFFICER, country="GE"),
        make_staff(Role.ASSESSOR),
        make_person(),
    ]
    assert letter.file
    address = reverse("documents:file", args=[letter.file.token, letter.file.name])
    for person in may:
        client.force_login(person)
        response = client.get(address)
        assert response.status_code == 200, person
        assert b"".join(response.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
        assert response["Content-Type"] == "application/pdf"
    for person in may_not:
        client.force_login(person)
        assert client.get(address).status_code == 404, person


def test_a_letter_asks_a_stranger_for_a_login(client: Client, grant: Grant) -> None:
    letter = letter_of(grant)
    assert letter.file
    address = reverse("documents:file", args=[letter.file.token, letter.file.name])
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/hy/accounts/login/?next=")


def test_a_member_who_left_sees_the_letter_no_more(client: Client, grant: Grant) -> None:
    letter = letter_of(grant)
    person = make_member(grant.municipality, "head")
    person.memberships.update(since="2020-01-01", until="2020-12-31")
    client.force_login(person)
    assert letter.file
    assert client.get(reverse("documents:file", args=[letter.file.token, "x.pdf"])).status_code == 404


# --- the page that confirms a letter


def typed(letter: Letter) -> list[str]:
    code = letter.code
    groups = [code[start : start + 4] for start in range(0, 16, 4)]
    return [code, code.lower(), "-".join(groups), " ".join(groups), f" {'-'.join(groups).lower()} "]


@pytest.mark.parametrize("language", LANGUAGES)
def test_anyone_may_confirm_a_letter_however_the_code_is_typed(client: Client, grant: Grant, language: str) -> None:
    letter = letter_of(grant)
    assert letter.file
    for code in typed(letter):
        text = text_of(client, f"/{language}/letters/{code}/")
        assert letter.number in text
        assert letter.file.sha256 in text


def test_the_page_tells_nothing_of_what_the_letter_says(client: Client, grant: Grant) -> None:
    letter = letter_of(grant)
    text = text_of(client, f"/en/letters/{letter.code}/")
    for unsaid in ["60,000", "60 000", "Place 1", "A square for everyone", "M4EG-2021-INNOVATION-0001", "/files/"]:
        assert unsaid not in text, unsaid


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["AAAAAAAAAAAAAAAA", "x", "%00", "ԱԲԳԴ-ԱԲԳԴ", "A" * 500, "<script>alert(1)</script>"])
def test_an_unknown_code_is_not_confirmed(client: Client, code: str, language: str) -> None:
    address = reverse("grants:confirm", args=["CODE"]).replace("CODE", code).replace("/hy/", f"/{language}/")
    response = client.get(address)
    assert response.status_code == 404
    assert b"<script>alert" not in response.content
    assert b"SHA-256" not in response.content


def test_a_letter_that_is_not_made_yet_is_not_confirmed(client: Client, grant: Grant) -> None:
    letter = letter_of(grant, rendered=False)
    assert client.get(f"/en/letters/{letter.code}/").status_code == 404


def test_a_letter_that_was_corrected_names_the_later_one(client: Client, grant: Grant) -> None:
    letter = letter_of(grant)
    Letter.objects.create(
        grant=grant, number="LATER-1", addressee_hy="Ա", addressee_en="A", dated=letter.dated, corrects=letter
    )
    assert "A later letter, LATER-1, takes its place." in text_of(client, f"/en/letters/{letter.code}/")


def test_the_page_of_a_notice_names_it_so(client: Client) -> None:
    letter = letter_of(awarded(code=PORTFOLIO)[0])
    assert "notice of selection" in text_of(client, f"/en/letters/{letter.code}/")


# --- the results of a call


def test_the_results_of_a_decided_call_are_public(client: Client) -> None:
    grants = awarded(2)
    for page in (f"/en/calls/{INNOVATION}/results/", f"/hy/calls/{INNOVATION}/results/"):
        text = text_of(client, page)
        for grant in grants:
            assert str(grant.entry.application) in text
            name = (
                grant.entry.application.municipality_name_hy
                if "/hy/" in page
                else grant.entry.application.municipality_name_en
            )
            assert name in text
        assert text.count("A square for everyone") >= 2
    assert "€60,000" in text_of(client, f"/en/calls/{INNOVATION}/results/")


def test_the_results_keep_the_name_of_the_time(client: Client, grant: Grant) -> None:
    Municipality.objects.update(name_en="Renamed", name_hy="Վերանվանված")
    assert "Place 1" in text_of(client, f"/en/calls/{INNOVATION}/results/")


def test_a_call_is_announced_as_decided_once_it_has_awards(client: Client) -> None:
    shortlist = decided(make_open_call(), municipalities(1))
    assert f"/en/calls/{INNOVATION}/results/" not in text_of(client, f"/en/calls/{INNOVATION}/")
    assert "0001" not in text_of(client, f"/en/calls/{INNOVATION}/results/")
    award_shortlist(shortlist, by=make_staff())
    assert f"/en/calls/{INNOVATION}/results/" in text_of(client, f"/en/calls/{INNOVATION}/")


def test_selections_without_money_are_announced_without_amounts(client: Client) -> None:
    (grant,) = awarded(code=PORTFOLIO)
    text = text_of(client, f"/en/calls/{PORTFOLIO}/results/")
    assert str(grant.entry.application) in text
    assert "€" not in text
