"""Two at the same moment: submitting, saving, beginning."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from applications.lifecycle import save_section, start_application, submit_application
from applications.models import Application, NumberSeries, SectionAnswers, StageEntry, Submission
from applications.refusals import NotEligible
from calls.spec import CallSpec
from portal import clock
from portal.notices.models import Message
from tests.applications.helpers import fill
from tests.factories import lot_of, make_call, make_draft, make_member, make_municipality, stage_of

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run these together, each on a connection of its own; return what each returned or raised."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_two_threads_submit_one_draft_and_there_is_one_submission_number_and_receipt(mailbox: list[Any]) -> None:
    call, municipality = make_call(), make_municipality()
    head = make_member(municipality, "head")
    entry = fill(make_draft(call, municipality, by=head), head)

    def submit() -> Submission:
        return submit_application(StageEntry.objects.get(pk=entry.pk), by=head, received_at=clock.now())

    first, second = at_once(submit, submit)
    assert first == second
    assert isinstance(first, Submission)
    assert Submission.objects.count() == 1
    assert NumberSeries.objects.get().last == 1
    assert Message.objects.filter(kind="receipt").count() == 1


def test_two_municipalities_get_two_numbers_without_a_gap(mailbox: list[Any]) -> None:
    call = make_call()
    drafts = []
    for name in ("Alaverdi", "Dilijan", "Sevan"):
        municipality = make_municipality(name)
        head = make_member(municipality, "head")
        drafts.append((fill(make_draft(call, municipality, by=head), head), head))
    found = at_once(
        *(lambda e=entry, h=head: submit_application(e, by=h, received_at=clock.now()) for entry, head in drafts)
    )
    assert sorted(submission.number[-4:] for submission in found) == ["0001", "0002", "0003"]


def test_of_two_first_saves_one_wins_and_the_other_text_is_handed_back() -> None:
    call, municipality = make_call(), make_municipality()
    one, two = make_member(municipality), make_member(municipality)
    entry = make_draft(call, municipality, by=one)
    found = at_once(
        lambda: save_section(entry, "municipality", {"staff": "1"}, 0, by=one),
        lambda: save_section(entry, "municipality", {"staff": "2"}, 0, by=two),
    )
    (second,) = [saved for saved in found if saved.clashing]
    assert second.row.answers == SectionAnswers.objects.get().answers


def test_two_who_begin_at_once_do_not_pass_the_limit_together() -> None:
    def one_only(spec: CallSpec) -> CallSpec:
        limits = spec.applications_per_municipality.model_copy(update={"call": 1})
        return spec.model_copy(update={"applications_per_municipality": limits})

    call, municipality = make_call("M4EG-2021-PILOT", change=one_only), make_municipality()
    by, stage = make_member(municipality), stage_of(call)

    def begin(code: str) -> Callable[[], StageEntry]:
        lot = lot_of(call, code)
        return lambda: start_application(call, stage, municipality, lot, by=by)

    found = at_once(begin("LOT1"), begin("LOT3"))
    assert sum(isinstance(result, StageEntry) for result in found) == 1
    assert sum(isinstance(result, NotEligible) for result in found) == 1
    assert Application.objects.count() == 1
