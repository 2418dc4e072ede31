"""Asking about a call: until when, by whom, in which language; once; and what the asker sees of it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from calls.enquiries import rules
from calls.enquiries.lifecycle import NotTaken, TooMany, ask, decline
from calls.models import Call, CallState, Enquiry, EnquiryState
from portal.accounts.models import CountryOffice, Person
from portal.notices.models import Message
from portal.transitions import IllegalTransition
from tests.factories import make_call, make_country, make_member, make_municipality, make_person, make_staff, stage_of
from tests.support import Clock

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(days=3)


@pytest.fixture(autouse=True)
def _at_now(clock: Clock) -> None:
    clock.set(NOW)


def open_call(code: str = "M4EG-2021-PORTFOLIO", **fields: Any) -> Call:
    """A published call that takes questions for three more days."""
    make_country()
    call = make_call(code)
    Call.objects.filter(pk=call.pk).update(**{"questions_until": UNTIL, **fields})
    call.refresh_from_db()
    return call


def asked(call: Call, person: Person | None = None, text: str = "May we apply twice?", **more: Any) -> Enquiry:
    values = {"language": "en", "arrived_at": NOW, **more}
    return ask(call, by=person or make_person(), text=text, **values).enquiry


@pytest.fixture
def member(client: Client) -> Person:
    person = make_member(make_municipality(), language="en")
    client.force_login(person)
    return person


def send(client: Client, call: Call, text: str = "May we apply twice?", **more: str) -> Any:
    return client.post(f"/en/calls/{call.code}/ask/", {"text": text, "language": "en", **more})


# Until when


@pytest.mark.parametrize(("late", "taken"), [(timedelta(0), True), (timedelta(microseconds=1), False)])
def test_the_last_moment_is_in_time(late: timedelta, taken: bool, mailbox: list[Any]) -> None:
    call = open_call()
    assert rules.takes_questions(call, UNTIL + late) is taken
    if taken:
        assert asked(call, arrived_at=UNTIL + late).asked_at == UNTIL
    else:
        with pytest.raises(NotTaken):
            asked(call, arrived_at=UNTIL + late)
    assert Enquiry.objects.count() == taken


def test_a_call_without_a_day_takes_questions_until_the_deadline_of_its_stage(mailbox: list[Any]) -> None:
    call = open_call(questions_until=None)
    deadline = stage_of(call).deadline
    assert asked(call, arrived_at=deadline).asked_at == deadline
    with pytest.raises(NotTaken):
        asked(call, text="And now?", arrived_at=deadline + timedelta(seconds=1))


def test_the_arrival_of_the_request_counts_and_not_the_end_of_the_work(
    client: Client, member: Person, clock: Clock, settings: Any, mailbox: list[Any]
) -> None:
    call = open_call()
    settings.TRUST_REQUEST_START = True
    clock.set(UNTIL + timedelta(minutes=1))
    path, data = f"/en/calls/{call.code}/ask/", {"text": "In time?", "language": "en"}
    stamp = f"t={UNTIL.timestamp():.6f}"
    assert client.post(path, data, headers={"X-Request-Start": stamp}).status_code == 302
    assert Enquiry.objects.get().asked_at == UNTIL


@pytest.mark.parametrize("state", [CallState.CANCELLED, CallState.ARCHIVED])
def test_a_call_that_is_over_takes_no_question(state: str, client: Client, member: Person) -> None:
    call = open_call(state=state)
    assert send(client, call).status_code == 422
    assert not Enquiry.objects.exists()


def test_nobody_asks_about_a_draft(client: Client) -> None:
    call = make_call(published=False)
    client.force_login(make_staff())
    assert send(client, call).status_code == 404
    assert client.get(f"/en/calls/{call.code}/answers/").status_code == 404


# Asking


def test_a_question_is_taken_and_the_asker_is_told_what_happens(
    client: Client, member: Person, mailbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    call = open_call()
    own = member.memberships.get().municipality
    with django_capture_on_commit_callbacks(execute=True):
        response = send(client, call, municipality=str(own.pk))
    assert response["Location"] == f"/en/calls/{call.code}/ask/#own"
    enquiry = Enquiry.objects.get()
    assert (enquiry.asked_by, enquiry.municipality, enquiry.language, enquiry.state) == (member, own, "en", "waiting")
    page = client.get(response["Location"]).content.decode()
    assert "May we apply twice?" in page
    assert "Waiting for an answer" in page
    assert "Question and answer are published for everybody" in page
    message = Message.objects.get()
    assert (message.kind, message.recipient) == ("enquiry_received", member)
    assert f"http://testserver/en/calls/{call.code}/ask/" in message.text
    assert "May we apply twice?" not in message.text, "staff read the outbox; the question is not for all of them"


def test_the_call_s_page_has_the_form_for_who_is_logged_in(client: Client) -> None:
    call = open_call()
    path = f"/en/calls/{call.code}/"
    assert "Log in to ask" in client.get(path).content.decode()
    client.force_login(make_person())
    page = client.get(path).content.decode()
    assert f'action="/en/calls/{call.code}/ask/"' in page
    assert "For your municipality" not in page, "this person works for none"


def test_the_same_question_sent_twice_is_one(mailbox: list[Any]) -> None:
    call, person = open_call(), make_person()
    first = ask(call, by=person, text="Եւ ե՞րբ", language="hy", arrived_at=NOW)
    again = ask(call, by=person, text="  և   երբ ", language="hy", arrived_at=UNTIL + timedelta(days=9))
    assert (first.new, again.new, again.enquiry) == (True, False, first.enquiry)
    assert ask(call, by=make_person(), text="Եւ ե՞րբ", language="hy", arrived_at=NOW).new
    assert Message.objects.count() == 2


def test_a_person_waits_for_a_few_answers_at_a_time(client: Client, member: Person, mailbox: list[Any]) -> None:
    call = open_call()
    enquiries = [asked(call, member, f"Question {number}?") for number in range(rules.MOST_WAITING)]
    with pytest.raises(TooMany, match="5 questions"):
        asked(call, member, "One more?")
    response = send(client, call, "One more?")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Please ask again when some are answered" in page
    assert "One more?</textarea>" in page
    asked(open_call("M4EG-2021-PILOT"), member, "Elsewhere?")
    decline(enquiries[0], reason="Not about this call.", by=None)
    assert asked(call, member, "One more?").state == EnquiryState.WAITING


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"text": ""}, "This field is required"),
        ({"text": "a" * 2001}, "at most 2000 characters"),
        ({"text": "Good", "language": "ka"}, "Select a valid choice"),
        ({"text": "Good", "municipality": "other"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_taken_is_said_at_the_field_and_the_text_stays(
    data: dict[str, str], words: str, client: Client, member: Person
) -> None:
    call, other = open_call(), make_municipality("Gyumri")
    given = {name: str(other.pk) if value == "other" else value for name, value in data.items()}
    response = client.post(f"/en/calls/{call.code}/ask/", {"language": "en", **given})
    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert f"{given['text']}</textarea>" in page
    assert not Enquiry.objects.exists()


def test_line_ends_of_browsers_do_not_count_twice(client: Client, member: Person, mailbox: list[Any]) -> None:
    text = "\n".join(["a" * 99] * 20)
    assert send(client, open_call(), text.replace("\n", "\r\n")).status_code == 302
    assert Enquiry.objects.get().text == text


def office(country: str) -> CountryOffice:
    return CountryOffice.objects.create(
        country=make_country(country), name_hy="Գ", name_en=f"Office {country}", email=f"{country.lower()}@example.org"
    )


def test_a_late_question_is_refused_with_the_own_office_and_the_text_is_there(client: Client, clock: Clock) -> None:
    call = open_call(countries=["AM", "GE"])
    office("AM")
    office("GE")
    clock.set(UNTIL + timedelta(seconds=1))
    client.force_login(make_member(make_municipality(country="GE"), language="en"))
    response = send(client, call, "Is it <too> late?")
    assert response.status_code == 422
    page = response.content.decode().partition('class="site-footer"')[0]
    main = page.partition("<main")[2].partition("</main>")[0]
    assert "Is it &lt;too&gt; late?</textarea>" in main
    assert "it was not taken" in main
    assert "mailto:ge@example.org" in main
    assert "am@example.org" not in main
    client.force_login(make_person())
    main = send(client, call, "Late?").content.decode().partition("<main")[2].partition("</main>")[0]
    assert "am@example.org" in main
    assert "ge@example.org" in main
    assert not Enquiry.objects.exists()


def test_a_question_in_a_call_of_three_languages(client: Client, member: Person, mailbox: list[Any]) -> None:
    call = open_call(languages=["hy", "en", "ka"])
    page = client.get(f"/en/calls/{call.code}/ask/").content.decode()
    assert '<option value="ka">ქართული</option>' in page
    assert send(client, call, "შეგვიძლია?", language="ka").status_code == 302
    assert Enquiry.objects.get().language == "ka"


# Whose it is


def test_one_sees_only_one_s_own(client: Client, mailbox: list[Any]) -> None:
    call, one, other = open_call(), make_person(), make_person()
    asked(call, one, "A question of one")
    asked(call, other, "A question of another")
    client.force_login(one)
    page = client.get(f"/en/calls/{call.code}/ask/").content.decode()
    assert "A question of one" in page
    assert "A question of another" not in page
    assert list(Enquiry.objects.visible_to(one)) == [Enquiry.objects.get(asked_by=one)]


def test_history_does_not_tell_who_asked(client: Client, member: Person, mailbox: list[Any]) -> None:
    """Neither a column nor the context of an event leads to the person, also where a session would name it."""
    call = open_call()
    send(client, call, municipality=str(member.memberships.get().municipality_id))
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM calls_enquiryevent e")
        (kept,) = [json.loads(text) for (text,) in cursor.fetchall()]
    assert not {"asked_by_id", "municipality_id", "text", "digest"} & set(kept)
    assert kept["pgh_context"]["url"].endswith("/ask/")
    assert kept["pgh_context"]["user"] is None


def test_erasing_a_person_leaves_the_question(mailbox: list[Any]) -> None:
    call, person = open_call(), make_person()
    asked(call, person)
    Message.objects.filter(recipient=person).delete()
    person.delete()
    assert Enquiry.objects.get().asked_by is None


# The database itself


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Other words"},
        {"asked_at": NOW - timedelta(days=1)},
        {"state": "answered"},
        {"state": "declined"},
        {"state": "lost"},
    ],
)
def test_the_database_refuses_what_the_table_does_not_have(change: dict[str, Any], mailbox: list[Any]) -> None:
    enquiry = asked(open_call())
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        Enquiry.objects.filter(pk=enquiry.pk).update(**change)


def test_what_was_declined_stays_so(mailbox: list[Any]) -> None:
    enquiry = decline(asked(open_call()), reason="Not about this call.", by=None)
    with pytest.raises(IllegalTransition):
        decline(enquiry, reason="Another reason", by=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Enquiry.objects.filter(pk=enquiry.pk).update(reason="Another reason")
