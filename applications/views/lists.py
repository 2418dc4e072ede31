"""Beginning an application."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications.forms import StartForm
from applications.lifecycle import reuse_answers, start_application
from applications.messages import language
from applications.models import StageEntry
from applications.pages.frame import Crumb, url
from applications.pages.starting import StartPage, rule_lines, start_page
from applications.queries import own_municipalities
from applications.refusals import NotEligible, Refused
from applications.rules import may_start
from applications.sources import earlier_entries
from applications.views.common import member_page, person_of
from calls.extensions import deadline_for
from calls.models import Call, Lot, Stage
from calls.pages.cards import voice_of
from portal import clock
from portal.accounts.models import Municipality
from portal.content.deadlines import prepare


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def start(request: HttpRequest, call: str, stage: str) -> HttpResponse:
    """Say whether the municipality may apply, let the lot be chosen, and begin."""
    found: Stage = get_object_or_404(
        Stage.objects.filter(call__in=Call.objects.visible_to(request.user)).select_related("call"),
        call__code=call,
        code=stage,
    )
    writable = [one for one in own_municipalities(person_of(request)) if may_start(person_of(request), one.pk)]
    municipality = _municipality(request, writable)
    if request.method == "POST":
        if municipality is None:
            raise Http404
        return _begin(request, found, municipality, writable)
    page = start_page(found.call, found, municipality, clock.now()) if municipality else None
    form = StartForm(lots=page.lots) if page and page.lots else None
    return _start_page(request, found, page, form, writable)


def _municipality(request: HttpRequest, writable: list[Municipality]) -> Municipality | None:
    """Return the one that was named; the only one, or the first, where none was."""
    named = request.POST.get("municipality") or request.GET.get("municipality")
    if named:
        return next((one for one in writable if str(one.pk) == named), None)
    return writable[0] if writable else None


def _begin(
    request: HttpRequest, stage: Stage, municipality: Municipality, writable: list[Municipality]
) -> HttpResponse:
    page = start_page(stage.call, stage, municipality, clock.now())
    form = StartForm(request.POST, lots=page.lots) if page.lots else None
    if form is not None and not form.is_valid():
        return _start_page(request, stage, page, form, writable, status=422)
    lot = Lot.objects.filter(call=stage.call, code=form.cleaned_data["lot"]).first() if form else None
    try:
        entry = start_application(stage.call, stage, municipality, lot, by=person_of(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        rules = rule_lines(refusal.right.findings) if isinstance(refusal, NotEligible) else ()
        return _start_page(request, stage, page, form, writable, status=422, rules=rules)
    return redirect(_begun_from(request, entry))


def _begun_from(request: HttpRequest, entry: StageEntry) -> str:
    """Take over what the earlier application that was chosen says, and return the way on."""
    named = request.POST.get("source", "")
    source = next((one for one in earlier_entries(entry) if str(one.pk) == named), None) if named else None
    if source is None:
        return url("tasks", entry)
    try:
        return url("reused", entry, str(reuse_answers(entry, source, by=person_of(request)).pk))
    except Refused as refusal:
        messages.info(request, str(refusal))
        return url("tasks", entry)


def _start_page(
    request: HttpRequest,
    stage: Stage,
    page: StartPage | None,
    form: StartForm | None,
    writable: list[Municipality],
    *,
    status: int = 200,
    rules: object = (),
) -> HttpResponse:
    now = clock.now()
    ends = deadline_for(stage, page.municipality) if page else stage.deadline
    deadline = prepare(
        ends,
        call_zone=stage.call.time_zone,
        reader_zone=page.municipality.country.time_zone if page else None,
        now=now,
        language=language(),
    )
    context = {
        "call": stage.call,
        "stage": stage,
        "page": page,
        "source": request.POST.get("source", ""),
        "rules": rules or (page.rules if page else ()),
        "form": form,
        "municipalities": writable,
        "deadline": deadline,
        "extended_from": voice_of(stage.call).moment(stage.deadline) if ends > stage.deadline else "",
        "open": stage.accepts(now, with_grace=False, deadline=ends) and stage.call.state == "published",
        "opens_later": not stage.has_opened(now),
        "crumbs": [
            Crumb(_("Calls"), reverse("calls:list")),
            Crumb(stage.call.title, reverse("calls:detail", args=[stage.call.code])),
        ],
    }
    return render(request, "applications/start.html", context, status=status)
