"""Beginning from an earlier application: the list, the click, and what it took."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import rules
from applications.lifecycle import reuse_answers
from applications.models import EntryState, Reuse, StageEntry
from applications.pages.frame import frame_of, inner_crumbs, url
from applications.pages.reusing import offers_of, reuse_page
from applications.queries import dossier_of
from applications.refusals import Refused
from applications.sources import earlier_entries
from applications.views.common import entry_to_write, member_page, person_of
from portal import clock


def _entry(request: HttpRequest, pk: int) -> StageEntry:
    """Return an entry for which one of the municipality writes, else 404: helpers see nothing beside their own."""
    entry = entry_to_write(request, pk)
    if not rules.may_start(person_of(request), entry.application.municipality_id):
        raise Http404
    return entry


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def reuse(request: HttpRequest, pk: int) -> HttpResponse:
    """List what the municipality wrote elsewhere, and take over what fits of one of them."""
    entry = _entry(request, pk)
    if not entry.takes_text or entry.state == EntryState.CLARIFICATION:
        return redirect(url("review", entry))
    if request.method == "POST":
        return _take(request, entry)
    dossier = dossier_of(entry)
    frame = frame_of(dossier, clock.now(), step=1, writes=True)
    context = {
        "frame": frame,
        "crumbs": inner_crumbs(frame),
        "offers": offers_of(dossier, earlier_entries(entry)),
        "back_url": url("tasks", entry),
    }
    return render(request, "applications/reuse.html", context)


def _take(request: HttpRequest, entry: StageEntry) -> HttpResponse:
    named = request.POST.get("source", "")
    source = next((one for one in earlier_entries(entry) if str(one.pk) == named), None)
    if source is None:
        messages.error(request, _("Please choose one of the applications below."))
        return redirect(url("reuse", entry))
    try:
        taken = reuse_answers(entry, source, by=person_of(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(url("reuse", entry))
    return redirect(url("reused", entry, str(taken.pk)))


@require_safe
@member_page
def reused(request: HttpRequest, pk: int, reuse: int) -> HttpResponse:
    """Show what was taken over, with the way to each answer, and what was left, with the reason."""
    entry = _entry(request, pk)
    related = ("application__lot", "application__municipality", "stage__call", "submission")
    rows = Reuse.objects.select_related("person", *(f"source__{name}" for name in related))
    found = get_object_or_404(rows, pk=reuse, entry=entry)
    dossier = dossier_of(entry)
    frame = frame_of(dossier, clock.now(), step=1, writes=rules.may_edit(person_of(request), entry))
    context = {
        "frame": frame,
        "crumbs": inner_crumbs(frame),
        "page": reuse_page(dossier, found),
        "tasks_url": url("tasks", entry),
        "reuse_url": url("reuse", entry),
    }
    return render(request, "applications/reused.html", context)
