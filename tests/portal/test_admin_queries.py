"""Lists in the administration take as many queries for three rows as for one; pages open in both languages."""

from typing import Any

import pytest
from django.test import Client

from calls.models import Programme, ProgrammeMembership
from portal.accounts.models import Country, CountryOffice, Membership, Municipality, Region, Role, StaffRole
from portal.content.models import Page
from portal.notices.models import Message
from tests.factories import make_country, make_member, make_municipality, make_person, make_region, make_staff

pytestmark = pytest.mark.django_db

# Queries of a list; of the page of a row for who may change it, where everything is there once and three times; of the
# page for who only reads. Two of each are the person and the roles. A part that can be changed costs one for the
# choice that is shown in each of its lines: Django's own field looks it up alone.
COUNTS = {
    "accounts/country": (4, (3, 3), 3),
    "accounts/countryoffice": (4, (4, 4), 4),
    "accounts/region": (5, (4, 4), 4),
    "accounts/municipality": (5, (10, 12), 6),
    "accounts/person": (5, (9, 13), 6),
    "notices/message": (8, (4, 4), 3),
    "content/page": (4, (3, 3), 3),
    "calls/programme": (4, (3, 3), 3),
    "calls/programmemembership": (6, (7, 7), 5),
}


def make_rows(count: int) -> dict[str, Any]:
    """So many rows of everything; the first of each, by its place in the administration."""
    programme = Programme.objects.create(code="P-0", title_hy="Ծ", title_en="P")
    busy = make_person()
    for number, (code, region) in enumerate([("AM", "AM-LO"), ("GE", "GE-IM"), ("MD", "MD-CA")][:count], 1):
        place = make_municipality(f"Place {number}", country=code, region=make_region(region))
        person = make_member(place, "head")
        Membership.objects.create(person=busy, municipality=place, role="editor")
        StaffRole.objects.create(person=busy, role=Role.COUNTRY_OFFICER, country_id=code)
        make_member(Municipality.objects.get(name_en="Place 1"), "editor")
        Membership.objects.create(person=make_staff(Role.ASSESSOR), municipality=place, role="viewer")
        CountryOffice.objects.create(country=make_country(code), name_hy="Գ", name_en="O", email="o@example.org")
        Page.objects.create(slug=f"page-{number}", title_hy="Է", title_en="P", body_hy="Ա", body_en="A")
        Programme.objects.create(code=f"P-{number}", title_hy="Ծ", title_en="P")
        ProgrammeMembership.objects.create(programme=programme, municipality=place)
        Message.objects.create(key=str(number), kind="receipt", recipient=person, to=person.email, language="en")
    return {
        "accounts/country": Country.objects.get(code="AM"),
        "accounts/countryoffice": CountryOffice.objects.first(),
        "accounts/region": Region.objects.first(),
        "accounts/municipality": Municipality.objects.get(name_en="Place 1"),
        "accounts/person": busy,
        "notices/message": Message.objects.first(),
        "content/page": Page.objects.first(),
        "calls/programme": programme,
        "calls/programmemembership": ProgrammeMembership.objects.first(),
    }


def address(place: str, row: Any = None, language: str = "en") -> str:
    return f"/{language}/admin/{place}/" + (f"{row.pk}/change/" if row else "")


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("place", COUNTS)
def test_queries(client: Client, place: str, count: int, django_assert_num_queries: Any) -> None:
    row = make_rows(count)[place]
    of_list, (of_one, of_three), of_reader = COUNTS[place]
    asked = [
        (Role.ADMINISTRATOR, address(place), of_list),
        (Role.ADMINISTRATOR, address(place, row), of_one if count == 1 else of_three),
        (Role.AUDITOR, address(place, row), of_reader),
    ]
    for role, path, queries in asked:
        client.force_login(make_staff(role))
        client.get(path)
        with django_assert_num_queries(queries, info=f"{path} as {role}"):
            assert client.get(path).status_code == 200


@pytest.mark.parametrize("language", ["hy", "en"])
@pytest.mark.parametrize("place", COUNTS)
def test_pages_open_in_both_languages(client: Client, place: str, language: str) -> None:
    row = make_rows(1)[place]
    client.force_login(make_staff(Role.ADMINISTRATOR))
    pages = [address(place, None, language), address(place, row, language), address(place, None, language) + "add/"]
    for path in pages[: 2 if place == "notices/message" else 3]:
        response = client.get(path)
        assert response.status_code == 200, path
        assert f'<html lang="{language}"' in response.content.decode()
