"""Answers: drafted, merged, published in one act, declined, corrected; who is told; what may tell who asked."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from calls.enquiries import rules
from calls.enquiries.anonymity import Known, Trace, traces
from calls.enquiries.lifecycle import (
    Changed,
    Incomplete,
    NothingChanged,
    Refused,
    answer_by_published,
    correct,
    decline,
    publish_answers,
    save_draft,
)
from calls.enquiries.wording import Wording, current_wording
from calls.following import follow
from calls.models import AnswerCorrection, Call, Enquiry, EnquiryAnswer
from portal.accounts.models import Person
from portal.notices.models import Message
from portal.transitions import IllegalTransition
from tests.calls.enquiries import BOTH, make_answer, make_answer_draft, make_enquiry, make_open, publish
from tests.factories import make_municipality, make_person, make_staff
from tests.support import Clock

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_now(clock: Clock) -> None:
    clock.set(NOW)


def messages(kind: str) -> list[Person]:
    found = Message.objects.filter(kind=kind).order_by("pk")
    return [message.recipient for message in found if message.recipient]


# Drafts


def test_a_draft_is_saved_in_versions(mailbox: list[Any]) -> None:
    enquiry = make_enquiry(make_open())
    answer = save_draft(enquiry, {"en": Wording(" A question ", "")}, merged=(), version=0, by=None)
    assert current_wording(answer)["en"] == Wording("A question", "")
    again = save_draft(enquiry, BOTH, merged=(), version=1, by=None)
    assert (again.pk, again.version) == (answer.pk, 2)
    with pytest.raises(Changed) as conflict:
        save_draft(enquiry, {"en": Wording("Other", "words")}, merged=(), version=1, by=None)
    assert current_wording(conflict.value.answer)["en"] == BOTH["en"]
    assert current_wording(EnquiryAnswer.objects.get())["hy"] == BOTH["hy"]


def test_equal_questions_are_merged_and_parted(mailbox: list[Any]) -> None:
    call = make_open()
    one, two, three = (make_enquiry(call, f"Twice? {number}") for number in range(3))
    dropped = make_answer_draft(three)
    answer = make_answer_draft(one, merged=(two.pk, three.pk))
    assert not EnquiryAnswer.objects.filter(pk=dropped.pk).exists()
    assert set(answer.enquiries.all()) == {one, two, three}
    save_draft(one, BOTH, merged=(three.pk,), version=1, by=None)
    assert set(answer.enquiries.all()) == {one, three}
    (published,) = publish(call, EnquiryAnswer.objects.get())
    assert published.number == 1
    states = dict(Enquiry.objects.values_list("pk", "state"))
    assert states == {one.pk: "answered", two.pk: "waiting", three.pk: "answered"}


def test_an_office_drafts_for_its_country_alone(mailbox: list[Any]) -> None:
    call = make_open()
    officer = make_staff("country_officer", country="AM")
    home, abroad = (
        make_enquiry(call, place=make_municipality()),
        make_enquiry(call, place=make_municipality("Telavi", country="GE")),
    )
    nowhere = make_enquiry(call)
    assert [rules.may_draft(officer, enquiry) for enquiry in (home, abroad, nowhere)] == [True, False, False]
    assert set(Enquiry.objects.visible_to(officer)) == {home}
    answer = save_draft(home, BOTH, merged=(abroad.pk,), version=0, by=officer)
    assert list(answer.enquiries.all()) == [home], "an office merges no questions that it does not see"
    assert rules.may_draft_answer(officer, answer)
    save_draft(home, BOTH, merged=(abroad.pk,), version=1, by=None)
    assert not rules.may_draft_answer(officer, answer)
    assert not rules.may_publish(officer)


# Publishing


def test_answers_are_numbered_within_the_call_in_the_order_of_the_questions(mailbox: list[Any]) -> None:
    call, other = make_open(), make_open("M4EG-2021-PILOT")
    make_answer(other)
    first, second, third = (make_enquiry(call, f"Question {number}?") for number in range(3))
    drafts = [make_answer_draft(third), make_answer_draft(first)]
    assert [answer.number for answer in publish(call, *drafts)] == [1, 2]
    first.refresh_from_db()
    third.refresh_from_db()
    assert [row.answer.number for row in (first, third) if row.answer] == [1, 2]
    assert [answer.number for answer in publish(call, make_answer_draft(second))] == [3]


def test_every_language_of_the_call_is_needed(mailbox: list[Any]) -> None:
    call = make_open()
    Call.objects.filter(pk=call.pk).update(languages=["hy", "en", "ka"])
    enquiry = make_enquiry(call)
    with pytest.raises(Incomplete):
        publish(call, make_answer_draft(enquiry))
    with pytest.raises(DatabaseError, match="answer_is_written_in_ka"), transaction.atomic():
        EnquiryAnswer.objects.update(state="published", number=1, published_at=NOW, languages=["hy", "ka"])
    whole = {**BOTH, "ka": Wording("კითხვა", "პასუხი")}
    (answer,) = publish(call, save_draft(enquiry, whole, merged=(), version=1, by=None))
    assert answer.languages == ["hy", "en", "ka"]


def test_what_changed_since_the_preview_is_not_published(mailbox: list[Any]) -> None:
    call = make_open()
    enquiry = make_enquiry(call)
    seen = make_answer_draft(enquiry)
    save_draft(enquiry, BOTH, merged=(), version=1, by=None)
    with pytest.raises(Changed):
        publish_answers(call, {seen.pk: 1}, by=None)
    other = make_open("M4EG-2021-PILOT")
    with pytest.raises(Changed):
        publish_answers(other, {seen.pk: 2}, by=None)
    assert publish_answers(call, {seen.pk: 2}, by=None)[0].number == 1
    with pytest.raises(Changed):
        publish_answers(call, {seen.pk: 2}, by=None)


@pytest.mark.django_db(transaction=True)
def test_two_officers_publish_at_once_and_one_publication_is_made(mailbox: list[Any]) -> None:
    call = make_open()
    person = make_person()
    answer = make_answer_draft(make_enquiry(call, by=person))
    follow(call, make_person())
    officers = [make_staff(), make_staff()]
    start, outcomes = threading.Barrier(2), []

    def act(officer: Person) -> None:
        start.wait()
        try:
            publish_answers(call, {answer.pk: 1}, by=officer)
            outcomes.append("published")
        except Changed:
            outcomes.append("too late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=[officer]) for officer in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["published", "too late"]
    assert [row.number for row in EnquiryAnswer.objects.all()] == [1]
    assert (len(messages("enquiry_answered")), len(messages("enquiry_published"))) == (1, 1)


def test_one_act_is_one_message_to_each(mailbox: list[Any]) -> None:
    """Also for who asked twice, and for who follows the call and has asked."""
    call, asker, follower = make_open(), make_person(language="en"), make_person(language="hy")
    gone = make_person()
    follow(call, asker)
    follow(call, follower)
    enquiries = [make_enquiry(call, f"Question {number}?", by=asker) for number in range(2)]
    enquiries.append(make_enquiry(call, "Gone?", by=gone))
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    publish(call, *[make_answer_draft(enquiry) for enquiry in enquiries])
    assert messages("enquiry_answered") == [asker]
    assert messages("enquiry_published") == [follower]
    told = Message.objects.get(kind="enquiry_answered").text
    assert "Question 1: A question" in told
    assert f"/en/calls/{call.code}/answers/#answer-2" in told
    assert "answer-3" not in told, "the answer to somebody else's question"
    followed = Message.objects.get(kind="enquiry_published")
    assert f"/hy/calls/{call.code}/answers/#answer-1" in followed.text
    assert "3" in followed.text
    make_answer(call, text="Another?", by=make_person())
    assert messages("enquiry_published") == [follower, asker, follower]


@pytest.mark.parametrize("field", ["question_en", "text_hy", "number", "published_at", "languages", "state"])
def test_the_database_keeps_a_published_answer_as_it_is(field: str, mailbox: list[Any]) -> None:
    answer = make_answer(make_open())
    value: Any = {"number": 9, "published_at": NOW + timedelta(1), "languages": ["en"], "state": "draft"}.get(
        field, "x"
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        EnquiryAnswer.objects.filter(pk=answer.pk).update(**{field: value})
    with pytest.raises(DatabaseError, match="delete"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM calls_enquiryanswer")
    EnquiryAnswer.objects.filter(pk=answer.pk).update(published_by=None)


# Declining, and answers that are there already


def test_a_declined_question_is_told_to_the_asker_alone(mailbox: list[Any]) -> None:
    call, asker = make_open(), make_person(language="en")
    follow(call, make_person())
    enquiry = make_enquiry(call, by=asker)
    draft = make_answer_draft(enquiry)
    with pytest.raises(Refused):
        decline(enquiry, reason="  ", by=None)
    declined = decline(enquiry, reason="It is about another call.", by=make_staff())
    assert (declined.state, declined.answer) == ("declined", None)
    assert not EnquiryAnswer.objects.filter(pk=draft.pk).exists()
    assert messages("enquiry_declined") == [asker]
    assert "It is about another call." in Message.objects.get(kind="enquiry_declined").text
    with pytest.raises(IllegalTransition):
        make_answer_draft(enquiry)


def test_a_draft_for_several_outlives_one_that_is_declined(mailbox: list[Any]) -> None:
    call = make_open()
    one, two = make_enquiry(call), make_enquiry(call)
    answer = make_answer_draft(one, merged=(two.pk,))
    decline(one, reason="No.", by=None)
    assert list(answer.enquiries.all()) == [two]
    assert publish(call, answer)[0].number == 1


def test_a_later_equal_question_gets_the_published_answer(mailbox: list[Any]) -> None:
    call, asker = make_open(), make_person()
    answer = make_answer(call)
    enquiry = make_enquiry(call, by=asker)
    with pytest.raises(ValueError, match="published answer of the same call"):
        answer_by_published(enquiry, make_answer(make_open("M4EG-2021-PILOT")), by=None)
    answered = answer_by_published(enquiry, answer, by=None)
    assert (answered.state, answered.answer) == ("answered", answer)
    assert messages("enquiry_answered")[-1] == asker
    with pytest.raises(IllegalTransition):
        answer_by_published(enquiry, answer, by=None)


# Corrections


def test_a_correction_keeps_both(mailbox: list[Any], clock: Clock) -> None:
    call, asker, follower = make_open(), make_person(), make_person()
    answer = make_answer(call, by=asker)
    follow(call, follower)
    new = {**BOTH, "en": Wording("A question", "Another answer")}
    with pytest.raises(NothingChanged):
        correct(answer, BOTH, number=1, by=None)
    with pytest.raises(Incomplete):
        correct(answer, {**new, "hy": Wording("", "")}, number=1, by=None)
    clock.advance(timedelta(hours=1))
    correction = correct(answer, new, number=1, by=None)
    with pytest.raises(Changed):
        correct(answer, {**new, "hy": Wording("Այլ", "Այլ")}, number=1, by=None)
    assert current_wording(EnquiryAnswer.objects.get())["en"] == BOTH["en"]
    assert current_wording(AnswerCorrection.objects.get())["en"] == new["en"]
    assert correction.corrected_at == NOW + timedelta(hours=1)
    assert set(messages("enquiry_corrected")) == {asker, follower}
    for statement in ("UPDATE calls_answercorrection SET text_en = 'x'", "DELETE FROM calls_answercorrection"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    correct(answer, BOTH, number=2, by=None)
    assert AnswerCorrection.objects.count() == 2


def test_a_draft_is_not_corrected(mailbox: list[Any]) -> None:
    with pytest.raises(ValueError, match="only what was published"):
        correct(make_answer_draft(make_enquiry(make_open())), BOTH, number=1, by=None)


# What may tell who asked

KNOWN = Known(("Արմեն Գրիգորի", "Jo Lee"), ("Ալավերդի համայնք", "Alaverdi"), ("office@undp.org", "+374 10 56 60 73"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to mayor@alaverdi.am please", [(Trace.ADDRESS, "mayor@alaverdi.am"), (Trace.PLACE, "alaverdi")]),
        ("Write to office@undp.org or call (010) 56-60-73.", []),
        ("Call +374 91 12 34 56 or 091-123456", [(Trace.PHONE, "+374 91 12 34 56"), (Trace.PHONE, "091-123456")]),
        ("Grants of 60 000 and 1 200 000 until 15.03.2027, 18:00", []),
        ("Մեր Ալավերդու համայնքը կարո՞ղ է", [(Trace.PLACE, "Ալավերդու")]),
        ("Արմենն էր հարցնողը", [(Trace.PERSON, "Արմենն")]),
        ("Mr Petrosyan asks", [(Trace.PERSON, "Petrosyan")]),
        ("Պարոն Պետրոսյանին հարցրեք", [(Trace.PERSON, "Պետրոսյանին")]),
        ("The Armenian municipalities apply in community matters", []),
        ("", []),
    ],
)
def test_what_may_tell_who_asked_is_pointed_out(text: str, found: list[tuple[Trace, str]]) -> None:
    assert sorted((item.trace, item.words) for item in traces(text, KNOWN)) == sorted(found)
