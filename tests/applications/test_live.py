"""Verdicts on the page while one types: nothing waits for the server, and the server says the same afterwards."""

from typing import Any

import pytest

from applications.answers.signs import SPACES
from applications.forms.live import live_data
from applications.messages import SENTENCES
from portal.embedded import ROOT
from tests.applications.sheets import question, sheet
from tests.applications.test_browser import Writer
from tests.support import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def writer(live_server: Any, browser: Any) -> Writer:
    return Writer(live_server, browser)


def open_offline(writer: Writer, section: str, query: str = "") -> Any:
    """A section's page that has been read and is cut off: what it says, it says by itself."""
    page = writer.page()
    page.goto(writer.url(section) + query)
    page.locator("form[data-judged]").wait_for()
    page.context.set_offline(True)
    return page


def errors(page: Any) -> list[str]:
    return [text.strip() for text in page.locator("form .field-error:visible").all_inner_texts()]


def test_questions_appear_and_go_at_once_and_keep_what_was_typed(writer: Writer) -> None:
    page = open_offline(writer, "people")
    partners, name = page.locator('[data-question="partner-list"]'), page.locator('[name="partner-list.0-name"]')
    assert not partners.is_visible()
    page.get_by_label("Yes").first.check()
    name.fill("School")
    page.get_by_label("No", exact=True).check()
    partners.wait_for(state="hidden")
    page.get_by_label("Yes").first.check()
    partners.wait_for(state="visible")
    assert name.input_value() == "School"


def test_what_is_wrong_is_said_when_a_field_was_left_and_goes_when_it_is_mended(writer: Writer) -> None:
    page = open_offline(writer, "people")
    field = page.get_by_label("Of them women (%)").first
    field.fill("120")
    page.wait_for_timeout(100)
    assert errors(page) == []
    field.blur()
    wait_until(lambda: errors(page) == ["Must be at most 100."])
    assert field.get_attribute("aria-invalid") == "true"
    assert "field-women-percent_error" in str(field.get_attribute("aria-describedby"))
    assert page.locator("[data-spoken]").inner_text() == "Must be at most 100."
    field.fill("12")
    wait_until(lambda: errors(page) == [])
    assert field.get_attribute("aria-invalid") is None
    page.get_by_label("Number of beneficiaries").first.fill("60,000")
    page.get_by_label("Number of beneficiaries").first.blur()
    wait_until(lambda: len(errors(page)) == 1)
    assert "60,000” can be read in two ways. Please write 60\u00a0000 or 60:" in errors(page)[0]


def test_what_the_server_found_missing_stays_until_it_is_answered(writer: Writer) -> None:
    page = open_offline(writer, "people", "?check=1")
    missing = errors(page)
    assert missing.count("Not answered yet.") >= 2
    page.get_by_label("Number of beneficiaries").first.fill("12")
    wait_until(lambda: len(errors(page)) == len(missing) - 1)


def test_rows_come_and_go_by_keyboard_and_the_row_that_is_wrong_is_the_one_that_is_marked(writer: Writer) -> None:
    page = open_offline(writer, "people")
    page.get_by_label("Yes").first.check()
    page.locator('[name="partner-list.0-name"]').fill("School")
    page.get_by_role("button", name="Add a row").press("Enter")
    page.get_by_role("button", name="Add a row").press("Enter")
    assert page.evaluate("document.activeElement.name") == "partner-list.2-name"
    # The second row is empty, so what is kept has this one in the second place.
    page.locator('[name="partner-list.2-contribution"]').fill("x")
    page.locator('[name="partner-list.2-contribution"]').blur()
    page.locator('[id="field-partner-list.2-contribution_error"]').wait_for()
    page.get_by_role("button", name="Remove Row 1").press("Enter")
    assert [text.strip() for text in page.locator("legend:visible", has_text="Row").all_inner_texts()] == [
        "Row 1",
        "Row 2",
    ]
    assert page.evaluate("document.activeElement.name") == "partner-list.1-name"
    page.get_by_role("button", name="Bring it back").click()
    assert page.locator('[name="partner-list.0-name"]').input_value() == "School"
    assert page.locator("legend:visible", has_text="Row").count() == 3


def test_rows_that_were_added_are_saved_and_no_more_are_offered_than_there_may_be(writer: Writer) -> None:
    page = writer.page()
    page.goto(writer.url("people"))
    page.locator("form[data-judged]").wait_for()
    page.get_by_label("Yes").first.check()
    add = page.get_by_role("button", name="Add a row")
    for _row in range(9):
        add.click()
    add.wait_for(state="hidden")
    page.locator('[name="partner-list.9-name"]').fill("The tenth")
    wait_until(lambda: writer.kept("people").get("partner-list") == [{"name": "The tenth"}])


def test_rows_that_were_not_saved_are_brought_back(writer: Writer) -> None:
    page = open_offline(writer, "people")
    page.get_by_label("Yes").first.check()
    page.get_by_role("button", name="Add a row").click()
    page.locator('[name="partner-list.1-name"]').fill("Library")
    page.locator(".save-state", has_text="Not saved: no connection").wait_for()
    wait_until(lambda: "Library" in (page.evaluate("JSON.stringify({...localStorage})") or ""))
    page.context.set_offline(False)
    page.goto(writer.url("people"))
    wait_until(lambda: writer.kept("people").get("partner-list") == [{"name": "Library"}])


def test_a_budget_is_held_against_the_call_while_typing(writer: Writer) -> None:
    page = open_offline(writer, "budget")
    assert page.get_by_text("Exactly €60,000 must be requested.").is_visible()
    page.get_by_label("Staff: Total cost").first.fill("70 000")
    page.get_by_label("Staff: Requested").first.fill("65 000")
    page.get_by_label("Staff: Requested").first.blur()
    wait_until(lambda: errors(page) == ["The amount requested is €65,000; in this call it must be exactly €60,000."])
    assert page.locator('[data-share="budget"]').inner_text() == "7.1 %"
    page.get_by_label("Staff: Requested").first.fill("60 000")
    wait_until(lambda: errors(page) == [])
    page.get_by_label("Works: Total cost").first.fill("1 000")
    page.get_by_label("Works: Requested").first.fill("1 000,01")
    page.get_by_label("Works: Requested").first.blur()
    wait_until(lambda: errors(page) == ["The part requested is above the total cost of this line."])
    page.get_by_label("Works: Requested").first.fill("")
    page.get_by_role("button", name="Add a source").click()
    page.get_by_label("Who pays").first.fill("The municipality")
    page.get_by_label("Amount, EUR").first.fill("10 999,99")
    page.get_by_label("Amount, EUR").first.blur()
    wait_until(lambda: len(errors(page)) == 1)
    assert page.locator('[data-open="budget"]').inner_text() == "€0.01"
    page.get_by_label("Amount, EUR").first.fill("11 000")
    wait_until(lambda: errors(page) == [])


def test_words_are_counted_as_the_server_counts_them(writer: Writer) -> None:
    page = open_offline(writer, "project")
    counter = page.locator('[data-counter="field-summary"] [data-used]')
    page.locator("#field-summary").fill(" Ի՞նչ\u00a0է սա,\u200bո՞վ\ufeffգիտե \x1c այո՛ ")
    wait_until(lambda: counter.inner_text() == "4")


def test_white_space_in_the_sites_own_script_is_that_of_the_server() -> None:
    assert f"/[{SPACES}]+/" in (ROOT / "static/site/site.js").read_text()


def test_every_sentence_that_can_be_said_while_typing_is_on_the_page() -> None:
    columns = ({"key": "m", "kind": "money", "label": {"en": "m"}},)
    filled = sheet(question("table", columns=columns, rows={"min": 2}), question("decimal", "d", min="0.5"))
    said = live_data(filled, filled.stage.form.sections[0])
    later = {"required", "confirm", "file_required", "too_few_rows", "one_priority"}
    assert set(said["sentences"]) == set(SENTENCES) - later
    assert said["sentences"]["places"].keys() == {"2", "4"}
    assert "{typed}" in said["sentences"]["places"]["2"]
    assert said["numbers"]["0.5"]
