"""A later deadline for one municipality: who grants it, for whom it holds, who sees it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from applications.lifecycle import start_application, submit_application, withdraw_application
from applications.models import StageEntry, Submission
from applications.queries import own_entries
from applications.refusals import NotOpen, TooLate
from applications.reminders import due_reminders
from applications.rules import may_withdraw
from calls.extensions import (
    EvaluationHasBegun,
    ExtensionRefused,
    deadline_for,
    extended_stages,
    grant_extension,
    revoke_extension,
)
from calls.models import Call, Extension
from evaluation.lifecycle import record_check
from portal import clock as portal_clock
from portal.accounts.models import Municipality
from portal.notices.models import Message
from tests.applications.helpers import fill
from tests.applications.test_at_once import at_once
from tests.applications.test_query_counts import costs
from tests.evaluation.factories import make_entry, make_stage
from tests.factories import make_call, make_draft, make_member, make_municipality, make_person, make_staff, stage_of
from tests.support import Clock

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


class Place:
    """An open call, a municipality with a complete draft, and a neighbour with one."""

    def __init__(self, clock: Clock, grace: int = 0) -> None:
        self.clock = clock
        self.call = make_call("M4EG-2021-INNOVATION", change=lambda spec: without_rules(spec, grace))
        self.stage = stage_of(self.call)
        self.deadline = self.stage.deadline
        self.own, self.neighbour = make_municipality("Alaverdi"), make_municipality("Dilijan")
        self.head = make_member(self.own, "head", language="en")
        self.other = make_member(self.neighbour, "head", language="en")
        self.entry = fill(make_draft(self.call, self.own, by=self.head), self.head)
        self.neighbours = fill(make_draft(self.call, self.neighbour, by=self.other), self.other)

    def grant(self, days: int = 5, municipality: Municipality | None = None, **values: Any) -> Extension:
        given: dict[str, Any] = {"reason": "A flood.", "by": None, **values}
        return grant_extension(self.stage, municipality or self.own, until=self.deadline + days * DAY, **given)

    def submit(self, at: datetime) -> Submission:
        self.clock.set(at)
        return submit_application(StageEntry.objects.get(pk=self.entry.pk), by=self.head, received_at=at)


def without_rules(spec: Any, grace: int) -> Any:
    stages = tuple(stage.model_copy(update={"grace_minutes": grace}) for stage in spec.stages)
    return spec.model_copy(update={"eligibility": (), "stages": stages, "countries": ("AM",)})


@pytest.fixture
def place(clock: Clock, mailbox: list[Any]) -> Place:
    return Place(clock)


# --- granting and revoking


def test_an_extension_is_on_record_and_the_municipality_is_told(place: Place) -> None:
    officer = make_staff()
    make_member(place.own, "viewer")
    extension = place.grant(by=officer)
    assert (extension.granted_by, extension.granted_at, extension.reason) == (officer, place.clock.now, "A flood.")
    told = Message.objects.get(kind="extension")
    assert told.recipient == place.head
    assert "The deadline is extended for Alaverdi" in told.subject
    assert "A flood." in told.text


@pytest.mark.parametrize(
    ("days", "reason", "municipality"), [(0, "A flood.", "own"), (-1, "A flood.", "own"), (5, "  ", "own")]
)
def test_it_is_longer_than_the_deadline_and_has_a_reason(
    place: Place, days: int, reason: str, municipality: str
) -> None:
    with pytest.raises(ExtensionRefused):
        place.grant(days, reason=reason)
    assert not Extension.objects.exists()


def test_it_is_for_municipalities_of_the_call_while_it_is_published(place: Place) -> None:
    with pytest.raises(ExtensionRefused):
        place.grant(municipality=make_municipality("Place", country="UA"))
    Call.objects.update(state="archived")
    with pytest.raises(ExtensionRefused):
        place.grant()


def test_after_the_deadline_too_but_not_into_the_past(place: Place) -> None:
    place.clock.set(place.deadline + 2 * DAY)
    with pytest.raises(ExtensionRefused):
        place.grant(1)
    assert place.grant(5)


def test_a_second_one_is_longer_and_the_latest_end_counts(place: Place) -> None:
    first = place.grant(5)
    with pytest.raises(ExtensionRefused):
        place.grant(4)
    second = place.grant(8)
    assert deadline_for(place.stage, place.own) == second.until
    revoke_extension(second, reason="By mistake.", by=None)
    assert deadline_for(place.stage, place.own) == first.until
    assert deadline_for(place.stage, place.neighbour) == place.deadline


def test_revoking_needs_a_reason_happens_once_and_is_told(place: Place) -> None:
    extension, officer = place.grant(), make_staff()
    with pytest.raises(ExtensionRefused):
        revoke_extension(extension, reason=" ", by=officer)
    revoke_extension(extension, reason="By mistake.", by=officer)
    with pytest.raises(ExtensionRefused):
        revoke_extension(extension, reason="By mistake.", by=officer)
    assert deadline_for(place.stage, place.own) == place.deadline
    assert "By mistake." in Message.objects.get(kind="extension_revoked").text
    with pytest.raises(TooLate):
        place.submit(place.deadline + DAY)


def test_one_that_has_ended_is_not_revoked(place: Place) -> None:
    extension = place.grant()
    place.clock.set(extension.until + SECOND)
    with pytest.raises(ExtensionRefused):
        revoke_extension(extension, reason="Late.", by=None)


def test_where_the_evaluation_has_begun_it_is_confirmed_or_refused(clock: Clock) -> None:
    stage = make_stage()
    municipality = make_municipality()
    make_member(municipality, "head")
    entry = make_entry(stage, make_municipality("Dilijan"))
    record_check(entry, stage.check_items.all()[0], "yes", by=None)
    until = max(portal_clock.now(), stage.deadline) + 5 * DAY
    with translation.override("en"), pytest.raises(EvaluationHasBegun) as refused:
        grant_extension(stage, municipality, until=until, reason="A flood.", by=None)
    assert "checks were answered" in str(refused.value)
    assert grant_extension(stage, municipality, until=until, reason="A flood.", by=None, confirmed=True)


def test_the_database_wants_reasons(place: Place) -> None:
    extension = place.grant()
    for wrong in ({"reason": ""}, {"revoked_at": place.clock.now}, {"revocation_reason": "So."}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Extension.objects.filter(pk=extension.pk).update(**wrong)


@pytest.mark.django_db(transaction=True)
def test_two_who_grant_at_once_grant_one(clock: Clock, mailbox: list[Any]) -> None:
    place = Place(clock)
    found = at_once(place.grant, place.grant)
    assert sum(isinstance(one, Extension) for one in found) == 1
    assert sum(isinstance(one, ExtensionRefused) for one in found) == 1
    assert Message.objects.filter(kind="extension").count() == 1


# --- what it changes


def test_submitting_equal_to_the_end_is_in_time_and_says_so(place: Place) -> None:
    extension = place.grant()
    submission = place.submit(extension.until)
    assert (submission.extension, submission.deadline, submission.grace_used) == (extension, extension.until, False)


def test_after_the_end_it_is_too_late(place: Place) -> None:
    extension = place.grant()
    with pytest.raises(TooLate) as refused:
        place.submit(extension.until + SECOND)
    assert refused.value.deadline == extension.until


def test_before_the_deadline_no_extension_is_used(place: Place) -> None:
    place.grant()
    assert place.submit(place.deadline).extension is None


def test_the_neighbour_has_the_deadline_of_all(place: Place) -> None:
    place.grant()
    with pytest.raises(TooLate):
        submit_application(place.neighbours, by=place.other, received_at=place.deadline + SECOND)


def test_the_grace_follows_the_end_of_the_extension(clock: Clock, mailbox: list[Any]) -> None:
    place = Place(clock, grace=10)
    extension = place.grant()
    submission = place.submit(extension.until + timedelta(minutes=10))
    assert (submission.extension, submission.grace_used) == (extension, True)


def test_beginning_and_withdrawing_within_the_extension(place: Place) -> None:
    third = make_municipality("Sevan")
    head = make_member(third, "head")
    place.clock.set(place.deadline + DAY)
    with pytest.raises(NotOpen):
        start_application(place.call, place.stage, third, None, by=head)
    place.grant(municipality=third)
    entry = start_application(place.call, place.stage, third, None, by=head)
    assert may_withdraw(head, entry, portal_clock.now())
    withdraw_application(entry, by=head, received_at=portal_clock.now())
    assert not may_withdraw(place.head, place.entry, portal_clock.now())


def test_reminders_count_to_the_end_of_the_extension(place: Place) -> None:
    extension = place.grant(10)
    place.clock.set(place.deadline - DAY)
    found = {reminder.recipient: reminder.context["deadline"] for reminder in due_reminders(place.clock.now)}
    assert found == {place.head: extension.until, place.other: place.deadline}
    place.clock.set(extension.until - DAY)
    (reminder,) = due_reminders(place.clock.now)
    assert reminder.recipient == place.head
    assert reminder.context["deadline"] == extension.until
    assert extension.until.isoformat() in reminder.key


def test_the_number_of_queries_for_reminders_stays(place: Place, django_assert_num_queries: Any) -> None:
    place.grant(1)
    place.clock.set(place.deadline - timedelta(hours=2))
    list(due_reminders(place.clock.now))
    with django_assert_num_queries(5):
        list(due_reminders(place.clock.now))


def test_lists_stand_in_the_order_of_the_deadlines_that_hold(place: Place, django_assert_num_queries: Any) -> None:
    later = make_call("M4EG-2021-PORTFOLIO", deadline=place.deadline + 2 * DAY)
    second = make_draft(later, place.own, by=place.head)
    assert [entry.pk for entry in own_entries(place.head)] == [place.entry.pk, second.pk]
    place.grant(5)
    with django_assert_num_queries(1):
        found = list(own_entries(place.head))
        assert [entry.deadline for entry in found] == [place.deadline + 2 * DAY, place.deadline + 5 * DAY]
    assert [entry.pk for entry in found] == [second.pk, place.entry.pk]


def test_stages_shown_with_an_extension_are_copies(place: Place) -> None:
    place.grant()
    call = Call.objects.get(pk=place.call.pk)
    (shown,) = extended_stages(call, place.own)[:1]
    assert shown.deadline == place.deadline + 5 * DAY
    assert call.stages.all()[0].deadline == place.deadline
    assert extended_stages(call, place.neighbour)[0].deadline == place.deadline


# --- who sees it


def page(client: Client, person: Any, name: str, *args: Any) -> str:
    if person is None:
        client.logout()
    else:
        client.force_login(person)
    with translation.override("en"):
        return client.get(reverse(name, args=args)).content.decode()


def test_the_municipality_sees_its_own_deadline_and_nobody_else_does(client: Client, place: Place) -> None:
    place.grant()
    place.clock.set(place.deadline + DAY)
    address = ("calls:detail", place.call.code)
    own = page(client, place.head, *address)
    assert "Extended for your municipality only." in own
    assert "Go on with the application" in own
    for person in (None, place.other, make_person()):
        assert "Extended for" not in page(client, person, *address)
    assert "Extended for your municipality only." in page(client, place.head, "applications:tasks", place.entry.pk)
    review = page(client, place.head, "applications:review", place.entry.pk)
    assert "Submit the application" in review
    neighbours = page(client, place.other, "applications:review", place.neighbours.pk)
    assert "Submit the application" not in neighbours


def test_the_receipt_says_that_it_came_by_an_extension(client: Client, place: Place) -> None:
    extension = place.grant()
    submission = place.submit(extension.until)
    text = page(client, place.head, "applications:receipt", submission.number, submission.sequence)
    assert "within the extension for the municipality" in text


def test_each_sees_the_extensions_that_are_their_business(place: Place) -> None:
    extension = place.grant()

    def seen(person: Any) -> bool:
        return Extension.objects.visible_to(person).filter(pk=extension.pk).exists()

    assert all(
        map(seen, (place.head, make_staff(), make_staff("auditor"), make_staff("country_officer", country="AM")))
    )
    others = (place.other, make_person(), make_staff("country_officer", country="GE"), make_staff("assessor"))
    assert not any(map(seen, others))


# --- the pages of the administration


def test_granting_in_the_administration(client: Client, place: Place) -> None:
    client.force_login(make_staff(language="en"))
    address = reverse("admin:calls_extension_grant", args=[place.call.pk])
    until = place.call.local(place.deadline + 5 * DAY).strftime("%Y-%m-%dT%H:%M")
    sent = {"name": "Alaverdi", "stage": place.stage.code, "until": until, "reason": "A flood."}
    refused = client.post(address, {**sent, "reason": ""})
    assert refused.status_code == 422
    assert 'value="Alaverdi"' in refused.content.decode()
    assert client.post(address, {**sent, "name": "Nowhere"}).status_code == 422
    assert not Extension.objects.exists()
    assert client.post(address, sent).status_code == 302
    extension = Extension.objects.get()
    assert extension.municipality == place.own
    listed = client.get(reverse("admin:calls_extensions", args=[place.call.pk])).content.decode()
    assert "A flood." in listed
    revoke = reverse("admin:calls_extension_revoke", args=[place.call.pk, extension.pk])
    assert client.post(revoke, {"reason": "By mistake."}).status_code == 302
    extension.refresh_from_db()
    assert extension.revocation_reason == "By mistake."


def test_several_of_one_name_are_asked_about(client: Client, place: Place) -> None:
    twin = make_municipality("Alaverdi")
    client.force_login(make_staff(language="en"))
    address = reverse("admin:calls_extension_grant", args=[place.call.pk])
    until = place.call.local(place.deadline + 5 * DAY).strftime("%Y-%m-%dT%H:%M")
    sent = {"name": "Alaverdi", "stage": place.stage.code, "until": until, "reason": "A flood."}
    asked = client.post(address, sent)
    assert asked.status_code == 422
    assert f'name="municipality" value="{twin.pk}"' in asked.content.decode()
    assert client.post(address, {**sent, "municipality": str(twin.pk)}).status_code == 302
    assert Extension.objects.get().municipality == twin


def test_the_list_costs_the_same_for_one_and_for_three(client: Client, place: Place) -> None:
    client.force_login(make_staff())
    address = reverse("admin:calls_extensions", args=[place.call.pk])
    place.grant()
    client.get(address)
    with costs(LIST_QUERIES):
        client.get(address)
    for name in ("Sevan", "Gyumri"):
        place.grant(municipality=make_municipality(name))
    with costs(LIST_QUERIES):
        client.get(address)


LIST_QUERIES = 4
