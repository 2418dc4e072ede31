"""The site in other languages than Armenian and English: a setting is enough."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import translation

from applications.lifecycle import submit_application
from calls.callfile import load_text
from calls.callfile.dump import dump_text
from calls.models import Call
from calls.spec import CallSpec
from calls.transfer import spec_of, write_call
from portal import clock, languages
from portal.content import formatting, lifecycle
from tests.applications.helpers import fill
from tests.factories import call_file, make_call, make_draft, make_member, make_municipality

ROOT = Path(__file__).resolve().parents[2]
ALL = ("hy", "en", "ka", "ro", "uk", "az", "ru")


@pytest.fixture
def every_language(settings: Any) -> None:
    settings.LANGUAGES = [(code, settings.KNOWN_LANGUAGES[code]) for code in ALL]


# --- the setting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "fault"),
    [
        (["hy", "en", "fr"], "unknown fr"),
        (["", "en"], "unknown empty code"),
        (["en", "hy", "en"], "stands twice"),
        (["hy", "ka"], "en has to be among them"),
        ([], "en has to be among them"),
    ],
)
def test_a_wrong_choice_of_languages_is_refused_with_its_reason(codes: list[str], fault: str, settings: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match=fault):
        languages.chosen(codes, settings.KNOWN_LANGUAGES)


def test_the_first_language_is_spoken_to_whoever_names_none(client: Client, settings: Any) -> None:
    assert client.get("/")["Location"] == "/hy/"
    settings.LANGUAGES = [("ka", "ქართული"), ("en", "English")]
    assert client.get("/")["Location"] == "/ka/"
    assert client.get("/", headers={"Accept-Language": "fr"})["Location"] == "/en/"


def test_migrations_do_not_depend_on_the_languages_of_a_site() -> None:
    environment = {**os.environ, "SITE_LANGUAGES": ",".join(ALL), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    command = [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# --- how amounts and moments are written -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "money", "moment"),
    [
        ("hy", "60 000,50 €", "15.03.2027, ժամը 18:00"),
        ("en", "€60,000.50", "15 March 2027, 18:00"),
        ("ka", "60 000,50 €", "15 მარტი 2027, 18:00"),
        ("ro", "60.000,50 EUR", "15 martie 2027, 18:00"),
        ("uk", "60 000,50 EUR", "15 березня 2027, 18:00"),
        ("az", "60.000,50 €", "15 mart 2027, 18:00"),
        ("ru", "60 000,50 €", "15 марта 2027, 18:00"),
    ],
)
def test_amounts_and_moments_are_written_as_the_language_does(language: str, money: str, moment: str) -> None:
    when = datetime(2027, 3, 15, 14, 0, tzinfo=UTC)
    assert formatting.money(Decimal("60000.50"), "EUR", language).replace("\N{NO-BREAK SPACE}", " ") == money
    assert formatting.moment(when, "Asia/Yerevan", language).replace("\N{NO-BREAK SPACE}", " ") == moment
    assert ".50" not in formatting.money(Decimal(60000), "EUR", language).replace(",", ".")


@pytest.mark.parametrize(
    ("available", "wanted", "found"),
    [
        (("ka", "en"), "ka", "ka"),
        (("ka", "en"), "hy", "en"),
        (("ro", "ru"), "hy", "ro"),
        ((), "hy", ""),
    ],
)
def test_a_text_is_read_in_the_language_that_fits_best(available: tuple[str, ...], wanted: str, found: str) -> None:
    assert languages.fitting(available, wanted) == found


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("language", ALL)
def test_pages_stand_in_every_language(client: Client, every_language: None, language: str) -> None:
    lifecycle.load_pages()
    call = make_call("M4EG-2021-PILOT")
    places = ("", "calls/", f"calls/{call.code}/", f"calls/{call.code}/questions/", "accounts/login/", "pages/help/")
    for place in places:
        answer = client.get(f"/{language}/{place}")
        html = answer.content.decode()
        assert answer.status_code == 200, place
        assert f'<html lang="{language}">' in html
        # What is not translated is said in English: no Armenian on a Georgian page but what the call itself says.
        assert language == "hy" or "Բաժիններ" not in html


@pytest.mark.django_db
def test_what_is_not_translated_is_said_in_english_and_never_in_armenian(client: Client, every_language: None) -> None:
    with translation.override("ka"):
        assert translation.gettext("Calls for proposals") == "Calls for proposals"
    with translation.override("hy"):
        assert translation.gettext("Calls for proposals") != "Calls for proposals"


@pytest.mark.django_db
def test_a_page_says_in_which_language_it_is(client: Client, every_language: None) -> None:
    lifecycle.load_pages()
    assert '<article class="prose" lang="en">' in client.get("/ka/pages/help/").content.decode()
    assert '<article class="prose">' in client.get("/hy/pages/help/").content.decode()


# --- a call in other languages ---------------------------------------------------------------------------------------


def in_georgian(spec: CallSpec) -> CallSpec:
    """The same call with its Armenian texts as if they were Georgian."""
    text = dump_text(spec).replace("languages: [hy, en]", "languages: [ka, en]").replace("hy: ", "ka: ")
    return load_text(text, "georgian.yaml")


@pytest.mark.django_db
def test_a_call_in_georgian_is_kept_and_written_back(every_language: None) -> None:
    spec = in_georgian(call_file("M4EG-2021-PILOT"))
    assert spec.languages == ("ka", "en")
    write_call(spec)
    assert spec_of(Call.objects.get(code=spec.code)) == spec
    assert load_text(dump_text(spec), "again.yaml") == spec


@pytest.mark.django_db
def test_a_call_is_applied_for_in_the_languages_it_declares(every_language: None, mailbox: Any) -> None:
    call = make_call("M4EG-2021-PORTFOLIO", change=in_georgian)
    municipality = make_municipality()
    person = make_member(municipality, language="ka")
    entry = make_draft(call, municipality, by=person)
    with translation.override("ka"):
        submission = submit_application(fill(entry, person), by=person, received_at=clock.now())
    assert submission.language == "ka"
    assert submission.snapshot["call"]["title"]["ka"] == spec_of(call).title["ka"]
