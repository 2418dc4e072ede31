"""The first page of the administration: what waits for the person who opens it."""

from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import EntryState, StageEntry
from calls.models import Call, CallState
from evaluation.models import Assessment, AssessmentState, Shortlist, ShortlistState
from grants.models import Letter
from portal import clock
from portal.accounts.models import Role
from portal.notices.models import Message, MessageState


def environment(request: HttpRequest) -> list[str] | None:
    """Return the mark beside the title that says where one is."""
    return [_("Demonstration"), "warning"] if settings.DEMONSTRATION else None


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add what waits for this person, and the calls that run, to the context of the first page."""
    person: Any = request.user
    tasks = [task for task in (*_assessor_tasks(person), *_staff_tasks(person)) if task["count"]]
    context.update(tasks=tasks, calls=_running_calls(person) if person.sees_everything else [])
    return context


def _task(count: int, title: str, model: str, query: str = "") -> dict[str, Any]:
    address = reverse(f"admin:{model}_changelist")
    return {"count": count, "title": title, "url": f"{address}?{query}" if query else address}


def _assessor_tasks(person: Any) -> list[dict[str, Any]]:
    if not person.has_role(Role.ASSESSOR):
        return []
    waiting = Assessment.objects.filter(assessor=person).exclude(
        state__in=[AssessmentState.COMPLETED, AssessmentState.DECLINED]
    )
    count = waiting.count()
    title = ngettext("application waits for your scores", "applications wait for your scores", count)
    return [_task(count, title, "evaluation_assessment")]


def _staff_tasks(person: Any) -> list[dict[str, Any]]:
    shortlists = Shortlist.objects.visible_to(person)
    frozen = shortlists.filter(state=ShortlistState.FROZEN).count()
    tasks = [_task(frozen, ngettext("frozen shortlist", "frozen shortlists", frozen), "evaluation_shortlist")]
    if person.sees_everything:
        letters = Letter.objects.filter(file=None).count()
        failed = Message.objects.filter(state=MessageState.FAILED).count()
        tasks += [
            _task(letters, ngettext("letter is being made", "letters are being made", letters), "grants_letter"),
            _task(failed, ngettext("message was given up", "messages were given up", failed), "notices_message"),
        ]
    return tasks if person.sees_everything or person.office_countries else []


def _running_calls(person: Any) -> list[dict[str, Any]]:
    """Return the published calls with the number of drafts and submitted applications of each stage."""
    entries = StageEntry.objects.order_by().values_list("stage")
    drafts = dict(entries.filter(state=EntryState.DRAFT).annotate(Count("pk")))
    submitted = dict(entries.exclude(submission=None).annotate(Count("pk")))
    calls = Call.objects.visible_to(person).filter(state=CallState.PUBLISHED).prefetch_related("stages")
    now = clock.now()
    return [
        {
            "call": call,
            "stage": stage,
            "drafts": drafts.get(stage.pk, 0),
            "submitted": submitted.get(stage.pk, 0),
            "open": stage.accepts(now, with_grace=False),
            "upcoming": not stage.has_opened(now),
        }
        for call in calls
        for stage in call.stages.all()
    ]
