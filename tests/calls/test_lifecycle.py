"""The states of a call."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import InternalError, transaction
from django.utils import translation

from calls.callfile import load_text
from calls.lifecycle import NotPublishable, archive_call, cancel_call, publish_anyway, publish_call
from calls.models import CALL_TRANSITIONS, Call, CallState
from calls.transfer import write_call
from portal.transitions import IllegalTransition
from tests.calls.spoilt import PILOT

pytestmark = pytest.mark.django_db
BEFORE = datetime(2021, 1, 4, 8, 0, tzinfo=UTC)
WHY = {"hy": "Դրամաշնորհ չկա", "en": "There is no money"}
STEPS: dict[str, Callable[..., Call]] = {
    CallState.PUBLISHED: partial(publish_anyway, reason="a test", at=BEFORE),
    CallState.CANCELLED: partial(cancel_call, reason=WHY),
    CallState.ARCHIVED: archive_call,
}
WAYS: dict[str, list[str]] = {
    CallState.DRAFT: [],
    CallState.PUBLISHED: [CallState.PUBLISHED],
    CallState.CANCELLED: [CallState.PUBLISHED, CallState.CANCELLED],
    CallState.ARCHIVED: [CallState.PUBLISHED, CallState.ARCHIVED],
}


def call_in(state: str) -> Call:
    call = write_call(load_text(PILOT, "pilot.yaml"))
    for step in WAYS[state]:
        call = STEPS[step](call, by=None)
    return call


@pytest.mark.parametrize("to", STEPS)
@pytest.mark.parametrize("present", CallState.values)
def test_each_step_is_in_the_table_or_refused(present: str, to: str) -> None:
    call = call_in(present)
    assert call.state == present
    if to in CALL_TRANSITIONS[present]:
        assert STEPS[to](call, by=None).state == to
        assert Call.objects.get().state == to
    else:
        with pytest.raises(IllegalTransition):
            STEPS[to](call, by=None)
        assert Call.objects.get().state == present


def test_a_call_that_is_applied_for_is_not_archived(clock: Any) -> None:
    clock.set(datetime(2021, 2, 1, 8, 0, tzinfo=UTC))
    call = call_in(CallState.PUBLISHED)
    with pytest.raises(IllegalTransition):
        archive_call(call, by=None)
    clock.set(call.stages.latest("deadline").deadline + timedelta(seconds=1))
    assert archive_call(call, by=None).state == CallState.ARCHIVED


def test_publishing_keeps_the_moment(clock: Any) -> None:
    clock.set(datetime(2021, 2, 1, 8, 0, tzinfo=UTC))
    call = publish_anyway(call_in(CallState.DRAFT), by=None, reason="a test")
    assert call.published_at == datetime(2021, 2, 1, 8, 0, tzinfo=UTC)


def test_a_draft_with_faults_is_not_published() -> None:
    call = call_in(CallState.DRAFT)
    call.lots.filter(code="LOT1").update(budget=9_000_000, title_hy="")
    with translation.override("en"), pytest.raises(NotPublishable) as caught:
        publish_call(call, by=None, at=BEFORE)
    assert [line.split(": ")[0] for line in caught.value.lines] == ["call.lots[0].title.hy", "call.lots[1].budget"]
    assert Call.objects.get().state == CallState.DRAFT


def test_a_draft_without_stages_is_not_published() -> None:
    call = call_in(CallState.DRAFT)
    call.stages.all().delete()
    with pytest.raises(NotPublishable) as caught:
        publish_call(call, by=None)
    assert caught.value.lines[0].startswith("call.stages: ")


def test_the_database_refuses_a_step_past_the_functions() -> None:
    call = call_in(CallState.PUBLISHED)
    with pytest.raises(InternalError), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(state=CallState.DRAFT)
