"""A login that expires while somebody types, in a real browser: the text waits in its window until it can be saved."""

from typing import Any

import pytest
from django.test import Client

from calls.models import SavedSearch
from portal.accounts.models import Person
from tests.applications.test_browser import Writer
from tests.support import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PASSWORD = "Demonstration-2021"


@pytest.fixture
def writer(live_server: Any, browser: Any) -> Writer:
    """A clerk with a password, logged in."""
    writer = Writer(live_server, browser)
    clerk = clerk_of(writer)
    clerk.set_password(PASSWORD)
    clerk.save()
    client = Client()
    client.force_login(clerk)
    writer.cookie["value"] = client.cookies["sessionid"].value
    return writer


def clerk_of(writer: Writer) -> Person:
    return Person.objects.get(memberships__municipality=writer.entry.application.municipality)


def held(page: Any, text: str) -> None:
    page.get_by_role("heading", name="Your text is still here").wait_for()
    assert text in page.locator("main").inner_text()


def log_in_beside(page: Any, clerk: Person) -> None:
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Log in").click()
    other = opened.value
    other.locator("[name=login]").fill(clerk.email)
    other.locator("[name=password]").fill(PASSWORD)
    other.locator("main").get_by_role("button", name="Log in").click()
    other.get_by_role("heading", name="You are logged in again").wait_for()


def test_without_a_script_an_answer_waits_for_the_login(writer: Writer) -> None:
    page = writer.page(java_script_enabled=False)
    page.goto(writer.url("project"))
    page.locator("[name=title]").fill("A square for everyone")
    page.context.clear_cookies(name="sessionid")
    page.locator("#form .form-actions button[value=save]").click()
    held(page, "A square for everyone")
    assert writer.kept("project") == {}
    log_in_beside(page, clerk_of(writer))
    again = page.get_by_role("button", name="Try again")
    again.click()
    # The login changed the token of every form; it is renewed on the way.
    page.get_by_text("everything is sent once more").wait_for()
    assert writer.kept("project") == {}
    again.click()
    page.get_by_role("heading", name="Your text is still here").wait_for(state="detached")
    assert writer.kept("project") == {"title": "A square for everyone"}
    page.context.close()


def test_with_a_script_one_press_is_enough(writer: Writer) -> None:
    search = SavedSearch.objects.create(person=clerk_of(writer), name="Before", query="q=x")
    page = writer.page()
    page.goto(f"/en/calls/searches/{search.pk}/")
    page.locator("main [name=name]").fill("Calls for squares")
    page.context.clear_cookies(name="sessionid")
    page.locator("main form button[type=submit]").click()
    held(page, "Calls for squares")
    again = page.get_by_role("button", name="Try again")
    again.click()
    page.get_by_text("You are not logged in yet.").wait_for()
    log_in_beside(page, clerk_of(writer))
    again.click()
    wait_until(lambda: SavedSearch.objects.get().name == "Calls for squares")
    page.get_by_role("heading", name="Your text is still here").wait_for(state="detached")
    page.context.close()
