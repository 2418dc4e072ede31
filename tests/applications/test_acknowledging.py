"""Who applies takes note of the corrigenda of a call before submitting."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from applications.lifecycle import acknowledge, submit_application, withdraw_application
from applications.models import Acknowledgement, StageEntry, Submission
from applications.refusals import NotAcknowledged, NotADraft
from calls.corrigenda import begin_changes, issue_corrigendum
from calls.models import Call, Corrigendum, FormSection, Question, Stage
from portal import clock as portal_clock
from portal.accounts.models import Person
from tests.applications.helpers import fill
from tests.applications.test_at_once import at_once
from tests.applications.test_query_counts import costs
from tests.factories import make_call, make_draft, make_member, make_municipality, stage_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SUMMARY = {"hy": "Փոփոխություն։", "en": "A change."}


class Place:
    """A complete draft in a published call, and its head."""

    def __init__(self) -> None:
        self.call = make_call("M4EG-2021-INNOVATION", change=without_rules)
        self.municipality = make_municipality()
        self.head = make_member(self.municipality, "head", language="en")
        self.entry = fill(make_draft(self.call, self.municipality, by=self.head), self.head)

    def fresh(self) -> StageEntry:
        return StageEntry.objects.get(pk=self.entry.pk)

    def submit(self) -> Submission:
        return submit_application(self.fresh(), by=self.head, received_at=portal_clock.now())

    def page(self, name: str, *more: str) -> str:
        with translation.override("en"):
            return reverse(f"applications:{name}", args=[self.entry.pk, *more])


def without_rules(spec: Any) -> Any:
    return spec.model_copy(update={"eligibility": ()})


def change(call: Call, wording: str = "How many months will the project last?") -> Corrigendum:
    """Move the deadline, word a question otherwise, and ask a new one."""
    copy = begin_changes(Call.objects.get(pk=call.pk), by=None)
    stage = stage_of(copy)
    Stage.objects.filter(pk=stage.pk).update(deadline=stage.deadline + DAY)
    Question.objects.filter(section__stage=stage, key="title").update(label_en=wording, label_hy=f"{wording} (հ)")
    section = FormSection.objects.get(stage=stage, code="project")
    key = f"new-{copy.code[-1]}"
    Question.objects.create(section=section, key=key, kind="short_text", label_en="New one", label_hy="Նոր", position=9)
    return issue_corrigendum(Call.objects.get(pk=copy.pk), by=None, summary=SUMMARY)


@pytest.fixture
def place(mailbox: list[Any]) -> Place:
    return Place()


# --- the lifecycle


def test_without_acknowledging_nothing_is_submitted(place: Place) -> None:
    change(place.call)
    with pytest.raises(NotAcknowledged) as refused:
        place.submit()
    assert refused.value.number == 1
    assert place.fresh().state == "draft"
    acknowledge(place.fresh(), 1, by=place.head)
    submission = place.submit()
    assert submission.corrigendum == 1
    kept = Acknowledgement.objects.get()
    assert (kept.entry, kept.corrigendum.number, kept.person) == (place.entry, 1, place.head)


def test_a_draft_begun_later_starts_at_the_latest(place: Place) -> None:
    change(place.call)
    municipality = make_municipality("Dilijan")
    head = make_member(municipality, "head")
    place.call.refresh_from_db()
    entry = fill(make_draft(place.call, municipality, by=head), head)
    assert entry.acknowledged == 1
    assert submit_application(entry, by=head, received_at=portal_clock.now()).corrigendum == 1


def test_one_writer_is_enough_and_each_corrigendum_is_acknowledged_once(place: Place) -> None:
    colleague = make_member(place.municipality, "editor")
    change(place.call)
    change(place.call, "Another wording of the title")
    acknowledge(place.fresh(), 1, by=colleague)
    with pytest.raises(NotAcknowledged) as refused:
        place.submit()
    assert refused.value.number == 2
    assert acknowledge(place.fresh(), 2, by=place.head).acknowledged == 2
    assert acknowledge(place.fresh(), 2, by=colleague).acknowledged == 2
    found = Acknowledgement.objects.order_by("corrigendum__number").values_list("corrigendum__number", "person")
    assert list(found) == [(1, colleague.pk), (2, place.head.pk)]
    assert place.submit().corrigendum == 2


def test_a_number_that_was_not_issued_confirms_nothing_beyond_what_was(place: Place) -> None:
    assert acknowledge(place.fresh(), 99, by=place.head).acknowledged == 0
    change(place.call)
    assert acknowledge(place.fresh(), 99, by=place.head).acknowledged == 1


def test_what_is_submitted_takes_no_note(place: Place) -> None:
    place.submit()
    change(place.call)
    with pytest.raises(NotADraft):
        acknowledge(place.fresh(), 1, by=place.head)
    withdraw_application(place.fresh(), by=place.head, received_at=portal_clock.now())


def test_a_call_that_changed_is_read_anew(place: Place) -> None:
    """The plain values of a call are kept in the cache, for each of its revisions."""
    from applications.queries import dossier_of

    dossier_of(place.fresh())
    change(place.call)
    asked = {question.key for section in dossier_of(place.fresh()).sheet.sections for question in section.questions}
    assert "new-1" in asked


@pytest.mark.django_db(transaction=True)
def test_issued_while_submitting_the_one_that_comes_second_sees_the_first(mailbox: list[Any]) -> None:
    place = Place()
    first, second = at_once(place.submit, lambda: change(place.call))
    assert isinstance(second, Corrigendum)
    if isinstance(first, Submission):
        assert first.corrigendum == 0
    else:
        assert isinstance(first, NotAcknowledged)
        assert place.fresh().state == "draft"


# --- the pages, as forms without any script


def test_each_page_of_the_draft_says_what_changed_with_links_to_the_questions(client: Client, place: Place) -> None:
    client.force_login(place.head)
    pages = [
        place.page("tasks"),
        place.page("section", "project"),
        place.page("review"),
        place.page("section", "people"),
    ]
    assert all("corrigenda.css" not in client.get(page).content.decode() for page in pages)
    change(place.call)
    for page in pages:
        text = client.get(page).content.decode()
        assert "The call was changed" in text
        assert f'href="{place.page("section", "project")}#field-title"' in text
        assert f'href="{place.page("section", "project")}#field-new-1"' in text
        assert place.page("changes") in text
    acknowledge(place.fresh(), 1, by=place.head)
    assert all("The call was changed" not in client.get(page).content.decode() for page in pages)


def test_confirming_on_the_page_of_changes(client: Client, place: Place) -> None:
    change(place.call)
    client.force_login(place.head)
    text = client.get(place.page("changes")).content.decode()
    assert "Corrigendum No 1" in text
    assert "<del>" in text
    assert "<ins>" in text
    refused = client.post(place.page("changes"), {})
    assert refused.status_code == 422
    assert "Please tick that you have read the changes." in refused.content.decode()
    assert place.fresh().acknowledged == 0
    assert client.post(place.page("changes"), {"acknowledged": "1"}).status_code == 302
    assert place.fresh().acknowledged == 1
    assert "Nothing new" in client.get(place.page("changes")).content.decode()


def test_submitting_asks_for_the_tick_and_takes_it(client: Client, place: Place) -> None:
    change(place.call)
    client.force_login(place.head)
    review = client.get(place.page("review")).content.decode()
    assert 'name="acknowledged" id="field-acknowledged" value="1"' in review
    refused = client.post(place.page("submit"), {})
    assert refused.status_code == 422
    text = refused.content.decode()
    assert 'href="#field-acknowledged"' in text
    assert 'aria-describedby="acknowledged-error"' in text
    assert 'href="#confirm"' in text
    assert not Submission.objects.exists()
    assert client.post(place.page("submit"), {"confirm": "1"}).status_code == 422
    assert client.post(place.page("submit"), {"acknowledged": "1", "confirm": "1"}).status_code == 302
    assert Submission.objects.get().corrigendum == 1


def test_one_issued_after_the_page_was_shown_is_asked_for_too(client: Client, place: Place) -> None:
    change(place.call)
    client.force_login(place.head)
    change(place.call, "Another wording of the title")
    refused = client.post(place.page("submit"), {"acknowledged": "1", "confirm": "1"})
    assert refused.status_code == 422
    assert 'value="2"' in refused.content.decode()
    assert place.fresh().acknowledged == 1


def test_viewers_read_what_changed_and_confirm_nothing(client: Client, place: Place) -> None:
    change(place.call)
    viewer: Person = make_member(place.municipality, "viewer", language="en")
    client.force_login(viewer)
    page = client.get(place.page("changes"))
    assert page.status_code == 200
    assert 'name="acknowledged"' not in page.content.decode()
    assert client.post(place.page("changes"), {"acknowledged": "1"}).status_code == 404
    client.force_login(make_member(make_municipality("Sevan"), "head"))
    assert client.get(place.page("changes")).status_code == 404


def test_a_draft_costs_one_query_more_while_something_is_unread(client: Client, place: Place) -> None:
    client.force_login(place.head)
    change(place.call)
    client.get(place.page("tasks"))
    with costs(10):
        client.get(place.page("tasks"))
    change(place.call, "Another wording of the title")
    change(place.call, "A third wording of the title")
    client.get(place.page("tasks"))
    with costs(10):
        client.get(place.page("tasks"))
