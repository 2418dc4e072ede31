"""Armenian and English, everywhere: every message, and every text of the data that the portal begins with."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import polib
import pytest
from django.db import transaction
from django.db.models import Model
from modeltranslation.translator import translator

from calls.models import Call
from calls.transfer import write_call
from portal.accounts.models import Municipality
from portal.accounts.registry import load_registry
from portal.content.lifecycle import load_pages
from portal.embedded import ROOT
from tests.factories import CALL_FILES, call_file
from tests.portal.messages import extracted

OURS = ROOT / "locale" / "hy" / "LC_MESSAGES" / "django.po"
CATALOGUES = sorted((ROOT / "locale").rglob("*.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
ARMENIAN = re.compile(r"[Ա-Ֆա-և]")
# What is written alike in both languages.
ALIKE = {"Markdown.", "?", "SHA-256", "HTML", "Message-ID", "IPv4", "IPv6", "…", "%", "CSV", "URL", "JSON", "a PDF"}


def entries(path: Path) -> Iterator[tuple[polib.POEntry, list[str]]]:
    for entry in polib.pofile(str(path)):
        yield entry, list(entry.msgstr_plural.values()) or [entry.msgstr]


# --- messages


def test_every_message_has_armenian_and_no_other() -> None:
    catalogue = {(entry.msgctxt, entry.msgid, entry.msgid_plural or None) for entry, _texts in entries(OURS)}
    used = extracted()
    assert {key: place for key, place in used.items() if key not in catalogue} == {}
    assert catalogue - set(used) == set(), "no longer used"


def test_messages_are_found_in_all_kinds_of_source() -> None:
    """Known messages of each kind are found: an extraction that finds nothing would let everything pass."""
    used = extracted()
    for key, place in {
        (None, "being made", None): "grants/admin.py",
        (None, "Award of a grant", None): "templates/grants/letter_award_text.html",
        (None, "Notice of selection %(number)s", None): "grants/letters.py",
        (
            None,
            "%(months)s month from the signing of the grant agreement",
            "%(months)s months from the signing of the grant agreement",
        ): "templates/grants/letter_award_text.html",
    }.items():
        assert used[key] == place


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT / "locale")))
def test_a_catalogue_is_complete_and_sound(path: Path) -> None:
    for entry, texts in entries(path):
        assert not entry.fuzzy, entry.msgid
        assert not entry.obsolete, entry.msgid
        wanted = {frozenset(PLACEHOLDER.findall(text)) for text in (entry.msgid, entry.msgid_plural) if text}
        for text in texts:
            assert text.strip(), entry.msgid
            assert frozenset(PLACEHOLDER.findall(text)) in wanted, (entry.msgid, text)
            assert not re.search("[եԵ]ւ", text), f"և: {text}"
            assert not re.search("[Ա-Ֆ]{5}", text), f"capitals: {text}"
            assert not set("?!").intersection(text), f"Armenian has ՞ and ՜: {text}"


def test_what_stays_in_latin_letters_is_meant_so() -> None:
    latin = {entry.msgid for entry, texts in entries(OURS) if not any(map(ARMENIAN.search, texts))}
    assert {text for text in latin if re.sub(r"%\(\w+\)s|of|No\.|[\s,:“”]", "", text)} <= ALIKE


# --- texts of the models


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What an installation begins with, and the call files, loaded once and undone in the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_registry()
        load_pages()
        for path in CALL_FILES.glob("*.yaml"):
            write_call(call_file(path.stem.upper()))
        yield
        transaction.set_rollback(True)


def translated_models() -> list[type[Model]]:
    return sorted(translator.get_registered_models(abstract=False), key=lambda model: model._meta.label)


@pytest.mark.django_db
@pytest.mark.parametrize("model", translated_models(), ids=lambda model: model._meta.label)
def test_each_text_is_there_in_both_languages(loaded: None, model: type[Model]) -> None:
    names = translator.get_options_for_model(model).all_fields
    columns = [(f"{name}_hy", f"{name}_en") for name in names]
    lines = model._base_manager.values_list("pk", *chain.from_iterable(columns))
    half = [
        (pk, *pair)
        for pk, *texts in lines
        for pair in zip(texts[::2], texts[1::2], strict=True)
        if bool(pair[0]) != bool(pair[1])
    ]
    assert half == []


@pytest.mark.django_db
def test_there_is_something_to_read(loaded: None) -> None:
    assert Municipality.objects.count() > 1500
    assert Call.objects.count() == 3
    for call in Call.objects.all():
        texts: Any = call
        assert ARMENIAN.search(texts.title_hy)
        assert not ARMENIAN.search(texts.title_en)
