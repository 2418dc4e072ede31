"""The form builder: what it writes is what a call file writes, and nothing breaks behind one's back."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from calls.callfile.dump import dump_text
from calls.models import Call, Question, Stage
from calls.spec import CallSpec, FormSpec, QuestionSpec, SectionSpec
from calls.transfer import spec_of
from tests.calls.test_authoring import Boxes, at, page
from tests.factories import make_call, make_staff

pytestmark = pytest.mark.django_db
PILOT, PORTFOLIO, INNOVATION = "M4EG-2021-PILOT", "M4EG-2021-PORTFOLIO", "M4EG-2021-INNOVATION"

QUESTIONS: list[dict[str, Any]] = [
    {"key": "partners", "kind": "yes_no", "label": {"hy": "Գործընկերներ", "en": "Partners"}, "required": True},
    {
        "key": "fields",
        "kind": "choices",
        "label": {"hy": "Ոլորտներ", "en": "Fields of work"},
        "choices": [
            {"code": "water", "title": {"hy": "Ջուր", "en": "Water"}},
            {"code": "roads", "title": {"hy": "Ճանապարհներ", "en": "Roads"}},
        ],
    },
    {"key": "people", "kind": "integer", "label": {"hy": "Մարդիկ", "en": "People"}, "min": "1", "max": "60000"},
    {
        "key": "partner-list",
        "kind": "table",
        "label": {"hy": "Ցանկ", "en": "List of partners"},
        "show_if": {"question": "partners", "equals": True},
        "columns": [
            {"key": "name", "kind": "short_text", "label": {"hy": "Անուն", "en": "Name"}, "required": True},
            {
                "key": "role",
                "kind": "choice",
                "label": {"hy": "Դեր", "en": "Role"},
                "choices": [{"code": "lead", "title": {"hy": "Առաջատար", "en": "Lead"}}],
            },
            {"key": "share", "kind": "decimal", "label": {"hy": "Մաս", "en": "Share"}, "min": "0.5", "max": "99.5"},
        ],
        "rows": {"min": 1, "max": 10},
    },
    {
        "key": "sure",
        "kind": "declaration",
        "label": {"hy": "Հաստատում", "en": "Statement"},
        "text": {"hy": "Տողը մեկ։\n\nՏողը երկու։\n", "en": "Line one.\n\nLine two.\n"},
        "show_if": {
            "all": [
                {"any": [{"question": "fields", "in": ["water", "roads"]}, {"question": "people", "greater": "20"}]},
                {"not": {"question": "partners", "answered": False}},
            ]
        },
    },
]


def with_questions(spec: CallSpec) -> CallSpec:
    """The same call, whose first stage asks the questions above in one section."""
    section = SectionSpec(
        code="work",
        title={"hy": "Աշխատանք", "en": "Work"},
        questions=tuple(QuestionSpec.model_validate(one) for one in json.loads(json.dumps(QUESTIONS), parse_float=str)),
    )
    first = spec.stages[0].model_copy(update={"form": FormSpec(sections=(section,))})
    return spec.model_copy(update={"stages": (first, *spec.stages[1:])})


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(make_staff("programme_officer"))
    return client


@pytest.fixture
def call() -> Call:
    return make_call(PORTFOLIO, published=False, change=with_questions)


def question(call: Call, key: str) -> Question:
    found: Question = Question.objects.get(section__stage__call=call, section__stage__position=0, key=key)
    return found


def keys(call: Call) -> list[str]:
    return [one.key for one in written(call).stages[0].form.questions()]


def written(call: Call) -> CallSpec:
    return spec_of(Call.objects.get(pk=call.pk))


def first(call: Call) -> Stage:
    found: Stage = call.stages.get(position=0)
    return found


def values(html: str) -> dict[str, Any]:
    """What a browser would send from the page's main form."""
    form = re.search(r'<form method="post" class="su-form.*?</form>', html, re.S)
    assert form, html
    return dict(Boxes(re.sub(r"<template.*?</template>", "", form[0], flags=re.S)).values)


def send(client: Client, path: str, **changes: Any) -> Any:
    found = {**values(page(client, path)), **changes}
    return client.post(path, {name: value for name, value in found.items() if value is not None})


# What is written


@pytest.mark.parametrize("code", [PILOT, PORTFOLIO, INNOVATION])
@pytest.mark.parametrize("language", ["en", "hy"])
def test_every_question_opened_and_saved_leaves_the_call_file_as_it_was(
    officer: Client, code: str, language: str
) -> None:
    call = make_call(code, published=False)
    before = dump_text(written(call))
    for row in Question.objects.filter(section__stage__call=call):
        path = at(call, "question", row.pk).replace("/en/", f"/{language}/")
        response = send(officer, path)
        assert response.status_code == 302, values(response.content.decode())
    assert dump_text(written(call)) == before


def test_questions_of_every_shape_opened_and_saved_stay_as_they_are(officer: Client, call: Call) -> None:
    before = dump_text(written(call))
    for row in Question.objects.filter(section__stage=first(call)):
        response = send(officer, at(call, "question", row.pk))
        assert response.status_code == 302, response.context["form"].faults
    assert dump_text(written(call)) == before
