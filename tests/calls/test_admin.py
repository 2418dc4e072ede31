"""Calls in the administration: who reads and changes what, the steps of a call, call files in and out."""

import html
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from calls.callfile import load_text
from calls.lifecycle import cautions_of
from calls.models import Call, CallState, Programme, ProgrammeMembership
from portal import clock as portal_clock
from tests.factories import CALL_FILES, PDF, make_call, make_country, make_member, make_municipality, make_staff

pytestmark = pytest.mark.django_db
PILOT, PORTFOLIO, INNOVATION = "M4EG-2021-PILOT", "M4EG-2021-PORTFOLIO", "M4EG-2021-INNOVATION"


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(make_staff("programme_officer"))
    return client


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return re.sub(r"[ \n]+", " ", response.content.decode())


def address(call: Call, step: str = "change") -> str:
    return f"/en/admin/calls/call/{call.pk}/{step}/"


def state(call: Call) -> str:
    found: str = Call.objects.values_list("state", flat=True).get(pk=call.pk)
    return found


def reasons(call: Call) -> dict[str, str]:
    """What a publish page is sent: a reason for each warning."""
    return {f"reason-{caution.code}": "as agreed" for caution in cautions_of(call)}


# Who


@pytest.mark.parametrize(
    ("role", "country", "draft", "published", "publish"),
    [
        ("administrator", None, 302, 200, 200),
        ("programme_officer", None, 302, 200, 200),
        ("grant_officer", None, 302, 200, 404),
        ("auditor", None, 302, 200, 404),
        ("country_officer", "AM", 404, 200, 404),
        ("assessor", None, 404, 404, 404),
    ],
)
def test_roles(client: Client, role: str, country: str | None, draft: int, published: int, publish: int) -> None:
    hidden, shown = make_call(PORTFOLIO, published=False), make_call(INNOVATION)
    client.force_login(make_staff(role, country=country))
    assert client.get(address(hidden)).status_code == draft
    assert client.get(address(shown)).status_code == published
    assert client.get(address(hidden, "publish")).status_code == publish
    assert client.post(address(hidden, "publish"), reasons(hidden)).status_code == (302 if publish == 200 else 404)
    assert state(hidden) == (CallState.PUBLISHED if publish == 200 else CallState.DRAFT)


def test_members_of_municipalities_and_visitors_have_no_business_here(client: Client) -> None:
    call = make_call(PORTFOLIO)
    assert client.get(address(call)).status_code == 302
    client.force_login(make_member(make_municipality()))
    assert client.get(address(call)).status_code == 404
    assert client.get("/en/admin/calls/call/import/").status_code == 404


# The list


def test_the_list_says_where_each_call_stands_and_costs_the_same_for_one_and_three(officer: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(officer, "/en/admin/calls/call/")
        return len(captured)

    make_call(PORTFOLIO)
    page(officer, "/en/admin/calls/call/")
    one = cost()
    make_call(INNOVATION, deadline=portal_clock.now() - timedelta(days=1))
    make_call(PILOT, published=False)
    assert cost() == one == 8
    listed = page(officer, "/en/admin/calls/call/")
    for word in ("Open", "Closed", "Draft", "€1,200,000", "(Yerevan)", "(Brussels)"):
        assert word in listed


@pytest.mark.parametrize("typed", ["վերակերպել", "make-over community", "INNOVATION"])
def test_the_list_is_searched_as_the_public_one(officer: Client, typed: str) -> None:
    make_call(INNOVATION)
    make_call(PORTFOLIO)
    listed = page(officer, f"/en/admin/calls/call/?q={typed}")
    assert INNOVATION in listed
    assert PORTFOLIO not in listed


# The page of a call


class Fields(HTMLParser):
    """What a browser would send from the fields of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select = self._textarea = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.values[self._select] = given["value"]
        elif tag == "textarea":
            self._textarea, self.values[name] = name, ""
        elif (tag == "input" and given.get("type") not in ("submit", "file", "checkbox")) or "checked" in given:
            self.values[name] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea] += data if self.values[self._textarea] else data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        self._textarea = "" if tag == "textarea" else self._textarea


def test_a_published_call_is_read_and_not_changed(officer: Client) -> None:
    call = make_call(PILOT)
    shown = page(officer, address(call))
    assert 'name="title_en"' not in shown
    assert 'name="_save"' not in shown
    assert officer.post(address(call), {"title_en": "Another title"}).status_code == 404
    assert Call.objects.get(pk=call.pk).title_en != "Another title"


def test_a_call_begins_on_a_page_of_its_own_and_is_not_deleted(officer: Client) -> None:
    call = make_call(PORTFOLIO, published=False)
    assert officer.get("/en/admin/calls/call/add/")["Location"] == "/en/admin/calls/call/new/"
    assert officer.post(address(call, "delete"), {"post": "yes"}).status_code == 404
    assert Call.objects.filter(pk=call.pk).exists()


# Steps


def test_a_step_is_shown_first_and_done_when_it_is_confirmed(officer: Client) -> None:
    call = make_call(PORTFOLIO, published=False)
    assert "Everybody can read the call from this moment on." in page(officer, address(call, "publish"))
    assert state(call) == CallState.DRAFT
    officer.post(address(call, "publish"), reasons(call))
    assert state(call) == CallState.PUBLISHED
    assert "says that it was cancelled" in page(officer, address(call, "cancel"))
    officer.post(address(call, "cancel"), {"reason_hy": "", "reason_en": "No money"})
    assert state(call) == CallState.PUBLISHED
    officer.post(address(call, "cancel"), {"reason_hy": "Գումար չկա", "reason_en": "There is no money"})
    assert state(call) == CallState.CANCELLED
    assert "There is no money" in page(officer, address(call))
    officer.post(address(call, "archive"))
    assert state(call) == CallState.ARCHIVED


@pytest.mark.parametrize("step", ["publish", "cancel", "archive"])
def test_a_step_that_the_table_does_not_have_is_not_offered(officer: Client, step: str) -> None:
    call = make_call(PORTFOLIO, published=step == "publish")
    shown = officer.get(address(call), follow=True).content.decode()
    assert f"/call/{call.pk}/{step}/" not in shown
    assert officer.post(address(call, step)).status_code == 404
    assert state(call) == (CallState.PUBLISHED if step == "publish" else CallState.DRAFT)


def test_a_draft_with_faults_is_not_published_and_every_fault_is_shown(officer: Client) -> None:
    call = make_call(PILOT, published=False)
    Call.objects.filter(pk=call.pk).update(budget=1, title_hy="")
    shown = page(officer, address(call, "publish"))
    assert "The call cannot be published yet" in shown
    assert f"/en/admin/calls/call/{call.pk}/setup/basics/#id_title_hy" in shown
    assert "above the call's budget" in html.unescape(shown)
    officer.post(address(call, "publish"))
    assert state(call) == CallState.DRAFT


# Call files


def upload(client: Client, text: str, *documents: SimpleUploadedFile) -> str:
    file = SimpleUploadedFile("my-call.yaml", text.encode())
    response = client.post("/en/admin/calls/call/import/", {"file": file, "documents": list(documents)}, follow=True)
    return re.sub(r"[ \n]+", " ", response.content.decode())


def test_a_call_file_makes_a_draft_and_comes_back_as_it_went(officer: Client) -> None:
    text = (CALL_FILES / "m4eg-2021-innovation.yaml").read_text()
    assert "is loaded as a draft" in upload(officer, text)
    call = Call.objects.get(code=INNOVATION)
    assert call.state == CallState.DRAFT
    response = officer.get(address(call, "call-file"))
    assert response["Content-Disposition"] == 'attachment; filename="m4eg-2021-innovation.yaml"'
    assert load_text(response.content.decode(), "back") == load_text(text, "there")


def test_every_error_of_a_call_file_is_shown_with_its_line_and_nothing_is_written(officer: Client) -> None:
    text = (CALL_FILES / "m4eg-2021-innovation.yaml").read_text()
    text = text.replace("time_zone: Asia/Yerevan", "time_zone: CET").replace("currency: EUR", "currency: EURO")
    shown = upload(officer, text)
    assert "2 errors in the file" in shown
    lines = text.splitlines()
    for part in ("time_zone: CET", "currency: EURO"):
        line = next(number for number, content in enumerate(lines, start=1) if part in content)
        assert f'<td class="number">{line}</td><td><code>call.{part.partition(":")[0]}</code></td>' in shown
        assert f'<code class="su-source">{part}</code>' in shown
    assert not Call.objects.exists()


def test_documents_come_with_their_call_file(officer: Client) -> None:
    text = (CALL_FILES / "m4eg-2021-portfolio.yaml").read_text()
    documents = "  documents:\n    - {kind: guidelines, title: {hy: Ուղեցույց, en: Guide}, file: docs/guide.pdf}\n"
    text = text.replace("  stages:\n", documents + "  stages:\n", 1)
    assert "guide.pdf" in upload(officer, text)
    assert not Call.objects.exists()
    upload(officer, text, SimpleUploadedFile("guide.pdf", PDF), SimpleUploadedFile("other.pdf", PDF))
    call = Call.objects.get(code=PORTFOLIO)
    [document] = call.documents.all()
    assert (document.title_en, document.file.name) == ("Guide", "guide.pdf")
    file = reverse("documents:file", args=[document.file.token, document.file.name])
    assert officer.get(file).status_code == 200
    assert Client().get(file).status_code == 302, "the document of a draft is not public"
    Call.objects.filter(pk=call.pk).update(state=CallState.PUBLISHED, published_at=portal_clock.now())
    assert Client().get(file).status_code == 200
    assert "Guide" in page(Client(), f"/en/calls/{PORTFOLIO}/")


def test_a_published_call_is_not_changed_by_a_file(officer: Client) -> None:
    make_call(INNOVATION)
    text = (CALL_FILES / "m4eg-2021-innovation.yaml").read_text()
    assert "is no longer a draft" in upload(officer, text)


# Programmes and networks


def test_texts_of_a_programme_are_kept_in_both_languages(officer: Client) -> None:
    path = "/en/admin/calls/programme/add/"
    officer.post(path, {"code": "NEW", "title_hy": "Նոր ծրագիր", "title_en": "New programme"})
    key, *titles = Programme.objects.values_list("pk", "title_hy", "title_en").get(code="NEW")
    assert titles == ["Նոր ծրագիր", "New programme"]
    assert 'name="title_hy"' in page(officer, f"/hy/admin/calls/programme/{key}/change/")


def test_a_country_office_sees_the_members_of_its_country(client: Client) -> None:
    programme = Programme.objects.create(code="M4EG", title_hy="ՀՀՏԶ", title_en="M4EG")
    make_country("GE")
    here, there = make_municipality("Sevan", name_hy="Սևան"), make_municipality("Telavi", country="GE")
    for municipality in (here, there):
        ProgrammeMembership.objects.create(programme=programme, municipality=municipality)
    client.force_login(make_staff("country_officer", country="AM"))
    shown = page(client, "/en/admin/calls/programmemembership/")
    assert "Sevan" in shown
    assert "Telavi" not in shown
    assert "Sevan" in page(client, "/en/admin/calls/programmemembership/?q=սեւան")
