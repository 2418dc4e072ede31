"""The versions of an application: all of them, two compared, the earlier stage; changing what was submitted."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import rules
from applications.lifecycle import discard_changes, reopen_application
from applications.models import StageEntry, Submission
from applications.pages.earlier import earlier_page
from applications.pages.frame import Frame, frame_of, inner_crumbs, url
from applications.pages.versions import (
    DRAFT,
    Choice,
    ComparePage,
    choice_of,
    choices_of,
    compared_sections,
    exact_time,
    filled_of,
    unsent_labels,
    versions_page,
)
from applications.presentation import Filled, filled_submission
from applications.queries import Dossier, dossier_of, submissions_for
from applications.refusals import Refused
from applications.views.common import entry_for, entry_to_write, member_page, person_of, received_at
from portal import clock
from portal.transitions import IllegalTransition


def _frame(request: HttpRequest, dossier: Dossier) -> Frame:
    writes = rules.may_edit(person_of(request), dossier.entry)
    return frame_of(dossier, clock.now(), step=4, writes=writes)


def _submissions(request: HttpRequest, entry: StageEntry) -> "QuerySet[Submission]":
    rows = submissions_for(person_of(request)).filter(entry=entry).select_related("clarification")
    return rows.order_by("sequence")


def _reads_draft(request: HttpRequest, entry: StageEntry) -> bool:
    return rules.works_on(person_of(request), entry)


@require_safe
@member_page
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """List everything that was submitted, the latest first, and say which one counts."""
    entry = entry_for(request, pk)
    submissions = list(_submissions(request, entry).defer("snapshot", "eligibility"))
    frame = _frame(request, dossier_of(entry))
    context = {
        "frame": frame,
        "crumbs": inner_crumbs(frame),
        "page": versions_page(entry, submissions, reads_draft=_reads_draft(request, entry)),
        "reopen_url": url("reopen", entry) if rules.may_reopen(person_of(request), entry, received_at(request)) else "",
    }
    return render(request, "applications/versions.html", context)


@require_safe
@member_page
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Show two versions as one text with what went and what came; those not named are the last two."""
    entry = entry_for(request, pk)
    submissions = list(_submissions(request, entry).defer("eligibility"))
    draft = entry.takes_text and _reads_draft(request, entry)
    choices = choices_of(submissions, draft=draft)
    if len(choices) < 2:
        raise Http404
    before = choice_of(choices, request.GET.get("before", choices[-2].value))
    after = choice_of(choices, request.GET.get("after", choices[-1].value))
    if before is None or after is None:
        raise Http404
    dossier = dossier_of(entry)
    frame = _frame(request, dossier)
    sections = compared_sections(*(_filled(dossier, submissions, one) for one in (before, after)))
    page = ComparePage(before, after, choices, sections)
    return render(request, "applications/compare.html", {"frame": frame, "crumbs": inner_crumbs(frame), "page": page})


def _filled(dossier: Dossier, submissions: list[Submission], choice: Choice) -> Filled:
    if choice.value == DRAFT:
        return filled_of(dossier)
    return filled_submission(next(one for one in submissions if str(one.sequence) == choice.value))


@require_safe
@member_page
def earlier(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was submitted in the earlier stage, to be read beside the draft that goes on from it."""
    entry = entry_for(request, pk)
    page = earlier_page(entry)
    if page is None:
        raise Http404
    frame = _frame(request, dossier_of(entry))
    context = {"frame": frame, "crumbs": inner_crumbs(frame), "page": page, "at_earlier": True}
    return render(request, "applications/earlier.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open what was submitted for change, after saying what that means."""
    entry = entry_to_write(request, pk)
    if not rules.may_reopen(person_of(request), entry, received_at(request)):
        if not entry.reopened:
            messages.error(request, _("The answers of this application can no longer be changed."))
        return redirect(url("tasks", entry))
    if request.method == "POST":
        try:
            reopen_application(entry, by=person_of(request), received_at=received_at(request))
        except (Refused, IllegalTransition) as refusal:
            messages.error(request, str(refusal))
            return redirect(url("versions", entry))
        messages.success(
            request, _("You can change the answers now. What was submitted stands until you submit again.")
        )
        return redirect(url("tasks", entry))
    return _ask(request, entry, "applications/reopen.html")


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up changes that were not submitted, after showing which they are."""
    entry = entry_to_write(request, pk)
    if not entry.reopened:
        return redirect(url("review", entry))
    if request.method == "POST":
        discard_changes(entry, by=person_of(request))
        messages.success(request, _("The changes were given up. The answers are those that were submitted."))
        return redirect(url("review", entry))
    return _ask(request, entry, "applications/discard.html")


def _ask(request: HttpRequest, entry: StageEntry, template: str) -> HttpResponse:
    dossier, submission = dossier_of(entry), entry.submission
    frame = _frame(request, dossier)
    context = {
        "frame": frame,
        "crumbs": inner_crumbs(frame),
        "submission": submission,
        "moment": exact_time(entry, submission) if submission else "",
        "changed": unsent_labels(dossier, submission) if submission and entry.reopened else [],
        "back_url": url("tasks", entry),
        "withdraws": rules.may_withdraw(person_of(request), entry, received_at(request)),
    }
    return render(request, template, context)
