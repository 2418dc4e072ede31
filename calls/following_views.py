"""Following calls, the searches that a person keeps, and the way out of an e-mail."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from calls import following, queries
from calls.filters import CallFilter
from calls.finding_forms import SearchNameForm
from calls.models import Call, SavedSearch
from calls.pages import finding, kept
from portal import clock
from portal.accounts.models import Person
from portal.content.typed import login_wanted

asked_and_done = require_http_methods(["GET", "HEAD", "POST"])


def _person(request: HttpRequest) -> Person:
    """Return who is logged in."""
    person: Person = request.user  # type: ignore[assignment]
    return person


# Following a call


def _asks(
    act: Callable[[Call, Person], Any], template: str, said: Callable[[], str]
) -> Callable[[HttpRequest, str], HttpResponse]:
    """Return a view that asks by GET, so that it is there after the login, and acts by POST."""

    @asked_and_done
    @login_wanted
    def view(request: HttpRequest, code: str) -> HttpResponse:
        call = get_object_or_404(Call.objects.public(), code=code)
        if request.method != "POST":
            return render(request, template, {"call": call})
        act(call, _person(request))
        messages.success(request, said())
        return redirect("calls:detail", call.code)

    return view


follow = _asks(
    following.follow,
    "calls/follow.html",
    lambda: _("You follow this call: changes and answers to questions are sent to you by e-mail."),
)
unfollow = _asks(following.unfollow, "calls/unfollow.html", lambda: _("You no longer follow this call."))


# Saved searches


@require_safe
@login_wanted
def my_searches(request: HttpRequest) -> HttpResponse:
    """List what a person follows and the searches that they keep."""
    return render(request, "calls/searches.html", {"kept": kept.prepare(_person(request), clock.now())})


@require_POST
@login_wanted
def save_search(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the list from which it was sent; what is wrong in them is left out."""
    data = QueryDict(request.POST.get("query", "")[: following.LONGEST_QUERY])
    names = {"countries": queries.country_names(), "programmes": queries.programme_titles()}
    found = CallFilter(data, queryset=Call.objects.none(), **names)
    query = finding.query_of(found)
    typed = " ".join(request.POST.get("name", "").replace("\0", "").split())[:100]
    name = typed or finding.name_of(finding.tags_of(found))
    try:
        following.save_search(_person(request), query=query, name=name)
    except following.SearchRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The search “%(name)s” is saved.") % {"name": name})
    return redirect("calls:searches")


def _own(request: HttpRequest, pk: int) -> SavedSearch:
    search: SavedSearch = get_object_or_404(SavedSearch.objects.visible_to(request.user), pk=pk)
    return search


@asked_and_done
@login_wanted
def rename_search(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a search another name."""
    search = _own(request, pk)
    form = SearchNameForm(request.POST if request.method == "POST" else None, instance=search)
    if request.method == "POST" and form.is_valid():
        following.rename_search(search, form.cleaned_data["name"])
        return redirect("calls:searches")
    context = {"form": form, "crumbs": _crumbs()}
    return render(request, "calls/search_rename.html", context, status=422 if form.errors else 200)


@require_POST
@login_wanted
def switch_alerts(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch the e-mail of a search on or off."""
    following.switch_alerts(_own(request, pk), on=request.POST.get("on") == "yes")
    return redirect("calls:searches")


@asked_and_done
@login_wanted
def delete_search(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, and keep a search no longer."""
    search = _own(request, pk)
    if request.method == "POST":
        following.delete_search(search)
        messages.success(request, _("The search “%(name)s” is deleted.") % {"name": search.name})
        return redirect("calls:searches")
    return render(request, "calls/search_delete.html", {"search": search, "crumbs": _crumbs()})


def _crumbs() -> list[dict[str, str]]:
    return [{"title": _("My searches"), "url": reverse("calls:searches")}]


# The way out of an e-mail


@csrf_exempt
@asked_and_done
def way_out(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a link of an e-mail ends, and end it by POST: the signed token says whose it is, without a login.

    Mail programs send the POST themselves (RFC 8058), from elsewhere: therefore no other token is asked for.
    """
    reader = following.reader_of(token)
    if reader is None:
        raise Http404
    person, call = reader
    if request.method == "POST":
        following.take_way_out(person, call)
    return render(request, "calls/way_out.html", {"call": call, "done": request.method == "POST"})
