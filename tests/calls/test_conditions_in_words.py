"""Conditions as people read them, in the list of questions and in the builder."""

import re
from typing import Any

from django.utils import translation
from pydantic import TypeAdapter

from calls.pages.questions import in_words
from calls.pages.voice import Voice
from calls.spec import Condition, FormSpec


def test_a_group_of_conditions_within_a_group_stands_in_brackets() -> None:
    form = FormSpec.model_validate(
        {
            "sections": [
                {
                    "code": "one",
                    "questions": [{"key": key, "kind": "yes_no", "label": {"en": key}} for key in ("a", "b", "c")],
                }
            ]
        }
    )
    a, b, c = ({"question": key, "equals": True} for key in ("a", "b", "c"))
    voice = Voice("en", "EUR", "Europe/Brussels")

    def words(condition: dict[str, Any]) -> str:
        kept = TypeAdapter(Condition).validate_python(condition)
        with translation.override("en"):
            return re.sub(r"the answer to “(\w)” is “yes”", r"\1", in_words(kept, form, voice))

    assert words({"any": [a, {"all": [b, c]}]}) == "a or (b and c)"
    assert words({"all": [{"any": [a, b]}, {"not": {"any": [b, c]}}]}) == "(a or b) and it is not so that (b or c)"
    assert words({"all": [{"any": [a]}, b]}) == "a and b"
