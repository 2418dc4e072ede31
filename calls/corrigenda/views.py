"""The public page of all corrigenda of a call."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from calls import queries
from calls.corrigenda.queries import corrigenda_of
from calls.pages import call as call_page
from calls.pages.corrigenda import corrigendum_page


@require_safe
def changes(request: HttpRequest, code: str) -> HttpResponse:
    """Show what was changed after publication, the last corrigendum first, or that nothing was."""
    call = queries.call_for(request.user, code)
    if call is None:
        raise Http404
    crumbs = call_page.crumbs((call.title, reverse("calls:detail", args=[call.code])))
    pages = [corrigendum_page(one) for one in corrigenda_of(call)]
    return render(request, "calls/corrigenda.html", {"call": call, "corrigenda": pages, "crumbs": crumbs})
