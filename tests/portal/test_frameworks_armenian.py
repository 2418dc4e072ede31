"""No English of the packages we use on an Armenian page."""

import json
import re
from collections.abc import Iterable
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils.translation import gettext, ngettext, npgettext, override, pgettext

from portal.accounts.models import Person
from tests.factories import PASSWORD, make_municipality, make_staff
from tests.portal.packages import Brought, messages, script_messages

_SAME_IN_BOTH = {"IPv4", "IPv6"}
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdr]|{\w*}")
_SPOKEN = ("title", "placeholder", "aria-label", "alt")


def _armenian(text: str) -> bool:
    return bool(re.search("[Ա-և]", text))


def _has_words(text: str) -> bool:
    return bool(re.search("[A-Za-z]{2}", _PLACEHOLDER.sub("", text)))


def _said(message: Brought) -> list[str]:
    """Return how a message is said in the language of the moment, of one and of several."""
    text, plural, context = message
    if plural and context:
        return [npgettext(context, text, plural, n) for n in (1, 2)]
    if plural:
        return [ngettext(text, plural, n) for n in (1, 2)]
    return [pgettext(context, text) if context else gettext(text)]


# --- all messages ---------------------------------------------------------------------------------------------


def test_the_sources_are_read() -> None:
    known = messages()
    assert len(known) > 900
    assert {
        Brought("This field is required."),  # a catalogue of Django
        Brought("Apply Filters"),  # a template of unfold
        Brought("Current Password"),  # a form of allauth
        Brought("is greater than"),  # django-filter
        Brought("Login", context="field label"),
        Brought("You have added %(count)s security key.", "You have added %(count)s security keys."),
    } <= known


def test_every_message_of_the_packages_is_said_in_armenian() -> None:
    with override("hy"):
        missing = [
            message
            for message in messages()
            if _has_words(message.text)
            and message.text not in _SAME_IN_BOTH
            and not all(map(_armenian, _said(message)))
        ]
    assert not missing


def test_placeholders_and_tags_are_kept() -> None:
    kept = re.compile(r"%\(\w+\)[a-z]|%[sd]|{\w*}|</?\w+[^>]*>")
    with override("hy"):
        spoilt = [
            (message.text, said)
            for message in messages()
            for said in _said(message)
            if set(kept.findall(said)) != set(kept.findall(message.plural or message.text))
        ]
    assert not spoilt


@pytest.mark.django_db
def test_every_message_of_the_scripts_is_said_in_armenian(client: Client) -> None:
    client.force_login(make_staff("administrator"))
    source = client.get("/hy/admin/jsi18n/").content.decode()
    match = re.search(r"const newcatalog = (\{.*?\});\n", source, re.DOTALL)
    assert match
    catalogue = json.loads(match[1])
    for message in script_messages():
        key = f"{message.context}\x04{message.text}" if message.context else message.text
        said = catalogue.get(key, "")
        assert _armenian("".join(said)) or re.fullmatch(r"\d\d:00", str(said)), message


# --- pages ----------------------------------------------------------------------------------------------------


class _Spoken(HTMLParser):
    """Collects what a page says, in its text and in the attributes that are read aloud or shown."""

    def __init__(self) -> None:
        super().__init__()
        self.said: set[str] = set()
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self._silent = tag in ("script", "style") or "material-symbols" in (values.get("class") or "")
        names = (*_SPOKEN, "value") if values.get("type") in ("submit", "button") else _SPOKEN
        for name in names:
            self._add(values.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._add(data)

    def _add(self, text: str) -> None:
        self.said.add(" ".join(text.split()))


def _spoken(html: str) -> set[str]:
    page = _Spoken()
    page.feed(html)
    return page.said - {""}


def _pattern(text: str) -> str:
    parts = [re.escape(part) for part in _PLACEHOLDER.split(" ".join(text.split()))]
    return ".+".join(parts)


def _english_of_packages(said: Iterable[str]) -> set[str]:
    """Return those of these texts that are a message of a package, in English, as it stands in the source."""
    forms = {form for message in messages() for form in (message.text, message.plural) if _has_words(form)}
    known = re.compile("|".join(map(_pattern, sorted(forms - _SAME_IN_BOTH))))
    return {text for text in said if known.fullmatch(text)}


def _as_stranger(client: Client, language: str) -> set[str]:
    base = f"/{language}/accounts"
    answers = [
        client.get(f"{base}/login/"),
        client.post(f"{base}/login/", {"login": "nobody@example.org", "password": "wrong"}),
        client.post(f"{base}/login/", {}),
        client.get(f"{base}/password/reset/"),
        client.post(f"{base}/password/reset/", {"email": "wrong"}),
        client.get(f"{base}/password/reset/done/"),
        client.get(f"{base}/password/reset/key/1-wrong/"),
        client.get(f"{base}/password/reset/key/done/"),
        client.get(f"{base}/signup/"),
        client.get(f"{base}/inactive/"),
    ]
    return _read(answers)


def _as_oneself(client: Client, language: str, person: Person) -> set[str]:
    base = f"/{language}/accounts"
    client.post(f"{base}/login/", {"login": person.email, "password": PASSWORD})
    answers = [
        client.get(f"{base}/email/"),
        client.post(f"{base}/email/", {"action_add": "", "email": "wrong"}),
        client.get(f"{base}/password/change/"),
        client.post(f"{base}/password/change/", {"oldpassword": "x", "password1": "123", "password2": "1"}),
        client.get(f"{base}/2fa/"),
        client.get(f"{base}/2fa/totp/activate/"),
        client.get(f"{base}/reauthenticate/"),
        client.get(f"{base}/logout/"),
    ]
    return _read(answers)


def _as_staff(client: Client, language: str, person: Person) -> set[str]:
    client.force_login(person)
    base = f"/{language}/admin"
    office = f"{base}/accounts/countryoffice"
    filled = {"country": "AM", "name_hy": "Գրասենյակ", "name_en": "Office", "email": "office@example.org"}
    answers = [
        client.get(f"{base}/"),
        client.get(f"{base}/accounts/municipality/"),
        client.get(f"{base}/accounts/municipality/?q=nowhere"),
        client.get(f"{base}/accounts/municipality/add/"),
        client.post(f"{base}/accounts/municipality/add/", {"_save": "1"}),
        client.get(f"{base}/calls/programmemembership/add/"),
        client.get(f"{base}/accounts/person/{person.pk}/change/"),
        client.get(f"{base}/accounts/person/{person.pk}/history/"),
        client.post(f"{office}/add/", {**filled, "_continue": "1"}, follow=True),
    ]
    return _read(answers)


def _read(answers: Iterable[object]) -> set[str]:
    said: set[str] = set()
    for answer in answers:
        assert getattr(answer, "status_code", 0) in (200, 302), answer
        said |= _spoken(getattr(answer, "content", b"").decode())
    return said


@pytest.mark.django_db
def test_a_stranger_reads_no_english_of_packages(client: Client) -> None:
    assert len(_english_of_packages(_as_stranger(client, "en"))) > 10
    assert not _english_of_packages(_as_stranger(Client(), "hy"))


@pytest.mark.django_db
def test_pages_of_ones_own_account_hold_no_english_of_packages(client: Client) -> None:
    assert len(_english_of_packages(_as_oneself(client, "en", make_staff("administrator")))) > 10
    assert not _english_of_packages(_as_oneself(Client(), "hy", make_staff("administrator")))


@pytest.mark.django_db
def test_the_administration_holds_no_english_of_packages(client: Client) -> None:
    make_municipality()
    assert len(_english_of_packages(_as_staff(client, "en", make_staff("administrator")))) > 10
    assert not _english_of_packages(_as_staff(Client(), "hy", make_staff("administrator", email="other@example.org")))
