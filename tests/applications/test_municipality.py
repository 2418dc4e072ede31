"""A person's municipality on one page, and what the portal wrote to the person."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import registry
from applications.lifecycle import attach_file, reopen_application, save_section, submit_application
from applications.models import Clarification, EntryState, Helper, StageEntry
from applications.registry import Duty, Part
from calls.models import Call, Extension
from portal import clock
from portal.accounts.models import Membership, Municipality, Person
from portal.notices.models import Message
from tests.applications.helpers import PORTFOLIO, upload
from tests.factories import make_call, make_draft, make_member, make_municipality, make_person, make_staff, stage_of

pytestmark = pytest.mark.django_db


@contextmanager
def costs(most: int) -> Iterator[None]:
    """Assert the number of queries, without savepoints and the lock under which a PDF is drawn."""
    with CaptureQueriesContext(connection) as captured:
        yield
    asked = [q["sql"][:300] for q in captured.captured_queries]
    queries = [sql for sql in asked if "SAVEPOINT" not in sql and "pg_advisory_xact_lock" not in sql]
    assert len(queries) == most, "\n".join(queries)


def another(code: str) -> Call:
    """One more call of the same kind."""
    titles = dict.fromkeys(("hy", "en"), f"Call {code}")
    return make_call(change=lambda spec: spec.model_copy(update={"code": code, "title": titles}))


def submitted(call: Call, place: Municipality, by: Person) -> StageEntry:
    entry = make_draft(call, place, by=by)
    for section, given in PORTFOLIO.items():
        save_section(entry, section, given, 0, by=by)
    for question in ("ledp", "letter"):
        attach_file(entry, question, upload(), by=by)
    submit_application(entry, by=by, received_at=clock.now())
    return StageEntry.objects.get(pk=entry.pk)


def ask(entry: StageEntry) -> Clarification:
    """Have the programme ask about an answer, as far as the page is concerned."""
    StageEntry.objects.filter(pk=entry.pk).update(state=EntryState.CLARIFICATION)
    due = clock.now() + timedelta(days=2)
    made: Clarification = Clarification.objects.create(
        entry=entry, questions=["staff"], text="How many?", due_at=due, about=entry.submission
    )
    return made


def help_with(entry: StageEntry, person: Person | None = None) -> Helper:
    made: Helper = Helper.objects.create(
        application=entry.application,
        name="Aram from outside",
        email=f"aram{entry.pk}@example.org",
        secret=f"{entry.pk:064x}",
        until=clock.now() + timedelta(days=9),
        person=person,
        accepted_at=clock.now() if person else None,
    )
    return made


def read(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def in_order(page: str, *texts: str) -> bool:
    places = [page.index(text) for text in texts]
    return places == sorted(places)


def test_what_waits_comes_first_then_what_there_is_then_who_works_there(client: Client, mailbox: list[Any]) -> None:
    place = make_municipality()
    head = make_member(place, "head", name="Anna Petrosyan")
    make_member(place, "viewer", name="Vahe")
    draft = make_draft(another("DRAFT"), place, by=head)
    changed = submitted(another("CHANGED"), place, head)
    reopen_application(changed, by=head, received_at=clock.now())
    asked = submitted(another("ASKED"), place, head)
    ask(asked)
    help_with(draft)
    client.force_login(head)
    page = read(client, "/en/applications/")
    waiting, rest = page.split('id="applications"')
    assert in_order(waiting, "Clarification requested", "Call ASKED", "Not submitted yet")  # its time runs out first
    assert waiting.index("Call ASKED") < min(waiting.index("Call DRAFT"), waiting.index("Call CHANGED"))
    assert "The programme asks about 1 answer." in waiting
    assert f'href="/en/applications/{asked.pk}/clarification/"' in waiting
    assert "9 answers are missing." in waiting
    assert f'href="/en/applications/{draft.pk}/section/municipality/?check=1#field-contact-name"' in waiting
    assert "counts until the changes are submitted. All answers are there: check them and submit." in waiting
    assert rest.count("/receipt/") == 2  # both stand, though something waits
    assert in_order(rest, "Anna Petrosyan", "Vahe", "Aram from outside")
    assert "Submits for the municipality" in rest
    client.force_login(make_member(place, "viewer"))
    page = read(client, "/en/applications/")
    assert "9 answers are missing." in page
    assert "?check=1" not in page  # viewers are not sent where they cannot write


def test_a_municipality_with_nothing_says_what_can_be_done(client: Client) -> None:
    place = make_municipality()
    make_call()
    client.force_login(make_member(place, "editor"))
    page = read(client, "/en/applications/")
    for text in (
        "Nothing: no draft",
        "Nothing was submitted yet",
        "No head is registered",
        "Open calls for your country",
    ):
        assert text in page
    assert "write to the country office" in page


def test_nobody_else_opens_the_page_or_the_archive(client: Client) -> None:
    place = make_municipality()
    entry = make_draft(make_call(), place)
    outsider = make_person()
    help_with(entry, outsider)
    for person in (outsider, make_member(make_municipality("Gyumri"), "head"), make_staff("administrator")):
        client.force_login(person)
        for name in ("municipality", "export"):
            assert client.get(reverse(f"applications:{name}", args=[place.pk])).status_code == 404
    client.force_login(outsider)
    page = read(client, "/en/applications/")
    assert f'href="/en/applications/{entry.pk}/"' in page
    assert "Applications that you help with" in page
    assert "Members" not in page


def test_who_works_for_several_chooses_and_a_merged_one_stands_with_its_successor(client: Client) -> None:
    alaverdi, gyumri = make_municipality(), make_municipality("Gyumri")
    merged = make_municipality("Akhtala", merged_into=alaverdi, merged_on=date(2022, 9, 1))
    head = make_member(alaverdi, "head")
    for place in (merged, gyumri):
        Membership.objects.create(person=head, municipality=place, role="head")
    call = make_call()
    old = make_draft(call, alaverdi, by=head)  # made under the name of the time, before it merged
    type(old.application).objects.filter(pk=old.application_id).update(
        municipality=merged, municipality_name_hy="Ախթալա", municipality_name_en="Akhtala"
    )
    make_draft(another("SECOND"), gyumri, by=head)
    client.force_login(head)
    page = read(client, "/en/applications/")
    assert "<h1>Alaverdi</h1>" in page
    assert "With Akhtala, which merged into it on 1 September 2022." in page
    assert in_order(page, 'id="waiting"', "Expression of interest · Akhtala")
    assert "Call SECOND" not in page.split('id="applications"')[0]
    assert page.count(f"/applications/municipality/{gyumri.pk}/") == 1
    assert page.count("1 waits") == 2
    assert read(client, f"/en/applications/municipality/{merged.pk}/").count("<h1>Alaverdi</h1>") == 1
    page = read(client, f"/en/applications/municipality/{gyumri.pk}/")
    assert "Call SECOND" in page.split('id="applications"')[0]
    assert "Akhtala" not in page


def test_a_deadline_that_passed_does_not_wait_and_an_extension_does(client: Client) -> None:
    place = make_municipality()
    head = make_member(place, "head")
    call = make_call()
    make_draft(call, place, by=head)
    call.stages.update(deadline=clock.now() - timedelta(minutes=1))
    client.force_login(head)
    page = read(client, "/en/applications/")
    assert "Nothing: no draft" in page
    assert "not submitted in time" in page
    until = clock.now() + timedelta(days=1)
    Extension.objects.create(stage=stage_of(call), municipality=place, until=until, reason="A flood")
    page = read(client, "/en/applications/")
    assert "9 answers are missing." in page
    assert "not submitted in time" not in page


def test_what_higher_storeys_want_of_the_municipality_waits_with_the_rest(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    duties = tuple(
        Duty(f"Report {number}", "For the second instalment.", f"/report/{number}/", "Write the report", now + left)
        for number, left in enumerate((timedelta(days=20), timedelta(hours=-1)))
    )
    monkeypatch.setattr(registry, "_parts", [lambda person, municipalities: Part("Reports", duties=duties)])
    place = make_municipality()
    client.force_login(make_member(place, "head"))
    make_draft(make_call(), place)
    waiting, rest = read(client, "/en/applications/").split('id="applications"')
    assert in_order(waiting, "Overdue", "Report 1", "Not submitted yet", "To be done", "Report 0")
    assert rest.count("/report/0/") == 1
    assert "/report/1/" not in rest  # what is past is no date to come


def test_a_message_is_read_by_its_recipient_alone(client: Client) -> None:
    place = make_municipality()
    head, editor = make_member(place, "head"), make_member(place)
    text = "Dear Anna,\n\nhttps://example.org/receipt <b>now</b>"
    message = Message.objects.create(
        key="k", kind="receipt", recipient=head, to=head.email, language="hy", subject="Ստացական", text=text
    )
    url = reverse("applications:message", args=[message.pk])
    client.force_login(head)
    assert "Ստացական" in read(client, "/en/applications/")
    assert "Ստացական" in read(client, "/en/applications/messages/")
    page = read(client, url)
    assert '<a href="https://example.org/receipt"' in page
    assert "&lt;b&gt;now" in page
    assert "has not left by e-mail yet" in page
    for other in (editor, make_staff("administrator")):
        client.force_login(other)
        assert client.get(url).status_code == 404
        assert "Ստացական" not in read(client, "/en/applications/messages/")


def test_the_page_costs_the_same_for_one_and_for_three_of_everything(client: Client, mailbox: list[Any]) -> None:
    place, other = make_municipality(), make_municipality("Gyumri")
    head = make_member(place, "head")
    Membership.objects.create(person=head, municipality=other, role="head")
    client.force_login(head)

    def one_more(code: str) -> None:
        draft = make_draft(another(f"DRAFT-{code}"), place, by=head)
        ask(submitted(another(f"ASKED-{code}"), place, head))
        reopen_application(submitted(another(f"OPEN-{code}"), place, head), by=head, received_at=clock.now())
        another(f"CALL-{code}")
        make_member(place)
        help_with(draft)

    for code in ("ONE", "TWO", "THREE"):
        one_more(code)
        if code != "TWO":
            read(client, "/en/applications/")
            with costs(16):
                read(client, "/en/applications/")
            with costs(4):
                read(client, "/en/applications/messages/")
