"""The other language: the same place, and a choice that is remembered."""

import pytest
from django.test import Client

from portal.accounts.models import Person

pytestmark = pytest.mark.django_db


def test_the_link_leads_to_the_same_place_with_its_query(client: Client) -> None:
    html = client.get("/hy/pages/nothing/?q=%D5%A1&page=2").content.decode()
    assert 'href="/en/pages/nothing/?q=%D5%A1&amp;page=2" hreflang="en" lang="en"' in html
    html = client.get("/en/accounts/login/?next=/en/").content.decode()
    assert 'href="/hy/accounts/login/?next=/en/" hreflang="hy" lang="hy"' in html


def test_search_engines_find_the_other_language(client: Client) -> None:
    html = client.get("/hy/").content.decode()
    assert '<link rel="alternate" hreflang="en" href="http://testserver/en/">' in html


def test_a_choice_is_remembered_for_messages(client: Client) -> None:
    person = Person.objects.create_user("a@example.org", language="hy")
    client.force_login(person)
    html = client.get("/hy/?q=1").content.decode()
    assert '<input type="hidden" name="next" value="/en/?q=1">' in html
    response = client.post("/hy/language/", {"language": "en", "next": "/en/?q=1"})
    assert response["Location"] == "/en/?q=1"
    person.refresh_from_db()
    assert person.language == "en"


def test_a_choice_leads_nowhere_else(client: Client) -> None:
    client.force_login(Person.objects.create_user("a@example.org"))
    response = client.post("/hy/language/", {"language": "en", "next": "https://example.org/"})
    assert "example.org" not in response["Location"]


def test_an_unknown_language_changes_nothing(client: Client) -> None:
    person = Person.objects.create_user("a@example.org", language="hy")
    client.force_login(person)
    client.post("/hy/language/", {"language": "xx", "next": "/hy/"})
    person.refresh_from_db()
    assert person.language == "hy"


def test_looking_changes_nobody(client: Client) -> None:
    person = Person.objects.create_user("a@example.org", language="hy")
    client.force_login(person)
    client.get("/en/")
    assert client.get("/hy/language/").status_code == 405
    person.refresh_from_db()
    assert person.language == "hy"
