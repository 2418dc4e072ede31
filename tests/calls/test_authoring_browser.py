"""Authoring in a browser: order by mouse and by keyboard, the other clocks while typing, nothing lost unasked."""

from datetime import UTC, datetime
from typing import Any

import pytest

from calls.models import Call
from tests.factories import PASSWORD, make_call, make_country, make_staff

pytestmark = pytest.mark.django_db(transaction=True)
PILOT = "M4EG-2021-PILOT"


def opened(page: Any, path: str) -> None:
    officer = make_staff()
    page.goto(f"/en/admin/login/?next={path}")
    page.fill("input[name=login]", officer.email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"**{path}")


def codes(call: Call) -> list[str]:
    return [lot.code for lot in Call.objects.get(pk=call.pk).lots.all()]


def test_lots_are_ordered_by_mouse_and_by_keyboard(page: Any) -> None:
    call = make_call(PILOT, published=False)
    opened(page, f"/en/admin/calls/call/{call.pk}/setup/lot/")
    rows = page.locator(".su-item")
    box = rows.nth(2).bounding_box()
    with page.expect_navigation():
        rows.nth(0).drag_to(rows.nth(2), target_position={"x": 40, "y": box["height"] - 4})
    assert codes(call) == ["LOT2", "LOT3", "LOT1"]
    page.locator(".su-item").nth(1).get_by_role("button", name="Up").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert codes(call) == ["LOT3", "LOT2", "LOT1"]


def test_the_other_clocks_follow_while_one_types(page: Any) -> None:
    make_country("AM")
    call = make_call(PILOT, published=False, deadline=datetime(2027, 7, 6, 14, 0, tzinfo=UTC))
    stage = call.stages.all()[0]
    opened(page, f"/en/admin/calls/call/{call.pk}/setup/stage/{stage.pk}/")
    beside = page.locator("[data-beside=id_deadline]")
    assert beside.inner_text() == "18:00 (Yerevan)"
    for typed, shown in (("2027-07-06T23:30", "07.07.2027, 01:30 (Yerevan)"), ("2027-12-01T16:00", "19:00 (Yerevan)")):
        page.fill("#id_deadline", typed)
        assert beside.inner_text() == shown


def test_leaving_with_typed_text_asks_first_and_enter_saves(page: Any) -> None:
    call = make_call(PILOT, published=False)
    lot = call.lots.all()[0]
    path = f"/en/admin/calls/call/{call.pk}/setup/lot/{lot.pk}/"
    opened(page, path)
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.click("#id_title_en")
    page.keyboard.type("!")
    page.click("text=Back")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert page.url.endswith(path)
    with page.expect_navigation():
        page.press("#id_title_en", "Enter")
    lot.refresh_from_db()
    assert "!" in lot.title_en  # type: ignore[attr-defined]
    assert asked == ["beforeunload"]
