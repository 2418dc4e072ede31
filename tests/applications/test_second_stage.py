"""The second stage: begun with what was submitted; what was assessed stays, the request is held to it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from applications.answers import LOT, request_range
from applications.lifecycle import choose_lot, save_section, start_application, submit_application, withdraw_application
from applications.models import Attachment, EntryState, Reuse, StageEntry
from applications.queries import dossier_of
from applications.refusals import FixedAnswer
from calls.spec import BUILTIN_SECTION, CallSpec, QuestionSpec
from portal import clock as portal_clock
from tests.applications.helpers import CONCEPT, fill
from tests.factories import lot_of, make_call, make_draft, make_member, make_municipality, stage_of
from tests.support import Clock

pytestmark = pytest.mark.django_db
BUDGET = {"categories": {"works": {"total": "600 000", "requested": "480 001"}}, "sources": []}


def with_more(spec: CallSpec) -> CallSpec:
    """The pilot call, whose second stage asks three more things of the first, and one of them holds."""
    first, second = spec.stages
    asked = {question.key: question for question in first.form.questions()}
    more: tuple[QuestionSpec, ...] = (
        asked["relevance"].model_copy(update={"fixed": True}),
        asked["design"],
        asked["declaration"],
    )
    section = second.form.sections[0]
    section = section.model_copy(update={"questions": (*section.questions, *more)})
    form = second.form.model_copy(update={"sections": (section, *second.form.sections[1:])})
    return spec.model_copy(update={"stages": (first, second.model_copy(update={"form": form}))})


class Invited:
    """A municipality whose concept note was selected, on the first day of the second stage."""

    def __init__(self, clock: Clock) -> None:
        self.call = make_call("M4EG-2021-PILOT", change=with_more)
        self.municipality = make_municipality()
        self.head = make_member(self.municipality, "head", language="en")
        self.concept: StageEntry = make_draft(self.call, self.municipality, by=self.head, lot="LOT1")
        fill(self.concept, self.head)
        submit_application(self.concept, by=self.head, received_at=portal_clock.now())
        StageEntry.objects.filter(pk=self.concept.pk).update(state=EntryState.SELECTED)
        self.full = stage_of(self.call, "full")
        clock.set(self.full.opens_at + timedelta(days=1))
        self.entry: StageEntry = self.begin()

    def begin(self) -> StageEntry:
        lot = lot_of(self.call, "LOT1")
        return start_application(self.call, self.full, self.municipality, lot, by=self.head)

    def get(self, name: str, *args: Any) -> str:
        client = Client()
        client.force_login(self.head)
        return client.get(reverse(f"applications:{name}", args=[self.entry.pk, *args])).content.decode()


@pytest.fixture
def invited(clock: Clock, mailbox: list[Any]) -> Invited:
    return Invited(clock)


def test_the_draft_begins_with_what_was_submitted_and_holds_what_was_assessed(invited: Invited) -> None:
    entry = invited.entry
    dossier = dossier_of(entry)
    action = dict(dossier.sheet.answers["action"])
    submitted = CONCEPT["action"]
    assert action == {key: submitted[key] for key in ("title", "relevance", "design")}
    assert [file.question for file in dossier.attachments] == ["declaration"]
    assert dossier.sheet.declarations == frozenset()
    priorities = [key for key in CONCEPT[BUILTIN_SECTION] if key.startswith("priority.")]
    assert entry.fixed == [LOT, *priorities, "title", "relevance"]
    assert dossier.locked == frozenset(entry.fixed)
    assert entry.requested_before == Decimal(400_000)
    reuse = Reuse.objects.get(entry=entry)
    assert reuse.source == invited.concept
    assert set(reuse.taken) == {*priorities, "title", "relevance", "design", "declaration"}
    assert reuse.left == {
        "declaration.ledp": "confirm",
        **dict.fromkeys(("target-groups", "requested", "total-cost", "months"), "not_asked"),
    }
    # Begun again, also after it was withdrawn, it is the same with the same answers.
    assert invited.begin() == entry
    withdraw_application(entry, by=invited.head, received_at=portal_clock.now())
    assert invited.begin().fixed == entry.fixed
    assert (Reuse.objects.count(), Attachment.objects.filter(entry=entry).count()) == (1, 1)


def test_what_holds_is_not_written_over_and_the_rest_is(invited: Invited) -> None:
    entry, head = invited.entry, invited.head
    typed = {"title": "Another", "relevance": "", "design": "Otherwise.", "activities": "We plant."}
    save_section(entry, "action", typed, 1, by=head)
    kept = dossier_of(entry).sheet.answers["action"]
    submitted = CONCEPT["action"]
    assert (kept["title"], kept["relevance"]) == (submitted["title"], submitted["relevance"])
    assert (kept["design"], kept["activities"]) == ("Otherwise.", "We plant.")
    with pytest.raises(FixedAnswer):
        choose_lot(entry, "LOT3", by=head)
    page = invited.get("section", "action")
    assert submitted["title"] in page
    assert 'name="title"' not in page
    assert 'name="design"' in page


def test_the_request_stays_within_the_percentage(invited: Invited) -> None:
    assert request_range(Decimal("333.33"), Decimal("10.5")) == (Decimal("298.34"), Decimal("368.32"))
    said = "request between €320,000 and €480,000: at most 20 % more or less than in the earlier stage (€400,000)"
    assert said in invited.get("section", "budget")
    for requested, codes in (("480 000", ["sources_differ"]), ("480 001", ["sources_differ", "request_moved"])):
        budget = {"budget": {**BUDGET, "categories": {"works": {"total": "600 000", "requested": requested}}}}
        version = dossier_of(invited.entry).version("budget")
        save_section(invited.entry, "budget", budget, version, by=invited.head)
        found = [problem.code for problem in dossier_of(invited.entry).sheet.problems_in("budget")]
        assert sorted(found) == sorted(codes)


def test_the_concept_note_is_read_beside_the_draft(invited: Invited) -> None:
    earlier = reverse("applications:earlier", args=[invited.entry.pk])
    for page in (invited.get("tasks"), invited.get("section", "action"), invited.get("review")):
        assert earlier in page
    page = invited.get("earlier")
    number = str(invited.entry.application.number)
    for said in (number, "selected", CONCEPT["action"]["target-groups"], "Stays as it was assessed", "400"):
        assert said in page
    client = Client()
    client.force_login(invited.head)
    assert client.get(reverse("applications:earlier", args=[invited.concept.pk])).status_code == 404
