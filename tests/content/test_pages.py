"""Pages of text, the foot of every page, and the sheet of components."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.utils import translation

from portal.accounts.models import Country, CountryOffice, Person
from portal.content import lifecycle, queries, registry, views
from portal.content.models import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages() -> None:
    lifecycle.load_pages()
    queries.forget_footer()


def test_initial_pages_are_whole_in_both_languages() -> None:
    rows = yaml.safe_load(lifecycle.INITIAL_PAGES.read_text(encoding="utf-8"))
    assert {row["slug"] for row in rows} == {"about", "help", "accessibility", "privacy"}
    for row in rows:
        for texts in (row["title"], row["body"]):
            assert set(texts) == {"hy", "en"}
        hy, en = row["body"]["hy"], row["body"]["en"]
        assert re.findall(r"^##", hy, re.M) == re.findall(r"^##", en, re.M)
        assert len(re.findall(r"^(?:-|\d\.) ", hy, re.M)) == len(re.findall(r"^(?:-|\d\.) ", en, re.M))


def test_loading_twice_keeps_what_was_edited() -> None:
    assert lifecycle.load_pages() == 4
    Page.objects.filter(slug="help").update(title_hy="Նոր օգնություն")
    assert lifecycle.load_pages() == 0
    assert Page.objects.get(slug="help").title_hy == "Նոր օգնություն"


def test_a_file_with_a_missing_text_loads_nothing(tmp_path: Path) -> None:
    path = tmp_path / "pages.yaml"
    path.write_text("- {slug: one, title: {hy: Ա, en: A}, body: {hy: Ա, en: A}}\n- {slug: two, title: {hy: Բ}}\n")
    with pytest.raises(KeyError):
        lifecycle.load_pages(path)
    assert not Page.objects.exists()


@pytest.mark.parametrize(("language", "title"), [("hy", "Օգնություն"), ("en", "Help")])
def test_a_page_is_shown_in_its_language(client: Client, pages: None, language: str, title: str) -> None:
    html = client.get(f"/{language}/pages/help/").content.decode()
    assert f'<html lang="{language}">' in html
    assert f"<h1>{title}</h1>" in html
    assert "<h2>" in html


def test_an_unknown_page_is_told_so_politely(client: Client) -> None:
    response = client.get("/en/pages/nothing/")
    assert response.status_code == 404
    assert "This page does not exist" in response.content.decode()


def test_the_footer_has_pages_and_offices_and_follows_changes(
    client: Client, pages: None, django_capture_on_commit_callbacks: Any
) -> None:
    country = Country.objects.create(code="XA", name_hy="Ա", name_en="A", time_zone="Asia/Yerevan")
    CountryOffice.objects.create(country=country, name_hy="Գ", name_en="Office of A", email="a@example.org")
    queries.forget_footer()
    html = client.get("/en/").content.decode()
    assert "Privacy notice" in html
    assert "mailto:a@example.org" in html
    page = Page.objects.get(slug="privacy")
    page.title_en = "Your data"
    with django_capture_on_commit_callbacks(execute=True):
        lifecycle.save_page(page)
    assert "Your data" in client.get("/en/").content.decode()


def test_the_footer_costs_no_query_once_it_is_known(
    client: Client, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "home_parts", [])
    client.get("/en/")
    with django_assert_num_queries(0):
        client.get("/en/")


def test_pages_leave_history_in_both_languages(pages: None) -> None:
    page = Page.objects.get(slug="help")
    page.title_hy = "Ձեռնարկ"
    page.save()
    event = page.events.order_by("pgh_id").last()
    assert (event.pgh_label, event.title_hy, event.title_en) == ("update", "Ձեռնարկ", "Help")


def test_the_home_page_shows_what_was_registered(monkeypatch: pytest.MonkeyPatch, rf: RequestFactory) -> None:
    monkeypatch.setattr(registry, "home_parts", [])
    registry.add_home_part("components/empty.html", lambda request: None, 1)
    registry.add_home_part("components/note.html", lambda request: {"text": "two calls are open"}, 2)
    request = rf.get("/en/")
    with translation.override("en"):
        html = views.home(request).content.decode()
    assert "No call is open now" not in html
    assert html.count('<div class="note') == 1


def test_the_sheet_of_components_is_for_staff(client: Client) -> None:
    assert client.get("/en/styleguide/").status_code == 404
    client.force_login(Person.objects.create_user("a@example.org"))
    assert client.get("/en/styleguide/").status_code == 404
    client.force_login(Person.objects.create_user("b@example.org", is_staff=True))
    assert client.get("/en/styleguide/").status_code == 200


def test_the_footer_is_kept_by_language(client: Client, pages: None) -> None:
    cache.clear()
    assert "Օգնություն" in client.get("/hy/").content.decode()
    assert "Օգնություն" not in client.get("/en/").content.decode()
