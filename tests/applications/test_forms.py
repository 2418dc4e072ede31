"""The fields of a form: what stands in them, posted back unchanged, keeps what is kept."""

from typing import Any

import pytest
from django.forms import BaseForm
from django.http import QueryDict
from django.utils import translation
from hypothesis import given, settings

from applications.answers import clean_section
from applications.forms import SectionForm, posted_answers, without_row
from applications.forms.blocks import Given
from tests.applications.sheets import filled_calls


def posted_by(form: SectionForm) -> QueryDict:
    """Return what a browser sends for an untouched form."""
    data = QueryDict(mutable=True)
    parts: list[BaseForm] = [form]
    for block in form.blocks:
        parts += block.rows
        parts += [bound.form for line in block.lines for bound in (line.total, line.requested)]
    for part in parts:
        for bound in part:
            value = bound.value()
            if isinstance(value, list):
                data.setlist(bound.html_name, value)
            elif value is True:
                data[bound.html_name] = "on"
            elif value not in (None, False):
                data[bound.html_name] = value
    return data


@pytest.mark.parametrize("language", ["hy", "en"])
@settings(max_examples=40, deadline=None)
@given(filled=filled_calls())
def test_an_untouched_form_posted_back_changes_nothing(language: str, filled: Any) -> None:
    call, basics, raw = filled
    with translation.override(language):
        for section in (basics, *call.stages[0].form.sections):
            kept = clean_section(section, raw[section.code])
            form = SectionForm(section, Given(answers=kept, currency=call.currency))
            assert clean_section(section, posted_answers(section, posted_by(form))) == kept


def test_a_row_is_taken_out_of_a_table_or_of_a_budgets_sources() -> None:
    answers = {"t": [{"a": "1"}, {"a": "2"}], "b": {"categories": {}, "sources": [{"name": "x"}, {"name": "y"}]}}
    assert without_row(answers, "t", "0")["t"] == [{"a": "2"}]
    assert without_row(answers, "b.source", "1")["b"]["sources"] == [{"name": "x"}]
    for place, index in (("t", "2"), ("t", "-1"), ("t", "x"), ("other", "0"), ("b", "7")):
        assert without_row(answers, place, index) == answers
