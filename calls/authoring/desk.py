"""What every page of authoring begins with: whose call it is, who may write, the frame of the page."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from calls.models import Call, CallState
from calls.pages.cards import voice_of
from calls.pages.voice import Voice
from calls.rules import may_change_content, may_prepare, may_see_everything

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Desk:
    """A request for a page about one draft."""

    request: HttpRequest
    admin: Any
    call: Call

    @property
    def may_write(self) -> bool:
        return may_change_content(self.request.user, self.call)

    @property
    def voice(self) -> Voice:
        return voice_of(self.call)

    def at(self, name: str, *args: Any) -> str:
        """Return the address of a page about this call: ``at("setup_part", "lot", 7)``."""
        return reverse(f"admin:calls_{name}", args=[self.call.pk, *args])

    def show(
        self, template: str, title: str, *, crumbs: "list[tuple[str, str]] | None" = None, **context: Any
    ) -> TemplateResponse:
        """Render a page of authoring in the frame of the administration."""
        home = self.at("setup" if self.call.state == CallState.DRAFT else "call_change")
        top = [(reverse("admin:calls_call_changelist"), _("Calls")), (home, self.call.code)]
        values = {"call": self.call, "may_write": self.may_write, "crumbs": [*top, *(crumbs or [])], **context}
        return framed(self.request, self.admin, template, title, values)


def framed(request: HttpRequest, admin: Any, template: str, title: str, context: dict[str, Any]) -> TemplateResponse:
    """Render a page of our own in the frame of the administration; templates outside of ``setup`` name their folder."""
    values = {**admin.admin_site.each_context(request), "opts": admin.opts, "title": title, **context}
    place = template if "/" in template else f"setup/{template}"
    return TemplateResponse(request, f"admin/calls/{place}.html", values)


def desk(request: HttpRequest, admin: Any, pk: int) -> Desk:
    """Open a draft for whoever may read it; sending something to it is for those who prepare calls.

    What was published meanwhile is told to who sends something (``saving.NotDraft``); its pages do not exist.

    Raises:
        Http404: there is no such draft for this person.
    """
    call = Call.objects.visible_to(request.user).select_related("programme").filter(pk=pk).first()
    if call is None or not may_see_everything(request.user):
        raise Http404
    allowed = may_prepare(request.user) if request.method == "POST" else call.state == CallState.DRAFT
    if not allowed:
        raise Http404
    return Desk(request, admin, call)


def writing_desk(request: HttpRequest, admin: Any, pk: int) -> Desk:
    """Open a draft for who may change it.

    Raises:
        Http404: there is no such draft that this person may change.
    """
    found = desk(request, admin, pk)
    if not (found.may_write or request.method == "POST"):
        raise Http404
    return found


def routes(admin: Any, *given: tuple[str, View, str]) -> list[URLPattern]:
    """Addresses under the calls of the administration: (route, view, name); each view gets the admin."""
    return [
        path(route, admin.admin_site.admin_view(wraps(view)(partial(view, admin=admin))), name=f"calls_{name}")
        for route, view, name in given
    ]
