"""An application that is being clarified, or was, in its evaluation."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from applications.lifecycle import answer_clarification, ask_clarification, save_section
from applications.models import EntryState, SectionAnswers
from evaluation.lifecycle import Refused, complete_assessment, record_check, reject_entry, save_scores
from evaluation.models import Assessment
from portal import clock as portal_clock
from tests.evaluation.factories import begin, given, make_assessor, make_entry, make_stage, score
from tests.factories import make_member, make_staff
from tests.support import Clock

pytestmark = pytest.mark.django_db


def test_what_is_being_clarified_is_neither_completed_nor_rejected_and_what_changed_is_shown(
    client: Client, clock: Clock, mailbox: list[Any]
) -> None:
    stage, first, second, officer = make_stage(), make_assessor(), make_assessor(), make_staff()
    entry = make_entry(stage)
    head = make_member(entry.application.municipality, "head")
    done, begun = score(entry, first, "444444"), begin(entry, second)
    record_check(entry, stage.check_items.filter(fatal=True)[0], "no", by=officer)
    due = portal_clock.now() + timedelta(days=5)
    asked = ask_clarification(entry, questions=["title"], text="Which market?", due_at=due, by=officer)

    # Scores can be saved meanwhile; nothing is final.
    version = save_scores(begun, given("555555"), "", begun.version, by=second)
    with pytest.raises(Refused, match="clarifying"):
        complete_assessment(Assessment.objects.get(pk=begun.pk), by=second)
    with pytest.raises(Refused, match="clarifying"):
        reject_entry(entry, "A paper is missing.", by=officer)
    client.force_login(second)
    page = client.get(reverse("admin:evaluation_score", args=[begun.pk])).content.decode()
    assert "Which market?" in page
    assert "What is shown below was submitted before" in page

    clock.advance(timedelta(days=1))
    row = SectionAnswers.objects.get(entry=entry, section="action")
    save_section(entry, "action", {**row.answers, "title": "The fish market"}, row.version, by=head)
    assert "The fish market" not in client.get(reverse("admin:evaluation_score", args=[begun.pk])).content.decode()
    answer_clarification(asked, by=head, received_at=portal_clock.now())

    page = client.get(reverse("admin:evaluation_score", args=[begun.pk])).content.decode()
    assert page.count("The fish market") == 2  # beside the earlier one, and among the answers
    assert page.count("A market for everyone") == 1
    assert "before the applicant’s clarification was answered" not in page
    client.force_login(officer)
    ranking = client.get(reverse("admin:evaluation_ranking", args=[stage.pk])).content.decode()
    assert f"Completed before a clarification was answered: {entry.application.number}" in ranking
    assert (
        "before the applicant’s clarification was answered"
        in client.get(reverse("admin:evaluation_score", args=[done.pk])).content.decode()
    )
    assert version == 2
    assert complete_assessment(Assessment.objects.get(pk=begun.pk), by=second).total == 50
    assert reject_entry(entry, "A paper is missing.", by=officer).state == EntryState.REJECTED
