"""The home page, the pages of text, the choice of language, the way back to typed text, the sheet of components."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from portal import languages
from portal.accounts.models import Person
from portal.content import registry, styleguide, typed
from portal.content.models import Page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the parts that the apps registered for the home page."""
    parts = [{"template": part.template, "context": part.prepare(request)} for part in registry.home_parts]
    return render(request, "home.html", {"parts": [part for part in parts if part["context"] is not None]})


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one page of text; where it is not written in the reader's language, in one in which it is."""
    found = get_object_or_404(Page, slug=slug)
    return render(request, "content/page.html", {"page": found, "text_language": found.text_language()})


@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Go on in the chosen language, and write to the person in it from now on."""
    chosen = request.POST.get("language")
    if isinstance(request.user, Person) and chosen in languages.spoken():
        Person.objects.filter(pk=request.user.pk).update(language=chosen)
    return set_language(request)


@require_safe
@never_cache
@typed.login_wanted
def logged_in(request: HttpRequest) -> HttpResponse:
    """Lead back to a window in which typed text waits for the login; a script of that window gets a fresh token."""
    if typed.by_script(request):
        return JsonResponse({"token": get_token(request)})
    return render(request, "content/logged_in.html")


@require_safe
def style_page(request: HttpRequest) -> HttpResponse:
    """Show every component with sample data, to staff and in development."""
    user: Any = request.user
    if not (settings.DEBUG or user.is_staff):
        raise Http404
    return render(request, "styleguide.html", styleguide.samples(get_language() or "hy"))
