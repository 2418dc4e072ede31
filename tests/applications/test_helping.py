"""Helpers from outside: invited, let in, and out again; what they reach and what they never do."""

import html
import re
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from applications.lifecycle import attach_file, helping, save_section, submit_application
from applications.models import EntryState, Helper, SectionAnswers, StageEntry
from portal import clock as portal_clock
from portal.accounts.models import Person
from portal.notices import lifecycle as notices
from portal.notices.models import Message
from tests.applications.helpers import fill, upload
from tests.applications.test_query_counts import costs
from tests.factories import make_call, make_draft, make_member, make_municipality, make_person, make_staff
from tests.portal.permissions.addresses import addresses
from tests.support import Clock

pytestmark = pytest.mark.django_db
INVITED = {"name": "Aram Adviser", "email": "Aram@adviser.example"}
PASSWORD = "a bridge over Debed"
OF_OTHERS = {"municipality", "export", "message"}
"""Addresses whose key is not that of an entry."""
LINK = re.compile(r"http\S+/applications/invitation/#([A-Z2-7]{32})")


class Team:
    """A municipality with a head, an editor, and an application in a call that is open."""

    def __init__(self, client: Client) -> None:
        self.municipality = make_municipality()
        self.head = make_member(self.municipality, "head", name="Anna Head")
        self.editor = make_member(self.municipality, "editor")
        self.entry: StageEntry = make_draft(make_call(), self.municipality, by=self.head)
        self.client = client
        client.force_login(self.head)

    def url(self, name: str, *more: Any) -> str:
        return address(name, self.entry.pk, *more)

    def invite(self, **changes: str) -> Any:
        day = (self.entry.deadline + timedelta(days=1)).date()
        return self.client.post(self.url("helpers"), {**INVITED, "until": day.isoformat(), **changes})

    def helper(self, person: Person) -> Helper:
        """Somebody who helps since now."""
        until = self.entry.deadline + timedelta(days=1)
        made = helping.invite_helper(self.entry, name=person.name, email=person.email, until=until, by=self.head)
        return helping.take_up(made, person)


@pytest.fixture
def team(client: Client) -> Team:
    return Team(client)


def address(name: str, *parts: Any) -> str:
    with translation.override("en"):
        return reverse(f"applications:{name}", args=parts)


def word_in(mailbox: list[EmailMessage]) -> str:
    """Send the last invitation and return the word in its link."""
    notices.send(Message.objects.filter(kind="helper_invited").latest("pk").pk)
    found = LINK.search(str(mailbox[-1].body))
    assert found
    return found[1]


def opened(word: str, person: Person | None = None) -> Client:
    """Return the browser of somebody who gave the word of an invitation."""
    guest = Client()
    if person:
        guest.force_login(person)
    guest.post(address("invitation"), {"password_of_invitation": word})
    return guest


def text_of(response: Any) -> str:
    return html.unescape(response.content.decode())


def test_an_invited_person_makes_an_account_and_writes(team: Team, mailbox: list[EmailMessage]) -> None:
    save_section(team.entry, "motivation", {"challenge": "Young people leave."}, 0, by=team.head)
    assert team.invite().status_code == 302
    message = Message.objects.get(kind="helper_invited")
    assert (message.to, message.recipient) == ("aram@adviser.example", None)
    word = word_in(mailbox)
    kept = Helper.objects.get()
    assert kept.secret == helping.digest_of(word)
    message.refresh_from_db()
    assert word not in message.text + message.html + str(vars(kept))
    assert word in str(mailbox[0].alternatives[0][0])  # type: ignore[attr-defined]

    guest = Client()
    assert "The code from the e-mail" in text_of(guest.get(address("invitation")))
    assert guest.post(address("invitation"), {"password_of_invitation": "A" * 32}).status_code == 422
    assert guest.post(address("invitation"), {"password_of_invitation": f" {word.lower()} "}).status_code == 302
    page = guest.get(address("invitation"))
    assert (page["Referrer-Policy"], "no-store" in page["Cache-Control"]) == ("same-origin", True)
    assert all(said in text_of(page) for said in ("Alaverdi", "Anna Head", "aram@adviser.example"))
    assert word not in text_of(page)
    assert "Young people leave" not in text_of(page)

    weak = guest.post(address("take_up"), {"name": "Aram A.", "password": "12345", "repeated_password": "1234"})
    assert (weak.status_code, 'value="Aram A."' in text_of(weak)) == (422, True)
    assert "The two passwords differ." in text_of(weak)
    assert not Person.objects.filter(email="aram@adviser.example").exists()
    given = {"name": "Aram A.", "password": PASSWORD, "repeated_password": PASSWORD}
    assert guest.post(address("take_up"), given)["Location"] == team.url("tasks")
    person = Person.objects.get(email="aram@adviser.example")
    assert (person.name, person.check_password(PASSWORD), person.language) == ("Aram A.", True, "en")
    assert EmailAddress.objects.get(user=person).verified
    assert {m.recipient for m in Message.objects.filter(kind="helper_taken_up")} == {team.head}

    section = team.url("section", "motivation")
    assert "Young people leave." in text_of(guest.get(section))
    data = {"form.version": 1, "form.action": "save", "challenge": "They come back."}
    assert guest.post(section, data).status_code == 302
    assert SectionAnswers.objects.get(entry=team.entry).answers["challenge"] == "They come back."
    assert opened(word).get(address("invitation")).status_code == 410


def test_only_the_very_person_takes_an_invitation_up(team: Team, mailbox: list[EmailMessage], clock: Clock) -> None:
    aram, other = make_person("aram@adviser.example"), make_person()
    team.invite()
    word = word_in(mailbox)
    stranger = opened(word)
    page = text_of(stranger.get(address("invitation")))
    assert "/en/accounts/login/?next=" in page
    assert "repeated_password" not in page
    given = {"name": "Another", "password": PASSWORD, "repeated_password": PASSWORD}
    assert "There is an account for" in text_of(stranger.post(address("take_up"), given))
    for method in ("get", "post"):
        refused = getattr(opened(word, other), method)(address("invitation" if method == "get" else "take_up"))
        assert refused.status_code == 403
        assert f"you are logged in as {other.email}" in text_of(refused)
    officer = make_staff(email="officer@adviser.example")
    team.invite(email=officer.email)
    staff = opened(word_in(mailbox), officer).post(address("take_up"))
    assert (staff.status_code, "works for the programme" in text_of(staff)) == (403, True)
    assert not Helper.objects.filter(person__isnull=False).exists()

    # Invited again: the earlier word opens nothing.
    first = Helper.objects.get(email=aram.email)
    clock.advance(timedelta(minutes=1))
    day = (team.entry.deadline + timedelta(days=3)).date()
    team.client.post(team.url("helper", first.pk), {f"helper-{first.pk}-until": day.isoformat()})
    late = Client().post(address("invitation"), {"password_of_invitation": word})
    assert "No invitation has this code" in text_of(late)
    mine = opened(word_in(mailbox), aram)
    assert mine.post(address("take_up"))["Location"] == team.url("tasks")
    assert mine.get(team.url("tasks")).status_code == 200
    assert str(helping.take_up(first, aram).person_id) == str(aram.pk)
    assert Message.objects.filter(kind="helper_taken_up").count() == 1
    with pytest.raises(helping.NoLongerOpen):
        helping.take_up(first, other)


def test_help_is_over_when_it_ends_or_runs_out(team: Team, mailbox: list[EmailMessage], clock: Clock) -> None:
    aram, ended, ran_out = Client(), make_person(), make_person()
    first, _second = team.helper(ended), team.helper(ran_out)
    team.invite()
    word = word_in(mailbox)
    guests = {person.pk: Client() for person in (ended, ran_out)}
    for person in (ended, ran_out):
        guests[person.pk].force_login(person)
        assert guests[person.pk].get(team.url("section", "motivation")).status_code == 200
    assert team.client.post(team.url("helper", first.pk), {"form.action": "end"}).status_code == 302
    typed = {"form.version": 0, "challenge": "Too late"}
    for method, data in (("get", {}), ("post", typed)):
        answer = getattr(guests[ended.pk], method)(team.url("section", "motivation"), data, headers={"X-Autosave": "1"})
        assert answer.status_code == 404
    (told,) = Message.objects.filter(kind="helper_ended")
    assert told.recipient == ended
    with pytest.raises(helping.NoLongerOpen):
        helping.renew_help(first, team.entry, until=clock.now + timedelta(days=1), by=team.head)

    clock.advance(timedelta(days=40))
    assert guests[ran_out.pk].get(team.url("tasks")).status_code == 404
    aram.post(address("invitation"), {"password_of_invitation": word})
    over = aram.get(address("invitation"))
    assert (over.status_code, "its time ran out" in text_of(over)) == (410, True)
    given = {"name": "A", "password": PASSWORD, "repeated_password": PASSWORD}
    assert aram.post(address("take_up"), given).status_code == 410
    assert not Person.objects.filter(email="aram@adviser.example").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM applications_helperevent")
        columns = {column.name for column in cursor.description or ()}
        rows = str(cursor.fetchall())
    assert not columns & {"name", "email", "secret"}
    assert "adviser.example" not in rows


def test_what_cannot_be_invited(team: Team) -> None:
    make_member(team.municipality, "viewer", email="viewer@example.org")
    day = team.entry.deadline.date()
    for changes, said in (
        ({"until": "2020-01-01"}, "This day has passed."),
        ({"until": (day + timedelta(days=100)).isoformat()}, "Help can last at most 90 days"),
        ({"until": "soon"}, "This is not a date."),
        ({"email": "no address"}, "Enter a valid email address."),
        ({"name": ""}, "Please give the name."),
        ({"email": "viewer@example.org"}, "works for the municipality here already"),
    ):
        answer = team.invite(**changes)
        assert (answer.status_code, said in text_of(answer)) == (422, True), said
        assert changes.get("email", INVITED["email"]) in text_of(answer)
    assert not Helper.objects.exists()
    team.invite()
    assert "This person is invited already." in text_of(team.invite(email="ARAM@adviser.example"))
    for number in range(helping.MOST - 1):
        assert team.invite(email=f"a{number}@adviser.example").status_code == 302
    assert "No more helpers can be invited" in text_of(team.invite(email="sixth@adviser.example"))
    # The page says who and until when; what was sent for one of them and cannot stand, at its field.
    first = Helper.objects.earliest("pk")
    wrong = team.client.post(team.url("helper", first.pk), {f"helper-{first.pk}-until": "2020-01-01"})
    assert (wrong.status_code, f'id="id_helper-{first.pk}-until"' in text_of(wrong)) == (422, True)
    for person in (make_member(team.municipality, "viewer"), make_member(make_municipality("Gyumri"), "head")):
        team.client.force_login(person)
        assert team.client.get(team.url("helpers")).status_code == 404
        assert team.client.post(team.url("helper", first.pk), {"form.action": "end"}).status_code == 404
    assert Helper.objects.get(pk=first.pk).ended_at is None


def test_after_submission_help_can_only_be_ended(team: Team) -> None:
    helper = team.helper(make_person())
    submit_application(fill(team.entry, team.head), by=team.head, received_at=portal_clock.now())
    assert "Send the invitation" not in text_of(team.client.get(team.url("helpers")))
    assert team.invite().status_code == 404
    team.client.post(team.url("helper", helper.pk), {"form.action": "end"})
    assert Helper.objects.get().ended_by == team.head


class _Any(defaultdict[str, Any]):
    """A value for whatever an address takes: one that fits numbers and texts alike."""

    def __init__(self, **known: Any) -> None:
        super().__init__(lambda: 1, known)


def test_a_helper_reaches_one_application_and_never_submits_it(team: Team) -> None:
    """Every address of applications, so that a new one is asked too."""
    aram = make_person()
    helper = team.helper(aram)
    neighbour = make_draft(make_call("M4EG-2021-INNOVATION"), team.municipality, by=team.head)
    guest = Client(raise_request_exception=False)
    guest.force_login(aram)
    paths = {name: found for name, found in addresses().items() if name.startswith("applications:")}
    asked = set()
    for name, found in paths.items():
        if "pk" not in found.takes or name.removeprefix("applications:") in OF_OTHERS:
            continue
        values = _Any(pk=neighbour.pk, section="project", question="title", helper=helper.pk)
        try:
            path = found.path(values)
        except NoReverseMatch:
            continue
        asked.add(name)
        answers = {method: getattr(guest, method)(path).status_code for method in ("get", "post")}
        assert set(answers.values()) <= {404, 405}, f"{name}: {answers}"
    assert {"applications:tasks", "applications:section", "applications:remark", "applications:helpers"} <= asked
    fill(team.entry, team.head)
    for name in ("submit", "withdraw"):
        guest.post(team.url(name), {"confirmation": "yes"})
        team.entry.refresh_from_db()
        assert team.entry.state == EntryState.DRAFT, name
    assert guest.post(team.url("helpers")).status_code == 404
    attach_file(neighbour, "council-decision", upload(), by=team.head)
    for entry, outcome in ((team.entry, 200), (neighbour, 404)):
        file = entry.attachments.all()[0].file
        assert guest.get(reverse("documents:file", args=[file.token, file.name])).status_code == outcome
    assert guest.post(team.url("helper", helper.pk), {"form.action": "end"}).status_code == 404
    for name in ("tasks", "review", "remarks"):
        assert guest.get(team.url(name)).status_code == 200, name
    assert team.entry.stage.call.title in text_of(guest.get(address("list")))
    assert neighbour.stage.call.title not in text_of(guest.get(address("list")))


def test_the_list_of_helpers_costs_the_same_for_one_and_for_three(team: Team) -> None:
    team.helper(make_person())
    for more in (0, 2):
        for _number in range(more):
            team.helper(make_person())
        team.client.get(team.url("helpers"))
        with costs(6):
            text = text_of(team.client.get(team.url("helpers")))
        assert text.count("Change until when, or end") == 1 + more


def test_words_are_not_guessed(db: None) -> None:
    guest = Client()
    outcomes = [
        guest.post(address("invitation"), {"password_of_invitation": f"{number}"}).status_code for number in range(21)
    ]
    assert outcomes == [422] * 20 + [429]
