"""The page of a draft in the administration: what is done, what is missing, and what happens next."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from calls import lifecycle
from calls.authoring.checklist import checklist
from calls.authoring.desk import Desk, desk, writing_desk
from calls.registry import previews
from calls.transfer import spec_of
from portal import clock
from portal.accounts.staff import only_post


def page(request: HttpRequest, pk: int, *, admin: Any) -> HttpResponseBase:
    """The checklist."""
    here = desk(request, admin, pk)
    if request.method == "POST":
        return redirect(here.at("setup"))
    spec = spec_of(here.call)
    found = checklist(here.call, spec, clock.now())
    title = here.call.title or here.call.code
    return here.show("checklist", title, list=found, previews=_previews(here), steps=steps_of(here))


def _previews(here: Desk) -> list[tuple[str, str]]:
    """The ways to look at the first stage before it is published."""
    stage = next(iter(here.call.stages.all()), None)
    if stage is None:
        return []
    return [(here.at("setup_preview", one.name, stage.pk), str(one.title)) for one in previews()]


def steps_of(here: Desk) -> dict[str, str]:
    """The addresses of what can be done with a draft as a whole."""
    return {
        "publish": here.at("call_publish_call"),
        "unschedule": here.at("setup_unschedule"),
        "copy": here.at("setup_copy"),
        "file": here.at("call_download"),
        "page": here.at("call_preview"),
    }


@only_post
def unschedule(request: HttpRequest, pk: int, *, admin: Any) -> HttpResponseBase:
    """Give up the plan to publish a draft."""
    here = writing_desk(request, admin, pk)
    lifecycle.unschedule_publication(here.call, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("%(code)s is no longer planned to be published.") % {"code": here.call.code})
    return redirect(here.at("setup"))
