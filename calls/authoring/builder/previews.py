"""A stage as applicants and assessors will see it: the pages that other storeys registered, in a frame of our own.

The page stands in an inner window, so that it looks and behaves as it will, and the frame around it says that nothing
is kept. It opens for drafts, working copies and public calls, for staff who may read them.
"""

from dataclasses import dataclass
from typing import Any

from csp.constants import SELF
from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import translate_url
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls.authoring.builder.stages import stage_of, title_of
from calls.authoring.desk import Desk
from calls.models import Call, Question, Stage
from calls.registry import Preview, previews
from calls.rules import may_change_content


@dataclass(frozen=True)
class Choice:
    """A link in the frame. ``language`` is given where its title is in another language than the page."""

    title: str
    url: str
    current: bool
    language: str = ""


def _found(request: HttpRequest, admin: Any, pk: int, name: str, stage: int) -> tuple[Desk, Preview, Stage]:
    """The call, the way to look at it, and its stage, for who may read the call in the administration."""
    call: Call | None = Call.objects.visible_to(request.user).filter(pk=pk).first()  # working copies too
    way = next((one for one in previews() if one.name == name), None)
    if call is None or way is None or not admin.has_view_permission(request, call):
        raise Http404
    return Desk(request, admin, call), way, stage_of(call, stage)


@require_safe
def frame(request: HttpRequest, pk: int, name: str, stage: int, *, admin: Any) -> HttpResponseBase:
    """The frame: whose eyes, which stage, which language; the page itself leads from section to section."""
    here, way, row = _found(request, admin, pk, name, stage)
    part = request.GET.get("part", "")
    inner = here.at("setup_preview_page", way.name, row.pk)
    drafted = may_change_content(request.user, here.call)
    return here.show(
        "builder/preview",
        _("Preview: %(stage)s") % {"stage": title_of(row)},
        inner=f"{inner}?{urlencode({'part': part})}" if part else inner,
        ways=[Choice(str(one.title), here.at("setup_preview", one.name, row.pk), one == way) for one in previews()],
        stages=[
            Choice(title_of(one), here.at("setup_preview", way.name, one.pk), one.pk == row.pk)
            for one in here.call.stages.all()
        ],
        spoken=[_in_language(request, code, name) for code, name in settings.LANGUAGES],
        taken_over=_taken_over(row, here),
        may_write=True,
        back=here.at("setup_stage_form", row.pk) if drafted else "",
    )


def _taken_over(stage: Stage, here: Desk) -> list[str]:
    """The questions to which the real page shows answers of the stage before; at most 1 query."""
    if stage.admission != Stage.Admission.INVITED:
        return []
    rows = Question.objects.filter(section__stage=stage, settings__fixed=True).order_by("section__position", "position")
    return [here.voice.quoted(row.label or row.key) for row in rows]


def _in_language(request: HttpRequest, code: str, name: str) -> Choice:
    url = translate_url(request.get_full_path(), code)
    return Choice(name, url, translation.get_language() == code, code)


@require_safe
def page(request: HttpRequest, pk: int, name: str, stage: int, *, admin: Any) -> HttpResponseBase:
    """The page itself, for the inner window: only our own pages may hold it."""
    here, way, row = _found(request, admin, pk, name, stage)
    response = way.provider(request, here.call, row, request.GET.get("part", ""))
    response["X-Frame-Options"] = "SAMEORIGIN"
    policy = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], "frame-ancestors": [SELF]}
    response._csp_config = policy  # type: ignore[attr-defined]
    return response
