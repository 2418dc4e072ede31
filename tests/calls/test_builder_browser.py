"""The form builder and the grid in a browser: order by mouse, conditions, lines, sums, text that is not lost."""

from decimal import Decimal
from typing import Any

import pytest

from calls.authoring.grid.totals import totals
from calls.models import Call, FormSection
from calls.spec import AllCondition, EqualsCondition, GreaterCondition, InCondition, NotCondition
from portal.accounts.models import Person
from tests.calls.sent import at
from tests.calls.test_builder import PILOT, PORTFOLIO, asked, first, keys, question, with_questions, written
from tests.factories import PASSWORD, make_call, make_staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person() -> Person:
    return make_staff("programme_officer")


@pytest.fixture
def call() -> Call:
    return make_call(PORTFOLIO, published=False, change=with_questions)


def log_in(page: Any, person: Person, address: str) -> None:
    page.goto("/en/accounts/login/")
    page.fill("input[name=login]", person.email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(address)


def save(page: Any) -> None:
    with page.expect_navigation():
        page.click(".su-foot button[type=submit] >> nth=0")


def test_a_condition_is_put_together_from_lists_and_said_in_words(page: Any, person: Person, call: Call) -> None:
    section = FormSection.objects.get(stage=first(call))
    log_in(page, person, f"{at(call, 'question', 'add')}?parent={section.pk}&kind=date")
    page.fill("[name=label_en]", "When does the work begin?")
    assert page.get_attribute("[name=key]", "placeholder") == "when-does-the-work-begin"
    page.fill("[name=label_hy]", "Ե՞րբ")
    editor = page.locator("[data-editor]")
    assert "Always asked." in editor.locator("[data-words]").inner_text()
    editor.get_by_role("button", name="Add a condition").click()
    leaf = editor.locator(".fb-leaf")
    offered = leaf.locator("select").first.locator("option").all_inner_texts()
    assert offered == ["Partners", "Fields of work", "People", "List of partners", "Statement"]
    leaf.locator("select").first.select_option("partners")
    editor.get_by_role("button", name="Add a condition").click()
    second = editor.locator(".fb-leaf").nth(1)
    second.locator("select").first.select_option("people")
    editor.locator(".fb-leaf input[type=text]").fill("20,5")
    said = editor.locator("[data-words]").inner_text()
    assert said == ("Asked only if the answer to “Partners” is “yes” and the answer to “People” is more than 20.5.")
    editor.get_by_role("button", name="Add a group").click()
    group = editor.locator(".fb-group .fb-group")
    group.locator("select").first.select_option("none")
    group.locator("select[data-question]").select_option("fields")
    group = editor.locator(".fb-group .fb-group")
    group.get_by_label("Roads").check()
    save(page)
    condition = asked(call, "when-does-the-work-begin").show_if
    assert condition == AllCondition(
        all=(
            EqualsCondition(question="partners", equals=True),
            GreaterCondition(question="people", greater=Decimal("20.5")),
            NotCondition.model_validate({"not": InCondition.model_validate({"question": "fields", "in": ["roads"]})}),
        )
    )


def test_a_condition_that_is_only_looked_at_stays_as_it_is(page: Any, person: Person, call: Call) -> None:
    before = asked(call, "sure").show_if
    log_in(page, person, at(call, "question", question(call, "sure").pk))
    assert page.locator(".fb-leaf").count() == 3
    save(page)
    assert asked(call, "sure").show_if == before
    log = at(call, "question", question(call, "sure").pk)
    page.goto(log)
    page.locator(".fb-leaf input[type=text]").fill("21")
    page.locator(".fb-leaf input[type=text]").fill("20")
    save(page)
    assert asked(call, "sure").show_if == before, "what the editor writes is read as the same condition"


def test_lines_are_added_moved_and_removed_on_the_page(page: Any, person: Person, call: Call) -> None:
    log_in(page, person, at(call, "question", question(call, "partner-list").pk))
    columns = page.locator("[data-lines=columns] > ol > li")
    columns.nth(2).locator("[data-act=up]").first.click()
    page.locator("button[value='add:columns']").click()
    fresh = columns.nth(3)
    fresh.locator("[data-kind]").select_option("choice")
    fresh.locator("[lang=en][data-text=label]").fill("Since when")
    fresh.locator("[lang=hy][data-text=label]").fill("Երբվանից")
    fresh.locator("[data-act=add]").click()
    fresh.locator("[data-lines] [lang=en]").fill("Last year")
    columns.nth(0).locator("> .fb-line-head [data-act=remove]").click()
    save(page)
    made = asked(call, "partner-list").columns
    assert [(one.key, one.kind) for one in made] == [
        ("share", "decimal"),
        ("role", "choice"),
        ("since-when", "choice"),
    ]
    assert [one.code for one in made[2].choices] == ["last-year"]


def test_questions_are_moved_by_mouse_also_to_another_section(page: Any, person: Person, call: Call) -> None:
    FormSection.objects.create(stage=first(call), code="more", title_en="More", position=1)
    log_in(page, person, at(call, "stages", first(call).pk, "form"))
    page.set_viewport_size({"width": 1280, "height": 1600})
    card = page.locator(f"#question-{question(call, 'people').pk}")
    goal = page.locator("[data-section] >> nth=1 >> [data-questions]")
    card.locator(".fb-handle").hover()
    page.mouse.down()
    box = goal.bounding_box()
    with page.expect_navigation():
        page.mouse.move(box["x"] + 60, box["y"] + 2, steps=12)
        page.mouse.move(box["x"] + 62, box["y"] + 4, steps=3)
        page.mouse.up()
    assert "would no longer hold" in page.content(), "another question rests on it"
    with page.expect_navigation():
        page.click("button.staff-button[type=submit]")
    assert question(call, "people").section.code == "more"
    assert keys(call)[-1] == "people"


def test_the_sums_of_a_grid_are_those_of_the_server_and_a_mark_out_of_reach_is_said_while_typing(
    page: Any, person: Person
) -> None:
    call = make_call(PILOT, published=False)
    address = at(call, "stages", first(call).pk, "grid")
    log_in(page, person, address)
    assert page.inner_text("[data-whole]") == "50"
    page.fill("[name=sections-0-criteria-0-weight]", "2.35")
    page.fill("[name=scale_max]", "4.5")
    page.fill("[name=sections-0-min]", "28.6")
    page.fill("[name=pass_mark]", "46.6")
    weights = [[Decimal("2.35"), Decimal(2), Decimal(1), Decimal(1)], [Decimal(2), Decimal(2)]]
    found = totals(Decimal("4.5"), weights)
    assert found.sections[0] == Decimal("28.575")
    assert found.whole is not None
    assert page.locator("[data-most]").first.inner_text() == "28.575"
    assert page.inner_text("[data-whole]") == f"{found.whole.normalize():f}" == "46.575"
    assert "46.60 cannot be reached" in page.inner_text("[data-mark-note]")
    note = page.locator("[name=sections-0-min] ~ [data-note]")
    assert "28.60 cannot be reached: scale and weights allow at most 28.575." in note.inner_text()
    page.fill("[name=pass_mark]", "30")
    assert not page.locator("[data-mark-note]").is_visible()
    assert page.inner_text("[data-percent]") == f"{found.percent(Decimal(30))} %"
    page.fill("[name=sections-1-code]", "plan")
    options = page.locator("select[data-tie] >> nth=0 >> option").all_inner_texts()
    assert "plan · Design of the action" in options
    page.fill("[name=scale_step]", "0.5")
    page.fill("[name=sections-0-min]", "20")
    save(page)
    evaluation = written(call).stages[0].evaluation
    assert evaluation is not None
    assert evaluation.maximum() == found.whole
    assert page.inner_text("[data-whole]") == "46.575"


def test_text_of_a_session_that_ended_is_offered_again(page: Any, person: Person, call: Call) -> None:
    address = at(call, "question", question(call, "fields").pk)
    log_in(page, person, address)
    page.fill("[name=label_en]", "Typed for an hour")
    page.context.clear_cookies()
    with page.expect_navigation():
        page.click(".su-foot button[type=submit] >> nth=0")
    assert asked(call, "fields").label["en"] == "Fields of work"
    log_in(page, person, address)
    assert page.input_value("[name=label_en]") == "Fields of work"
    with page.expect_navigation():
        page.get_by_role("button", name="Put it back").click()
    assert page.input_value("[name=label_en]") == "Typed for an hour"
    save(page)
    assert asked(call, "fields").label["en"] == "Typed for an hour"
    page.goto(address)
    assert page.locator(".fb-restore").count() == 0


def test_leaving_with_unsaved_text_warns(page: Any, person: Person, call: Call) -> None:
    log_in(page, person, at(call, "question", question(call, "fields").pk))
    page.fill("[name=label_en]", "Not saved")
    asked_first: list[str] = []

    def answer(dialog: Any) -> None:
        asked_first.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.goto(at(call, "stages", first(call).pk, "form"))
    assert asked_first == ["beforeunload"]
