"""Drafts near their deadline are reminded: each threshold once, to those who write, in their language."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from applications.lifecycle import submit_application, withdraw_application
from applications.models import StageEntry
from applications.reminders import due_reminders
from calls.models import Call, CallState, Stage
from portal import clock as portal_clock
from portal.notices.lifecycle import write_reminders
from portal.notices.models import Message
from tests.applications.helpers import fill
from tests.applications.test_at_once import at_once
from tests.factories import make_call, make_draft, make_member, make_municipality, stage_of
from tests.support import Clock

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class Draft:
    """A draft that was there long before its deadline."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.call = make_call(deadline=clock.now + 20 * DAY)
        self.municipality = make_municipality()
        self.head = make_member(self.municipality, "head", language="hy", email="head@example.org")
        self.editor = make_member(self.municipality, "editor", language="en", email="editor@example.org")
        make_member(self.municipality, "viewer")
        self.entry: StageEntry = make_draft(self.call, self.municipality, by=self.head)

    def before(self, left: timedelta) -> list[str]:
        """Move to so long before the deadline and sweep; return the keys of what was written."""
        old = set(Message.objects.values_list("key", flat=True))
        self.clock.set(stage_of(self.call).deadline - left)
        write_reminders()
        return sorted(set(Message.objects.values_list("key", flat=True)) - old)


@pytest.fixture
def draft(clock: Clock) -> Draft:
    return Draft(clock)


def thresholds(keys: list[str]) -> set[str]:
    return {key.split(":")[3] for key in keys}


def test_each_threshold_reminds_the_head_and_the_editor_once(draft: Draft) -> None:
    assert draft.before(14 * DAY + timedelta(seconds=1)) == []
    for left, name in (
        (14 * DAY, "336h"),
        (7 * DAY, "168h"),
        (3 * DAY, "72h"),
        (DAY, "24h"),
        (timedelta(hours=3), "3h"),
    ):
        written = draft.before(left)
        assert (len(written), thresholds(written)) == (2, {name})
        assert draft.before(left - timedelta(minutes=1)) == []
    assert draft.before(timedelta(0)) == []
    assert draft.before(-timedelta(seconds=1)) == []
    assert Message.objects.count() == 10


def test_after_missed_beats_only_the_nearest_is_sent(draft: Draft) -> None:
    assert thresholds(draft.before(2 * DAY)) == {"72h"}


def test_it_speaks_the_recipients_language_and_names_what_is_missing(draft: Draft) -> None:
    draft.before(DAY)
    english = Message.objects.get(recipient=draft.editor)
    armenian = Message.objects.get(recipient=draft.head)
    assert english.subject.startswith("Not submitted yet, 1 day left: Portfolios for municipal transformation")
    assert "9 answers are missing" in english.text
    assert "- Name and position of the responsible person" in english.text
    assert "and 4 more" in english.text
    assert "(Yerevan)" in english.text
    assert f"/en/applications/{draft.entry.pk}/" in english.text
    assert "- Պատասխանատու անձի անունը" in armenian.text
    assert f"/hy/applications/{draft.entry.pk}/" in armenian.text


def test_both_clocks_are_named_where_they_differ(clock: Clock) -> None:
    call = make_call("M4EG-2021-PILOT", deadline=clock.now + 20 * DAY)
    municipality = make_municipality()
    make_draft(call, municipality, by=make_member(municipality, language="en"), lot="LOT1")
    clock.set(stage_of(call).deadline - DAY)
    write_reminders()
    text = Message.objects.get().text
    assert "(Brussels)" in text
    assert "(Yerevan)" in text


def test_a_draft_begun_later_than_a_threshold_is_not_reminded_of_it(draft: Draft) -> None:
    draft.clock.set(stage_of(draft.call).deadline - 5 * DAY)
    other = make_municipality("Dilijan")
    late = make_draft(draft.call, other, by=make_member(other))
    written = draft.before(5 * DAY - timedelta(minutes=1))
    assert not [key for key in written if f":{late.pk}:" in key]
    assert [key for key in draft.before(3 * DAY) if f":{late.pk}:" in key]


def test_who_submitted_or_withdrew_or_left_is_left_in_peace(draft: Draft, mailbox: list[Any]) -> None:
    submit_application(fill(draft.entry, draft.head), by=draft.head, received_at=portal_clock.now())
    other = make_municipality("Dilijan")
    gone = make_draft(draft.call, other, by=(member := make_member(other)))
    withdraw_application(gone, by=member, received_at=portal_clock.now())
    third = make_municipality("Sevan")
    make_draft(draft.call, third, by=(left := make_member(third)))
    left.memberships.update(until=portal_clock.now().date())
    assert draft.before(DAY) == []


def test_a_cancelled_call_reminds_nobody(draft: Draft) -> None:
    Call.objects.update(state=CallState.CANCELLED)
    assert draft.before(DAY) == []


def test_a_deadline_that_moves_has_its_own_reminders(draft: Draft) -> None:
    assert len(draft.before(3 * DAY)) == 2
    Stage.objects.update(deadline=stage_of(draft.call).deadline + 10 * DAY)
    assert draft.before(13 * DAY) != []
    assert thresholds(draft.before(3 * DAY)) == {"72h"}


def test_the_number_of_queries_does_not_depend_on_the_drafts(draft: Draft, django_assert_num_queries: Any) -> None:
    draft.clock.set(stage_of(draft.call).deadline - DAY)
    list(due_reminders(draft.clock.now))
    with django_assert_num_queries(6):
        assert len(list(due_reminders(draft.clock.now))) == 2
    draft.clock.set(stage_of(draft.call).deadline - 20 * DAY)
    for name in ("Dilijan", "Sevan", "Ijevan"):
        other = make_municipality(name)
        make_draft(draft.call, other, by=make_member(other))
    draft.clock.set(stage_of(draft.call).deadline - DAY)
    with django_assert_num_queries(6):
        assert len(list(due_reminders(draft.clock.now))) == 5


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_write_each_reminder_once(clock: Clock) -> None:
    draft = Draft(clock)
    clock.set(stage_of(draft.call).deadline - DAY)
    written = at_once(write_reminders, write_reminders, write_reminders)
    assert sum(written) == 2
    assert Message.objects.count() == 2
    assert connection.vendor == "postgresql"
