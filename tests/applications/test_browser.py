"""Filling in with a real browser: saved while one types, only what is asked is shown; and all without scripts too."""

from typing import Any

import pytest
from django.test import Client

from applications.models import Attachment, SectionAnswers, StageEntry
from tests.factories import PDF, make_call, make_draft, make_member, make_municipality
from tests.support import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


class Writer:
    """A clerk's draft in the innovation call, and the pages of a browser that is logged in."""

    def __init__(self, live_server: Any, browser: Any) -> None:
        municipality = make_municipality()
        clerk = make_member(municipality)
        make_draft(make_call(), municipality, by=clerk)
        self.entry: StageEntry = make_draft(make_call("M4EG-2021-INNOVATION"), municipality, by=clerk)
        client = Client()
        client.force_login(clerk)
        self.cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        self.live_server, self.browser = live_server, browser

    def page(self, **options: Any) -> Any:
        context = self.browser.new_context(base_url=self.live_server.url, **options)
        context.add_cookies([self.cookie])
        return context.new_page()

    def url(self, section: str) -> str:
        return f"/en/applications/{self.entry.pk}/section/{section}/"

    def kept(self, section: str) -> dict[str, Any]:
        row = SectionAnswers.objects.filter(entry=self.entry, section=section).first()
        return row.answers if row else {}


@pytest.fixture
def writer(live_server: Any, browser: Any) -> Writer:
    return Writer(live_server, browser)


def test_what_is_typed_is_saved_and_only_what_is_asked_is_shown(writer: Writer) -> None:
    page = writer.page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(writer.url("people"))
    partners = page.locator('[data-question="partner-list"]')
    assert not partners.is_visible()
    page.get_by_label("Yes").check()
    partners.wait_for(state="visible")
    page.get_by_label("Number of beneficiaries").fill("60,000")
    wait_until(lambda: writer.kept("people").get("beneficiaries") == "60,000")
    page.locator(".save-state", has_text="Saved at").wait_for()
    assert "answers are missing" in page.locator("[data-draft-bar]").inner_text()
    page.get_by_label("No", exact=True).check()
    partners.wait_for(state="hidden")
    assert errors == []


def test_sums_of_the_budget_follow_what_is_typed(writer: Writer) -> None:
    page = writer.page()
    page.goto(writer.url("budget"))
    page.get_by_label("Staff: Total cost").fill("10 000")
    page.get_by_label("Staff: Requested").fill("4 000,50")
    page.locator("tfoot", has_text="€4,000.50").wait_for()
    page.locator('[data-rest="budget"]', has_text="€5,999.50").wait_for()


def test_without_a_connection_the_text_stays_on_the_computer(writer: Writer) -> None:
    page = writer.page()
    page.goto(writer.url("project"))
    page.context.set_offline(True)
    page.get_by_label("Title of the project").fill("A square for everyone")
    page.locator(".save-state", has_text="Not saved: no connection").wait_for()
    assert writer.kept("project") == {}
    page.context.set_offline(False)

    def shown() -> bool:
        # The line came back and the page saves: one that is opened in the same instant may be older than that save.
        page.goto(writer.url("project"))
        return bool(page.get_by_label("Title of the project").input_value() == "A square for everyone")

    wait_until(shown)
    wait_until(lambda: writer.kept("project") == {"title": "A square for everyone"})


def test_everything_works_without_scripts(writer: Writer) -> None:
    page = writer.page(java_script_enabled=False)
    page.goto(writer.url("people"))
    page.get_by_label("Yes").check()
    page.get_by_label("Name", exact=True).fill("School")
    page.get_by_role("button", name="Add a row").click()
    assert page.get_by_label("Name", exact=True).count() == 2
    page.get_by_label("Name", exact=True).nth(1).fill("Library")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go on").click()
    assert [row["name"] for row in writer.kept("people")["partner-list"]] == ["School", "Library"]
    page.goto(writer.url("annexes"))
    file = {"name": "decision.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.get_by_label("Decision of the municipal council").set_input_files([file, {**file, "name": "second.pdf"}])
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()
    assert Attachment.objects.filter(removed_at=None).count() == 2
    with page.expect_navigation():
        page.get_by_role("button", name="Remove second.pdf").click()
    assert Attachment.objects.filter(removed_at=None).count() == 1
