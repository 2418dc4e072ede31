"""What is written while something else stands, or again after it was withdrawn: who reads it, and what counts."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from applications.answers.merging import marks_of
from applications.clarifications import asked_of
from applications.lifecycle import (
    answer_clarification,
    ask_clarification,
    attach_file,
    discard_changes,
    reopen_application,
    save_section,
    start_application,
    submit_application,
    withdraw_application,
)
from applications.models import Attachment, EntryState, SectionAnswers, StageEntry, Submission
from applications.queries import entries_for
from applications.receipts.records import Standing, standing_of
from applications.views import printing
from portal import clock
from portal.documents.models import Scan, StoredFile
from portal.transitions import IllegalTransition
from tests.applications.helpers import INNOVATION, fill, upload
from tests.factories import PDF, make_call, make_draft, make_member, make_municipality, make_staff

pytestmark = pytest.mark.django_db
PROJECT = INNOVATION["project"]
ANEW = "A garden for everyone"


class Submitted:
    """An application for an innovation project that was submitted in time."""

    def __init__(self) -> None:
        self.municipality = make_municipality()
        self.head = make_member(self.municipality, "head")
        make_draft(make_call(), self.municipality, by=self.head)  # the expression of interest on which the call rests
        self.call = make_call("M4EG-2021-INNOVATION")
        self.pk = fill(make_draft(self.call, self.municipality, by=self.head), self.head).pk
        self.first = submit_application(self.entry, by=self.head, received_at=clock.now())

    @property
    def entry(self) -> StageEntry:
        found: StageEntry = StageEntry.objects.select_related("stage__call", "application__lot").get(pk=self.pk)
        return found

    def reopen(self) -> None:
        reopen_application(self.entry, by=self.head, received_at=clock.now())

    def url(self, name: str, *more: str) -> str:
        return reverse(f"applications:{name}", args=[self.pk, *more])


def test_changes_that_were_not_submitted_are_printed_for_those_who_write_alone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Submitted()
    made.reopen()
    printed: list[str] = []

    def draw(source: object, code: str) -> bytes:
        printed.append(type(source).__name__)
        return b"%PDF-"

    monkeypatch.setattr(printing, "application_pdf", draw)
    staff = [make_staff("programme_officer"), make_staff("country_officer", country="AM")]
    people = [made.head, make_member(made.municipality, "viewer"), *staff]
    for person in people:
        client.force_login(person)
        assert client.get(made.url("pdf")).status_code == 200
    assert printed == ["Dossier", "Dossier", "Submission", "Submission"]
    ask_clarification(
        made.entry, questions=["need"], text="Where?", due_at=clock.now() + timedelta(days=3), by=staff[0]
    )
    printed.clear()
    for person in people:
        client.force_login(person)
        client.get(made.url("pdf"))
    assert printed == ["Dossier", "Dossier", "Submission", "Submission"]


def test_what_was_withdrawn_and_is_written_anew_neither_counts_nor_is_read_by_the_country_office(
    client: Client,
) -> None:
    made = Submitted()
    office = make_staff("country_officer", country="AM")
    assert entries_for(office).filter(pk=made.pk).exists()
    withdraw_application(made.entry, by=made.head, received_at=clock.now())
    entry = made.entry
    start_application(made.call, entry.stage, made.municipality, entry.application.lot, by=made.head)
    save_section(made.entry, "project", {**PROJECT, "title": ANEW}, 1, by=made.head)
    assert made.entry.state == EntryState.DRAFT
    assert standing_of(Submission.objects.select_related("entry").get(pk=made.first.pk)) == Standing.WITHDRAWN
    client.force_login(office)
    for name in ("tasks", "review", "pdf", "versions"):
        assert client.get(made.url(name)).status_code == 404, name
    client.force_login(made.head)
    assert ANEW in client.get(made.url("review")).content.decode()


def test_text_for_a_question_that_was_shut_meanwhile_is_not_said_to_be_saved(client: Client) -> None:
    made = Submitted()
    made.reopen()
    marks = json.dumps(marks_of(SectionAnswers.objects.get(entry=made.pk, section="project").answers))
    ask_clarification(made.entry, questions=["need"], text="Where?", due_at=clock.now() + timedelta(days=3), by=None)
    client.force_login(made.head)
    page = {**PROJECT, "form.version": "1", "form.marks": marks}
    script = {"X-Autosave": "1"}
    shut = client.post(made.url("section", "project"), {**page, "title": ANEW}, headers=script)
    assert (shut.status_code, list(shut.json())) == (409, ["closed"])
    assert client.post(made.url("section", "project"), {**page, "title": ANEW}).status_code == 302
    assert client.post(made.url("section", "project"), {**page, "need": ANEW}, headers=script).status_code == 200
    kept = SectionAnswers.objects.get(entry=made.pk, section="project").answers
    assert (kept["title"], kept["need"]) == (PROJECT["title"], ANEW)
    # An answer is handed in only while the application is being clarified.
    StageEntry.objects.filter(pk=made.pk).update(state=EntryState.REJECTED)
    with pytest.raises(IllegalTransition):
        answer_clarification(asked_of(made.entry)[0], by=made.head, received_at=clock.now())


def test_a_file_that_came_while_the_request_waited_belongs_to_what_it_submitted(client: Client) -> None:
    made = Submitted()
    made.reopen()
    arrived = clock.now()
    file = attach_file(made.entry, "council-decision", upload("late.pdf", PDF + b"\n"), by=made.head)
    second = submit_application(made.entry, by=made.head, received_at=arrived)
    assert file.file.token in json.dumps(second.snapshot["files"])
    assert Attachment.objects.submitted().filter(pk=file.pk).exists()
    client.force_login(make_staff("country_officer", country="AM"))
    assert client.get(reverse("documents:file", args=[file.file.token, "late.pdf"])).status_code == 200


def test_a_section_that_no_form_has_changes_nothing_for_who_is_here(client: Client) -> None:
    municipality = make_municipality()
    head = make_member(municipality, "head")
    entry = make_draft(make_call(), municipality, by=head)
    SectionAnswers.objects.create(entry=entry, section="taken-out", answers={"a": "b"})
    client.force_login(head)
    for section in ("a\0b", "nowhere", "taken-out", ""):
        answer = client.get(reverse("applications:here", args=[entry.pk]), {"section": section, "version": "7"})
        assert (answer.status_code, list(answer.json())) == (200, ["here"]), section


def test_a_file_with_a_virus_is_not_brought_back() -> None:
    made = Submitted()
    file = Attachment.objects.get(entry=made.pk)
    for found in ({"scan": Scan.WAITING}, {"scan": Scan.INFECTED, "scanned_at": clock.now(), "virus": "Eicar"}):
        StoredFile.objects.filter(pk=file.file_id).update(**found)
    made.reopen()
    assert not Attachment.objects.filter(entry=made.pk, removed_at=None).exists()
    assert Attachment.objects.standing().filter(pk=file.pk).exists(), "what was submitted keeps its list of files"
    discard_changes(made.entry, by=made.head)
    assert not Attachment.objects.filter(entry=made.pk, removed_at=None).exists()
