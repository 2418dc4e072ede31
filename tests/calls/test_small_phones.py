"""The public pages of a call on a small phone, in the longer language: nothing reaches over the edge."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.content.test_look import violations
from tests.factories import make_call
from tests.support import Clock

CALL = "M4EG-2021-PILOT"


@pytest.mark.django_db(transaction=True)
def test_pages_of_a_call_fit_and_are_usable_by_everybody(page: Any, clock: Clock) -> None:
    clock.set(datetime(2027, 3, 1, 9, tzinfo=UTC))
    make_call(CALL)
    wide: dict[str, int] = {}
    for part in ("", "questions/", "print/", "changes/", "answers/", "results/"):
        page.set_viewport_size({"width": 320, "height": 800})
        page.goto(f"/hy/calls/{CALL}/{part}")
        wide[part] = page.evaluate("document.documentElement.scrollWidth")
        assert violations(page) == [], part
    assert set(wide.values()) == {320}, wide
