"""The list of calls."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from calls.pages import finding, sharing


@require_safe
@vary_on_headers("HX-Request")
def call_list(request: HttpRequest) -> HttpResponse:
    """Show the calls, the most urgent first, narrowed by the filters.

    htmx takes what was found from the same page; where a filter is wrong, the whole page comes, with the message.
    """
    found = finding.find(request)
    if getattr(request, "htmx", False) and found.filter.form.errors:
        return HttpResponseClientRedirect(request.get_full_path())
    context = {"finding": found, "filter": found.filter, "page": found.page}
    context["sharing"] = sharing.of_list(request, found.cards, found.page.number)
    return render(request, "calls/list.html", context)
