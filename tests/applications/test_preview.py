"""A form as applicants see it, before anybody can apply: of finished and unfinished calls, with nothing kept."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application, SectionAnswers, StageEntry
from calls.models import Call, CallDocument, FormSection, Question
from calls.transfer import spec_of, write_call
from tests.factories import PDF, call_file, make_staff
from tests.support import wait_until

pytestmark = pytest.mark.django_db
INNOVATION = "M4EG-2021-INNOVATION"
FOLDER = Path(__file__).parents[2] / "calls" / "data" / "calls"


@pytest.fixture(autouse=True)
def _route(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.applications.preview_urls"


def body(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return re.sub(r"[ \n]+", " ", response.content.decode())


@pytest.mark.parametrize("language", ["hy", "en"])
@pytest.mark.parametrize("code", ["M4EG-2021-PORTFOLIO", "M4EG-2021-PILOT", INNOVATION])
def test_every_section_of_a_draft_can_be_looked_at_and_nothing_is_kept(
    client: Client, code: str, language: str
) -> None:
    call = write_call(call_file(code))
    for stage in call.stages.all():
        path, seen = f"/{language}/preview/{code}/{stage.code}/", 0
        while path:
            page = body(client, path)
            assert 'method="dialog"' in page
            assert "data-application-form" not in page
            assert "application.js" not in page
            assert "csrfmiddlewaretoken" not in page.partition('<form id="form"')[2]
            seen += 1
            following = re.search(r'class="form-actions"> <a class="btn btn-primary" href="([^"]+)"', page)
            path = f"/{language}/preview/{code}/{stage.code}/{following[1]}" if following else ""
        assert seen >= stage.form_sections.count()
    assert not Application.objects.exists()
    assert not StageEntry.objects.exists()
    assert not SectionAnswers.objects.exists()


def test_a_section_that_there_is_not_is_not_found(client: Client) -> None:
    write_call(call_file(INNOVATION))
    body(client, f"/en/preview/{INNOVATION}/proposal/?part=nothing", 404)


def test_a_form_without_questions_says_so(client: Client) -> None:
    call = write_call(call_file(INNOVATION))
    FormSection.objects.filter(stage__call=call).delete()
    page = body(client, f"/en/preview/{INNOVATION}/proposal/")
    assert "This form has no questions yet" in page
    assert "<form id" not in page
    body(client, f"/en/preview/{INNOVATION}/proposal/?part=project", 404)


def test_an_unfinished_draft_is_shown_as_far_as_it_goes(client: Client) -> None:
    """A question without its choices, a section without a title: as somebody has them in the middle of their work."""
    call = write_call(call_file(INNOVATION))
    FormSection.objects.filter(code="project").update(title_hy="", title_en="")
    Question.objects.filter(key="area").update(settings={}, label_en="", label_hy="")
    assert "project" in body(client, f"/en/preview/{INNOVATION}/proposal/")
    Call.objects.filter(pk=call.pk).update(currency="")
    assert "This call cannot be shown yet" in body(client, f"/en/preview/{INNOVATION}/proposal/")


def test_conditions_are_said_and_all_questions_can_be_shown(client: Client) -> None:
    write_call(call_file(INNOVATION))
    page = body(client, f"/en/preview/{INNOVATION}/proposal/?part=people")
    assert "Asked only if the answer to “Do you have partners?” is “yes”." in page
    assert "data-show-all" not in page
    assert "data-show-all" in body(client, f"/en/preview/{INNOVATION}/proposal/?part=people&all=1")


def with_templates(folder: Path, *questions: str) -> Call:
    """The innovation call, in which these questions for files offer a template."""
    text = (FOLDER / "m4eg-2021-innovation.yaml").read_text(encoding="utf-8")
    document = '{kind: template, title: {hy: "Ձևանմուշ", en: "Template of the decision"}, file: papers/plan.pdf}'
    text = text.replace("  time_zone:", f"  documents: [{document}]\n  time_zone:")
    for question in questions:
        text = text.replace(f"{{key: {question},", f"{{key: {question}, template: papers/plan.pdf,")
    (folder / "papers").mkdir()
    (folder / "papers" / "plan.pdf").write_bytes(PDF)
    path = folder / "innovation.yaml"
    path.write_text(text, encoding="utf-8")
    call_command("load_call", path)
    call: Call = Call.objects.get(code=INNOVATION)
    return call


@pytest.mark.parametrize(
    ("questions", "queries"), [([], 15), (["council-decision"], 16), (["council-decision", "drawings"], 16)]
)
def test_a_template_is_offered_for_download_in_one_query(
    client: Client, tmp_path: Path, questions: list[str], queries: int
) -> None:
    call = with_templates(tmp_path, *questions)
    document = CallDocument.objects.select_related("file").get(call=call)
    link = reverse("documents:file", args=[document.file.token, "plan.pdf"]) + "?download"
    path = f"/en/preview/{INNOVATION}/proposal/?part=annexes"
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        page = body(client, path)
    assert page.count("Template to fill in:") == len(questions)
    assert page.count(link) == len(questions)
    assert len(captured) == queries


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_a_preview_is_alive_and_sends_nothing(page: Any, live_server: Any) -> None:
    write_call(call_file(INNOVATION))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method != "GET" else None)
    page.goto(f"/en/preview/{INNOVATION}/proposal/?part=people")
    page.locator("form[data-judged]").wait_for()
    partners = page.locator('[data-question="partner-list"]')
    assert not partners.is_visible()
    page.get_by_label("Yes").check()
    partners.wait_for(state="visible")
    page.get_by_role("button", name="Add a row").click()
    page.locator('[name="partner-list.1-contribution"]').fill("60 000,5")
    page.get_by_text("€60,000.50").wait_for()
    page.get_by_label("Number of beneficiaries").press("Enter")
    page.get_by_role("link", name="Go on to the next section").click()
    page.get_by_role("heading", name="Budget", level=1).wait_for()
    assert sent == []


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_a_preview_without_scripts_sends_nothing_either(browser: Any, live_server: Any) -> None:
    write_call(call_file(INNOVATION))
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto(f"/en/preview/{INNOVATION}/proposal/?part=people")
    assert page.locator('[data-question="partner-list"]').is_visible()
    before = len(sent)
    page.get_by_role("button", name="Add a row").click()
    page.get_by_label("Number of beneficiaries").press("Enter")
    wait_until(lambda: page.get_by_role("heading", level=1).inner_text() == "People and partners")
    assert sent[before:] == []
    context.close()


def test_the_list_of_questions_offers_the_template_too(client: Client, tmp_path: Path) -> None:
    call = with_templates(tmp_path, "council-decision")
    client.force_login(make_staff())
    page = body(client, f"/en/calls/{INNOVATION}/questions/")
    assert page.count("Template to fill in:") == 1
    link = re.search(r'href="([^"]+plan.pdf\?download)"', page)
    assert link
    answer = client.get(link[1])
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert [q.template for stage in spec_of(call).stages for q in stage.form.questions() if q.template] == [
        "papers/plan.pdf"
    ]
