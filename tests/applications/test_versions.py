"""Changing what was submitted while it stands; every version kept as it was, and comparable with any other."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from applications.answers import digest_of
from applications.answers.comparing import Change, changed_keys, compare, rows
from applications.lifecycle import (
    attach_file,
    discard_changes,
    remove_file,
    reopen_application,
    save_section,
    submit_application,
    withdraw_application,
)
from applications.models import AnswersVersion, Attachment, EntryState, StageEntry, Submission
from applications.pages.versions import compared_sections, filled_of, unsent_labels
from applications.presentation import filled_sheet, filled_submission
from applications.queries import dossier_of
from applications.refusals import NotADraft, TooLate
from calls.comparison.words import Piece, marked
from portal import clock as portal_clock
from portal.accounts.models import Person
from portal.notices.lifecycle import write_reminders
from portal.notices.models import Message
from portal.transitions import IllegalTransition
from tests.applications.helpers import INNOVATION, fill, upload
from tests.applications.sheets import question, sheet
from tests.applications.test_at_once import at_once
from tests.applications.test_query_counts import costs
from tests.factories import PDF, make_call, make_draft, make_member, make_municipality, make_staff, stage_of
from tests.support import Clock

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
OTHER_PDF = PDF + b"\n"

words = st.text(st.sampled_from("ab \n\u0561"), max_size=30)


@given(words, words)
def test_a_marked_text_holds_both_texts(old: str, new: str) -> None:
    pieces = marked(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "old") == new
    assert all(piece.text for piece in pieces)


@given(st.lists(st.tuples(words, words), max_size=5), st.lists(st.tuples(words, words), max_size=5))
def test_compared_rows_hold_both_tables(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> None:
    found = rows(old, new)

    def side(without: Change, kind: str) -> list[tuple[str, ...]]:
        lines = [line.cells for line in found if line.change is not without]
        return [tuple("".join(piece.text for piece in cell if piece.kind != kind) for cell in line) for line in lines]

    assert side(Change.ADDED, "new") == old
    assert side(Change.REMOVED, "old") == new
    assert (old == new) == all(line.change is Change.SAME for line in found)


def test_words_that_changed_are_marked_and_no_others() -> None:
    assert marked("The closed park becomes a square.", "The old closed park becomes a garden.") == (
        Piece("same", "The"),
        Piece("new", " old"),
        Piece("same", " closed park becomes a "),
        Piece("old", "square."),
        Piece("new", "garden."),
    )
    assert marked("All of it", "something else") == (Piece("old", "All of it"), Piece("new", "something else"))
    assert marked("same", "same") == (Piece("same", "same"),)
    assert marked("", "") == ()


def test_questions_come_and_go_with_the_form() -> None:
    asked = [question("short_text", key) for key in ("kept", "gone", "changed", "emptied")]
    before = sheet(*asked, kept="a", gone="b", changed="c", emptied="d")
    after = sheet(question("short_text", "new"), asked[0], *asked[2:], kept="a", new="e", changed="f")
    filled = [filled_sheet(one, {}) for one in (before, after)]
    found = {one.key: (one.change, one.asked) for one in compare(*filled) if one.section == "s"}
    assert found == {
        "new": (Change.ADDED, (False, True)),
        "kept": (Change.SAME, (True, True)),
        "changed": (Change.CHANGED, (True, True)),
        "emptied": (Change.REMOVED, (True, True)),
        "gone": (Change.REMOVED, (True, False)),
    }
    assert changed_keys(filled[0], filled[0]) == ()


# --- in the portal --------------------------------------------------------------------------------------------------


class Submitted:
    """An application that was submitted, ten days before its deadline."""

    def __init__(self) -> None:
        call = make_call("M4EG-2021-INNOVATION")
        self.municipality = make_municipality()
        self.head: Person = make_member(self.municipality, "head", language="en")
        make_draft(make_call(), self.municipality, by=self.head)
        self.entry: StageEntry = fill(make_draft(call, self.municipality, by=self.head), self.head)
        self.first: Submission = self.submit()
        self.deadline = stage_of(call).deadline

    def submit(self, **more: Any) -> Submission:
        return submit_application(self.entry, by=self.head, **{"received_at": portal_clock.now(), **more})

    def reopen(self, **more: Any) -> StageEntry:
        return reopen_application(self.entry, by=self.head, **{"received_at": portal_clock.now(), **more})

    def now(self) -> StageEntry:
        return StageEntry.objects.get(pk=self.entry.pk)

    def write(self, section: str = "project", **answers: Any) -> None:
        dossier = dossier_of(self.now())
        given = {**dossier.sheet.answers[section], **answers}
        save_section(self.now(), section, given, dossier.version(section), by=self.head)

    def change(self, title: str = "A square for all") -> None:
        """Change a text and a table, and put another file in the place of the one that is there."""
        self.write(title=title)
        self.write("people", partners="yes", **{"partner-list": [{"name": "School", "role": "Garden"}]})
        decision = Attachment.objects.get(entry=self.entry, removed_at=None)
        attach_file(self.now(), "council-decision", upload("second.pdf", OTHER_PDF), by=self.head)
        remove_file(self.now(), decision.pk, by=self.head)

    def files(self) -> list[str]:
        return sorted(attachment.file.name for attachment in dossier_of(self.now()).attachments)

    def unsent(self) -> list[str]:
        return unsent_labels(dossier_of(self.now()), Submission.objects.get(pk=self.now().submission_id or 0))

    def client(self, person: Person | None = None) -> Client:
        client = Client()
        client.force_login(person or self.head)
        return client

    def get(self, name: str, query: str = "", person: Person | None = None) -> Any:
        return self.client(person).get(reverse(f"applications:{name}", args=[self.entry.pk]) + query)

    def post(self, name: str) -> Any:
        return self.client().post(reverse(f"applications:{name}", args=[self.entry.pk]), follow=True)


@pytest.fixture
def submitted(db: None, mailbox: list[Any]) -> Submitted:
    return Submitted()


def test_what_was_submitted_stands_until_another_submission_arrives(submitted: Submitted) -> None:
    entry = submitted.reopen()
    assert submitted.reopen().reopened_at == entry.reopened_at
    told = Message.objects.get(kind="reopened")
    assert "What was submitted stands: submission 1 of" in told.text
    assert submitted.first.digest in told.text
    submitted.change()
    present = submitted.now()
    assert (present.state, present.submission_id, present.reopened) == (EntryState.SUBMITTED, submitted.first.pk, True)
    assert submitted.unsent() == [
        "Title of the project",
        "Do you have partners?",
        "Partners",
        "Decision of the municipal council",
    ]
    second = submitted.submit()
    assert (second.sequence, second.number, submitted.now().reopened) == (2, submitted.first.number, False)
    assert submitted.now().submission_id == second.pk
    kept = Submission.objects.get(pk=submitted.first.pk)
    assert (kept.snapshot, kept.digest) == (submitted.first.snapshot, submitted.first.digest)
    assert kept.snapshot["answers"]["project"]["title"] == INNOVATION["project"]["title"]


def test_giving_up_the_changes_brings_back_what_stands_and_loses_no_word(submitted: Submitted) -> None:
    submitted.reopen()
    submitted.change()
    discard_changes(submitted.entry, by=submitted.head)
    present = submitted.now()
    assert (present.reopened_at, submitted.unsent(), submitted.files()) == (None, [], ["decision.pdf"])
    shown = dossier_of(present).sheet.shown_answers
    assert shown == submitted.first.snapshot["answers"]
    # The table that is no longer asked for stays with the draft; the text that was given up, in its history.
    assert "partner-list" in dossier_of(present).sheet.answers["people"]
    texts = AnswersVersion.objects.filter(entry=present, section="project").order_by("version")
    assert [version.answers["title"] for version in texts][-2:] == ["A square for all", "A square for everyone"]
    versions = AnswersVersion.objects.count()
    discard_changes(submitted.entry, by=submitted.head)
    assert AnswersVersion.objects.count() == versions
    with pytest.raises(NotADraft):
        submitted.write(title="Too late")


def test_reopening_ends_with_the_deadline_and_a_late_change_leaves_the_timely_one(
    submitted: Submitted, clock: Clock
) -> None:
    with pytest.raises(TooLate, match="What was submitted stands"):
        submitted.reopen(received_at=submitted.deadline + MICROSECOND)
    submitted.reopen(received_at=submitted.deadline)
    submitted.change()
    clock.set(submitted.deadline + timedelta(minutes=15) + MICROSECOND)
    with pytest.raises(TooLate):
        submitted.submit(received_at=portal_clock.now())
    assert submitted.now().submission_id == submitted.first.pk
    # The changes can still be read, by whoever wrote them; every page says what counts.
    assert "A square for all" in submitted.get("review").content.decode()
    for name in ("tasks", "review", "versions"):
        page = submitted.get(name).content.decode()
        assert "stands" in page
        assert "counts" in page
    StageEntry.objects.filter(pk=submitted.entry.pk).update(reopened_at=None, state=EntryState.WITHDRAWN)
    with pytest.raises(IllegalTransition):
        submitted.reopen()


def test_pages_ask_before_anything_happens(submitted: Submitted) -> None:
    page = submitted.get("withdraw").content.decode()
    assert "Then do not withdraw." in page
    assert reverse("applications:reopen", args=[submitted.entry.pk]) in page
    assert "What was submitted stands and counts" in submitted.get("reopen").content.decode()
    assert not submitted.now().reopened
    assert "What was submitted stands until you submit again" in submitted.post("reopen").content.decode()
    assert submitted.now().reopened
    submitted.change()
    page = submitted.get("discard").content.decode()
    assert "4 changed answers" in page
    assert "Title of the project" in page
    assert submitted.now().reopened
    assert "The changes were given up" in submitted.post("discard").content.decode()
    assert not submitted.now().reopened


def test_two_versions_are_compared_question_by_question(submitted: Submitted) -> None:
    submitted.reopen()
    submitted.change()
    submitted.write("people", **{"partner-list": [{"name": "School", "role": "Tea"}, {"name": "Bakery"}]})
    draft = filled_of(dossier_of(submitted.now()))
    first = filled_submission(submitted.first)
    found = {answer.key: answer for one in compared_sections(first, draft) for answer in one.changed}
    assert [piece.kind for piece in found["title"].pieces] == ["same", "old", "new"]
    assert [(piece.kind, piece.text) for piece in found["partners"].pieces] == [("old", "No"), ("new", "Yes")]
    assert [line.change for line in found["partner-list"].tables[0].rows] == ["added", "added"]
    files = found["council-decision"].files
    assert [(line.word, line.file.name) for line in files] == [("Removed", "decision.pdf"), ("New", "second.pdf")]
    page = submitted.get("compare").content.decode()
    for said in (
        "4 answers differ",
        "<del>",
        "<ins>",
        "A square for",
        "This question was not asked before.",
        "answers are the same",
    ):
        assert said in page
    assert submitted.get("compare", "?before=1&after=1").content.decode().count("No difference") == 1
    for wrong in ("?before=7", "?after=x", "?before=1&after="):
        assert submitted.get("compare", wrong).status_code == 404


def test_who_reads_versions_and_who_reads_what_was_not_submitted(submitted: Submitted) -> None:
    submitted.reopen()
    submitted.write(title="Not yet for others")
    viewer, officer = make_member(submitted.municipality, "viewer"), make_staff("programme_officer")
    stranger, outsider = make_staff("country_officer", country="GE"), make_member(make_municipality("Meghri"), "head")
    assert "Not yet for others" in submitted.get("compare", person=viewer).content.decode()
    page = submitted.get("versions", person=officer).content.decode()
    assert submitted.first.digest in page
    assert "after=draft" not in page
    assert submitted.get("compare", person=officer).status_code == 404
    assert submitted.get("compare", "?before=1&after=draft", person=officer).status_code == 404
    for person in (stranger, outsider):
        assert submitted.get("versions", person=person).status_code == 404


def test_pages_cost_the_same_for_one_version_and_for_three(submitted: Submitted) -> None:
    client = submitted.client()
    url = reverse("applications:versions", args=[submitted.entry.pk])
    client.get(url)
    with costs(6):
        client.get(url)
    for title in ("Two", "Three"):
        submitted.reopen()
        submitted.write(title=title)
        submitted.submit()
    with costs(6):
        page = client.get(url).content.decode()
    for sequence in (1, 2, 3):
        assert f"Submission {sequence}" in page
    assert page.count("This one counts") == 1
    compared = reverse("applications:compare", args=[submitted.entry.pk])
    for query in ("", "?before=1&after=3", "?before=3&after=1"):
        with costs(6):
            assert client.get(compared + query).status_code == 200


def test_raw_sql_never_changes_what_was_submitted(submitted: Submitted) -> None:
    table, other = Submission._meta.db_table, {"received_at": "now()", "sequence": "7", "entry_id": "0"}
    columns = ("snapshot", "digest", "seal", "confirmation", "eligibility", *other)
    changes = [f"UPDATE {table} SET {column} = {other.get(column, quoted(column))}" for column in columns]
    for sql in (*changes, f"DELETE FROM {table}"):
        with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    kept = Submission.objects.get()
    assert (kept.snapshot, digest_of(kept.snapshot)) == (submitted.first.snapshot, submitted.first.digest)


def quoted(column: str) -> str:
    return "'{}'" if column in ("snapshot", "eligibility") else "'x'"


def test_changes_that_were_not_submitted_are_reminded_of(submitted: Submitted, clock: Clock) -> None:
    make_member(submitted.municipality, "editor", language="hy")
    submitted.reopen()
    clock.set(submitted.deadline - DAY)
    write_reminders()
    assert not Message.objects.filter(kind="reopened_deadline").exists()
    submitted.change()
    write_reminders()
    write_reminders()
    english, armenian = (Message.objects.get(kind="reopened_deadline", language=language) for language in ("en", "hy"))
    assert english.subject.startswith("Changes not submitted, 1 day left")
    assert "What counts is submission 1 of" in english.text
    assert "4 answers were changed:" in english.text
    assert "- Title of the project" in english.text
    assert "- Ծրագրի անվանումը" in armenian.text
    submitted.submit()
    clock.set(submitted.deadline - timedelta(hours=3))
    write_reminders()
    assert Message.objects.filter(kind="reopened_deadline").count() == 2


def test_withdrawn_and_taken_up_again_nothing_counts(submitted: Submitted) -> None:
    withdraw_application(submitted.entry, by=submitted.head, received_at=portal_clock.now())
    make_draft(submitted.entry.stage.call, submitted.municipality, by=submitted.head)
    page = submitted.get("versions").content.decode()
    assert "None of its submissions counts" in page
    assert "This one counts" not in page


@pytest.mark.django_db(transaction=True)
def test_one_submits_the_changes_while_another_gives_them_up(mailbox: list[Any]) -> None:
    submitted = Submitted()
    submitted.reopen()
    submitted.write(title="A square for all")
    give_up = partial(discard_changes, submitted.entry, by=submitted.head)
    found = at_once(partial(submitted.submit, sequence=2), give_up, partial(submitted.submit, sequence=2), give_up)
    assert not [one for one in found if isinstance(one, Exception)]
    present, last = submitted.now(), Submission.objects.order_by("sequence").last()
    assert last is not None
    # Whoever came first: what counts is the last submission, and the answers are what it says.
    assert (present.reopened_at, present.submission_id, last.sequence <= 2) == (None, last.pk, True)
    title = last.snapshot["answers"]["project"]["title"]
    assert title == ("A square for all" if last.sequence == 2 else INNOVATION["project"]["title"])
    assert submitted.unsent() == []
