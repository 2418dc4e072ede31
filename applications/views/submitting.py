"""Checking, submitting, the receipt, and taking back."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import rules
from applications.lifecycle import acknowledge, submit_application, withdraw_application
from applications.lifecycle.asking import ask_to_submit
from applications.lifecycle.holding import hold
from applications.models import EntryState, StageEntry, Submission
from applications.pages.changes import unread_of
from applications.pages.checking import confirmation, submitting
from applications.pages.frame import frame_of, inner_crumbs, standing_since, tone, url
from applications.pages.receipt import receipt_page
from applications.pages.starting import rule_lines
from applications.pages.tasks import ErrorLine, checked_sections, error_lines
from applications.pages.ways import ways_of
from applications.presentation import submitted_answers
from applications.queries import Dossier, dossier_of, submissions_for
from applications.refusals import NotAcknowledged, NotADraft, NotEligible, NotYours, Refused, TooLate
from applications.views.common import entry_for, entry_to_write, member_page, person_of, received_at
from portal import clock
from portal.accounts.models import Person
from portal.transitions import IllegalTransition


@require_safe
@member_page
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all answers with all that is missing or wrong; what was submitted as it was submitted."""
    return _review(request, entry_for(request, pk))


def _review(
    request: HttpRequest, entry: StageEntry, refusal: Refused | None = None, unconfirmed: str = ""
) -> HttpResponse:
    person = person_of(request)
    if entry.state == EntryState.CLARIFICATION and rules.writes(person, entry):
        return redirect(url("clarification", entry))
    if entry.state != EntryState.DRAFT and not (entry.reopened and rules.writes(person, entry)):
        return _standing(request, entry)
    if isinstance(refusal, NotAcknowledged):
        entry = entry_for(request, entry.pk)  # the corrigendum may have come after it was read
    dossier, now = dossier_of(entry), clock.now()
    writes = rules.may_edit(person, entry)
    frame = frame_of(dossier, now, step=2, writes=writes)
    late = isinstance(refusal, TooLate) or now > entry.deadline
    unread_error = _unread_error(request, dossier, refusal, unconfirmed)
    boxes = [ErrorLine("#field-acknowledged", "", unread_error)] if unread_error else []
    boxes += [ErrorLine("#confirm", "", unconfirmed)] if unconfirmed else []
    context = {
        "frame": frame,
        "crumbs": inner_crumbs(frame),
        "sections": checked_sections(dossier, writes=writes),
        "errors": error_lines(dossier) if writes else [],
        "writes": writes,
        "refusal": refusal,
        "late": late,
        "unread_error": unread_error,
        "boxes": boxes,
        "rules": rule_lines(refusal.right.findings) if isinstance(refusal, NotEligible) else (),
        "submitting": submitting(entry, person, unconfirmed) if writes and not late else None,
        "standing": standing_since(entry) if entry.reopened else "",
        "tasks_url": url("tasks", entry),
        "pdf_url": url("pdf", entry),
    }
    return render(request, "applications/review.html", context, status=422 if refusal or unconfirmed else 200)


def _unread_error(request: HttpRequest, dossier: Dossier, refusal: Refused | None, unconfirmed: str) -> str:
    """Return what is wrong with the box by which the changes of the call are confirmed."""
    if isinstance(refusal, NotAcknowledged):
        return str(refusal)
    asked = bool(unconfirmed and dossier.unread)
    return str(NotAcknowledged(dossier.unread[-1].number)) if asked and not _confirmed(request) else ""


def _standing(request: HttpRequest, entry: StageEntry) -> HttpResponse:
    """Show what is no longer a draft: the submission that counts, or that it was taken back."""
    now = clock.now()
    frame = frame_of(dossier_of(entry), now, step=4, writes=False)
    submission = entry.submission
    context = {
        "frame": frame,
        "crumbs": inner_crumbs(frame)[:1],
        "state": entry.get_state_display(),
        "tone": tone(entry),
        "pdf_url": url("pdf", entry),
        "withdrawn": entry.state == EntryState.WITHDRAWN,
        "submission": submission,
        "sections": submitted_answers(submission) if submission else [],
        "receipt_url": _receipt_url(submission) if submission else "",
        "withdraw_url": url("withdraw", entry) if rules.may_withdraw(person_of(request), entry, now) else "",
        "start_url": reverse("applications:start", args=[entry.stage.call.code, entry.stage.code]),
        "ways": ways_of(entry, person_of(request), now),
    }
    return render(request, "applications/standing.html", context)


def _receipt_url(submission: Submission) -> str:
    return reverse("applications:receipt", args=[submission.number, submission.sequence])


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what changed in the call since those who write a draft took note, and take note of it."""
    if request.method == "POST":
        return _acknowledged(request, entry_to_write(request, pk))
    return _changes(request, entry_for(request, pk))


def _changes(request: HttpRequest, entry: StageEntry, error: str = "") -> HttpResponse:
    dossier, now = dossier_of(entry), clock.now()
    writes = rules.may_edit(person_of(request), entry)
    frame = frame_of(dossier, now, step=1, writes=writes)
    context = {
        "frame": frame,
        "crumbs": inner_crumbs(frame),
        "unread": unread_of(dossier),
        "writes": writes,
        "error": error,
        "tasks_url": url("tasks", entry),
        "all_url": reverse("calls:changes", args=[entry.stage.call.code]),
    }
    return render(request, "applications/changes.html", context, status=422 if error else 200)


def _acknowledged(request: HttpRequest, entry: StageEntry) -> HttpResponse:
    number = _confirmed(request)
    if not number:
        return _changes(request, entry, _("Please tick that you have read the changes."))
    try:
        acknowledge(entry, number, by=person_of(request))
    except NotADraft as refusal:
        messages.error(request, str(refusal))
        return redirect(url("review", entry))
    messages.success(request, _("Thank you. The draft now rests on the call as it was changed."))
    return redirect(url("tasks", entry))


def _confirmed(request: HttpRequest) -> int:
    """Return the number of the last corrigendum that was ticked; 0 where none was."""
    text = request.POST.get("acknowledged", "")
    return int(text) if text.isdecimal() and len(text) < 6 else 0


@require_POST
@member_page
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Submit, by the moment at which the request arrived; asked twice, the same receipt is shown."""
    person = person_of(request)
    try:
        if number := _confirmed(request):
            _take_note(person, pk, number)
        with transaction.atomic():
            entry = hold(pk, person)
            answer = _submitted(request, entry)
    except StageEntry.DoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        return _review(request, entry_for(request, pk), refusal)
    except IllegalTransition as error:
        messages.error(request, str(error))
        return redirect(reverse("applications:tasks", args=[pk]))
    return answer or _review(request, entry_for(request, pk), unconfirmed=_("Please tick that you confirm this."))


def _take_note(person: Person, pk: int, number: int) -> None:
    """Record that the changes of the call were read; that stays also where submitting is refused."""
    with transaction.atomic():
        entry = hold(pk, person)
        if entry.takes_text:
            acknowledge(entry, number, by=person)


def _submitted(request: HttpRequest, entry: StageEntry) -> HttpResponse | None:
    """Submit an entry that is held, and lead to the receipt; None where the confirmation is missing.

    What was submitted already is shown again to whoever asks once more, also where somebody else did it.
    """
    person = person_of(request)
    asks = entry.state == EntryState.DRAFT or entry.reopened
    if asks and not rules.submits(person, entry):
        raise NotYours
    if asks and not request.POST.get("confirm"):
        return None
    sequence = request.POST.get("sequence", "")
    submission = submit_application(
        entry,
        by=person,
        received_at=received_at(request),
        confirmation=confirmation() if asks else "",
        sequence=int(sequence) if sequence.isdecimal() and len(sequence) < 6 else None,
    )
    return redirect(_receipt_url(submission))


@require_POST
@member_page
def ready(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the head to confirm and submit."""
    entry = entry_to_write(request, pk)
    if not rules.may_edit(person_of(request), entry):
        messages.error(request, str(NotADraft()))
    elif ask_to_submit(entry, by=person_of(request)):
        messages.success(request, _("The head of the municipality was asked by e-mail to check and submit."))
    else:
        messages.error(request, _("The municipality has no head here yet. Please ask the country office to add one."))
    return redirect(url("review", entry))


@require_safe
@member_page
def receipt(request: HttpRequest, number: str, sequence: int) -> HttpResponse:
    """Show the receipt of a submission to the municipality's members and to staff."""
    submission = get_object_or_404(submissions_for(person_of(request)), number=number, sequence=sequence)
    return render(request, "applications/receipt.html", {"page": receipt_page(submission)})


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an application back, after asking once."""
    entry = entry_to_write(request, pk)
    if not rules.may_withdraw(person_of(request), entry, received_at(request)):
        messages.error(request, _("This application can no longer be withdrawn."))
        return redirect(url("tasks", entry))
    if request.method == "POST":
        try:
            withdraw_application(entry, by=person_of(request), received_at=received_at(request))
        except (TooLate, IllegalTransition) as refusal:
            messages.error(request, str(refusal))
            return redirect(url("tasks", entry))
        messages.success(request, _("The application was withdrawn. What was written is kept."))
        return redirect(reverse("applications:list"))
    frame = frame_of(dossier_of(entry), clock.now(), step=1, writes=True)
    context = {"frame": frame, "crumbs": inner_crumbs(frame), "tasks_url": url("tasks", entry)}
    return render(request, "applications/withdraw.html", context)
