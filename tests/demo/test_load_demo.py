"""The demonstration: loaded once, everyone can log in, and every state can be looked at."""

from collections import Counter
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse

from applications.answers import digest_of
from applications.models import EntryState, StageEntry, Submission
from applications.queries import dossier_of
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
from portal.notices.models import Message

pytestmark = [pytest.mark.usefixtures("demonstration"), pytest.mark.django_db]
DEMONSTRATION = override_settings(DEMONSTRATION=True)


def stage_of(call: str) -> Stage:
    return Stage.objects.select_related("call", "grid").filter(call__code=call).order_by("position")[0]


def states(call: str) -> Counter[str]:
    return Counter(StageEntry.objects.filter(stage=stage_of(call)).values_list("state", flat=True))


def entry_of(call: str, place: str) -> StageEntry:
    rows = StageEntry.objects.select_related("stage__call", "application__municipality", "application__lot")
    return rows.get(stage__call__code=call, application__municipality=municipality(place))


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
    assert (admin.status_code == 200) is (not login.municipality)


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
    assert states("M4EG-2021-PILOT") == {EntryState.SUBMITTED: 39, EntryState.REJECTED: 1}
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
    assert len(draft.versions) == 2
    assert not [problem for problem in draft.sheet.problems if not problem.missing]
    assert entry_of("M4EG-2021-INNOVATION", "GE:GE-IM:Kutaisi").submission is not None
    assert set(Message.objects.filter(kind="receipt").values_list("to", flat=True)) == {"head@kutaisi.example"}


def test_simulated_submissions_have_the_form_of_those_that_clerks_make() -> None:
    rows = list(Submission.objects.filter(entry__stage__call__code="M4EG-2021-INNOVATION").order_by("pk"))
    clerks = next(row for row in rows if row.snapshot["municipality"]["code"] == "GE-IM:Kutaisi")
    for row in rows:
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
    assert published.count() == 5
    for call in published:
        assert call.published_at <= clock.now()
        assert "2021" in call.code
