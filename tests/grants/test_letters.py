"""Letters: made once whatever happens, never changed, and told of to those who are concerned."""

import hashlib
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from calls.models import Call
from grants import letter_content, lifecycle, queries
from grants.lifecycle import award_shortlist, render_letter, render_waiting
from grants.models import Grant, Letter
from grants.tasks import render_letter as render_task
from grants.tasks import sweep_letters
from portal.accounts.models import CountryOffice, Membership, Municipality, Person
from portal.documents.models import StoredFile
from portal.documents.storage import open_stored
from portal.notices.models import Message, MessageState
from portal.notices.tasks import sweep_outbox
from tests.documents import pdfs
from tests.factories import make_member, make_municipality, make_staff
from tests.grants.helpers import PORTFOLIO, awarded, decided, letter_of, make_open_call, municipalities
from tests.support import Worker, wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant() -> Grant:
    return awarded(officer=make_staff())[0]


def content_of(letter: Letter) -> bytes:
    assert letter.file is not None
    with open_stored(letter.file) as file:
        return bytes(file.read())


def told(grant: Grant) -> list[str]:
    messages = Message.objects.filter(kind="award_letter", key__contains=f":{grant.letters.get().pk}:")
    return sorted(messages.values_list("to", flat=True))


# --- what it says


def test_says_what_was_awarded_to_whom(grant: Grant, tmp_path: Path) -> None:
    CountryOffice.objects.create(
        country_id="AM", name_hy="Գրասենյակ", name_en="Country Office in Armenia", email="office@example.org"
    )
    Call.objects.update(signatory_name_en="Anahit Sargsyan", signatory_position_en="Head of the Country Office")
    letter = letter_of(grant)
    text = pdfs.text(content_of(letter), tmp_path)
    code = letter.code
    for said in [
        "M4EG-2021-INNOVATION-L0001",
        "M4EG-2021-INNOVATION-0001",
        "Country Office in Armenia",
        "office@example.org",
        "Municipality of Place 1, Armenia",
        "Place 1 համայնք համայնքին",
        "A square for everyone",
        "EUR 60,000 (sixty thousand euros)",
        "European Union",
        "Anahit Sargsyan",
        "10 months",
        "the English text prevails",
        f"testserver/hy/letters/{code[:4]}-{code[4:8]}-{code[8:12]}-{code[12:]}/",
    ]:
        assert said in text, said
    assert letter.file
    assert (letter.file.name, letter.file.content_type) == (f"{letter.number}.pdf", "application/pdf")
    assert letter.file.sha256 == hashlib.sha256(content_of(letter)).hexdigest()


def test_a_notice_of_selection_speaks_of_no_money(tmp_path: Path) -> None:
    text = pdfs.text(content_of(letter_of(awarded(code=PORTFOLIO)[0])), tmp_path)
    assert "Notice of selection" in text
    assert "the application of your municipality has been selected" in text
    for unsaid in ("grant agreement", "Amount of the grant", "awarded", "EUR", "zero", "Project", "instalments"):
        assert unsaid not in text.split("Notice of selection")[1], unsaid


def test_without_an_office_the_programme_writes(grant: Grant) -> None:
    office = letter_content.of(letter_of(grant, rendered=False)).office
    assert office.name["en"] == "Mayors for Economic Growth (M4EG)"
    assert (office.email, office.site) == ("", "testserver")


# --- made once


def test_is_made_once_however_often_it_is_asked_for(grant: Grant) -> None:
    letter = letter_of(grant, rendered=False)
    assert [render_letter(letter.pk), render_letter(letter.pk)] == [True, False]
    render_task(letter.pk)
    sweep_letters()
    assert StoredFile.objects.filter(letter=letter).count() == 1
    assert Message.objects.filter(kind="award_letter").count() == 1


def test_the_clock_makes_the_letters_whose_task_was_lost(grant: Grant) -> None:
    assert letter_of(grant, rendered=False).file is None
    sweep_letters()
    letter = letter_of(grant, rendered=False)
    assert letter.file is not None
    assert letter.rendered_at is not None


def test_a_letter_that_cannot_be_made_does_not_hold_up_the_others(caplog: Any) -> None:
    first, second = awarded(2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE grants_grant SET amount = 1e15 WHERE id = %s", [first.pk])
    assert render_waiting(10) == 1
    assert letter_of(first, rendered=False).file is None
    assert letter_of(second, rendered=False).file is not None
    assert not told(first)


def test_where_the_notice_fails_there_is_no_letter(grant: Grant, monkeypatch: pytest.MonkeyPatch) -> None:
    """File and notices are one transaction: a letter without its notice would never be told of."""
    member = Membership.objects.get(municipality=grant.municipality).person
    Person.objects.filter(pk=member.pk).update(language="xx")
    before = StoredFile.objects.count()
    monkeypatch.setattr(queries, "recipients", lambda municipality: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        render_letter(grant.letters.get().pk)
    monkeypatch.undo()
    Person.objects.filter(pk=member.pk).update(language="en")
    assert letter_of(grant, rendered=False).file is None
    assert StoredFile.objects.count() == before
    assert render_letter(grant.letters.get().pk)


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_it_once() -> None:
    (grant,) = awarded()
    letter = letter_of(grant, rendered=False)
    barrier, outcomes = threading.Barrier(3), []

    def work() -> None:
        barrier.wait()
        outcomes.append(render_letter(letter.pk))
        connection.close()

    threads = [threading.Thread(target=work) for _each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, False, True]
    assert StoredFile.objects.filter(name=f"{letter.number}.pdf").count() == 1
    assert Message.objects.filter(kind="award_letter").count() == 1


# --- never changed


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE grants_letter SET addressee_en = 'The Mayor of Elsewhere'",
        "UPDATE grants_letter SET file_id = NULL, rendered_at = NULL",
        "UPDATE grants_letter SET code = 'AAAAAAAAAAAAAAAA'",
        "DELETE FROM grants_letter",
        "UPDATE documents_storedfile SET sha256 = 'x'",
        "DELETE FROM documents_storedfile",
    ],
)
def test_the_database_lets_nothing_change_a_letter_that_was_made(grant: Grant, statement: str) -> None:
    letter = letter_of(grant)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{statement}; SET CONSTRAINTS ALL IMMEDIATE")
    again = Letter.objects.get(pk=letter.pk)
    assert (again.addressee_en, again.code, again.file) == (letter.addressee_en, letter.code, letter.file)


def test_until_it_is_made_it_may_be_readdressed_but_not_deleted(grant: Grant) -> None:
    Letter.objects.update(addressee_en="The Mayor of Place 1")
    with pytest.raises(DatabaseError), transaction.atomic():
        Letter.objects.all().delete()
    assert letter_of(grant).addressee_en == "The Mayor of Place 1"


# --- told


def head_of(municipality: Municipality, **fields: Any) -> Person:
    return make_member(municipality, "head", **fields)


def test_the_head_is_told_in_their_language(grant: Grant) -> None:
    head = head_of(grant.municipality, language="en", email="head@example.org")
    letter = letter_of(grant)
    message = Message.objects.get(kind="award_letter")
    assert (message.recipient, message.to, message.language) == (head, "head@example.org", "en")
    assert message.subject == f"Award letter {letter.number}"
    assert "M4EG-2021-INNOVATION-0001" in message.text
    assert "Community make-over" in message.text
    assert "http://testserver/en/grants/" in message.text
    assert letter.code not in message.text + message.html


def test_an_armenian_head_is_told_in_armenian(grant: Grant) -> None:
    head_of(grant.municipality, language="hy")
    letter = letter_of(grant)
    message = Message.objects.get(kind="award_letter")
    assert message.subject == f"Դրամաշնորհի հատկացման ծանուցում N {letter.number}"
    assert "Համայնքային վերակերպումներ" in message.text
    assert "http://testserver/hy/grants/" in message.text
    assert "Community" not in message.text


def test_a_selection_is_told_as_one() -> None:
    (grant,) = awarded(code=PORTFOLIO)
    letter = letter_of(grant)
    assert Message.objects.get(kind="award_letter").subject == f"Notice of selection {letter.number}"


def test_every_head_and_nobody_else_is_told(grant: Grant) -> None:
    heads = [head_of(grant.municipality) for _each in range(2)]
    make_member(grant.municipality, "viewer")
    head_of(make_municipality("Elsewhere"))
    letter_of(grant)
    assert told(grant) == sorted(head.email for head in heads)


def test_without_a_head_all_who_work_there_are_told(grant: Grant) -> None:
    editor = Membership.objects.get(municipality=grant.municipality).person
    viewer = make_member(grant.municipality, "viewer")
    gone = make_member(grant.municipality, "editor", is_active=False)
    former = head_of(grant.municipality)
    Membership.objects.filter(person=former).update(since="2020-01-01", until="2020-12-31")
    inactive = head_of(grant.municipality, is_active=False)
    letter_of(grant)
    assert told(grant) == sorted([editor.email, viewer.email])
    assert not {gone.email, former.email, inactive.email} & set(told(grant))


def test_a_municipality_without_anybody_still_has_its_letter(grant: Grant) -> None:
    Membership.objects.filter(municipality=grant.municipality).update(since="2020-01-01", until="2020-12-31")
    assert letter_of(grant).file is not None
    assert told(grant) == []


# --- kill -9


@pytest.mark.timeout(300)
def test_a_killed_worker_leaves_one_letter_and_one_mail_in_the_end(worker: Worker) -> None:
    """The worker dies in the middle of a letter, three times; then the clock's sweeps put everything right."""
    shortlist = decided(make_open_call(), municipalities(4))
    rows = shortlist.rows.order_by("position")
    for row in rows[:3]:
        (grant,) = award_shortlist(shortlist, by=make_staff(), only={row.pk})
        wait_until(partial(_is_being_made, grant.letters.get().pk), 60)
        worker.kill()
        assert letter_of(grant, rendered=False).file is None, "it was killed in the middle"
        assert told(grant) == []
        worker.start()
    award_shortlist(shortlist, by=make_staff())
    wait_until(lambda: Letter.objects.exclude(file=None).exists(), 60)
    assert Letter.objects.filter(file=None).count() == 3
    sweep_letters.delay()
    wait_until(lambda: not Letter.objects.filter(file=None).exists(), 60)
    letters = Letter.objects.order_by("number")
    for letter in letters:
        render_task.delay(letter.pk)  # what the broker hands out again after its own while
    sweep_letters.delay()
    sweep_outbox.delay()
    wait_until(lambda: not Message.objects.exclude(state=MessageState.SENT).exists(), 60)
    sent = [mail["Subject"] for mail in worker.mails() if "-L00" in mail["Subject"]]
    assert sorted(sent) == [f"Award letter {letter.number}" for letter in letters]
    assert StoredFile.objects.filter(name__contains="-L00").count() == 4


def _is_being_made(pk: int) -> bool:
    """Whether another process holds the lock under which a letter is made."""
    with transaction.atomic():
        free = Letter.objects.select_for_update(skip_locked=True).filter(pk=pk).exists()
    return not free


def test_a_worker_makes_and_tells_without_being_asked_twice(worker: Worker) -> None:
    (grant,) = awarded()
    wait_until(lambda: Message.objects.filter(kind="award_letter", state=MessageState.SENT).exists(), 60)
    assert letter_of(grant, rendered=False).file is not None
    assert lifecycle.render_waiting(10) == 0
