"""The grid in a real browser: live sums, the keyboard, and what is asked on completing."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from evaluation.models import Assessment, AssessmentState
from tests.evaluation.factories import begin, make_assessor, make_entry, make_stage
from tests.factories import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


def test_an_assessor_scores_by_keyboard_and_sees_the_sums(page: Any, live_server: Any) -> None:
    person = make_assessor()
    assessment = begin(make_entry(make_stage()), person)
    with translation.override("hy"):
        address = reverse("admin:evaluation_score", args=[assessment.pk])
    page.goto("/hy/accounts/login/")
    page.fill("input[name=login]", person.email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(address)
    groups = page.locator("[role=radiogroup]")
    assert groups.count() == 6
    for position in range(6):
        first = groups.nth(position).locator("input").first
        first.focus()
        for _ in range(3):
            page.keyboard.press("ArrowRight")
    assert page.locator("[data-total]").inner_text() == "40"
    assert [one.inner_text() for one in page.locator("[data-section-total]").all()] == ["24", "16"]
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    assert Assessment.objects.get(pk=assessment.pk).scores.filter(value=4).count() == 6
    groups.first.locator("label").last.click()
    assert page.locator("[data-needed]").first.is_visible()
    page.click("button[name=complete]")
    page.wait_for_selector("[data-errors]")
    assert page.evaluate("document.activeElement.hasAttribute('data-errors')")
    page.locator("textarea").first.fill("Շատ լավ է հիմնավորված")
    page.click("button[name=complete]")
    page.wait_for_url("**/my/")
    assert Assessment.objects.get(pk=assessment.pk).state == AssessmentState.COMPLETED
