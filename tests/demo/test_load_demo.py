"""The demonstration: loaded once, everyone can log in, and every state can be looked at."""

from collections import Counter
from decimal import Decimal
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse

from applications.answers import digest_of
from applications.lifecycle import submit_application
from applications.models import Attachment, Clarification, EntryState, Helper, Remark, Reuse, StageEntry, Submission
from applications.queries import dossier_of
from applications.receipts.records import record_of, seal_of
from applications.receipts.seal import verified
from calls.models import Call, CallState, Stage
from calls.queries import right_to_apply
from evaluation.assembly import load_stage
from evaluation.models import Assessment, AssessmentState, CheckResult, Shortlist, ShortlistState
from evaluation.scoring import Outcome
from grants.models import Grant, Letter
from portal import clock
from portal.accounts.models import Person
from portal.demo.loading import CODES
from portal.demo.people import PASSWORD, Login, logins, municipality
from portal.demo.scenes.lighthouse import CODE
from portal.notices.models import Message

pytestmark = [pytest.mark.usefixtures("demonstration"), pytest.mark.django_db]
DEMONSTRATION = override_settings(DEMONSTRATION=True)
ALAVERDI, DILIJAN, KUTAISI = "AM:06002000", "AM:11003000", "GE:GE-IM:Kutaisi"


def stage_of(call: str) -> Stage:
    return Stage.objects.select_related("call", "grid").filter(call__code=call).order_by("position")[0]


def states(call: str) -> Counter[str]:
    return Counter(StageEntry.objects.filter(stage=stage_of(call)).values_list("state", flat=True))


def entry_of(call: str, place: str) -> StageEntry:
    rows = StageEntry.objects.select_related("stage__call", "application__municipality", "application__lot")
    return rows.get(stage=stage_of(call), application__municipality=municipality(place))


def counts() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_a_second_run_changes_nothing_and_says_so() -> None:
    before = counts()
    out = StringIO()
    with DEMONSTRATION:
        call_command("load_demo", stdout=out)
    assert "is there already; nothing was changed" in out.getvalue()
    assert counts() == before


def test_only_a_demonstration_gets_people_with_a_known_password() -> None:
    with override_settings(DEMONSTRATION=False), pytest.raises(CommandError, match="DEMONSTRATION is on"):
        call_command("load_demo")


@pytest.mark.parametrize("login", logins(), ids=lambda login: login.email)
def test_everyone_can_log_in(login: Login, client: Client) -> None:
    with DEMONSTRATION:
        response = client.post(reverse("account_login"), {"login": login.email, "password": PASSWORD})
        assert response.status_code == 302, response.content.decode()[:2000]
        assert client.session["_auth_user_id"] == str(Person.objects.get(email=login.email).pk)
        admin = client.get(reverse("admin:index"))
    assert (admin.status_code == 200) is login.staff


def test_the_portfolio_call_is_decided() -> None:
    assert states("M4EG-2021-PORTFOLIO") == {
        EntryState.SELECTED: 6,
        EntryState.RESERVE: states("M4EG-2021-PORTFOLIO")[EntryState.RESERVE],
        EntryState.FAILED: states("M4EG-2021-PORTFOLIO")[EntryState.FAILED],
    }
    assert sum(states("M4EG-2021-PORTFOLIO").values()) == 25
    assert Shortlist.objects.get(stage=stage_of("M4EG-2021-PORTFOLIO")).state == ShortlistState.FROZEN
    assert Grant.objects.count() == Letter.objects.count() == 6
    assert Assessment.objects.filter(consensus=True, state=AssessmentState.COMPLETED).exists()
    assert entry_of("M4EG-2021-PORTFOLIO", "AM:11003000").state == EntryState.SELECTED


def test_the_innovation_call_is_open_for_about_three_weeks_until_six_in_yerevan() -> None:
    stage = stage_of("M4EG-2021-INNOVATION")
    left = stage.deadline - clock.now()
    assert 17 <= left.days <= 25
    assert f"{stage.call.local(stage.deadline):%H:%M} {stage.call.time_zone}" == "18:00 Asia/Yerevan"
    assert stage.has_opened(clock.now())
    assert states("M4EG-2021-INNOVATION") == {EntryState.SUBMITTED: 5, EntryState.DRAFT: 4}


def test_the_pilot_call_is_being_evaluated_and_something_waits_for_everybody() -> None:
    stage = stage_of("M4EG-2021-PILOT")
    assert states("M4EG-2021-PILOT") == {
        EntryState.SUBMITTED: 38,
        EntryState.CLARIFICATION: 1,
        EntryState.REJECTED: 1,
    }
    outcomes = Counter(place.outcome for place in load_stage(stage).ranking(1).places)
    assert outcomes[Outcome.NEEDS_THIRD] >= 2
    assert outcomes[Outcome.NEEDS_ASSESSOR] >= 2
    assert outcomes[Outcome.SELECTED] >= 5
    pilot = Assessment.objects.filter(entry__stage=stage)
    assert pilot.filter(order=3, state=AssessmentState.COMPLETED).count() == 1
    waiting = pilot.filter(state__in=[AssessmentState.ASSIGNED, AssessmentState.IN_PROGRESS])
    assert waiting.values("assessor").distinct().count() >= 3
    checks = CheckResult.objects.filter(entry__stage=stage, answer="yes").count()
    assert 60 <= checks < 80
    lots = set(StageEntry.objects.filter(stage=stage).values_list("application__lot__code", flat=True))
    assert lots == {"LOT1", "LOT2", "LOT3"}
    assert not stage.call.stages.get(code="full").has_opened(clock.now())


@pytest.mark.parametrize(("place", "allowed"), [("AM:06002000", True), ("AM:11003000", True), ("AM:09005000", False)])
def test_the_innovation_call_is_closed_without_an_expression_of_interest(place: str, *, allowed: bool) -> None:
    call = Call.objects.get(code="M4EG-2021-INNOVATION")
    own = StageEntry.objects.filter(stage__call=call, application__municipality=municipality(place)).first()
    right = right_to_apply(call, municipality(place), own=str(own.application_id) if own else None)
    assert right.allowed is allowed
    assert [finding.rule for finding in right.failed] == ([] if allowed else ["earlier_application"])


def test_alaverdi_writes_and_kutaisi_has_a_receipt() -> None:
    draft = dossier_of(entry_of("M4EG-2021-INNOVATION", "AM:06002000"))
    assert draft.entry.state == EntryState.DRAFT
    assert set(draft.versions) == {"project", "people", "budget"}
    assert not [problem for problem in draft.sheet.problems if not problem.missing]
    assert entry_of("M4EG-2021-INNOVATION", "GE:GE-IM:Kutaisi").submission is not None
    told = set(Message.objects.filter(kind="receipt").values_list("to", flat=True))
    assert told == {"head@kutaisi.example", "head@dilijan.example"}


def test_simulated_submissions_have_the_form_of_those_that_clerks_make() -> None:
    rows = list(Submission.objects.filter(entry__stage__call__code="M4EG-2021-INNOVATION").order_by("pk"))
    clerks = next(row for row in rows if row.snapshot["municipality"]["code"] == "GE-IM:Kutaisi")
    assert len(rows) == 6
    shown = set(Attachment.objects.submitted().values_list("file__token", flat=True))
    for row in rows:
        assert {file["token"] for files in row.snapshot["files"].values() for file in files} <= shown
        assert digest_of(row.snapshot) == row.digest
        assert row.snapshot.keys() == clerks.snapshot.keys()
        assert row.snapshot["municipality"].keys() == clerks.snapshot["municipality"].keys()
        assert row.snapshot["form"] == clerks.snapshot["form"]
        assert row.eligibility.keys() == clerks.eligibility.keys()
        assert [f["code"] for f in row.eligibility["findings"]] == [f["code"] for f in clerks.eligibility["findings"]]


def test_show_demo_tells_where_who_and_what() -> None:
    out = StringIO()
    call_command("show_demo", stdout=out)
    printed = out.getvalue()
    assert settings.SITE_URL in printed
    assert PASSWORD in printed
    for login in logins():
        assert any(line.startswith(login.email) and login.try_this in line for line in printed.splitlines())
    assert "Alaverdi: head" in printed
    assert "country officer AM" in printed
    assert reverse("admin:notices_message_changelist").partition("/admin/")[2] in printed
    assert str(settings.VAR_DIR / "mail") in printed


def test_dates_move_and_codes_stay() -> None:
    calls = Call.objects.filter(amends=None)
    assert set(calls.values_list("code", flat=True)) == set(CODES)
    published = calls.exclude(state=CallState.DRAFT)
    assert published.count() == 6
    for call in published:
        assert call.published_at <= clock.now()
        assert "2021" in call.code


def texts_of(submission: Submission) -> dict[str, object]:
    return {key: kept for section in submission.snapshot["answers"].values() for key, kept in section.items()}


def full_of(place: str) -> StageEntry:
    """Return the full application, in the second stage of the lighthouse call."""
    rows = StageEntry.objects.select_related("stage__call", "application__municipality", "application__lot")
    return rows.get(stage__call__code=CODE, stage__code="full", application__municipality=municipality(place))


def test_colleagues_and_a_helper_talk_over_the_draft_of_alaverdi() -> None:
    entry = entry_of("M4EG-2021-INNOVATION", ALAVERDI)
    remarks = Remark.objects.filter(entry=entry)
    authors = {"head@alaverdi.example", "editor@alaverdi.example", "helper@demo.example"}
    assert set(remarks.values_list("author__email", flat=True)) == authors
    assert remarks.filter(settled_at=None).exists()
    assert remarks.exclude(settled_at=None).exists()
    helpers = Helper.objects.filter(application=entry.application)
    [helping] = helpers.in_force()
    assert helping.email == "helper@demo.example"
    [waiting] = helpers.filter(person=None)
    assert waiting.until > clock.now()
    helper = Person.objects.get(email="helper@demo.example")
    assert list(StageEntry.objects.visible_to(helper)) == [entry]


def test_that_draft_began_with_an_earlier_application() -> None:
    entry = entry_of("M4EG-2021-INNOVATION", ALAVERDI)
    reuse = Reuse.objects.get(entry=entry)
    assert reuse.source == full_of(ALAVERDI)
    assert {"title", "budget", "council-decision"} <= set(reuse.taken)
    assert reuse.left


def test_kutaisi_submitted_twice_and_dilijan_changes_what_stands() -> None:
    twice = entry_of("M4EG-2021-INNOVATION", KUTAISI)
    first, second = twice.submissions.order_by("sequence")
    assert (twice.submission, twice.reopened) == (second, False)
    assert texts_of(first)["title"] != texts_of(second)["title"]
    changing = full_of(DILIJAN)
    assert (changing.state, changing.reopened) == (EntryState.SUBMITTED, True)
    [standing] = changing.submissions.all()
    written = dossier_of(changing).sheet.answers["action"]["sustainability"]
    assert written != texts_of(standing)["sustainability"]
    for submission in (first, second, standing):
        assert submission.confirmation
        seal = seal_of(submission)
        assert seal
        assert verified(record_of(submission), seal)


def test_one_clarification_waits_and_another_was_answered() -> None:
    waits, answered = Clarification.objects.order_by("-state")
    assert (waits.state, waits.entry.state) == ("open", EntryState.CLARIFICATION)
    assert waits.due_at > clock.now()
    assert waits.entry.application.municipality == municipality(KUTAISI)
    assert (answered.state, answered.entry.state) == ("answered", EntryState.SUBMITTED)
    assert answered.entry.submission == answered.answer
    before, after = texts_of(answered.about), texts_of(answered.answer)
    assert {key for key in before | after if before.get(key) != after.get(key)} == {"target-groups"}


def test_the_second_stage_holds_what_was_assessed() -> None:
    stage = Stage.objects.get(call__code=CODE, code="full")
    assert stage.accepts(clock.now(), with_grace=False)
    for place in (ALAVERDI, KUTAISI, DILIJAN):
        concept, full = entry_of(CODE, place), full_of(place)
        assert concept.state == EntryState.SELECTED
        assert "title" in full.fixed
        sheet = dossier_of(full).sheet
        assert concept.submission
        assert sheet.answers["action"]["title"] == texts_of(concept.submission)["title"]
        assert not sheet.problems
        assert abs(sheet.amounts.requested - concept.requested) <= concept.requested * Decimal("0.2")
    assert full_of(KUTAISI).state == EntryState.SUBMITTED


def test_the_editor_asked_the_head_who_can_submit_at_once() -> None:
    assert set(Message.objects.filter(kind="ready_to_submit").values_list("to", flat=True)) == {"head@alaverdi.example"}
    ready, head = full_of(ALAVERDI), Person.objects.get(email="head@alaverdi.example")
    submitted = submit_application(ready, by=head, received_at=clock.now(), confirmation="Yes.")
    assert submitted.entry.state == EntryState.SUBMITTED
