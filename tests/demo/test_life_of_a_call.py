"""What the demonstration tells of calls between their draft and their end, and the pages on which it is seen."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation

from applications.models import StageEntry
from calls.extensions import deadline_for
from calls.following import followers
from calls.lifecycle import problems_of
from calls.models import (
    AnswerState,
    Call,
    CallState,
    CallSubscription,
    Corrigendum,
    Enquiry,
    EnquiryAnswer,
    Extension,
    SavedSearch,
    Stage,
    Waiver,
)
from calls.queries import right_to_apply
from portal import clock
from portal.accounts.models import Person
from portal.demo.people import municipality
from portal.demo.scenes.authoring import LIGHTING, NEXT_YEAR, SCHEDULED, TRAINING
from portal.notices.models import Message

pytestmark = [pytest.mark.usefixtures("demonstration"), pytest.mark.django_db]
OPEN = "M4EG-2021-INNOVATION"
ALAVERDI, DILIJAN, GYUMRI = "AM:06002000", "AM:11003000", "AM:08001000"
OFFICER = "officer@demo.example"


def call_of(code: str) -> Call:
    found: Call = Call.objects.get(code=code)
    return found


def stage_of(code: str) -> Stage:
    return Stage.objects.select_related("call").filter(call__code=code).order_by("position")[0]


def draft_of(place: str) -> StageEntry:
    return StageEntry.objects.get(stage=stage_of(OPEN), application__municipality=municipality(place))


def told(kind: str) -> set[str]:
    return set(Message.objects.filter(kind=kind).values_list("to", flat=True))


def test_the_open_call_has_a_corrigendum_of_which_one_draft_has_taken_note_and_another_has_not() -> None:
    corrigendum = Corrigendum.objects.get(call__code=OPEN)
    assert corrigendum.number == 1
    assert set(corrigendum.summary) == {"hy", "en"}
    assert (clock.now().date() - corrigendum.issued_at.date()).days == 5
    assert len(corrigendum.changes) >= 4
    assert stage_of(OPEN).deadline - clock.now() > timedelta(days=16)
    assert (draft_of(ALAVERDI).acknowledged, draft_of(GYUMRI).acknowledged) == (0, 1)
    assert {"head@alaverdi.example", "editor@alaverdi.example", "head@kutaisi.example"} <= told("corrigendum")


def test_the_next_corrigendum_is_in_preparation() -> None:
    copy = Call.objects.get(amends__code=OPEN)
    assert (copy.code, copy.state) == (f"{OPEN}-C2", CallState.DRAFT)


def test_questions_are_answered_merged_corrected_declined_and_waiting() -> None:
    states = Counter(Enquiry.objects.filter(call__code=OPEN).values_list("state", flat=True))
    assert states == {"answered": 7, "declined": 1, "waiting": 2}
    answers = EnquiryAnswer.objects.filter(call__code=OPEN, state=AnswerState.PUBLISHED).order_by("number")
    assert [answer.number for answer in answers] == [1, 2, 3, 4, 5, 6]
    assert [answer.enquiries.count() for answer in answers] == [1, 1, 1, 2, 1, 1]
    assert [answer.corrections.count() for answer in answers] == [1, 0, 0, 0, 0, 0]
    assert Enquiry.objects.filter(asked_by__email="head@alaverdi.example", state="answered").exists()
    assert told("enquiry_declined") == {"editor@alaverdi.example"}


def test_one_municipality_has_an_extension_and_another_a_waiver_and_both_were_told() -> None:
    stage, extension, waiver = stage_of(OPEN), Extension.objects.get(), Waiver.objects.get()
    assert (extension.stage, extension.municipality) == (stage, municipality(DILIJAN))
    assert deadline_for(stage, municipality(DILIJAN)) > stage.deadline
    assert waiver.municipality == municipality(GYUMRI)
    own = str(draft_of(GYUMRI).application_id)
    assert right_to_apply(stage.call, municipality(GYUMRI), own=own).allowed
    assert told("extension") == {"head@dilijan.example"}
    assert told("waiver") == {"head@gyumri.example"}


def test_a_draft_for_the_next_year_lacks_some_parts_and_has_conditions_table_budget_and_grid() -> None:
    draft = call_of(NEXT_YEAR)
    assert draft.state == CallState.DRAFT
    assert len(problems_of(draft)) >= 5
    questions = [
        question for section in stage_of(NEXT_YEAR).form_sections.all() for question in section.questions.all()
    ]
    assert {"table", "budget"} <= {question.kind for question in questions}
    assert any(question.settings.get("show_if") for question in questions)
    assert stage_of(NEXT_YEAR).grid.sections.count() == 3


def test_a_whole_draft_is_published_next_week() -> None:
    draft = call_of(SCHEDULED)
    assert (draft.state, problems_of(draft)) == (CallState.DRAFT, [])
    assert draft.publish_at
    assert draft.scheduled_by
    assert 6 <= (draft.publish_at - clock.now()).days <= 9
    assert draft.scheduled_by.email == OFFICER


def test_a_call_was_published_with_warnings_passed_over_and_another_one_cancelled() -> None:
    training, lighting = call_of(TRAINING), call_of(LIGHTING)
    assert training.state == CallState.PUBLISHED
    passed = dict(training.warning_overrides.values_list("code", "reason"))
    assert set(passed) >= {"short:eoi", "questions-late"}
    assert all(passed.values())
    assert not stage_of(TRAINING).has_opened(clock.now())
    assert (lighting.state, set(lighting.cancel_reason)) == (CallState.CANCELLED, {"hy", "en"})
    assert told("call_cancelled") == {"head@meghri.example", "head@gyumri.example"}


def test_officers_and_members_follow_and_keep_searches() -> None:
    following = set(CallSubscription.objects.filter(call__code=OPEN).values_list("person__email", flat=True))
    assert following == {OFFICER, "armenia@demo.example", "head@dilijan.example", "viewer@kutaisi.example"}
    assert {"editor@alaverdi.example"} <= {person.email for person in followers(call_of(OPEN))}
    assert set(SavedSearch.objects.values_list("person__email", flat=True)) == {
        "head@dilijan.example",
        "viewer@kutaisi.example",
    }


def addresses() -> list[tuple[str, str]]:
    """Return who opens which page, in the language that is active."""
    open_call, copy = call_of(OPEN), Call.objects.get(amends__code=OPEN)
    alaverdi, gyumri = draft_of(ALAVERDI), draft_of(GYUMRI)

    def of(name: str, *args: Any) -> str:
        return reverse(name, args=args)

    def staff(name: str, *args: Any) -> str:
        return reverse(f"admin:calls_{name}", args=args)

    return [
        *[("", of("calls:detail", code)) for code in (OPEN, TRAINING, LIGHTING)],
        ("", of("calls:list")),
        ("", of("calls:changes", OPEN)),
        ("", of("calls:answers", OPEN)),
        ("head@dilijan.example", of("calls:detail", OPEN)),
        ("head@dilijan.example", of("calls:searches")),
        ("head@alaverdi.example", of("calls:ask", OPEN)),
        ("head@alaverdi.example", of("applications:tasks", alaverdi.pk)),
        ("head@alaverdi.example", of("applications:review", alaverdi.pk)),
        ("head@gyumri.example", of("applications:tasks", gyumri.pk)),
        *[(OFFICER, staff("setup", draft.pk)) for draft in (call_of(NEXT_YEAR), call_of(SCHEDULED), copy)],
        (OFFICER, staff("setup_stage_form", call_of(NEXT_YEAR).pk, stage_of(NEXT_YEAR).pk)),
        (OFFICER, staff("setup_stage_grid", call_of(NEXT_YEAR).pk, stage_of(NEXT_YEAR).pk)),
        *[(OFFICER, staff("call_change", call_of(code).pk)) for code in (OPEN, TRAINING, LIGHTING)],
        (OFFICER, staff("call_changelist")),
        (OFFICER, staff("enquiry_changelist")),
        (OFFICER, staff("waiver_changelist")),
        *[(OFFICER, staff(name, open_call.pk)) for name in ("amend", "extend_deadline", "extensions")],
        (OFFICER, staff("amend_review", copy.pk)),
        ("armenia@demo.example", staff("enquiry_changelist")),
        ("administrator@demo.example", staff("call_change", open_call.pk)),
    ]


@pytest.mark.parametrize("language", ["hy", "en"])
@override_settings(DEMONSTRATION=True)
def test_the_pages_of_all_that_are_there_for_those_who_may_see_them(language: str, client: Client) -> None:
    with translation.override(language):
        pages = addresses()
    for email, address in pages:
        client.logout()
        if email:
            client.force_login(Person.objects.get(email=email))
        response = client.get(address)
        assert response.status_code == 200, (email, address, response.status_code)
