"""Searches that people keep, what they follow, and how new calls are told of."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calls.alerts import announce
from calls.following import (
    MOST_SEARCHES,
    SearchRefused,
    follow,
    follows,
    save_search,
    switch_alerts,
    way_out_of_alerts,
    ways_out_of,
)
from calls.models import Call, CallAnnouncement, SavedSearch
from calls.spec import CallSpec
from portal.accounts.models import Person
from portal.notices import tasks
from portal.notices.models import Message
from tests.factories import make_call, make_country, make_person
from tests.support import Clock

INNOVATION, PORTFOLIO, PILOT = "M4EG-2021-INNOVATION", "M4EG-2021-PORTFOLIO", "M4EG-2021-PILOT"
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_now(clock: Clock) -> None:
    clock.set(NOW)
    make_country("AM")


@pytest.fixture
def reader(client: Client) -> Person:
    person = make_person("reader@example.org", name="Ani")
    client.force_login(person)
    return person


def as_code(code: str, **fields: Any) -> Callable[[CallSpec], CallSpec]:
    return lambda spec: spec.model_copy(update={"code": code, **fields})


def published(code: str, clock: Clock, **fields: Any) -> Call:
    """A call that is published a minute later than what was before."""
    clock.advance(timedelta(minutes=1))
    return make_call(PILOT, change=as_code(code, **fields))


# Following


def test_a_call_is_followed_from_its_page_and_left(client: Client, reader: Person) -> None:
    call = make_call(PILOT)
    page = f"/en/calls/{PILOT}/"
    assert f'action="{page}follow/"' in client.get(page).content.decode()
    assert client.get(f"{page}follow/").status_code == 200
    assert not follows(call, reader), "looking changes nothing"
    answer = client.post(f"{page}follow/", follow=True).content.decode()
    assert "You follow this call" in answer
    assert follows(call, reader)
    assert (
        "Mayors" in client.get("/en/calls/searches/").content.decode()
        or PILOT in client.get("/en/calls/searches/").content.decode()
    )
    client.post(f"{page}unfollow/")
    assert not follows(call, reader)


def test_a_visitor_is_led_back_after_the_login(client: Client) -> None:
    make_call(PILOT)
    answer = client.get(f"/en/calls/{PILOT}/follow/")
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?next=/en/calls/{PILOT}/follow/")


# Keeping


def test_a_search_is_kept_once_under_the_latest_name(client: Client, reader: Person) -> None:
    make_call(PILOT)
    page = client.get("/en/calls/?country=AM&q=projects&amount_from=60 000&closing=nonsense").content.decode()
    assert 'name="query" value="q=projects&amp;country=AM&amp;amount_from=60000"' in page
    assert 'value="projects · Armenia · Grant of at least 60,000"' in page
    for name in ("", "Ours"):
        query = "q=projects&country=AM&amount_from=60000&page=2&evil=1&status=wrong"
        client.post("/en/calls/searches/save/", {"query": query, "name": name})
    kept = SavedSearch.objects.get()
    assert (kept.name, kept.query) == ("Ours", "q=projects&country=AM&amount_from=60000")
    shown = client.get("/en/calls/searches/").content.decode()
    assert "Ours" in shown
    assert "/en/calls/?q=projects&amp;country=AM&amp;amount_from=60000" in shown


def test_a_search_is_renamed_switched_off_and_deleted(client: Client, reader: Person) -> None:
    kept = save_search(reader, query="country=AM", name="First")
    path = f"/en/calls/searches/{kept.pk}/"
    assert client.post(path, {"name": " "}).status_code == 422
    client.post(path, {"name": "Second"})
    client.post(f"{path}email/", {})
    kept.refresh_from_db()
    assert (kept.name, kept.alerts) == ("Second", False)
    client.post(f"{path}email/", {"on": "yes"})
    kept.refresh_from_db()
    assert kept.alerts
    assert "Delete the search?" in client.get(f"{path}delete/").content.decode()
    assert SavedSearch.objects.exists()
    client.post(f"{path}delete/")
    assert not SavedSearch.objects.exists()


def test_nobody_touches_the_search_of_another(client: Client, reader: Person) -> None:
    other = save_search(make_person(), query="", name="Other")
    for path in ("", "delete/"):
        assert client.get(f"/en/calls/searches/{other.pk}/{path}").status_code == 404
    for path in ("", "delete/", "email/"):
        assert client.post(f"/en/calls/searches/{other.pk}/{path}", {"name": "Mine"}).status_code == 404
    assert "Other" not in client.get("/en/calls/searches/").content.decode()


def test_a_search_that_cannot_be_kept_is_refused_in_words(client: Client, reader: Person) -> None:
    make_call(PILOT)
    answer = client.post("/en/calls/searches/save/", {"query": f"q={'ա' * 400}", "name": "Long"}, follow=True)
    assert "This search is too long to be kept." in answer.content.decode()
    assert not SavedSearch.objects.exists()
    client.post("/en/calls/searches/save/", {"query": "q=green", "name": "Gr\0een"})
    assert SavedSearch.objects.get().name == "Green"


def test_a_person_keeps_only_so_many(client: Client, reader: Person) -> None:
    for number in range(MOST_SEARCHES):
        save_search(reader, query=f"q={number}", name="x")
    with pytest.raises(SearchRefused):
        save_search(reader, query="q=more", name="x")
    save_search(reader, query="q=1", name="again")
    answer = client.post("/en/calls/searches/save/", {"query": "q=more"}, follow=True)
    assert "Please delete one first" in answer.content.decode()


def test_my_searches_cost_the_same_for_one_and_for_three(client: Client, reader: Person) -> None:
    client.get("/en/calls/searches/")  # what is kept for all pages
    for number, code in enumerate(("ONE", "TWO", "THREE")):
        follow(make_call(PILOT, change=as_code(code)), reader)
        save_search(reader, query=f"q=x{number}&programme=M4EG&country=AM", name=code)
        if number != 1:
            with CaptureQueriesContext(connection) as asked:
                client.get("/en/calls/searches/")
            assert len(asked) == 8


# Telling of new calls


def test_a_new_call_is_told_once_naming_all_searches_that_match(clock: Clock, mailbox: list[EmailMessage]) -> None:
    ani, bella = make_person(name="Ani"), make_person(language="hy")
    save_search(ani, query="q=pilot", name="Pilots")
    save_search(ani, query="country=AM&status=closed&closing=7&sort=amount", name="In Armenia")
    save_search(ani, query="country=GE&q=nothing", name="Elsewhere")
    save_search(bella, query="", name="Բոլորը")
    published("NEW", clock)
    assert [announce(clock.now), announce(clock.now)] == [2, 0]
    tasks.sweep_outbox()
    mails = {mail.to[0]: mail for mail in mailbox}
    assert len(mailbox) == 2
    body = mails[ani.email].body
    assert "- In Armenia\n- Pilots\n" in body
    assert "Elsewhere" not in body
    assert "/en/calls/NEW/" in body
    assert "/hy/calls/NEW/" in mails[bella.email].body
    assert "- Բոլորը" in mails[bella.email].body


def test_only_calls_published_after_the_search_are_told_of(clock: Clock) -> None:
    published("BEFORE", clock)
    clock.advance(timedelta(minutes=1))
    person = make_person()
    save_search(person, query="", name="All")
    assert announce(clock.now) == 0
    assert CallAnnouncement.objects.count() == 1
    published("AFTER", clock)
    make_call(INNOVATION, published=False)
    assert announce(clock.now) == 1
    assert Message.objects.get().key == f"new_call:{person.pk}:{Call.objects.get(code='AFTER').pk}"


def test_a_search_of_signs_alone_keeps_nobody_from_being_told(clock: Clock) -> None:
    for query in ("q=%C2%AB%C2%BB", "country=AM"):
        save_search(make_person(), query=query, name=query)
    clock.advance(timedelta(minutes=1))
    published("AFTER", clock)
    assert announce(clock.now) == 2


def test_nobody_is_told_who_switched_it_off_or_left_or_whose_filter_means_nothing(clock: Clock) -> None:
    off, left, wrong = make_person(), make_person(), make_person()
    switch_alerts(save_search(off, query="", name="Off"), on=False)
    save_search(left, query="", name="Left")
    Person.objects.filter(pk=left.pk).update(is_active=False)
    save_search(wrong, query="programme=GONE", name="Wrong")
    published("NEW", clock)
    assert announce(clock.now) == 0


def test_a_call_that_was_cancelled_before_the_sweep_is_not_told_of(clock: Clock) -> None:
    save_search(make_person(), query="", name="All")
    call = published("NEW", clock)
    Call.objects.filter(pk=call.pk).update(state="cancelled")
    assert announce(clock.now) == 0


def test_a_sweep_with_nothing_new_costs_one_query_and_alike_searches_are_asked_once(clock: Clock) -> None:
    announce(clock.now)
    for _number in range(3):
        save_search(make_person(), query="q=pilot", name="Pilots")
    with CaptureQueriesContext(connection) as asked:
        announce(clock.now)
    assert len(asked) == 1
    published("NEW", clock)
    with CaptureQueriesContext(connection) as asked:
        assert announce(clock.now) == 3
    assert len([query for query in asked if "ts_rank" in query["sql"] or "calls_query" in query["sql"]]) == 1


# The way out


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def test_the_way_out_of_alerts_needs_no_login_and_asks_first(clock: Clock, mailbox: list[EmailMessage]) -> None:
    person, other = make_person(), make_person()
    for who in (person, other):
        save_search(who, query="", name="All")
    published("NEW", clock)
    announce(clock.now)
    tasks.sweep_outbox()
    mail = next(mail for mail in mailbox if mail.to == [person.email])
    address = way_out_of_alerts(person)
    assert address in mail.body
    assert mail.extra_headers["List-Unsubscribe"] == f"<{address}>"
    client = Client(enforce_csrf_checks=True)
    assert "No more e-mail about new calls?" in client.get(path_of(address)).content.decode()
    assert SavedSearch.objects.get(person=person).alerts, "looking changes nothing"
    for _time in range(2):
        answer = client.post(path_of(address), {"List-Unsubscribe": "One-Click"})
        assert "You get no more such e-mail" in answer.content.decode()
    assert not SavedSearch.objects.get(person=person).alerts
    assert SavedSearch.objects.get(person=other).alerts


def test_the_way_out_of_a_call_ends_following_it(client: Client) -> None:
    call, person, writer = make_call(PILOT), make_person(), make_person()
    follow(call, person)
    way_out = ways_out_of(call)
    assert way_out(writer) == "", "who is told without following cannot end that"
    client.get(path_of(way_out(person)))
    assert follows(call, person)
    client.post(path_of(way_out(person)))
    assert not follows(call, person)


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: "x" + t, lambda _t: "x"]
)
def test_a_token_that_is_not_ours_leads_nowhere(client: Client, change: Callable[[str], str]) -> None:
    person = make_person()
    save_search(person, query="", name="All")
    head, token = path_of(way_out_of_alerts(person)).rstrip("/").rsplit("/", 1)
    assert client.post(f"{head}/{token}/").status_code == 200
    SavedSearch.objects.update(alerts=True)
    assert client.get(f"{head}/{change(token)}/").status_code == 404
    assert client.post(f"{head}/{change(token)}/").status_code == 404
    assert SavedSearch.objects.get().alerts
    person.delete()
    assert client.get(f"{head}/{token}/").status_code == 404
