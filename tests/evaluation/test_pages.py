"""The pages of the evaluation: who may open which, blindness, conflicts, and what a page does."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from applications.models import EntryState, StageEntry
from calls.models import CheckItem, Stage
from evaluation.models import Assessment, AssessmentState, CheckResult, Shortlist, ShortlistState
from portal import clock
from portal.accounts.models import Person
from tests.evaluation.factories import (
    assign,
    begin,
    frozen,
    judged,
    make_assessor,
    make_entry,
    make_stage,
    post_scores,
    score,
)
from tests.factories import make_member, make_municipality, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def stage() -> Stage:
    return make_stage()


def url(name: str, *args: object) -> str:
    return reverse(f"admin:{name}", args=args)


def as_(client: Client, person: Person) -> Client:
    client.force_login(person)
    return client


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


# --- who may do what

EVERYONE = (
    "administrator",
    "programme_officer",
    "grant_officer",
    "auditor",
    "country_officer",
    "assessor",
    "member",
    "nobody",
)
OK, MOVED, NONE = 200, 302, 404
FOLLOWERS = ("administrator", "programme_officer", "grant_officer", "auditor")
MANAGERS = ("administrator", "programme_officer")
ASSESSOR = ("assessor",)
READERS = (*FOLLOWERS, "country_officer")


@pytest.fixture
def world(stage: Stage) -> dict[str, Any]:
    """A stage with a completed application, one that waits for the scores of two, and a frozen shortlist elsewhere."""
    others = [make_assessor(), make_assessor()]
    me = make_assessor()
    done = judged(stage, others, "444444", "444444")
    waiting = make_entry(stage, lot="LOT3")
    theirs = begin(waiting, others[0])
    mine = assign(waiting, me)
    older = make_stage_again()
    judged(older, others, "444444", "444444")
    return {
        "people": {
            **{role: make_staff(role) for role in FOLLOWERS},
            "country_officer": make_staff("country_officer", country="AM"),
            "assessor": me,
            "member": make_member(done.application.municipality, "head"),
        },
        "stage": stage,
        "done": done,
        "waiting": waiting,
        "theirs": theirs,
        "mine": mine,
        "shortlist": frozen(older),
    }


def make_stage_again() -> Stage:
    """A second stage, in another call: the portfolio call's, with the pilot's grid."""
    from calls.spec import CallSpec
    from tests.factories import call_file, make_call

    pilot = call_file("M4EG-2021-PILOT").stages[0]

    def change(spec: CallSpec) -> CallSpec:
        first, *rest = spec.stages
        lots = call_file("M4EG-2021-PILOT").lots
        stage = first.model_copy(update={"evaluation": pilot.evaluation})
        return spec.model_copy(update={"stages": (stage, *rest), "lots": lots})

    call = make_call("M4EG-2021-INNOVATION", deadline=clock.now() - timedelta(days=2), change=change)
    return Stage.objects.select_related("call", "grid").get(call=call)


TABLE: list[tuple[str, str, str, dict[str, int]]] = [
    # method, name, which row, who gets what; everyone else gets 404 (302 to the login for nobody)
    ("GET", "evaluation_assessment_changelist", "", {**dict.fromkeys(FOLLOWERS, OK), "assessor": MOVED}),
    ("GET", "evaluation_assessment_add", "", {}),
    ("GET", "evaluation_assessment_delete", "mine", {}),
    ("GET", "evaluation_my", "", {"assessor": OK}),
    ("GET", "evaluation_declare", "mine", {"assessor": OK}),
    ("GET", "evaluation_declare", "theirs", {}),
    ("GET", "evaluation_score", "mine", {**dict.fromkeys(FOLLOWERS, OK), "assessor": MOVED}),
    ("GET", "evaluation_score", "theirs", dict.fromkeys(FOLLOWERS, OK)),
    ("POST", "evaluation_score", "theirs", {}),
    ("POST", "evaluation_reopen", "theirs", dict.fromkeys(MANAGERS, MOVED)),
    ("GET", "evaluation_reopen", "theirs", {}),
    ("GET", "evaluation_stages", "", dict.fromkeys(FOLLOWERS, OK)),
    ("GET", "evaluation_checks", "stage", dict.fromkeys(FOLLOWERS, OK)),
    ("GET", "evaluation_checklist", "waiting", dict.fromkeys(FOLLOWERS, OK)),
    ("POST", "evaluation_checklist", "waiting", dict.fromkeys(MANAGERS, MOVED)),
    ("POST", "evaluation_reject", "waiting", dict.fromkeys(MANAGERS, OK)),
    ("POST", "evaluation_consensus", "waiting", dict.fromkeys(MANAGERS, MOVED)),
    ("GET", "evaluation_assign", "stage", dict.fromkeys(FOLLOWERS, OK)),
    ("POST", "evaluation_assign", "stage", dict.fromkeys(MANAGERS, OK)),
    ("GET", "evaluation_ranking", "stage", dict.fromkeys(FOLLOWERS, OK)),
    ("POST", "evaluation_make_shortlist", "stage", dict.fromkeys(MANAGERS, MOVED)),
    ("GET", "evaluation_make_shortlist", "stage", {}),
    ("POST", "evaluation_freeze", "stage", dict.fromkeys(MANAGERS, MOVED)),
    ("GET", "evaluation_freeze", "stage", dict.fromkeys(MANAGERS, OK)),
    ("GET", "evaluation_shortlist_changelist", "", dict.fromkeys(READERS, OK)),
    ("GET", "evaluation_shortlist_add", "", {}),
    ("GET", "evaluation_shortlist_change", "shortlist", dict.fromkeys(READERS, OK)),
    ("GET", "evaluation_shortlist_delete", "shortlist", {}),
    ("GET", "xlsx", "shortlist", dict.fromkeys(READERS, OK)),
    ("GET", "csv", "shortlist", dict.fromkeys(READERS, OK)),
    ("GET", "json", "shortlist", dict.fromkeys(FOLLOWERS, OK)),
    ("GET", "pdf", "shortlist", {}),
]


@pytest.mark.parametrize("who", EVERYONE)
def test_who_may_do_what(client: Client, world: dict[str, Any], who: str) -> None:
    if who != "nobody":
        as_(client, world["people"][who])
    found, expected = {}, {}
    for method, name, row, answers in TABLE:
        exports = name in ("xlsx", "csv", "json", "pdf")
        args = [world[row].pk] if row else []
        address = url("evaluation_export", *args, name) if exports else url(name, *args)
        response = client.post(address) if method == "POST" else client.get(address)
        key = (method, name, row)
        to_login = response.status_code == MOVED and "/login/" in response.get("Location", "")
        found[key] = "login" if to_login else response.status_code
        expected[key] = "login" if who == "nobody" else answers.get(who, NONE)
    assert {key: (found[key], expected[key]) for key in found if found[key] != expected[key]} == {}


# --- blindness


def test_an_assessor_learns_nothing_of_another(client: Client, stage: Stage) -> None:
    """Neither scores nor existence, on no page and by no parameter."""
    me, other = make_assessor(name="Me Myself"), make_assessor(name="Somebody Else")
    entry = make_entry(stage)
    theirs = score(entry, other, "555555")
    Assessment.objects.filter(pk=theirs.pk).update(comment="a secret remark")
    mine = begin(entry, me)
    as_(client, me)
    addresses = [
        url("evaluation_my"),
        url("evaluation_score", mine.pk),
        url("evaluation_my") + f"?assessor={other.pk}&state=completed",
        url("evaluation_score", mine.pk) + f"?assessment={theirs.pk}",
        reverse("admin:index"),
    ]
    for address in addresses:
        text = page(client, address)
        assert "Somebody Else" not in text
        assert other.email not in text
        assert "a secret remark" not in text
    for query in ("", f"?assessor__id__exact={other.pk}", "?q=Else", "?o=3", "?all="):
        assert client.get(url("evaluation_assessment_changelist") + query).status_code == MOVED
    for name in (
        "evaluation_score",
        "evaluation_declare",
        "evaluation_assessment_change",
        "evaluation_assessment_history",
    ):
        response = client.get(url(name, theirs.pk), follow=True)
        assert response.status_code == NONE, name
    assert client.post(url("evaluation_score", theirs.pk), post_scores(theirs, "111111")).status_code == NONE
    assert Assessment.objects.get(pk=theirs.pk).total == theirs.total


def test_the_number_of_assessors_does_not_change_what_an_assessor_reads(client: Client, stage: Stage) -> None:
    """The same page, before and after another assessor of the same application has completed."""
    me, other = make_assessor(), make_assessor()
    entry = make_entry(stage)
    mine = begin(entry, me)
    as_(client, me)

    def read() -> str:
        text = page(client, url("evaluation_score", mine.pk))
        return "\n".join(line for line in text.splitlines() if "csrfmiddlewaretoken" not in line)

    before = read()
    score(entry, other, "555555")
    assert read() == before


# --- conflicts


def test_nothing_of_the_application_is_shown_before_the_declaration(client: Client, stage: Stage) -> None:
    me = make_assessor()
    mine = assign(make_entry(stage, title="A very secret market"), me)
    as_(client, me)
    response = client.get(url("evaluation_score", mine.pk))
    assert response["Location"] == url("evaluation_declare", mine.pk)
    assert "A very secret market" not in page(client, url("evaluation_declare", mine.pk))
    assert client.post(url("evaluation_score", mine.pk), post_scores(mine, "444444")).status_code == MOVED
    assert not mine.scores.exists()
    client.post(url("evaluation_declare", mine.pk), {"declaration": "none"})
    assert "A very secret market" in page(client, url("evaluation_score", mine.pk))


def test_a_declared_conflict_closes_the_application_everywhere(client: Client, stage: Stage) -> None:
    me = make_assessor()
    entry = make_entry(stage)
    mine = assign(entry, me)
    as_(client, me)
    refused = client.post(url("evaluation_declare", mine.pk), {"declaration": "conflict", "reason": ""})
    assert "Say what the conflict of interest is." in refused.content.decode()
    client.post(url("evaluation_declare", mine.pk), {"declaration": "conflict", "reason": "My brother is the mayor."})
    mine.refresh_from_db()
    assert mine.state == AssessmentState.DECLINED
    assert mine.conflict == "My brother is the mayor."
    for name in ("evaluation_score", "evaluation_declare"):
        assert client.get(url(name, mine.pk)).status_code == NONE
        assert client.post(url(name, mine.pk), {"declaration": "none"}).status_code == NONE
    assert str(entry.application) not in page(client, url("evaluation_my"))


# --- scoring


def test_saving_keeps_a_part_and_completing_asks_for_the_rest(client: Client, stage: Stage) -> None:
    me = make_assessor()
    mine, following = begin(make_entry(stage), me), assign(make_entry(stage), me)
    as_(client, me)
    address = url("evaluation_score", mine.pk)
    assert client.post(address, post_scores(mine, "4.3...")).status_code == MOVED
    assert mine.scores.filter(value__isnull=False).count() == 2
    response = client.post(address, post_scores(mine, "5.3333", comment="", complete="1"))
    text = response.content.decode()
    assert response.status_code == OK
    assert text.count("Choose a score.") == 2  # in the summary and at the field
    assert text.count("Explain this score") == 2
    assert mine.scores.filter(value__isnull=False).count() == 5, "what was given is kept"
    response = client.post(address, post_scores(mine, "543333", complete="1"))
    assert response["Location"] == url("evaluation_score", following.pk)
    mine.refresh_from_db()
    assert mine.state == AssessmentState.COMPLETED
    assert mine.total == 36


def test_a_save_over_a_newer_version_is_refused_and_the_text_is_kept(client: Client, stage: Stage) -> None:
    me = make_assessor()
    mine = begin(make_entry(stage), me)
    as_(client, me)
    address = url("evaluation_score", mine.pk)
    old = post_scores(mine, "222222", comment="typed in the second window")
    client.post(address, post_scores(mine, "333333"))
    text = client.post(address, old).content.decode()
    assert "saved in another window" in text
    assert "typed in the second window" in text
    assert {one.value for one in mine.scores.all()} == {3}
    assert 'name="version" value="2"' in text, "having compared, the person can save"


def test_a_score_off_the_scale_is_an_error_at_its_place(client: Client, stage: Stage) -> None:
    me = make_assessor()
    mine = begin(make_entry(stage), me)
    text = (
        as_(client, me)
        .post(url("evaluation_score", mine.pk), post_scores(mine, "944444", comment="kept"))
        .content.decode()
    )
    assert "Choose one of the scores of the scale." in text
    assert "kept" in text
    assert not mine.scores.exists()


def test_a_decided_application_takes_no_scores_and_loses_no_text(client: Client, stage: Stage) -> None:
    me = make_assessor()
    mine = begin(make_entry(stage), me)
    StageEntry.objects.filter(pk=mine.entry_id).update(state=EntryState.REJECTED)
    text = (
        as_(client, me)
        .post(url("evaluation_score", mine.pk), post_scores(mine, "444444", comment="long text"))
        .content.decode()
    )
    assert "can no longer be changed" in text
    assert "long text" in text


# --- checks, assignment, shortlist


def test_staff_answer_the_checklist_and_reject_for_a_fatal_no(client: Client, stage: Stage) -> None:
    entry, officer = make_entry(stage), make_staff()
    first, second = CheckItem.objects.filter(stage=stage).order_by("position")
    as_(client, officer)
    address = url("evaluation_checklist", entry.pk)
    assert "Reject this application" not in page(client, address)
    client.post(address, {f"answer-{first.pk}": "no", f"note-{first.pk}": "missing", f"answer-{second.pk}": ""})
    assert list(CheckResult.objects.values_list("item", "answer", "note")) == [(first.pk, "no", "missing")]
    assert "Reject this application" in page(client, address)
    assert "Give the reason" in client.post(url("evaluation_reject", entry.pk), {"reason": ""}).content.decode()
    client.post(url("evaluation_reject", entry.pk), {"reason": "No signature."})
    assert StageEntry.objects.get(pk=entry.pk).state == EntryState.REJECTED


def test_assigning_shows_first_what_it_touches(client: Client, stage: Stage) -> None:
    people = [make_assessor(name=f"Assessor {letter}") for letter in "ABC"]
    free, full = make_entry(stage), make_entry(stage)
    for person in people[:2]:
        assign(full, person)
    as_(client, make_staff())
    data = {"entries": [free.pk, full.pk], "people": [people[0].pk, people[2].pk]}
    text = client.post(url("evaluation_assign", stage.pk), data).content.decode()
    assert "2 assessments will be assigned" in text
    assert "2 are left alone" in text
    assert "Assessor A is already assigned." in text
    assert Assessment.objects.filter(entry=free).count() == 0
    client.post(url("evaluation_assign", stage.pk), {**data, "confirmed": "1"})
    assert list(Assessment.objects.filter(entry=free).values_list("order", "assessor")) == [
        (1, people[0].pk),
        (2, people[2].pk),
    ]


def test_lists_are_narrowed_by_text_lot_and_state(client: Client, stage: Stage) -> None:
    sevan = make_entry(stage, make_municipality("Sevan", name_hy="Սեւան"))
    other = make_entry(stage, lot="LOT3")
    as_(client, make_staff())
    for query, wanted in (
        ("q=Սևան", sevan),
        ("q=sevan", sevan),
        ("lot=LOT3", other),
        (f"q={other.application}", other),
    ):
        text = page(client, url("evaluation_checks", stage.pk) + f"?{query}")
        unwanted = other if wanted == sevan else sevan
        assert f"/applications/{wanted.pk}/checks/" in text, query
        assert f"/applications/{unwanted.pk}/checks/" not in text, query


def test_freezing_asks_with_exactly_what_it_decides(client: Client, stage: Stage) -> None:
    people = [make_assessor() for _ in range(2)]
    judged(stage, people, "555555", "555555")
    failed = judged(stage, people, "222222", "222222")
    as_(client, make_staff())
    assert "Freeze the shortlist" not in page(client, url("evaluation_ranking", stage.pk))
    client.post(url("evaluation_make_shortlist", stage.pk))
    text = page(client, url("evaluation_freeze", stage.pk))
    shown = text.split('name="shown" value="')[1].split('"')[0]
    below = text.split("below the threshold")[1]
    assert str(failed.application) in below
    refused = client.post(url("evaluation_freeze", stage.pk), {"shown": "f" * 64})
    assert refused["Location"] == url("evaluation_freeze", stage.pk)
    assert Shortlist.objects.get().state == ShortlistState.DRAFT
    client.post(url("evaluation_freeze", stage.pk), {"shown": shown})
    shortlist = Shortlist.objects.get()
    assert shortlist.state == ShortlistState.FROZEN
    assert shortlist.digest in page(client, url("evaluation_shortlist_change", shortlist.pk))


def test_an_application_that_waits_is_named_and_holds_up_freezing(client: Client, stage: Stage) -> None:
    judged(stage, [make_assessor() for _ in range(2)], "444444", "444444")
    waits = make_entry(stage, lot="LOT3")
    as_(client, make_staff())
    client.post(url("evaluation_make_shortlist", stage.pk))
    for name in ("evaluation_ranking", "evaluation_freeze"):
        text = page(client, url(name, stage.pk))
        assert f"These wait for an assessment: {waits.application}." in text
        assert ">Freeze the shortlist<" not in text
    client.post(url("evaluation_freeze", stage.pk), {"shown": "x"})
    assert Shortlist.objects.get().state == ShortlistState.DRAFT


def test_a_draft_is_hidden_from_country_offices(client: Client, world: dict[str, Any]) -> None:
    as_(client, world["people"]["programme_officer"]).post(url("evaluation_make_shortlist", world["stage"].pk))
    draft = Shortlist.objects.get(state=ShortlistState.DRAFT)
    as_(client, world["people"]["country_officer"])
    for address in (url("evaluation_shortlist_change", draft.pk), url("evaluation_export", draft.pk, "xlsx")):
        assert client.get(address).status_code == NONE
    assert f"/shortlist/{draft.pk}/" not in page(client, url("evaluation_shortlist_changelist"))
