"""Questions about calls in the administration: who sees and does what, deadlines, previews, conflicts, costs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calls.enquiries.lifecycle import publish_answers, save_draft
from calls.models import AnswerCorrection, Call, Enquiry, EnquiryAnswer
from portal.accounts.models import Person, Role
from tests.calls.enquiries import BOTH, make_answer_draft, make_enquiry, make_open, publish
from tests.factories import make_municipality, make_person, make_staff
from tests.support import Clock

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)
LIST = "/en/admin/calls/enquiry/"


@pytest.fixture(autouse=True)
def _at_now(clock: Clock, mailbox: list[Any]) -> None:
    clock.set(NOW)


@pytest.fixture
def officer(client: Client) -> Person:
    person = make_staff()
    client.force_login(person)
    return person


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


def address(enquiry: Enquiry, step: str) -> str:
    return f"{LIST}{enquiry.pk}/{step}/"


def typed(version: int = 0, **changes: str) -> dict[str, Any]:
    words = {f"{name}_{code}": getattr(held, name) for code, held in BOTH.items() for name in ("question", "text")}
    return {"version": str(version), **words, **changes}


# Who sees what


@pytest.mark.parametrize(
    ("role", "country", "home", "abroad", "asker"),
    [
        (Role.PROGRAMME_OFFICER, None, True, True, True),
        (Role.ADMINISTRATOR, None, True, True, True),
        (Role.GRANT_OFFICER, None, True, True, False),
        (Role.AUDITOR, None, True, True, False),
        (Role.COUNTRY_OFFICER, "AM", True, False, False),
        (Role.COUNTRY_OFFICER, "GE", False, True, False),
    ],
)
def test_who_sees_which_question_and_who_asked(
    client: Client, role: str, country: str | None, home: bool, abroad: bool, asker: bool
) -> None:
    call = make_open()
    person = make_person("hidden.asker@example.org", name="Hidden Asker")
    armenian = make_enquiry(call, "From home?", by=person, place=make_municipality())
    georgian = make_enquiry(call, "From abroad?", by=person, place=make_municipality("Telavi", country="GE"))
    client.force_login(make_staff(role, country=country))
    shown = page(client, LIST)
    assert ("From home?" in shown, "From abroad?" in shown) == (home, abroad)
    for enquiry, seen in ((armenian, home), (georgian, abroad)):
        text = page(client, address(enquiry, "change"), 200 if seen else 404)
        assert ("Hidden Asker" in text) is (seen and asker)
        assert "hidden.asker@example.org" not in text


def test_assessors_see_nothing(client: Client) -> None:
    enquiry = make_enquiry(make_open())
    client.force_login(make_staff(Role.ASSESSOR))
    for path in (LIST, address(enquiry, "change"), address(enquiry, "write"), address(enquiry, "publish")):
        page(client, path, 404)


@pytest.mark.parametrize(
    "query", ["q=hidden.asker", "q=Hidden", "asked_by=1", "asked_by__email__startswith=hidden", "asked_by__name=x"]
)
def test_no_search_and_no_address_finds_who_asked(client: Client, officer: Person, query: str) -> None:
    make_enquiry(make_open(), by=make_person("hidden.asker@example.org", name="Hidden Asker"))
    response = client.get(f"{LIST}?{query}", follow=True)
    if query.startswith("q="):
        assert "May we apply twice?" not in response.content.decode()
    else:
        assert response.status_code == 400, "there is no filter by who asked"


@pytest.mark.parametrize(
    ("words", "found"),
    [("երեւան ԵՐԲ", True), ("Alaverdi", True), ("ալավերդի", True), ("portfolio", True), ("batumi", False)],
)
def test_the_search_is_folded(client: Client, officer: Person, words: str, found: bool) -> None:
    make_enquiry(make_open(), "Ե՞րբ է Երևանում հանդիպումը", place=make_municipality(name_hy="Ալավերդի"))
    assert ("հանդիպումը" in page(client, f"{LIST}?q={words}")) is found


def test_filters(client: Client, officer: Person) -> None:
    call, other = make_open(), make_open("M4EG-2021-PILOT")
    make_enquiry(call, "One?", place=make_municipality())
    second = make_enquiry(other, "Two?", place=make_municipality("Telavi", country="GE"))
    publish(other, make_answer_draft(second))
    for query, one, two in (
        (f"call__id__exact={call.pk}", True, False),
        ("state__exact=answered", False, True),
        ("municipality__country__code__exact=GE", False, True),
    ):
        text = page(client, f"{LIST}?{query}")
        assert ("One?" in text, "Two?" in text) == (one, two), query


@pytest.mark.parametrize(
    ("due", "word"),
    [
        (NOW + timedelta(days=9), ""),
        (NOW + timedelta(days=2), "Due soon"),
        (NOW, "Due soon"),
        (NOW - timedelta(microseconds=1), "Overdue"),
        (None, "The call names no date."),
    ],
)
def test_staff_are_warned_of_what_is_unanswered(
    client: Client, officer: Person, due: datetime | None, word: str
) -> None:
    call = make_open()
    Call.objects.filter(pk=call.pk).update(answers_until=due)
    enquiry = make_enquiry(call)
    text = page(client, LIST)
    assert "Waiting for answers" in text
    assert [said for said in ("Due soon", "Overdue", "The call names no date.") if said in text] == (
        [word] if word else []
    )
    publish(call, make_answer_draft(enquiry))
    assert "Waiting for answers" not in page(client, LIST)


# Drafting


def test_a_draft_begins_with_the_words_of_the_question(client: Client, officer: Person) -> None:
    enquiry, other = make_enquiry(call := make_open()), make_enquiry(call, "Twice, may we?")
    text = page(client, address(enquiry, "write"))
    assert text.count("May we apply twice?") == 2, "as asked, and to be worded in its language"
    assert "Twice, may we?" in text
    response = client.post(address(enquiry, "write"), {**typed(), "merged": [str(other.pk)]})
    assert response["Location"] == address(enquiry, "write")
    other.refresh_from_db()
    assert other.answer == EnquiryAnswer.objects.get()


def test_two_who_edit_a_draft_lose_nothing(client: Client, officer: Person) -> None:
    enquiry = make_enquiry(make_open())
    make_answer_draft(enquiry, words="Theirs: ")
    response = client.post(address(enquiry, "write"), typed(0, text_en="Mine"))
    text = response.content.decode()
    assert "Somebody else has saved this draft" in text
    assert "Theirs: An answer" in text
    assert "Mine</textarea>" in text
    assert EnquiryAnswer.objects.get().text_en == "Theirs: An answer"
    assert 'name="version" value="1"' in text
    assert client.post(address(enquiry, "write"), typed(1, text_en="Mine")).status_code == 302
    assert EnquiryAnswer.objects.get().text_en == "Mine"


def test_an_office_drafts_and_does_not_publish(client: Client) -> None:
    call = make_open()
    enquiry = make_enquiry(call, place=make_municipality())
    client.force_login(make_staff(Role.COUNTRY_OFFICER, country="AM"))
    assert "Save and preview" not in page(client, address(enquiry, "write"))
    assert client.post(address(enquiry, "write"), {**typed(), "preview": "1"})["Location"] == address(enquiry, "write")
    answer = EnquiryAnswer.objects.get()
    for step, data in (("publish", {"answers": f"{answer.pk}:1"}), ("decline", {"reason": "No."}), ("already", {})):
        assert client.post(address(enquiry, step), data).status_code == 404
    assert Enquiry.objects.get().state == "waiting"


# Publishing


def test_a_preview_is_shown_and_what_is_chosen_is_published_in_one_act(client: Client, officer: Person) -> None:
    call = make_open()
    first, second, third = (make_enquiry(call, f"Question {number}?") for number in range(3))
    drafts = [make_answer_draft(first), make_answer_draft(second)]
    save_draft(third, {"en": BOTH["en"]}, merged=(), version=0, by=None)
    text = page(client, address(first, "publish"))
    assert text.count("unfinished") == 1
    assert text.count(" checked>") == 1, "the one that was looked at"
    assert EnquiryAnswer.objects.filter(state="published").count() == 0
    data = {"answers": [f"{draft.pk}:{draft.version}" for draft in drafts]}
    assert client.post(address(first, "publish"), data)["Location"] == address(first, "change")
    assert [row.number for row in EnquiryAnswer.objects.filter(state="published").order_by("number")] == [1, 2]
    again = client.post(address(first, "publish"), data)
    assert "changed or published in the meantime" in again.content.decode()


def test_what_may_tell_who_asked_is_confirmed_first(client: Client, officer: Person) -> None:
    enquiry = make_enquiry(make_open(), by=make_person(name="Anna Simonova"), place=make_municipality("Alaverdi"))
    draft = make_answer_draft(enquiry, words="Anna of Alaverdi, anna@example.org: ")
    text = page(client, address(enquiry, "publish"))
    for said in (
        "e-mail address “anna@example.org”",
        "name of a person “Anna”",
        "municipality of who asked “Alaverdi”",
    ):
        assert said in text
        assert said in page(client, address(enquiry, "write"))
    data = {"answers": f"{draft.pk}:1"}
    refused = client.post(address(enquiry, "publish"), data).content.decode()
    assert "change it, or confirm that it may stay" in refused
    assert client.post(address(enquiry, "publish"), {**data, "checked": "on"}).status_code == 302


def test_nothing_chosen_and_nothing_there(client: Client, officer: Person) -> None:
    enquiry = make_enquiry(make_open())
    page(client, address(enquiry, "publish"), 404)
    make_answer_draft(enquiry)
    assert "Choose at least one answer." in client.post(address(enquiry, "publish")).content.decode()


# Declining, answered already, correcting


def test_declining_asks_for_a_reason(client: Client, officer: Person) -> None:
    enquiry = make_enquiry(make_open())
    assert "This field is required" in client.post(address(enquiry, "decline"), {"reason": " "}).content.decode()
    assert client.post(address(enquiry, "decline"), {"reason": "Not here."}).status_code == 302
    assert "Not here." in page(client, address(enquiry, "change"))
    late = client.post(address(enquiry, "decline"), {"reason": "Again."}, follow=True).content.decode()
    assert "This is no longer possible" in late


def test_an_equal_question_is_answered_by_a_published_answer(client: Client, officer: Person) -> None:
    call = make_open()
    enquiry = make_enquiry(call)
    assert "No answer of this call has been published yet" in page(client, address(enquiry, "already"))
    (answer,) = publish(call, make_answer_draft(make_enquiry(call)))
    assert "This field is required" in client.post(address(enquiry, "already")).content.decode()
    assert client.post(address(enquiry, "already"), {"answer": str(answer.pk)}).status_code == 302
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.answer) == ("answered", answer)


def test_a_correction_is_shown_before_it_is_made(client: Client, officer: Person) -> None:
    call = make_open()
    enquiry = make_enquiry(call)
    page(client, address(enquiry, "correct"), 404)
    publish(call, make_answer_draft(enquiry))
    words = {name: value for name, value in typed(text_en="Better").items() if name != "version"}
    preview = client.post(address(enquiry, "correct"), {**words, "number": "1"}).content.decode()
    assert "From now on" in preview
    assert not AnswerCorrection.objects.exists()
    confirmed = {**words, "number": "1", "confirmed": "1"}
    assert client.post(address(enquiry, "correct"), confirmed).status_code == 302
    assert AnswerCorrection.objects.get().text_en == "Better"
    late = client.post(address(enquiry, "correct"), {**confirmed, "text_en": "Mine"}).content.decode()
    assert "Somebody else has changed this answer" in late
    assert "Mine</textarea>" in late
    assert "What stands there now" in late
    assert 'name="number" value="2"' in late


# Costs


def test_lists_and_pages_cost_the_same_for_one_and_three(client: Client, officer: Person) -> None:
    call = make_open()

    def cost(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    found = []
    for count in (1, 3):
        while Enquiry.objects.count() < count * 2:
            number = Enquiry.objects.count()
            place = make_municipality(f"Place {number}")
            make_answer_draft(make_enquiry(call, f"Question {number}?", place=place))
            answer = make_answer_draft(make_enquiry(call, f"Answered {number}?", place=place))
            publish_answers(call, {answer.pk: 1}, by=officer)
        waiting = Enquiry.objects.filter(state="waiting").first()
        assert waiting
        paths = [LIST, f"{LIST}?q=place", *(address(waiting, step) for step in ("write", "publish", "already"))]
        found.append([cost(path) for path in paths])
    assert found == [[8, 8, 8, 8, 6]] * 2


@pytest.mark.parametrize("language", ["hy", "en"])
def test_pages_open_in_both_languages(client: Client, officer: Person, language: str) -> None:
    call = make_open()
    waiting, answered = make_enquiry(call), make_enquiry(call)
    make_answer_draft(waiting)
    publish(call, make_answer_draft(answered))
    steps = [(waiting, step) for step in ("change", "write", "publish", "already", "decline")]
    for enquiry, step in (*steps, (answered, "change"), (answered, "correct")):
        assert f'<html lang="{language}"' in page(client, address(enquiry, step).replace("/en/", f"/{language}/", 1))
