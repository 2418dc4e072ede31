"""Filling in with a real browser: saved while one types, and only what is asked is shown."""

from typing import Any

import pytest
from django.test import Client

from applications.models import SectionAnswers, StageEntry
from tests.factories import make_call, make_draft, make_member, make_municipality
from tests.support import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


class Writer:
    """A clerk's draft in the innovation call, and the pages of a browser that is logged in."""

    def __init__(self, live_server: Any, browser: Any) -> None:
        municipality = make_municipality()
        self.clerk = clerk = make_member(municipality)
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
    page.get_by_label("Yes").first.check()
    partners.wait_for(state="visible")
    page.locator("[name=beneficiaries]").fill("60,000")
    wait_until(lambda: writer.kept("people").get("beneficiaries") == "60,000")
    page.locator(".save-state", has_text="Saved at").wait_for()
    assert "answers are missing" in page.locator("[data-draft-bar]").inner_text()
    page.get_by_label("No", exact=True).check()
    partners.wait_for(state="hidden")
    assert errors == []


def test_sums_of_the_budget_follow_what_is_typed(writer: Writer) -> None:
    page = writer.page()
    page.goto(writer.url("budget"))
    page.get_by_label("Staff: Total cost").first.fill("10 000")
    page.get_by_label("Staff: Requested").first.fill("4 000,50")
    page.locator("tfoot", has_text="€4,000.50").wait_for()
    page.locator('[data-rest="budget"]', has_text="€5,999.50").wait_for()
