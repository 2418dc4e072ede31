"""Remarks of colleagues on questions: who makes them, who is told, and that nobody else ever reads them."""

import html
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.lifecycle import helping, remarking, submit_application
from applications.models import Helper, Remark
from portal import clock as portal_clock
from portal.accounts.models import Person
from portal.notices.models import Message
from tests.applications.helpers import fill
from tests.applications.test_helping import Team
from tests.applications.test_query_counts import costs
from tests.factories import PASSWORD, make_call, make_draft, make_member, make_municipality, make_person, make_staff
from tests.support import Clock

JSON = {"Accept": "application/json"}
FIELD = "remark-challenge-text"


@pytest.fixture
def team(client: Client) -> Team:
    return Team(client)


def sent(person: Person, team: Team, data: dict[str, Any], question: str = "challenge", **more: Any) -> Any:
    guest = Client()
    guest.force_login(person)
    return guest.post(team.url("remark", question), data, **more)


def text_of(response: Any) -> str:
    return html.unescape(response.content.decode())


@pytest.mark.django_db
def test_colleagues_talk_about_a_question(team: Team) -> None:
    viewer, helper = make_member(team.municipality, "viewer"), make_person()
    team.helper(helper)
    for person, text in ((team.head, "Is this <b>clear</b>?"), (viewer, "To me it is."), (helper, "Shorter, please.")):
        assert sent(person, team, {FIELD: text}).status_code == 302
        assert sent(person, team, {FIELD: text}).status_code == 302  # the button pressed twice
    first, second, third = Remark.objects.all()
    assert (first.author, second.author, third.author) == (team.head, viewer, helper)
    raw = team.client.get(team.url("remark", "challenge")).content.decode()
    assert "Is this &lt;b&gt;clear&lt;/b&gt;?" in raw
    section = text_of(team.client.get(team.url("section", "motivation")))
    assert "Remarks (3 open)" in section
    assert "Shorter, please." in section
    sent(viewer, team, {"settle": str(first.pk)})
    sent(team.head, team, {"settle": str(first.pk)})
    first.refresh_from_db()
    assert first.settled_by == viewer
    assert "2 open remarks" in text_of(team.client.get(team.url("tasks")))
    sent(helper, team, {"again": str(first.pk)})
    first.refresh_from_db()
    assert first.settled_at is None
    everything = text_of(team.client.get(team.url("remarks")))
    assert everything.index("clear") < everything.index("To me it is.") < everything.index("Shorter, please.")

    # A script gets the thread anew, and what is wrong in words.
    told = sent(viewer, team, {FIELD: "Once more\r\nhere"}, headers=JSON).json()
    assert (told["summary"], "Once more<br>here" in told["html"]) == ("Remarks (4 open)", True)
    for text, said in ((" ", "Please write something first."), ("x" * 2001, "at most 2000"), ("\0", "Null")):
        refused = sent(viewer, team, {FIELD: text}, headers=JSON)
        assert (refused.status_code, said in refused.json()["error"]) == (422, True), said
        page = sent(viewer, team, {FIELD: text})
        assert (page.status_code, said in text_of(page)) == (422, True)
    assert "x" * 2001 in text_of(sent(viewer, team, {FIELD: "x" * 2001}))
    assert Remark.objects.count() == 4


@pytest.mark.django_db
def test_nobody_else_reads_a_remark(team: Team) -> None:
    secret = "Between us: the mayor hesitates."
    sent(team.head, team, {FIELD: secret})
    remark = Remark.objects.get()
    neighbour, officer = make_member(make_municipality("Gyumri"), "head"), make_staff("administrator")
    submission = submit_application(fill(team.entry, team.head), by=team.head, received_at=portal_clock.now())
    for person in (neighbour, officer):
        guest = Client()
        guest.force_login(person)
        for path in (team.url("remarks"), team.url("remark", "challenge")):
            assert guest.get(path).status_code == 404
        for data in ({FIELD: "I listen"}, {"settle": str(remark.pk)}):
            assert sent(person, team, data).status_code == 404
    assert secret not in json.dumps(submission.snapshot, ensure_ascii=False)
    reader = Client()
    reader.force_login(officer)
    assert secret not in text_of(reader.get(team.url("review")))
    # The thread goes on after submission; another application's remark, or question, is not reached from here.
    assert secret in text_of(team.client.get(team.url("remarks")))
    other = make_draft(make_call("M4EG-2021-INNOVATION"), team.municipality, by=team.head)
    foreign = remarking.write_remark(other, "title", "There", by=team.head)
    for key in (str(foreign.pk), "9" * 30, "-1", "x"):
        assert sent(team.head, team, {"settle": key}).status_code == 404
    assert sent(team.head, team, {"remark-title-text": "Here"}, "title").status_code == 404
    foreign.refresh_from_db()
    assert (foreign.settled_at, Remark.objects.count()) == (None, 2)


@pytest.mark.django_db
def test_the_others_are_told_once_a_day(team: Team, clock: Clock) -> None:
    helper, _viewer = make_person(), make_member(team.municipality, "viewer")
    team.helper(helper)
    clock.set(clock.now.replace(hour=6, minute=0))  # ten in the morning in Yerevan
    sent(team.head, team, {FIELD: "First"})
    sent(team.head, team, {"remark-citizens-text": "Second"}, "citizens")
    told = Message.objects.filter(kind="remark_new")
    assert {message.recipient for message in told} == {team.editor, helper}
    assert told.all().count() == 2
    assert "First" not in told[0].text
    sent(team.editor, team, {FIELD: "Answer"})
    assert told.all().count() == 3
    clock.advance(timedelta(hours=14))  # midnight in Yerevan
    sent(team.head, team, {FIELD: "Next day"})
    assert told.all().count() == 5


@pytest.mark.django_db
def test_a_question_has_an_end_of_remarks(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remarking, "MOST", 1)
    sent(team.head, team, {FIELD: "First"})
    refused = sent(team.editor, team, {FIELD: "Second"})
    assert (refused.status_code, "too many remarks" in text_of(refused)) == (422, True)
    assert ">Second</textarea>" in text_of(refused)


@pytest.mark.django_db
def test_pages_with_remarks_cost_the_same_for_one_and_for_three(team: Team) -> None:
    counted: list[list[int]] = []
    for text in ("One", "Two", "Three"):
        remark = remarking.write_remark(team.entry, "challenge", text, by=make_member(team.municipality))
        remarking.settle_remark(remark, by=team.editor)
        if text == "Two":
            continue
        for page in (("remarks",), ("remark", "challenge")):
            team.client.get(team.url(*page))
            with costs(6):
                assert text in text_of(team.client.get(team.url(*page)))
        counted.append([queries_of(team, page) for page in (("section", "motivation"), ("tasks",))])
    assert counted[0] == counted[1]


def queries_of(team: Team, page: tuple[str, ...]) -> int:
    """Return what a page costs the second time; others say how much that may be."""
    team.client.get(team.url(*page))
    with CaptureQueriesContext(connection) as captured:
        assert team.client.get(team.url(*page)).status_code == 200
    return len(captured)


@pytest.mark.django_db(transaction=True)
def test_an_invitation_and_a_remark_in_a_browser(page: Any, client: Client, mailbox: list[Any]) -> None:
    """The word stays behind the # of the link; a remark is sent without touching what is typed in the section."""
    from tests.applications.test_helping import word_in

    team = Team(client)
    team.invite()
    word = word_in(mailbox)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url + str(request.headers.get("referer"))))
    page.goto(f"/en{reverse('applications:invitation')[3:]}#{word}")
    page.get_by_role("heading", name="Alaverdi asks for your help").wait_for()
    assert word not in page.url
    assert not [address for address in asked if word in address.replace(f"#{word}", "")]
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("The password again").fill(PASSWORD)
    page.get_by_role("button", name="Make the account and help").click()
    page.wait_for_url("**/applications/*/")

    page.goto(team.url("section", "motivation"))
    question = page.locator("[data-question=challenge]")
    question.locator("textarea").first.fill("Typed, not saved")
    remarks = question.locator("[data-remarks]")
    remarks.locator("summary").click()
    page.context.set_offline(True)
    remarks.get_by_label("Your remark").fill("How long may this be?")
    remarks.get_by_role("button", name="Send the remark").click()
    remarks.get_by_text("Not sent: no connection.").wait_for()
    page.context.set_offline(False)
    remarks.get_by_role("button", name="Send the remark").click()
    remarks.locator(".remark-text").wait_for()
    assert remarks.locator("summary").inner_text().startswith("Remarks (1 open)")
    assert remarks.get_by_label("Your remark").input_value() == ""
    assert question.locator("textarea").first.input_value() == "Typed, not saved"
    assert Remark.objects.get().text == "How long may this be?"
    remarks.get_by_role("button", name="Mark as settled").click()
    remarks.get_by_text("Settled by").wait_for()

    # Help that has ended refuses what is typed in words, and leaves it where it was typed.
    helping.end_help(Helper.objects.get(), team.entry, by=team.head)
    question.locator("textarea").first.fill("Typed after the end")
    page.get_by_text("you can no longer write this application").first.wait_for()
    assert question.locator("textarea").first.input_value() == "Typed after the end"
    assert "Typed after the end" in page.evaluate("JSON.stringify(localStorage)")
