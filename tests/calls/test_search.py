"""Words of calls: kept by the database whoever writes, found by stems, beginnings and nearly right spelling."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from hypothesis import given, strategies

from calls.models import Call, CallSearch, CallState, Lot, Objective, Priority, Programme
from calls.queries import searched
from calls.search import marked, matching, meant, similar, words_of
from calls.spec import CallSpec
from portal.armenian import fold
from tests.factories import make_call

INNOVATION, PORTFOLIO, PILOT = "M4EG-2021-INNOVATION", "M4EG-2021-PORTFOLIO", "M4EG-2021-PILOT"

pytestmark = pytest.mark.django_db


def as_code(code: str, **fields: Any) -> Callable[[CallSpec], CallSpec]:
    return lambda spec: spec.model_copy(update={"code": code, **fields})


def found(text: str) -> set[str]:
    return set(searched(Call.objects.all(), text).values_list("code", flat=True))


@pytest.fixture
def call() -> Call:
    """A call that is found by its words; another one is beside it."""
    make_call(PORTFOLIO)
    title = {"hy": "Համայնքների ջրամատակարարում", "en": "Water for municipalities"}
    made: Call = make_call(PILOT, change=as_code("WATER-2027", title=title))
    return made


def test_a_text_may_stand_anywhere_in_a_call(call: Call) -> None:
    lot = Lot.objects.filter(call=call).earliest("pk")
    Lot.objects.filter(pk=lot.pk).update(title_en="Lakeshore")
    Objective.objects.filter(lot=lot).update(text_hy="Ափամերձ գոտի")
    Priority.objects.create(call=call, code="p", title_en="Beekeeping", title_hy="Մեղվաբուծություն", position=99)
    Call.objects.filter(pk=call.pk).update(summary_en="Pumps and pipes", description_hy="Հորատանցքեր")
    for text in ("lakeshore", "ափամերձ", "beekeeping", "մեղվաբուծություն", "pumps", "հորատանցքեր", "water 2027"):
        assert found(text) == {"WATER-2027"}, text
    assert found("WATER-2027 lakeshore մեղվաբուծություն") == {"WATER-2027"}, "words of different parts and languages"
    assert found("lakeshore nothing") == set()
    Programme.objects.filter(pk=call.programme_id).update(title_en="Sunflower")
    assert found("sunflower") == {"WATER-2027", PORTFOLIO}


@pytest.mark.parametrize(
    "text", ["municipality", "MUNICIPALITIES", "munic", "համայնք", "Համայնքներ", "համայնքների", "համա"]
)
def test_stems_and_beginnings_are_found(text: str, call: Call) -> None:
    assert "WATER-2027" in found(f"{text} {'water' if text.isascii() else 'ջրամատակարարում'}")


@pytest.mark.parametrize("language", [code for code in settings.MODELTRANSLATION_LANGUAGES if code not in ("hy", "en")])
def test_every_language_is_searched(language: str, call: Call) -> None:
    words = {"ka": "წყალი", "ro": "apă", "uk": "водопостачання", "az": "su təchizatı", "ru": "водоснабжение"}
    Call.objects.filter(pk=call.pk).update(**{f"title_{language}": words[language]})
    assert found(words[language]) == {"WATER-2027"}


def test_russian_is_searched_by_stems(call: Call) -> None:
    Call.objects.filter(pk=call.pk).update(title_ru="Поддержка городов")
    assert found("город") == found("города") == {"WATER-2027"}


@pytest.mark.parametrize("text", ["", "  ", "«»", "?!", "՞"])
def test_a_text_without_words_keeps_all(text: str, call: Call) -> None:
    assert found(text) == {"WATER-2027", PORTFOLIO}


@pytest.mark.parametrize(
    "text", ["'", "a' & b", "water | x", "(water", "water:*", "!water", "\\", "water <-> for", "%", "_"]
)
def test_signs_are_no_commands(text: str, call: Call) -> None:
    assert found(text) <= {"WATER-2027", PORTFOLIO}


@given(strategies.text(max_size=60))
def test_anything_can_be_searched(text: str) -> None:
    assert isinstance(found(text.replace("\0", "")), set)


@given(strategies.text(alphabet="աեւԵՒևԵՎՆն՞՛՜՝Aa -.", max_size=20))
def test_the_database_folds_as_the_portal_does(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT calls_folded(%s)", [text])
        assert cursor.fetchone()[0].split() == words_of(text) or len(words_of(text)) == 8
    assert "".join(words_of(text)) == "".join(sign for sign in fold(text) if sign.isalnum()) or len(words_of(text)) == 8


def test_titles_weigh_more_than_summaries_and_these_more_than_descriptions() -> None:
    plain = {"hy": "Այլ", "en": "Other"}
    for code, field in (("IN-DESCRIPTION", "description"), ("IN-TITLE", "title"), ("IN-SUMMARY", "summary")):
        texts = {"title": plain, "summary": plain, "description": plain, field: {"hy": "Այլ", "en": "Windmills"}}
        make_call(INNOVATION, change=as_code(code, **texts))
    rows = searched(Call.objects.all(), "windmill").order_by(F("rank").desc())
    assert [row.code for row in rows] == ["IN-TITLE", "IN-SUMMARY", "IN-DESCRIPTION"]


# Kept by the database


def test_bulk_changes_and_raw_sql_are_followed(call: Call) -> None:
    lots: list[Any] = list(Lot.objects.filter(call=call))
    for lot in lots:
        lot.title_en = "Greenhouse"
    Lot.objects.bulk_update(lots, ["title_en"])
    assert found("greenhouse") == {"WATER-2027"}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE calls_call SET title_en = 'Orchard' WHERE id = %s", [call.pk])
        cursor.execute(
            "UPDATE calls_lot SET call_id = %s WHERE id = %s", [Call.objects.get(code=PORTFOLIO).pk, lots[0].pk]
        )
    assert found("orchard") == {"WATER-2027"}
    assert found("greenhouse") == {"WATER-2027", PORTFOLIO}
    Objective.objects.filter(lot__call=call).delete()
    Lot.objects.filter(call=call).delete()
    assert found("greenhouse") == {PORTFOLIO}


def test_the_words_go_with_their_call() -> None:
    draft = make_call(PILOT, published=False)
    assert CallSearch.objects.filter(call=draft).exists()
    draft.delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not CallSearch.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_once_both_leave_their_words() -> None:
    call = make_call(PILOT)
    first, second = Lot.objects.filter(call=call)[:2]
    written, other_waits = threading.Event(), threading.Event()

    def change_second() -> None:
        written.wait(10)
        other_waits.set()
        Lot.objects.filter(pk=second.pk).update(title_en="Zebra")
        connection.close()

    thread = threading.Thread(target=change_second)
    thread.start()
    with transaction.atomic():
        Lot.objects.filter(pk=first.pk).update(title_en="Quagga")
        written.set()
        other_waits.wait(10)
    thread.join()
    assert found("quagga zebra") == {PILOT}


# Typing errors


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("munisipality", "municipalities"),
        ("watre", "water"),
        ("ջրամատակարրում", "ջրամատակարարում"),
        ("watter municipalty", "water municipalities"),
        ("watter xyzxyz", "water"),
    ],
)
def test_what_is_spelled_nearly_so_is_found_and_suggested(typed: str, right: str, call: Call) -> None:
    assert found(typed) == set()
    near = similar(Call.objects.order_by("code"), typed, 3)
    assert near[0] == call
    assert meant(near[0], typed) == right
    assert found(right) >= {"WATER-2027"}


def test_what_is_spelled_rightly_is_not_corrected(call: Call) -> None:
    assert meant(call, "Water for municipalities") == ""
    assert similar(Call.objects.all(), "qqqq zzzz", 3) == []
    assert similar(Call.objects.all(), "", 3) == []


def test_a_word_is_suggested_as_the_call_spells_it(call: Call) -> None:
    Call.objects.filter(pk=call.pk).update(title_hy="Սևանի ավազանը")
    call.refresh_from_db()
    assert meant(call, "սեվանիի") == "սևանի"


def test_drafts_are_not_suggested(call: Call) -> None:
    make_call(INNOVATION, change=as_code("SECRET", title={"hy": "Գաղտնի", "en": "Platypus"}), published=False)
    assert similar(Call.objects.public(), "platipus", 3) == []
    assert [near.code for near in similar(Call.objects.all(), "platipus", 3)] == ["SECRET"]


# Showing


def test_found_words_are_marked_and_the_rest_is_escaped() -> None:
    passage = "<b>Water</b> & municipality: Սևանի ինչո՞ւ"
    words = matching("municipalities սեւանի ինչու <b>", [passage], "hy")
    english = matching("municipalities", [passage], "en")
    assert words == {"սևանի", "ինչո՞ւ", "b"}
    assert english == {"municipality"}
    assert (
        marked("<b>Water</b> & Սևանի", words)
        == "&lt;<mark>b</mark>&gt;Water&lt;/<mark>b</mark>&gt; &amp; <mark>Սևանի</mark>"
    )
    assert marked("Ինչո՞ւ", words) == "<mark>Ինչո՞ւ</mark>"


# With many calls


def many(count: int) -> None:
    """Add calls by one statement, as alike as copies are: the triggers run as for any other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'calls_call'")
        columns = [name for (name,) in cursor.fetchall() if name not in ("id", "code", "title_en", "title")]
        names = ", ".join(columns)
        cursor.execute(
            f"INSERT INTO calls_call (code, title, title_en, {names}) "
            f"SELECT 'COPY-' || n, 'Copy ' || n, 'Copy number' || n, {names} FROM calls_call, generate_series(1, %s) n "
            "WHERE code = %s",
            [count, INNOVATION],
        )


def test_five_thousand_calls_are_searched_by_the_index(as_owner: Callable[[str], None]) -> None:
    make_call(INNOVATION, change=lambda spec: spec.model_copy(update={"summary": {"hy": "Կարճ", "en": "Short"}}))
    many(5000)
    as_owner("ANALYZE calls_callsearch")
    as_owner("ANALYZE calls_call")
    exact = searched(Call.objects.public(), "number4321")
    assert [call.code for call in exact] == ["COPY-4321"]
    assert "call_search_vector" in exact.explain()
    near = [call.code for call in similar(Call.objects.public(), "nunber4321", 3)]
    assert near[0] == "COPY-4321"
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN SELECT call_id FROM calls_callsearch WHERE 'nunber4321' <% folded".replace("%", "%%"), []
        )
        assert "call_search_folded" in str(cursor.fetchall())
    assert Call.objects.filter(state=CallState.PUBLISHED).count() == 5001
