"""What the evaluation's own pages in the administration have in common."""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar, cast

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from evaluation.lifecycle import Refused
from portal.accounts.models import Person
from portal.accounts.staff import StaffAdmin
from portal.transitions import IllegalTransition

P = ParamSpec("P")
T = TypeVar("T")
View = Callable[..., HttpResponseBase]
Crumb = tuple[str, str]
"""Address and title of a page above."""


def who(request: HttpRequest) -> Person:
    """The person who asks; the administration lets in nobody who has not logged in."""
    return cast(Person, request.user)


def for_those(predicate: Callable[[Any], bool]) -> Callable[[View], View]:
    """Decorate a view that exists only for some people; for the others the answer is 404."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not predicate(request.user):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def or_404(find: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a query finds; what is not there and what may not be seen are the same 404."""
    try:
        return find(*args, **kwargs)
    except ObjectDoesNotExist as error:
        raise Http404 from error


def done_or_told(request: HttpRequest, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """Do a step; where it is refused, tell the person why and give back None."""
    try:
        return act(*args, **kwargs)
    except (Refused, IllegalTransition) as refusal:
        messages.error(request, str(refusal))
        return None


def show(
    request: HttpRequest,
    admin: StaffAdmin,
    template: str,
    title: str,
    context: dict[str, Any],
    crumbs: Sequence[Crumb] = (),
) -> TemplateResponse:
    """Render a page of the evaluation in the frame of the administration."""
    frame = admin.admin_site.each_context(request)
    values = {**frame, "title": title, "heading": title, "crumbs": crumbs, "opts": admin.model._meta, **context}
    return TemplateResponse(request, f"admin/evaluation/{template}.html", values)


def routes(admin: StaffAdmin, *given: tuple[str, View, str]) -> list[URLPattern]:
    """Addresses of own pages: (route, view, name); each view gets the admin it belongs to."""
    return [
        path(route, admin.admin_site.admin_view(wraps(view)(partial(view, admin=admin))), name=name)
        for route, view, name in given
    ]
