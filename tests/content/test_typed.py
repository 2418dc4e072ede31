"""What was typed comes back where a login or a token has expired, and only to whoever typed it on a page of ours."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html as lxml_html  # type: ignore[import-untyped]

from calls.models import SavedSearch
from portal.accounts.models import Person
from portal.content import typed
from tests.content.test_components import words
from tests.factories import make_person

pytestmark = pytest.mark.django_db

TEXT = "Մենք <b>կառուցում</b> ենք\r\n\r\na “square” & more"
OURS = {"Sec-Fetch-Site": "same-origin"}
SAVE = "/en/calls/searches/save/"


@pytest.fixture
def strict() -> Client:
    return Client(enforce_csrf_checks=True)


def page_of(answer: Any) -> Any:
    return lxml_html.fromstring(answer.content.decode())


def fields_of(answer: Any) -> list[tuple[str, str]]:
    """Return what the button of the page sends; browsers read any line end as one sign and send two."""
    (form,) = page_of(answer).xpath("//main//form")
    return [(field.get("name"), field.get("value").replace("\n", "\r\n")) for field in form.xpath(".//input")]


def send_again(client: Client, answer: Any) -> Any:
    (form,) = page_of(answer).xpath("//main//form")
    given: dict[str, list[str]] = {}
    for name, value in fields_of(answer):
        given.setdefault(name, []).append(value)
    return client.post(form.get("action"), given, headers=OURS)


def test_who_is_no_longer_logged_in_keeps_every_field_and_sends_it_after_the_login(strict: Client) -> None:
    person = make_person(name="Anna Petrosyan")
    address = "/hy/calls/searches/save/?a=1&b=2"
    strict.get("/hy/accounts/login/")
    sent = {"name": TEXT, "query": "q=x", "several": ["1", "2"], "plan": SimpleUploadedFile("ծրագիր.pdf", b"%PDF")}
    sent["csrfmiddlewaretoken"] = strict.cookies["csrftoken"].value
    held = strict.post(address, sent, headers=OURS)
    assert held.status_code == 401
    assert "no-store" in held["Cache-Control"]
    kept = [field for field in fields_of(held) if field[0] != "csrfmiddlewaretoken"]
    assert kept == [("name", TEXT), ("query", "q=x"), ("several", "1"), ("several", "2")]
    page = page_of(held)
    assert page.xpath("//main//form/@action") == [address]
    shown, _query = page.xpath("//ul[@class='typed-texts']/li")
    assert shown.text_content().split() == TEXT.replace("\r\n", "").split()
    assert "ծրագիր.pdf" in words(page)
    (login,) = page.xpath("//main//a[@target='_blank']/@href")
    assert login == "/hy/accounts/login/?next=/hy/logged-in/"
    assert not SavedSearch.objects.exists()

    person.set_password("Demonstration-2021")
    person.save()
    answer = strict.get(login)
    token = page_of(answer).xpath("//main//input[@name='csrfmiddlewaretoken']/@value")[0]
    given = {"login": person.email, "password": "Demonstration-2021", "csrfmiddlewaretoken": token}
    assert strict.post(login, given, headers=OURS)["Location"] == "/hy/logged-in/"
    # The token is a new one after a login: without a script the button is pressed twice.
    once = send_again(strict, held)
    assert once.status_code == 403
    assert "Anna Petrosyan" in words(page_of(once))
    assert not page_of(once).xpath("//main//a[@target='_blank']")
    assert not SavedSearch.objects.exists()
    assert send_again(strict, once).status_code == 302
    assert SavedSearch.objects.get().name.split() == TEXT.split()


@pytest.mark.parametrize("language", ["hy", "en"])
def test_an_expired_token_keeps_what_was_typed(strict: Client, language: str) -> None:
    strict.force_login(make_person())
    address = f"/{language}/calls/searches/save/"
    held = strict.post(address, {"name": TEXT, "query": "q=x"}, headers=OURS)
    assert held.status_code == 403
    assert page_of(held).get("lang") == language
    assert dict(fields_of(held))["name"] == TEXT
    assert not SavedSearch.objects.exists()
    assert send_again(strict, held).status_code == 302
    assert SavedSearch.objects.get().name == " ".join(TEXT.split())


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver", "Referer": "http://testserver/"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://evil.example", "Referer": "http://testserver/en/"},
        {"Origin": "null"},
        {"Origin": "https://testserver"},
        {"Referer": "http://testserver.evil.example/en/"},
        {},
    ],
    ids=lambda headers: " ".join(headers.values()) or "nothing",
)
def test_another_site_gets_no_page_of_ours_with_its_text(client: Client, strict: Client, headers: Any) -> None:
    given = {"name": "Send your password to evil.example", "query": "q=x"}
    answer = client.post(SAVE, given, headers=headers)
    assert answer.status_code == 302
    assert answer["Location"] == f"/en/accounts/login/?next={SAVE}"
    refused = strict.post(SAVE, given, headers=headers)
    assert refused.status_code == 403
    assert "evil.example" not in refused.content.decode()
    script = strict.post(SAVE, given, headers={"X-Autosave": "1", **headers})
    assert (script.status_code, set(script.json())) == (403, {"reason"})


def test_older_browsers_say_by_origin_or_referer_that_the_page_was_ours(client: Client) -> None:
    given = {"name": TEXT}
    for headers in ({"Origin": "http://testserver"}, {"Referer": "http://testserver/en/calls/"}):
        assert client.post(SAVE, given, headers=headers).status_code == 401
    assert client.post(SAVE, {}, headers=OURS).status_code == 401, "a button without a field is to be pressed again too"


def test_passwords_and_what_is_too_long_are_never_held(
    client: Client, strict: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = {"login": "a@example.org", "password": "quite secret", "other": "some text"}
    for path in ("/en/accounts/login/", "/en/calls/searches/save/"):
        assert "some text" not in strict.post(path, secret, headers=OURS).content.decode()
    code = strict.post("/en/accounts/2fa/authenticate/", {"code": "some text"}, headers=OURS)
    assert (code.status_code, "some text" in code.content.decode()) == (403, False)
    monkeypatch.setattr(typed, "LONGEST", len("name") + 20)
    assert client.post(SAVE, {"name": "x" * 20}, headers=OURS).status_code == 401
    assert client.post(SAVE, {"name": "x" * 21}, headers=OURS).status_code == 302
    assert strict.post(SAVE, {"name": "x " * 20}, headers=OURS).content.decode().count("x x") == 0


def test_a_script_is_told_where_to_log_in_and_gets_a_fresh_token(client: Client, strict: Client) -> None:
    for headers in ({"X-Autosave": "1"}, {"Accept": "application/json"}):
        answer = client.post(SAVE, {"name": TEXT}, headers=headers)
        assert answer.status_code == 401
        said = {"login": "/en/accounts/login/?next=/en/logged-in/", "reason": "You are no longer logged in."}
        assert answer.json() == said
    strict.force_login(person := make_person())
    refused = strict.post(SAVE, {"name": TEXT}, headers={"X-Autosave": "1", **OURS})
    assert refused.status_code == 403
    strict.post(SAVE, {"name": "Ours"}, headers={"X-CSRFToken": refused.json()["token"], **OURS})
    renewed = strict.get("/en/logged-in/", headers={"Accept": "application/json"})
    assert "no-store" in renewed["Cache-Control"]
    strict.post(SAVE, {"query": "q=b", "name": "Two", "csrfmiddlewaretoken": renewed.json()["token"]}, headers=OURS)
    assert set(SavedSearch.objects.filter(person=person).values_list("name", flat=True)) == {"Ours", "Two"}
    assert client.get("/en/logged-in/", headers={"Accept": "application/json"}).status_code == 401


def test_text_does_not_reach_what_another_person_keeps(client: Client, strict: Client) -> None:
    owner, other = make_person(), make_person()
    search = SavedSearch.objects.create(person=owner, name="Ours", query="q=x")
    address = f"/en/calls/searches/{search.pk}/"
    held = client.post(address, {"name": TEXT}, headers=OURS)
    assert held.status_code == 401
    client.force_login(other)
    assert send_again(client, held).status_code == 404
    search.refresh_from_db()
    assert search.name == "Ours"
    assert Person.objects.count() == 2
