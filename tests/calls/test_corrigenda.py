"""Corrigenda: working copies, issuing, and who is told."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from applications.lifecycle import start_application, submit_application
from applications.models import Application, StageEntry
from calls.corrigenda import (
    ChangesRefused,
    CopyHasFaults,
    CopyIsGone,
    NotAmendable,
    NothingChanged,
    StaleCopy,
    SummaryMissing,
    apply_harmless,
    begin_changes,
    digest_of,
    discard_changes,
    extend_deadline,
    issue_corrigendum,
    renew_copy,
    review_of,
)
from calls.following import follow, followers
from calls.lifecycle import publish_call
from calls.models import Call, CallDocument, Corrigendum, EligibilityRule, Lot, Question, Stage
from calls.spec import CallSpec
from calls.transfer import spec_of
from portal import clock as portal_clock
from portal.accounts.models import Membership, Municipality, Person
from portal.documents.models import StoredFile
from portal.notices.models import Message
from portal.transitions import IllegalTransition
from tests.applications.helpers import fill
from tests.applications.test_at_once import at_once
from tests.factories import make_call, make_draft, make_member, make_municipality, make_person, make_staff, stage_of
from tests.support import Clock

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SUMMARY = {"hy": "Վերջնաժամկետը երկարաձգվում է։", "en": "The deadline is extended."}


def fresh(call: Call) -> Call:
    found: Call = Call.objects.get(pk=call.pk)
    return found


def later(copy: Call, days: int = 10) -> Call:
    """Move the first deadline of a working copy."""
    stage = stage_of(copy)
    Stage.objects.filter(pk=stage.pk).update(deadline=stage.deadline + days * DAY)
    return copy


def issue(copy: Call, **values: Any) -> Corrigendum:
    return issue_corrigendum(copy, **{"by": None, "summary": SUMMARY, **values})


# --- the working copy


def test_a_copy_is_a_hidden_draft_of_the_same_content_and_there_is_one() -> None:
    call, officer = make_call("M4EG-2021-PILOT"), make_staff()
    copy = begin_changes(call, by=officer)
    assert copy.code == f"{call.code}-C1"
    assert spec_of(fresh(copy)) == spec_of(call).model_copy(update={"code": copy.code})
    assert begin_changes(call, by=officer) == copy
    assert list(Call.objects.public()) == [call]
    assert list(Call.objects.visible_to(make_person())) == [call]
    assert list(Call.objects.originals()) == [call]


def test_only_a_published_call_is_copied() -> None:
    with pytest.raises(NotAmendable):
        begin_changes(make_call(published=False), by=None)


def test_a_copy_shares_the_documents_of_its_call() -> None:
    call = make_call()
    file = StoredFile.objects.create(name="a.pdf", kind="pdf", content_type="application/pdf", size=1, sha256="0" * 64)
    CallDocument.objects.create(call=call, kind="other", title_hy="Ա", title_en="A", file=file)
    copy = later(begin_changes(call, by=None))
    assert copy.documents.get().file == file
    issue(copy)
    assert call.documents.get().file == file


def test_a_copy_is_not_published_by_itself_neither_by_hand() -> None:
    copy = begin_changes(make_call(), by=None)
    with pytest.raises(IllegalTransition):
        publish_call(copy, by=None)
    with pytest.raises(Exception, match="call_copy_stays_a_draft"), transaction.atomic():
        Call.objects.filter(pk=copy.pk).update(state="published", published_at=portal_clock.now())


def test_a_long_reference_is_shortened_and_a_taken_one_is_left_out() -> None:
    long = make_call(change=lambda spec: spec.model_copy(update={"code": "A" * 40}))
    assert begin_changes(long, by=None).code == "A" * 37 + "-C1"
    call = make_call()
    make_call(change=lambda spec: spec.model_copy(update={"code": f"{call.code}-C1"}))
    assert begin_changes(call, by=None).code == f"{call.code}-C2"


def test_a_copy_can_be_thrown_away() -> None:
    call = make_call()
    copy = later(begin_changes(call, by=None))
    before = spec_of(fresh(call))
    discard_changes(copy, by=None)
    assert list(Call.objects.all()) == [call]
    assert spec_of(fresh(call)) == before
    with pytest.raises(CopyIsGone):
        discard_changes(copy, by=None)


# --- issuing


def test_a_corrigendum_has_number_moment_changes_and_digest_and_the_call_keeps_its_rows(clock: Clock) -> None:
    call, officer = make_call("M4EG-2021-PILOT"), make_staff()
    municipality = make_municipality()
    entry = make_draft(call, municipality, lot="LOT1")
    rows = {model: set(model.objects.values_list("pk", flat=True)) for model in (Lot, Stage)}
    copy = later(begin_changes(call, by=officer))
    Lot.objects.filter(call=copy, code="LOT1").update(grant_max=Decimal(700_000))
    wanted = spec_of(fresh(copy)).model_copy(update={"code": call.code})
    corrigendum = issue(copy, by=officer)
    call.refresh_from_db()
    assert (corrigendum.number, corrigendum.issued_at, corrigendum.issued_by) == (1, clock.now, officer)
    assert (call.last_corrigendum, call.revision) == (1, 1)
    assert spec_of(fresh(call)) == wanted
    assert [change["path"] for change in corrigendum.changes] == [
        ["lots", "LOT1", "grant"],
        ["stages", "concept", "deadline"],
    ]
    assert {model: set(model.objects.values_list("pk", flat=True)) for model in (Lot, Stage)} == rows
    assert not Call.objects.filter(amends=call).exists()
    assert StageEntry.objects.get().pk == entry.pk
    kept = Corrigendum.objects.get()
    names = ("number", "issued_at", "summary", "changes")
    assert kept.digest == digest_of(call.code, {name: getattr(kept, name) for name in names})


def test_the_changes_are_kept_in_words_of_each_language_by_the_clock_of_the_call(clock: Clock) -> None:
    from datetime import UTC, datetime

    clock.set(datetime(2027, 1, 10, 8, tzinfo=UTC))
    call = make_call("M4EG-2021-PILOT", deadline=datetime(2027, 3, 15, 14, tzinfo=UTC))
    copy = later(begin_changes(call, by=None), 1)
    (change,) = issue(copy).changes
    assert change["what"] == {"hy": change["what"]["hy"], "en": "Deadline"}
    assert change["place"]["en"] == "Stage “Concept note”"
    assert change["old"]["en"] == "15 March 2027, 15:00 (Brussels)"
    assert change["new"]["hy"].startswith("16.03.2027, ժամը")
    assert "(Բրյուսել)" in change["new"]["hy"]


def test_who_submits_and_which_answers_stay_are_said_in_words() -> None:
    call = make_call("M4EG-2021-PILOT")
    Stage.objects.filter(call=call).update(submitted_by=Stage.Submitter.EDITOR)
    copy = begin_changes(call, by=None)
    Stage.objects.filter(call=copy, code="concept").update(submitted_by=Stage.Submitter.HEAD)
    Question.objects.filter(section__stage__call=copy, settings__fixed=True).update(settings={"max_characters": 150})
    who, stays = issue(fresh(copy)).changes
    assert (who["what"]["en"], who["place"]["en"]) == ("Submitted by", "Stage “Concept note”")
    assert (who["old"]["en"], who["new"]["en"]) == ("the head or an editor", "the head of the municipality")
    assert stays["path"][-2:] == ["title", "fixed"]
    assert (stays["what"]["en"], stays["old"]["en"], stays["new"]["en"]) == (
        "The answer of the earlier stage stays",
        "yes",
        "no",
    )


def test_a_text_changed_in_one_language_is_shown_in_it_to_readers_of_the_others() -> None:
    call = make_call("M4EG-2021-PILOT")
    copy = begin_changes(call, by=None)
    before = call.summary_hy  # type: ignore[attr-defined]
    Call.objects.filter(pk=copy.pk).update(summary_hy="Այլ ամփոփում")
    (change,) = issue(fresh(copy)).changes
    assert change["new"] == {"hy": "Այլ ամփոփում", "en": "Armenian: Այլ ամփոփում"}
    assert change["old"]["en"] == f"Armenian: {before}"


def test_numbers_go_on_and_the_next_copy_has_the_next_reference(clock: Clock) -> None:
    call = make_call()
    assert issue(later(begin_changes(call, by=None))).number == 1
    second = begin_changes(call, by=None)
    assert second.code == f"{call.code}-C2"
    assert issue(later(second)).number == 2


def test_a_rule_inserted_before_others_shifts_nothing() -> None:
    call = make_call("M4EG-2021-PORTFOLIO")
    kept = dict(EligibilityRule.objects.filter(call=call).values_list("rule", "pk"))
    copy = begin_changes(call, by=None)
    EligibilityRule.objects.filter(call=copy).update(position=9)
    EligibilityRule.objects.create(call=copy, rule="no_overdue_report", position=0)
    issue(copy)
    found = dict(EligibilityRule.objects.filter(call=call).values_list("rule", "pk"))
    assert {rule: found[rule] for rule in kept} == kept
    assert spec_of(fresh(call)).eligibility[0].rule == "no_overdue_report"


def test_what_may_not_change_is_refused_whole(clock: Clock) -> None:
    call = make_call("M4EG-2021-PILOT")
    copy = later(begin_changes(call, by=None), -1)
    Call.objects.filter(pk=copy.pk).update(budget=Decimal(99_000_000))
    before = spec_of(fresh(call))
    with pytest.raises(ChangesRefused) as refused:
        issue(copy)
    assert [change.path for change in refused.value.changes] == [("stages", "concept", "deadline")]
    assert spec_of(fresh(call)) == before
    assert not Corrigendum.objects.exists()


def test_faults_missing_summaries_and_empty_copies_are_refused() -> None:
    call = make_call("M4EG-2021-PILOT")
    copy = begin_changes(call, by=None)
    with pytest.raises(NothingChanged):
        issue(copy)
    Call.objects.filter(pk=copy.pk).update(title_hy="")
    with pytest.raises(CopyHasFaults):
        issue(fresh(copy))
    Call.objects.filter(pk=copy.pk).update(title_hy="Այլ վերնագիր")
    with pytest.raises(SummaryMissing) as missing:
        issue(fresh(copy), summary={"en": "Another title.", "hy": " "})
    assert missing.value.languages == ["hy"]


def test_a_cancelled_call_takes_no_corrigendum() -> None:
    call = make_call()
    copy = later(begin_changes(call, by=None))
    Call.objects.filter(pk=call.pk).update(state="archived")
    with pytest.raises(NotAmendable):
        issue(copy)


def test_what_is_harmless_is_applied_without_number_and_notices() -> None:
    call = make_call("M4EG-2021-PILOT")
    make_draft(call, make_municipality(), lot="LOT1")
    copy = begin_changes(call, by=None)
    Call.objects.filter(pk=copy.pk).update(signatory_name_hy="Ա. Ա.", signatory_name_en="A. A.")
    with pytest.raises(NotAmendable):
        issue(fresh(copy))
    apply_harmless(fresh(copy), by=None)
    call.refresh_from_db()
    assert (call.revision, call.last_corrigendum) == (1, 0)
    assert call.signatory_name_en == "A. A."  # type: ignore[attr-defined]
    assert not Message.objects.exists()
    assert not Call.objects.filter(amends=call).exists()


def test_harmless_changes_stand_in_no_corrigendum() -> None:
    call = make_call("M4EG-2021-PILOT")
    copy = later(begin_changes(call, by=None))
    Call.objects.filter(pk=copy.pk).update(signatory_name_hy="Ա. Ա.", signatory_name_en="A. A.")
    assert [change["path"][-1] for change in issue(fresh(copy)).changes] == ["deadline"]
    assert fresh(call).signatory_name_en == "A. A."  # type: ignore[attr-defined]


def test_a_copy_left_behind_is_issued_only_after_another_look() -> None:
    call = make_call("M4EG-2021-PILOT")
    copy = begin_changes(call, by=None)
    Call.objects.filter(pk=copy.pk).update(budget=Decimal(99_000_000))
    Call.objects.filter(pk=call.pk).update(revision=1)
    assert review_of(fresh(call), fresh(copy)).stale
    with pytest.raises(StaleCopy):
        issue(fresh(copy))
    assert issue(renew_copy(fresh(copy), by=None)).number == 1


def test_extending_a_deadline_is_a_corrigendum_and_an_open_copy_goes_along() -> None:
    call = make_call("M4EG-2021-PILOT")
    copy = begin_changes(call, by=None)
    Call.objects.filter(pk=copy.pk).update(budget=Decimal(99_000_000))
    stage = stage_of(call)
    until = stage.deadline + 5 * DAY
    corrigendum = extend_deadline(stage, until=until, by=None, summary=SUMMARY)
    assert corrigendum.number == 1
    assert stage_of(call).deadline == stage_of(copy).deadline == until
    found = review_of(fresh(call), fresh(copy))
    assert not found.stale
    assert [change.path for change in found.changes] == [("budget",)]
    with pytest.raises(ChangesRefused):
        extend_deadline(stage, until=until - DAY, by=None, summary=SUMMARY)


def test_a_corrigendum_is_fixed_for_ever() -> None:
    issue(later(begin_changes(make_call(), by=None)))
    for act in (lambda: Corrigendum.objects.update(number=5), lambda: Corrigendum.objects.all().delete()):
        with pytest.raises(InternalError), transaction.atomic():
            act()


# --- who is told


def test_writers_submitters_and_followers_are_told_once_in_their_language(mailbox: list[Any]) -> None:
    call = make_call()
    municipality = make_municipality()
    head = make_member(municipality, "head", language="hy")
    make_member(municipality, "viewer")
    make_draft(call, municipality, by=head)
    submitted = make_municipality("Dilijan")
    other = make_member(submitted, "editor")
    submit_application(fill(make_draft(call, submitted, by=other), other), by=other, received_at=portal_clock.now())
    reader = make_person()
    follow(call, reader)
    follow(call, head)
    bystander = make_municipality("Sevan")
    make_member(bystander, "head")
    issue(later(begin_changes(call, by=None)))
    notices = Message.objects.filter(kind="corrigendum")
    assert sorted(notices.values_list("recipient", flat=True)) == sorted([head.pk, other.pk, reader.pk])
    english, armenian = notices.get(recipient=reader), notices.get(recipient=head)
    assert "corrigendum No 1" in english.subject
    assert "The deadline is extended." in english.text
    assert "before: " in english.text
    assert f"/en/calls/{call.code}/changes/#no-1" in english.text
    assert "Վերջնաժամկետը երկարաձգվում է։" in armenian.text
    assert f"/hy/calls/{call.code}/changes/#no-1" in armenian.text


def many_drafts(call: Call, count: int, sign: str = "X") -> None:
    """Drafts of as many municipalities, each with one writer, every third of whom reads Armenian."""
    country = make_municipality().country
    Municipality.objects.bulk_create(
        Municipality(
            code=f"{sign}{place:04d}", country=country, name_hy=f"Հ {place}", name_en=f"M {place}", population=9
        )
        for place in range(count)
    )
    places = list(Municipality.objects.filter(code__startswith=sign).order_by("code"))
    people = Person.objects.bulk_create(
        Person(email=f"{sign.lower()}{place}@example.org", name=f"w{place}", language="en" if place % 3 else "hy")
        for place in range(count)
    )
    Membership.objects.bulk_create(
        Membership(person=person, municipality=place, role="editor")
        for person, place in zip(people, places, strict=True)
    )
    applications = Application.objects.bulk_create(
        Application(
            call=call, municipality=place, municipality_name_hy=place.name_hy, municipality_name_en=place.name_en
        )
        for place in places
    )
    stage = stage_of(call)
    StageEntry.objects.bulk_create(StageEntry(application=one, stage=stage) for one in applications)


@pytest.mark.django_db(transaction=True)
def test_a_corrigendum_on_300_drafts_is_told_300_times_once_each_also_in_parallel(mailbox: list[Any]) -> None:
    call = make_call()
    many_drafts(call, 300)
    copy = later(begin_changes(call, by=None))
    found = at_once(lambda: issue(fresh(copy)), lambda: issue(fresh(copy)), lambda: issue(fresh(copy)))
    (corrigendum,) = [one for one in found if isinstance(one, Corrigendum)]
    assert sum(isinstance(one, CopyIsGone | Call.DoesNotExist) for one in found) == 2
    with pytest.raises((CopyIsGone, NotAmendable)):
        issue(copy)
    notices = Message.objects.filter(kind="corrigendum")
    assert notices.count() == notices.values("recipient").distinct().count() == 300
    assert notices.filter(language="hy", text__contains="Վերջնաժամկետը երկարաձգվում է։").count() == 100
    assert notices.filter(language="en", text__contains="The deadline is extended.").count() == 200
    assert Corrigendum.objects.get() == corrigendum


def test_telling_costs_the_same_for_one_draft_and_for_thirty() -> None:
    counts = []
    for code, drafts, sign in (("M4EG-2021-PORTFOLIO", 1, "X"), ("M4EG-2021-INNOVATION", 30, "Y")):
        call = make_call(code)
        many_drafts(call, drafts, sign)
        with CaptureQueriesContext(connection) as captured:
            assert len(followers(call)) == drafts
        counts.append(len(captured))
    assert counts == [3, 3]


# --- a corrigendum and a submission at once


def coded(spec: CallSpec, code: str) -> CallSpec:
    return spec.model_copy(update={"code": code})


@pytest.mark.django_db(transaction=True)
def test_of_a_corrigendum_and_a_submission_at_once_each_comes_cleanly_before_or_after(mailbox: list[Any]) -> None:
    from applications.models import Submission
    from applications.refusals import NotAcknowledged

    for turn in range(4):
        call = make_call(change=partial(coded, code=f"CALL-{turn}"))
        municipality = make_municipality(f"Place {turn}")
        head = make_member(municipality, "head")
        entry = start_application(call, stage_of(call), municipality, None, by=head)
        fill_portfolio(entry, head)
        copy = later(begin_changes(call, by=None))
        first, second = at_once(
            partial(submit_application, entry, by=head, received_at=portal_clock.now()),
            partial(issue, copy),
        )
        assert isinstance(second, Corrigendum)
        if isinstance(first, Submission):
            assert first.corrigendum == 0
        else:
            assert isinstance(first, NotAcknowledged)
            assert StageEntry.objects.get(pk=entry.pk).state == "draft"


def fill_portfolio(entry: StageEntry, by: Person) -> None:
    from applications.lifecycle import attach_file, save_section
    from tests.applications.helpers import PORTFOLIO, upload

    for section, given in PORTFOLIO.items():
        save_section(entry, section, given, 0, by=by)
    for question in ("ledp", "letter"):
        attach_file(entry, question, upload(), by=by)


def test_the_words_of_a_review_are_those_of_the_language() -> None:
    call = make_call("M4EG-2021-PILOT")
    copy = later(begin_changes(call, by=None), -1)
    found = review_of(fresh(call), fresh(copy))
    with translation.override("en"):
        assert found.said(found.refused)[0]["what"]["en"] == "Deadline"
