"""Pages of calls in the administration hold what nobody types: addresses by hand, strange numbers, far moments."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from calls.authoring.places import Places
from calls.callfile.dump import dump_text
from calls.corrigenda import begin_changes
from calls.models import Call, Programme, Question, Stage
from calls.transfer import CONTENT, spec_of
from tests.calls.test_authoring import again, at, draft, fields, page
from tests.factories import make_call, make_staff

pytestmark = pytest.mark.django_db
ADMIN = "/en/admin/calls"
FAR_TOO_LONG = "9" * 5000


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(make_staff("programme_officer"))
    return client


# Addresses


@pytest.mark.parametrize(
    "path",
    [
        *(f"call/abc/{step}/" for step in ("change", "preview", "call-file", "publish", "cancel", "archive")),
        "call/99999999999999999999/change/",
        "waiver/abc/change/",
        "waiver/abc/revoke/",
        "enquiry/abc/change/",
        "programme/abc/change/",
    ],
)
def test_a_word_in_the_place_of_a_key_is_no_page(officer: Client, path: str) -> None:
    page(officer, f"{ADMIN}/{path}", status=404)


@pytest.mark.parametrize("part", ["section", "question", "check"])
def test_a_parent_that_is_no_number_of_a_row_is_no_page(officer: Client, part: str) -> None:
    call = draft()
    for parent in ("", "x", "²", FAR_TOO_LONG, "99999999"):
        page(officer, f"{at(call, part, 'add')}?parent={parent}", status=404)


# Numbers of rows


def test_orders_of_strange_numbers_change_nothing(officer: Client) -> None:
    call = draft()
    before, stage = dump_text(spec_of(again(call))), call.stages.all()[0].pk
    form = at(call, "stages", stage, "form")
    for value in (FAR_TOO_LONG, f"1,{FAR_TOO_LONG}", "²", "-1", "x"):
        assert officer.post(at(call, "lot", "order"), {"ids": value}).status_code == 302
        for name, text in (("order", f"{value}:{value}"), ("move", f"up:{value}"), ("place", f"{value}:1:{value}")):
            assert officer.post(form, {name: text}).status_code == 302
    assert dump_text(spec_of(again(call))) == before


def test_lines_of_strange_numbers_are_read_as_they_stand(officer: Client) -> None:
    call = draft()
    lot, stage = call.lots.all()[0], call.stages.all()[0]
    path = at(call, "lot", lot.pk)
    for change in ({"objectives-total": FAR_TOO_LONG}, {"objectives-do": f"remove-{FAR_TOO_LONG}"}):
        assert officer.post(path, {**fields(page(officer, path)), **change}).status_code in (200, 302)
    grid = at(call, "stages", stage.pk, "grid")
    for change in ({"ties-0-ORDER": FAR_TOO_LONG}, {"lines": f"remove:sections-{FAR_TOO_LONG}"}):
        assert officer.post(grid, {**fields(page(officer, grid)), **change}).status_code in (200, 302)


# Moments


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59", "1899-12-31T23:59", "2200-01-01T00:00"])
def test_moments_at_the_ends_of_the_calendar_are_refused_with_the_text_kept(officer: Client, moment: str) -> None:
    call = draft()
    stage: Any = call.stages.all()[0]
    path = at(call, "stage", stage.pk)
    answer = officer.post(path, {**fields(page(officer, path)), "deadline": moment})
    assert "cannot be read as a date and time" in answer.content.decode()
    assert f'value="{moment}"' in answer.content.decode()
    assert Stage.objects.get(pk=stage.pk).deadline == stage.deadline


# Links


def test_a_page_of_a_published_call_leads_back_to_itself_and_not_to_a_set_up(officer: Client) -> None:
    call = make_call("M4EG-2021-PILOT")
    for step in ("change", "cancel"):
        shown = page(officer, f"{ADMIN}/call/{call.pk}/{step}/")
        assert f'href="{at(call)}"' not in shown
        assert f'href="{reverse("admin:calls_call_change", args=[call.pk])}"'.replace("/hy/", "/en/") in shown


def test_the_checklist_of_a_working_copy_leads_to_its_review_and_to_nothing_that_is_not_there(officer: Client) -> None:
    call = make_call("M4EG-2021-PILOT")
    copy = begin_changes(call, by=None)
    shown = page(officer, at(copy))
    assert f'href="{ADMIN}/call/{copy.pk}/review/"' in shown
    for step in ("call-file", "preview", "publish"):
        assert f"/call/{copy.pk}/{step}/" not in shown


def test_stages_of_the_past_are_no_fault_of_a_working_copy(officer: Client) -> None:
    copy = begin_changes(make_call("M4EG-2021-PILOT"), by=None)
    shown = page(officer, at(copy))
    assert "Nothing stands against these changes" in shown
    assert "write a later moment" not in shown
    assert "when you publish" not in shown


def led_to(officer: Client, path: str) -> tuple[str, str]:
    """The address and the anchor to which the fault at a path leads."""
    place = Places(Call.objects.prefetch_related(*CONTENT).get()).of(_steps(path))
    address, _sharp, anchor = place.url.partition("#")
    return page(officer, address.replace("/hy/", "/en/")), anchor


def _steps(path: str) -> tuple[str | int, ...]:
    return tuple(int(step) if step.isdecimal() else step for step in path.split("."))


@pytest.mark.parametrize(
    ("path", "anchor"),
    [
        ("call.stages.0.evaluation.sections", "sections"),
        ("call.stages.0.evaluation.sections.1.criteria", "sections-1-criteria"),
        ("call.stages.0.evaluation.sections.1.criteria.0", "id_sections-1-criteria-0-code"),
        ("call.stages.0.evaluation.sections.1.criteria.0.weight", "id_sections-1-criteria-0-weight"),
        ("call.stages.0.evaluation.tie_break", "ties"),
        ("call.stages.0.evaluation.tie_break.0", "ties"),
        ("call.stages.1.form.sections.0.questions.3.rows.min", "id_rows_min"),
        ("call.stages.1.form.sections.0.questions.3.columns", "id_columns"),
        ("call.stages.1.form.sections.0.questions.3.columns.1.label.hy", "id_columns-1-label_hy"),
        ("call.stages.1.form.sections.0.questions.3.columns.1.key", "id_columns-1-key"),
    ],
)
def test_faults_of_lists_lead_to_their_lines(officer: Client, path: str, anchor: str) -> None:
    draft()
    shown, found = led_to(officer, path)
    assert found == anchor
    assert f'id="{anchor}"' in shown


def test_a_form_without_questions_leads_to_the_builder(officer: Client) -> None:
    call = draft()
    Question.objects.all().delete()
    stage = call.stages.all()[0]
    url = Places(again(call)).of(("call", "stages", 0, "form")).url
    assert url.endswith(f"/setup/stages/{stage.pk}/form/")


@pytest.mark.parametrize(("step", "label"), [("money", "Total budget"), ("lot/add", "Minimum amount")])
def test_labels_of_amounts_are_said_in_the_language_of_the_page(officer: Client, step: str, label: str) -> None:
    path = f"{at(draft())}{step}/"
    assert label in page(officer, path)
    assert label not in page(officer, path.replace("/en/", "/hy/"))


def test_an_office_of_a_country_is_led_to_no_page_that_it_may_not_open(client: Client) -> None:
    call = make_call("M4EG-2021-PILOT")
    client.force_login(make_staff("country_officer", country="AM"))
    shown = page(client, f"{ADMIN}/call/{call.pk}/extensions/")
    changes = f"{ADMIN}/call/{call.pk}/changes/"
    page(client, changes, status=404)
    assert changes not in shown


def test_the_programme_is_named_in_a_language_that_only_a_call_speaks(officer: Client) -> None:
    call = draft()
    Call.objects.filter(pk=call.pk).update(languages=["hy", "en", "ka"])
    checklist = page(officer, at(call))
    path = f"{ADMIN}/programme/{call.programme_id}/change/"
    assert f'href="{path}#id_title_ka"' in checklist
    officer.post(path, {**fields(page(officer, path)), "title_ka": "პროგრამა"})
    assert Programme.objects.get().title_ka == "პროგრამა"  # type: ignore[attr-defined]
    assert f'href="{path}#id_title_ka"' not in page(officer, at(call))


def test_a_fault_in_a_line_says_in_which_one_and_in_which_language() -> None:
    call = draft()
    path = ("call", "stages", 1, "form", "sections", 0, "questions", 3, "columns", 1, "label", "hy")
    assert Places(call).of(path).label.endswith(": Columns, 2 (Armenian)")


# Call files


@pytest.mark.parametrize("text", ['call: "\\ud800"', '"\\udfff": 1', 'call: {title: {en: "A\\ud800"}}'])
def test_half_a_character_in_a_call_file_is_named_with_its_line(officer: Client, text: str) -> None:
    sent = {"file": SimpleUploadedFile("call.yaml", f"format: 1\n{text}\n".encode())}
    answer = officer.post(f"{ADMIN}/call/import/", sent)
    assert answer.status_code == 200
    assert re.search("the character U.D[8F][0F][0F] cannot stand in a call file", answer.content.decode())
