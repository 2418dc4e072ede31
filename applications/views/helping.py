"""Help from outside: the list of an application's helpers, and taking an invitation up."""

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from applications import rules
from applications.forms.helping import AccountForm, InviteForm, UntilForm, WordForm, usual_day
from applications.lifecycle import helping
from applications.models import Helper, StageEntry
from applications.pages.frame import frame_of, inner_crumbs, url
from applications.pages.helping import helper_rows, helpers_of, invitation_page
from applications.queries import dossier_of
from applications.refusals import Refused
from applications.views.common import entry_for, member_page, person_of
from portal import clock
from portal.accounts.lifecycle import AddressTaken
from portal.accounts.limits import within_limit
from portal.accounts.models import Person

SESSION: Final = "invitation"
"""Where the session keeps the digest of the word until the invitation is taken up."""
TRIES, SECONDS = 20, 600


def _entry(request: HttpRequest, pk: int) -> StageEntry:
    """Return an entry of whose helpers the person may know, else 404."""
    entry = entry_for(request, pk)
    if not rules.manages_helpers(person_of(request), entry):
        raise Http404
    return entry


def _zone(entry: StageEntry) -> str:
    zone: str = entry.application.municipality.country.time_zone
    return zone


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def helpers(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who helps from outside, and invite."""
    entry = _entry(request, pk)
    zone = _zone(entry)
    if request.method != "POST":
        return _show(request, entry, InviteForm(zone=zone, initial={"until": usual_day(entry.deadline, zone)}))
    if not rules.may_invite(person_of(request), entry):
        raise Http404
    form = InviteForm(request.POST, zone=zone)
    if not form.is_valid():
        return _show(request, entry, form, status=422)
    try:
        helper = helping.invite_helper(entry, **form.cleaned_data, by=person_of(request))
    except Refused as refusal:
        form.add_error("email", str(refusal))
        return _show(request, entry, form, status=422)
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": helper.email})
    return redirect(url("helpers", entry))


def _show(
    request: HttpRequest,
    entry: StageEntry,
    form: InviteForm | None = None,
    *,
    wrong: UntilForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now, zone = clock.now(), _zone(entry)
    invites = rules.may_invite(person_of(request), entry)
    frame = frame_of(dossier_of(entry), now, step=1, writes=rules.may_edit(person_of(request), entry))
    form = form or InviteForm(zone=zone, initial={"until": usual_day(entry.deadline, zone)})
    context = {
        "frame": frame,
        "crumbs": inner_crumbs(frame),
        "rows": helper_rows(entry, helpers_of(entry), now, invites=invites, wrong=wrong),
        "form": form if invites else None,
        "wrong": wrong or form,
        "tasks_url": url("tasks", entry),
    }
    return render(request, "applications/helpers.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def helper(request: HttpRequest, pk: int, helper: int) -> HttpResponse:
    """End the help of one person, or change until when; an invitation not taken up is sent again by that."""
    entry = _entry(request, pk)
    found = get_object_or_404(Helper.objects.filter(application=entry.application_id), pk=helper)
    if request.method != "POST":
        return redirect(url("helpers", entry))
    if request.POST.get("form.action") == "end":
        helping.end_help(found, entry, by=person_of(request))
        messages.success(request, _("The help of %(name)s has ended.") % {"name": found.name})
        return redirect(url("helpers", entry))
    if not rules.may_invite(person_of(request), entry):
        raise Http404
    form = UntilForm(request.POST, zone=_zone(entry), prefix=f"helper-{found.pk}")
    if not form.is_valid():
        return _show(request, entry, wrong=form, status=422)
    try:
        helping.renew_help(found, entry, until=form.cleaned_data["until"], by=person_of(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Saved; %(name)s is told.") % {"name": found.name})
    return redirect(url("helpers", entry))


# --- taking it up -------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password_of_invitation")
def invitation(request: HttpRequest) -> HttpResponse:
    """Take the word of an invitation, and then show the invitation.

    The word comes behind the # of the link or is typed, so that it is in no address that is sent, logged or passed on.
    """
    if request.method != "POST":
        return _shown(request, _kept(request))
    form, status = WordForm(request.POST), 422
    if not within_limit(request, "invitation", TRIES, SECONDS):
        form.add_error(None, _("Too many tries. Please wait ten minutes."))
        status = 429
    elif form.is_valid():
        digest = helping.digest_of(form.cleaned_data["password_of_invitation"])
        if Helper.objects.filter(secret=digest).exists():
            request.session[SESSION] = digest
            return redirect("applications:invitation")
        form.add_error(
            "password_of_invitation",
            _("No invitation has this code. Perhaps a newer e-mail has another one: the last one counts."),
        )
    return render(request, "applications/helper_word.html", {"form": form}, status=status)


def _kept(request: HttpRequest) -> Helper | None:
    """Return the invitation whose word the session brought."""
    digest = request.session.get(SESSION)
    rows = Helper.objects.select_related("invited_by")
    return rows.filter(secret=digest).first() if digest else None


def _shown(
    request: HttpRequest, helper: Helper | None, form: AccountForm | None = None, *, status: int = 200
) -> HttpResponse:
    """Show an invitation as it is for who looks at it."""
    if helper is None:
        return render(request, "applications/helper_word.html", {"form": WordForm()})
    person: Any = request.user
    over = helper.ended_at is not None or helper.until <= clock.now()
    if not over and helper.person_id is not None and helper.person_id == person.pk:
        return redirect(url("tasks", helping.latest_entry(helper.application_id)))
    if over or helper.person_id is not None:
        return render(request, "applications/helper_over.html", {"taken": helper.person_id is not None}, status=410)
    context: dict[str, Any] = {"page": invitation_page(helper, helping.latest_entry(helper.application_id))}
    if person.is_authenticated and (person.email != helper.email or person.active_roles):
        own = person.email == helper.email
        return render(request, "applications/helper_other.html", {**context, "staff": own}, status=403)
    if not person.is_authenticated:
        context["known"] = Person.objects.filter(email=helper.email).exists()
        if not context["known"]:
            context["form"] = form or AccountForm(email=helper.email, initial={"name": helper.name})
    return render(request, "applications/helper_invitation.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password", "repeated_password")
def take_up(request: HttpRequest) -> HttpResponse:
    """Let the invited person in: who is logged in with the address, or who makes an account for it here."""
    helper = _kept(request)
    if helper is None or request.method != "POST":
        return redirect("applications:invitation")
    if request.user.is_authenticated:
        return _taken_up(request, helper, person_of(request))
    form = AccountForm(request.POST, email=helper.email)
    if helper.person_id is not None or helper.ended_at is not None or helper.until <= clock.now():
        return _shown(request, helper)
    if not form.is_valid():
        return _shown(request, helper, form, status=422)
    try:
        person = helping.take_up_anew(helper, form.cleaned_data["name"], form.cleaned_data["password"])
    except (AddressTaken, Refused):
        return _shown(request, _kept(request))
    login(request, person)
    return _way_in(request, helper)


def _taken_up(request: HttpRequest, helper: Helper, person: Person) -> HttpResponse:
    try:
        helping.take_up(helper, person)
    except Refused:
        return _shown(request, _kept(request))
    return _way_in(request, helper)


def _way_in(request: HttpRequest, helper: Helper) -> HttpResponse:
    request.session.pop(SESSION, None)
    messages.success(
        request, _("You can write this application now. Everything you write is saved for your colleagues.")
    )
    return redirect(url("tasks", helping.latest_entry(helper.application_id)))
