"""The form builder: what it writes is what a call file writes, and nothing breaks behind one's back."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calls.callfile.dump import dump_text
from calls.models import Call, CallState, FormSection, Question, Stage
from calls.spec import CallSpec, FormSpec, QuestionSpec, SectionSpec
from calls.transfer import spec_of
from tests.calls.sent import at, page, send, values
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


def of(form: FormSpec, key: str) -> Any:
    """A question of a form; its condition is read as whatever it is."""
    found = form.question(key)
    assert found is not None
    return found


def asked(call: Call, key: str) -> Any:
    return of(written(call).stages[0].form, key)


def first(call: Call) -> Stage:
    found: Stage = call.stages.get(position=0)
    return found


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


def test_a_question_is_added_with_a_key_from_its_english_label(officer: Client, call: Call) -> None:
    section = FormSection.objects.get(stage=first(call))
    path = f"{at(call, 'question', 'add')}?parent={section.pk}"
    chooser = page(officer, path)
    for kind in ("One line of text", "Budget", "Heading"):
        assert kind in chooser
    for _twice in range(2):
        response = send(
            officer,
            f"{path}&kind=long_text",
            label_hy="Ինչու՞",
            label_en="Why is it needed, and by whom exactly?",
            max_words="400",
            required="on",
        )
        assert response.status_code == 302, response.context["form"].faults
    added = written(call).stages[0].form.sections[0].questions[-2:]
    assert [one.key for one in added] == ["why-is-it-needed-and-by", "why-is-it-needed-and-by-2"]
    assert added[0].max_words == 400
    assert added[0].required


def test_lines_are_added_moved_and_removed_without_a_script_and_saved_in_their_order(
    officer: Client, call: Call
) -> None:
    path = at(call, "question", question(call, "fields").pk)
    shown = values(page(officer, path))
    for act in ("add:choices", "up:choices-1", "remove:choices-0"):
        answer = officer.post(path, {**shown, "lines": act})
        assert answer.status_code == 200
        assert "Nothing was saved yet" not in answer.content.decode(), "a button of a line judges nothing"
        shown = values(answer.content.decode())
    assert [one.code for one in asked(call, "fields").choices] == ["water", "roads"]
    shown |= {"choices-2-title_en": "Street light", "choices-2-title_hy": "Լուսավորություն", "drop": "on"}
    assert officer.post(path, shown).status_code == 302
    choices = asked(call, "fields").choices
    assert [(one.code, one.title["en"]) for one in choices] == [("roads", "Roads"), ("street-light", "Street light")]


def test_lines_within_lines_are_written_too(officer: Client, call: Call) -> None:
    path = at(call, "question", question(call, "partner-list").pk)
    shown = values(page(officer, path))
    answer = officer.post(path, {**shown, "lines": "add:columns-1-choices"})
    shown = values(answer.content.decode()) | {"columns-1-choices-1-title_en": "Member"}
    shown["columns-1-choices-1-title_hy"] = "Անդամ"
    assert officer.post(path, shown).status_code == 302
    column = asked(call, "partner-list").columns[1]
    assert [one.code for one in column.choices] == ["lead", "member"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("question: partners\nequalz: true", "Line 2: equalz: is not a key of the format; write “equals”"),
        ("{a: [", "this is not YAML"),
        ("all: []", "is an empty list; write at least one entry"),
        ("{question: fields, equals: 'rail'}", "“rail” is never the answer to “fields” (choices); write one of"),
        ("{question: sure, answered: true}", "“sure” comes later in the form"),
        ("{question: people, answered: true}", "“people” is this question itself"),
        ("{question: nothing, answered: true}", "there is no question “nothing” in this form"),
    ],
)
def test_a_wrong_condition_is_said_at_its_field_in_the_words_of_the_reader(
    officer: Client, call: Call, text: str, sentence: str
) -> None:
    before = dump_text(written(call))
    answer = send(officer, at(call, "question", question(call, "people").pk), show_if=text)
    assert answer.status_code == 200
    assert sentence in " ".join(answer.context["form"].errors["show_if"])
    assert values(answer.content.decode())["show_if"].strip() == text.strip(), "typed text is still there"
    assert dump_text(written(call)) == before


def test_conditions_follow_a_new_key(officer: Client, call: Call) -> None:
    assert send(officer, at(call, "question", question(call, "partners").pk), key="with-partners").status_code == 302
    form = written(call).stages[0].form
    assert of(form, "partner-list").show_if.question == "with-partners"
    assert of(form, "sure").show_if.all[1].not_.question == "with-partners"


def test_a_key_that_another_question_has_is_refused(officer: Client, call: Call) -> None:
    answer = send(officer, at(call, "question", question(call, "partners").pk), key="sure")
    assert "has this key already" in str(answer.context["form"].errors["key"])


def test_an_answer_on_which_a_condition_rests_is_removed_only_with_the_condition(officer: Client, call: Call) -> None:
    path = at(call, "question", question(call, "fields").pk)
    changes = {"choices-0-DELETE": "on"}
    answer = send(officer, path, **changes)
    assert answer.status_code == 200
    assert [one.key for one in answer.context["form"].broken] == ["sure"]
    assert asked(call, "sure").show_if is not None
    assert officer.post(path, {**values(answer.content.decode()), "drop": "on"}).status_code == 302
    form = written(call).stages[0].form
    assert of(form, "sure").show_if is None
    assert of(form, "sure").text["en"] == "Line one.\n\nLine two.\n", "nothing else of it changed"
    assert [one.code for one in of(form, "fields").choices] == ["roads"]


def test_another_kind_says_first_what_is_lost(officer: Client, call: Call) -> None:
    path = at(call, "question", question(call, "partner-list").pk)
    html = page(officer, f"{path}?kind=long_text")
    assert "the columns" in html
    assert "the least and greatest number of rows" in html
    assert question(call, "partner-list").kind == "table", "looking changes nothing"
    assert send(officer, f"{path}?kind=long_text", max_words="200").status_code == 302
    changed = asked(call, "partner-list")
    assert (changed.kind, changed.max_words, changed.columns) == ("long_text", 200, ())


def test_texts_of_a_language_that_the_call_no_longer_has_are_kept_and_not_shown(officer: Client, call: Call) -> None:
    Call.objects.filter(pk=call.pk).update(languages=["en"])
    assert asked(call, "fields").choices[0].title == {"en": "Water"}
    assert asked(call, "sure").text == {"en": "Line one.\n\nLine two.\n"}
    for key, changes in (("fields", {"choices-0-title_en": "Drinking water"}), ("sure", {"text_en": "One line."})):
        assert send(officer, at(call, "question", question(call, key).pk), **changes).status_code == 302
    Call.objects.filter(pk=call.pk).update(languages=["hy", "en"])
    assert asked(call, "fields").choices[0].title == {"hy": "Ջուր", "en": "Drinking water"}
    assert asked(call, "sure").text == {"hy": "Տողը մեկ։\n\nՏողը երկու։\n", "en": "One line."}


# Order


def order_now(call: Call) -> str:
    return ";".join(
        f"{section.pk}:{','.join(str(one.pk) for one in section.questions.all())}"
        for section in first(call).form_sections.all()
    )


def test_questions_move_by_buttons_within_and_between_sections(officer: Client, call: Call) -> None:
    second = FormSection.objects.create(stage=first(call), code="more", position=1)
    path = at(call, "stages", first(call).pk, "form")
    officer.post(path, {"move": f"up:{question(call, 'fields').pk}"})
    assert keys(call)[:2] == ["fields", "partners"]
    officer.post(path, {"move": f"down:{question(call, 'sure').pk}"})
    assert question(call, "sure").section == second
    officer.post(path, {"place": f"{question(call, 'people').pk}:{second.pk}:{question(call, 'sure').pk}"})
    assert [one.key for one in second.questions.all()] == ["people", "sure"]
    officer.post(path, {"move": f"section-down:{first(call).form_sections.all()[0].pk}", "drop": "1"})
    assert first(call).form_sections.first() == second


def test_a_move_that_breaks_a_condition_asks_first(officer: Client, call: Call) -> None:
    path = at(call, "stages", first(call).pk, "form")
    before = dump_text(written(call))
    wanted = order_now(call)
    partners, listed = str(question(call, "partners").pk), str(question(call, "partner-list").pk)
    wanted = wanted.replace(f"{partners},", "", 1).replace(listed, f"{listed},{partners}", 1)
    answer = officer.post(path, {"order": wanted})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "List of partners" in html
    assert "comes later in the form" in html
    assert dump_text(written(call)) == before
    assert officer.post(path, {"order": wanted, "drop": "1"}).status_code == 302
    form = written(call).stages[0].form
    assert [one.key for one in form.questions()][:4] == ["fields", "people", "partner-list", "partners"]
    assert of(form, "partner-list").show_if is None
    assert of(form, "sure").show_if is not None


def test_an_order_made_on_an_old_page_changes_nothing(officer: Client, call: Call) -> None:
    wanted = order_now(call)
    Question.objects.create(section=question(call, "sure").section, key="late", kind="date", label="Late", position=9)
    before = dump_text(written(call))
    answer = officer.post(at(call, "stages", first(call).pk, "form"), {"order": wanted}, follow=True)
    assert "has changed meanwhile" in answer.content.decode()
    assert dump_text(written(call)) == before


def test_removing_says_what_rests_on_it(officer: Client, call: Call) -> None:
    path = at(call, "question", question(call, "partners").pk, "remove")
    html = page(officer, path)
    assert "List of partners" in html
    assert "Statement" in html
    officer.post(path, {"drop": "1"})
    form = written(call).stages[0].form
    assert form.question("partners") is None
    assert of(form, "partner-list").show_if is None
    assert [row.position for row in question(call, "sure").section.questions.all()] == [0, 1, 2, 3]


def test_a_double_has_a_key_of_its_own_and_stands_behind(officer: Client, call: Call) -> None:
    officer.post(at(call, "question", question(call, "fields").pk, "duplicate"))
    officer.post(at(call, "question", question(call, "fields").pk, "duplicate"))
    assert keys(call)[:4] == ["partners", "fields", "fields-3", "fields-2"]
    form = written(call).stages[0].form
    assert of(form, "fields-2").model_copy(update={"key": "fields"}) == of(form, "fields")


def test_the_form_of_another_call_is_taken_over_when_that_is_confirmed(officer: Client, call: Call) -> None:
    source = make_call(PILOT).stages.get(position=1)
    path = at(call, "stages", first(call).pk, "form", "copy")
    assert officer.post(path, {"source": source.pk}).context["form"].errors["replace"]
    assert officer.post(path, {"source": source.pk, "replace": "on"}).status_code == 302
    theirs = spec_of(Call.objects.get(pk=source.call_id)).stages[1].form
    title = theirs.sections[0].questions[0]
    assert title.fixed
    assert written(call).stages[0].form.question("title") == title.model_copy(update={"fixed": False})
    assert list(written(call).stages[0].form.questions())[1:] == list(theirs.questions())[1:]


def test_an_answer_of_the_earlier_stage_stays_only_where_that_stage_asks_the_same(officer: Client) -> None:
    call = make_call(PILOT, published=False)
    second = call.stages.get(position=1)
    first_title, title, activities = (
        Question.objects.get(section__stage__call=call, section__stage__position=place, key=key)
        for place, key in ((0, "title"), (1, "title"), (1, "activities"))
    )
    box, stays = 'name="fixed"', "the answer of the earlier stage stays"
    assert box not in page(officer, at(call, "question", first_title.pk)), "nothing comes before the first stage"
    assert box in page(officer, at(call, "question", activities.pk))
    answer = send(officer, at(call, "question", activities.pk), fixed="on")
    assert "does not ask “activities”" in str(answer.context["form"].errors["fixed"])
    assert "that the answer of the earlier stage stays" in page(
        officer, f"{at(call, 'question', title.pk)}?kind=heading"
    )

    path = at(call, "stages", second.pk, "form")
    assert page(officer, path).count(stays) == 1
    assert cost(officer, path) == 12
    for key in ("begins", "ends"):
        for row in (first_title, title):
            Question.objects.create(section=row.section, key=key, kind="date", label=key, settings={"fixed": True})
    assert cost(officer, path) == 12, "the same for three answers that stay"
    Question.objects.filter(key__in=("begins", "ends")).delete()
    assert send(officer, at(call, "question", first_title.pk), max_characters="200").status_code == 302
    assert "may not fit “max_characters” here" in page(officer, path)
    assert "#id_fixed" in page(officer, at(call))
    officer.post(at(call, "question", title.pk, "duplicate"))
    assert not of(written(call).stages[1].form, "title-2").fixed
    assert "“Title of the action”" in page(officer, at(call, "preview", "applicant", second.pk))

    Stage.objects.filter(pk=second.pk).update(admission=Stage.Admission.OPEN)
    answer = send(officer, at(call, "question", title.pk))
    assert "Only a stage by invitation" in str(answer.context["form"].errors["fixed"])
    assert send(officer, at(call, "question", title.pk), fixed=None).status_code == 302
    assert not of(written(call).stages[1].form, "title").fixed
    assert box not in page(officer, at(call, "question", title.pk))


# Two at once, and a call that is no longer a draft


def test_what_somebody_else_saved_meanwhile_stands_beside_what_was_typed(officer: Client, call: Call) -> None:
    path = at(call, "question", question(call, "fields").pk)
    mine = values(page(officer, path))
    send(officer, path, label_en="Areas of work", **{"choices-0-title_en": "Drinking water"})
    answer = officer.post(path, {**mine, "label_en": "Our fields", "choices-1-title_en": "Streets"})
    html = answer.content.decode()
    assert "Areas of work" in html
    assert "Our fields" in html
    assert "Drinking water" in html
    assert asked(call, "fields").label["en"] == "Areas of work"
    assert officer.post(path, values(html)).status_code == 302, "saving again is a decision"
    assert asked(call, "fields").label["en"] == "Our fields"


def test_where_the_call_was_published_meanwhile_nothing_is_saved_and_the_text_is_still_there(
    officer: Client, call: Call
) -> None:
    path = at(call, "question", question(call, "fields").pk)
    mine = values(page(officer, path))
    Call.objects.filter(pk=call.pk).update(state=CallState.PUBLISHED, published_at=call.created_at)
    answer = officer.post(path, {**mine, "label_en": "Too late"})
    assert "no longer a draft" in answer.content.decode()
    assert "Too late" in answer.content.decode()
    assert "Too late" not in dump_text(written(call))
    assert officer.post(at(call, "stages", first(call).pk, "form"), {"order": order_now(call)}).status_code == 302
    for step in ("duplicate", "remove"):
        officer.post(at(call, "question", question(call, "fields").pk, step))
    assert len(keys(call)) == len(QUESTIONS)


# Who


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [("programme_officer", 200, 302), ("auditor", 200, 404), ("country_officer", 404, 404), ("assessor", 404, 404)],
)
def test_roles(client: Client, call: Call, role: str, reads: int, writes: int) -> None:
    client.force_login(make_staff(role, country="AM" if role == "country_officer" else None))
    stage, row = first(call), question(call, "fields")
    for path in (at(call, "stages", stage.pk, "form"), at(call, "stages", stage.pk, "checks")):
        assert client.get(path).status_code == reads
    assert client.get(at(call, "question", row.pk)).status_code == reads
    assert client.post(at(call, "question", row.pk, "duplicate")).status_code == writes
    assert client.post(at(call, "stages", stage.pk, "form"), {"order": order_now(call)}).status_code == writes


def test_a_question_of_another_call_is_not_reached_through_this_one(officer: Client, call: Call) -> None:
    other = make_call(PILOT, published=False)
    row = Question.objects.filter(section__stage__call=other)[0]
    assert officer.get(at(call, "question", row.pk)).status_code == 404
    assert officer.get(at(call, "stages", first(other).pk, "form")).status_code == 404


# What it costs


def cost(client: Client, path: str) -> int:
    page(client, path)
    with CaptureQueriesContext(connection) as captured:
        page(client, path)
    return len(captured)


def test_pages_cost_the_same_for_one_and_three_sections_and_questions(officer: Client) -> None:
    one = make_call(PORTFOLIO, published=False, change=lambda spec: sections(with_questions(spec), 1))
    three = make_call(INNOVATION, published=False, change=lambda spec: sections(with_questions(spec), 3))
    for call in (one, three):
        assert cost(officer, at(call, "stages", first(call).pk, "form")) == 9
        assert cost(officer, at(call, "question", question(call, "partners-0").pk)) == 10
        assert cost(officer, at(call, "question", question(call, "partners-0").pk, "move")) == 8


def sections(spec: CallSpec, count: int) -> CallSpec:
    """The same call, whose first form has so many sections with so many questions each."""
    made = tuple(
        SectionSpec(
            code=f"s{place}",
            title={"hy": "Մաս", "en": "Part"},
            questions=tuple(
                QuestionSpec(
                    key=f"{'partners' if not number else f'q{number}'}-{place}", kind="yes_no", label={"en": "Q"}
                )
                for number in range(count)
            ),
        )
        for place in range(count)
    )
    stage = spec.stages[0].model_copy(update={"form": FormSpec(sections=made)})
    return spec.model_copy(update={"stages": (stage,), "lots": spec.lots[:1]})
