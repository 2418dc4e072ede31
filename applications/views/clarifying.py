"""What staff ask about a submitted application, and the municipality's answer."""

import structlog
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications import rules
from applications.clarifications import asked_of
from applications.lifecycle.clarifying import answer_clarification
from applications.models import Clarification, ClarificationState, StageEntry
from applications.pages.clarifying import clarification_page, receipt_url
from applications.pages.frame import frame_of, inner_crumbs, url
from applications.queries import dossier_of
from applications.refusals import Refused
from applications.views.common import entry_for, entry_to_write, member_page, person_of, received_at
from portal import clock
from portal.transitions import IllegalTransition

log = structlog.get_logger(__name__)
CONFIRM, CONFIRMED = "confirmed", "yes"


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def clarification(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is asked with the way to each question, what came of earlier requests; send the answer."""
    if request.method == "POST":
        return _answer(request, entry_to_write(request, pk))
    entry = entry_for(request, pk)
    return _show(request, entry, asked_of(entry))


def confirmation() -> str:
    """Return what the person who sends the answer confirms."""
    return _("I confirm for the municipality that these answers are true and complete.")


def _answer(request: HttpRequest, entry: StageEntry) -> HttpResponse:
    asked = asked_of(entry)
    meant = _meant(request, asked)
    if meant is None:
        raise Http404
    if meant.state == ClarificationState.OPEN:
        if not rules.submits(person_of(request), entry):
            return _show(request, entry, asked, _("The head of the municipality sends the answer."))
        if request.POST.get(CONFIRM) != CONFIRMED:
            return _show(request, entry, asked, _("Please confirm the answers before they are sent."), unticked=True)
    try:
        person, moment = person_of(request), received_at(request)
        submission = answer_clarification(meant, by=person, received_at=moment, confirmation=confirmation())
    except Refused as refusal:
        log.info("clarification not answered", entry=entry.pk, reason=type(refusal).__name__)
        return _show(request, entry_for(request, entry.pk), asked_of(entry), str(refusal))
    except IllegalTransition:
        messages.error(request, _("The request was taken back meanwhile, so nothing had to be sent."))
        return redirect(url("clarification", entry))
    messages.success(request, _("The answer was sent and received. This is its receipt."))
    return redirect(receipt_url(submission))


def _meant(request: HttpRequest, asked: list[Clarification]) -> Clarification | None:
    """Return the request that the page was about; the latest where it says none."""
    named = request.POST.get("request", "")
    return next((one for one in asked if not named or str(one.pk) == named), None)


def _show(
    request: HttpRequest, entry: StageEntry, asked: list[Clarification], error: str = "", *, unticked: bool = False
) -> HttpResponse:
    if not asked:
        raise Http404
    person, now, dossier = person_of(request), clock.now(), dossier_of(entry)
    writes = rules.may_edit(person, entry)
    member = rules.works_on(person, entry)
    frame = frame_of(dossier, now, step=4, writes=False)
    context = {
        "frame": frame,
        "crumbs": inner_crumbs(frame),
        "page": clarification_page(dossier, asked, frame, now, reads_draft=member, writes=writes),
        "member": member,
        "writes": writes,
        "sends": rules.may_submit(person, entry),
        "confirmation": confirmation(),
        "error": error,
        "unticked": unticked,
        "submitted_url": receipt_url(entry.submission) if entry.submission else "",
    }
    return render(request, "applications/clarification.html", context, status=422 if error else 200)
