"""A form as an applicant sees it, before anybody can apply: nothing is kept, and no button sends anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from pydantic import ValidationError

from applications.answers import Sheet
from applications.forms import SectionForm
from applications.forms.blocks import Given
from applications.forms.live import live_data
from applications.messages import language, say
from applications.queries import basics
from calls.models import Call, Stage
from calls.pages import questions
from calls.pages.cards import voice_of
from calls.pages.templates import templates_for
from calls.spec import SectionSpec, StageSpec
from calls.transfer import spec_of
from portal import clock
from portal.content import markdown
from portal.content.deadlines import Deadline, prepare


@dataclass(frozen=True)
class PreviewFrame:
    """What ``applications/section.html`` needs around a section, where there is no application."""

    title: str
    stage: str
    deadline: Deadline
    bar: None = None


@dataclass(frozen=True)
class Place:
    """A section among those that can be looked at."""

    title: str
    url: str
    current: bool


@dataclass(frozen=True)
class PreviewPage:
    """What ``applications/preview.html`` prints; ``all_url`` leads to the same section with or without hidden ones."""

    code: str
    title: str
    help: str
    number: int
    count: int
    form: SectionForm | None
    live: Mapping[str, Any]
    places: tuple[Place, ...]
    previous_url: str
    next_url: str
    all_url: str
    shows_all: bool
    errors: tuple[()] = ()


def applicant_preview(request: HttpRequest, call: Call, stage: Stage, part: str) -> HttpResponse:
    """Return a section of a call's form as an applicant would see it, in the active language.

    The call may be an unfinished draft. ``part`` is the code of a section, "" for the first. With ``all`` in the query
    every question is shown, also those that the answers do not ask for. Who may look is for the caller to say.

    Raises:
        Http404: the form has no such section.
    """
    try:
        spec = spec_of(call)
    except ValidationError:
        return render(request, "applications/preview_unfinished.html", {"call": call})
    now = clock.now()
    asked = next(one for one in spec.stages if one.code == stage.code)
    sheet = Sheet(call=spec, stage=asked, basics=basics(spec), lot=spec.lots[0].code if spec.lots else None)
    frame = PreviewFrame(title=say(spec.title), stage=say(asked.title), deadline=_deadline(stage, call, now))
    page = _page(sheet, call, part, shows_all="all" in request.GET)
    context = {"page": page, "frame": frame, "crumbs": (), "preview": True}
    return render(request, "applications/preview.html", context)


def _deadline(stage: Stage, call: Call, now: datetime) -> Deadline:
    return prepare(stage.deadline, call_zone=call.time_zone, reader_zone=None, now=now, language=language())


def _page(sheet: Sheet, call: Call, part: str, *, shows_all: bool) -> PreviewPage:
    sections = sheet.sections
    if not sections:
        return _empty(part)
    codes = [section.code for section in sections]
    if part and part not in codes:
        raise Http404
    place = codes.index(part) if part else 0
    section = sections[place]
    here = codes[place]
    return PreviewPage(
        code=here,
        title=say(section.title) or here,
        help=markdown.render(say(section.help), 3) if section.help else "",
        number=place + 1,
        count=len(codes),
        form=SectionForm(section, _given(sheet, call, section)),
        live=live_data(sheet, section),
        places=tuple(
            Place(say(one.title) or one.code, _url(one.code, shows_all), one.code == here) for one in sections
        ),
        previous_url=_url(codes[place - 1], shows_all) if place else "",
        next_url=_url(codes[place + 1], shows_all) if place + 1 < len(codes) else "",
        all_url=_url(here, not shows_all),
        shows_all=shows_all,
    )


def _place(section: SectionSpec, here: str, shows_all: bool) -> Place:
    return Place(say(section.title) or section.code, _url(section.code, shows_all), section.code == here)


def _empty(part: str) -> PreviewPage:
    if part:
        raise Http404
    return PreviewPage("", _("This form has no questions yet"), "", 0, 0, None, {}, (), "", "", "", False)


def _url(code: str, shows_all: bool) -> str:
    return "?" + urlencode({"part": code, **({"all": "1"} if shows_all else {})})


def _given(sheet: Sheet, call: Call, section: SectionSpec) -> Given:
    return Given(
        answers={},
        currency=sheet.call.currency,
        hidden=sheet.hidden,
        templates=templates_for(call, section.questions),
        grant=sheet.call.grant_for(sheet.lot),
        cofinancing=sheet.call.cofinancing_for(sheet.lot),
        conditions=_conditions(sheet.stage, section, call),
    )


def _conditions(stage: StageSpec, section: SectionSpec, call: Call) -> dict[str, str]:
    """Return when questions are asked, in words, for those who make the form."""
    voice = voice_of(call)
    return {
        question.key: questions.asked_if(question, stage.form, voice)
        for question in section.questions
        if question.show_if is not None
    }
