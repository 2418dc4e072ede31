"""The grid of a stage as an assessor sees it, before there is anything to assess: nothing is kept."""

from typing import Any, cast

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from applications.messages import say
from applications.models import Application, StageEntry
from applications.presentation import ShownAnswer, ShownSection
from calls.models import Call, Grid, Stage
from calls.transfer.reading import form_spec
from evaluation.assembly import grid_lines
from evaluation.forms import GridForm
from evaluation.models import Assessment, AssessmentState
from portal import clock
from portal.accounts.models import Municipality, Person


def assessor_preview(request: HttpRequest, call: Call, stage: Stage, part: str) -> HttpResponse:
    """Return the scoring page of a stage beside an empty sample application, in the active language.

    The call may be an unfinished draft. Sums work in the browser, and no button sends anything. Who may look is for the
    caller to say; ``part`` says nothing here, since the grid is one page.

    Raises:
        Http404: another section than the first is asked for.
    """
    if part:
        raise Http404
    stage.call = call
    grid = Grid.objects.filter(stage=stage).first()
    frame = admin.site.each_context(request)
    context: dict[str, Any] = {
        **frame,
        "call": call,
        "grid": grid,
        "title": stage.title,
        "is_popup": True,
        "preview": True,
        "sections": _sample(call, stage),
    }
    if grid is None:
        return render(request, "admin/evaluation/preview_none.html", context)
    stage.grid = grid
    entry = _entry(call, stage)
    assessment = Assessment(entry=entry, assessor=cast(Person, request.user), state=AssessmentState.IN_PROGRESS)
    context |= {
        "assessment": assessment,
        "entry": entry,
        "application": entry.application,
        "form": GridForm(assessment, grid_lines(stage), {}),
        "editable": True,
        "mine": True,
        "heading": _("Preview"),
    }
    return render(request, "admin/evaluation/preview.html", context)


def _entry(call: Call, stage: Stage) -> StageEntry:
    """An application that nobody made."""
    municipality = Municipality(name_hy="Նմուշ համայնք", name_en="Sample municipality")
    application = Application(call=call, municipality=municipality, number=f"{call.code}-0000")
    return StageEntry(application=application, stage=stage, requested=0, total_cost=0, submitted_at=clock.now())


def _sample(call: Call, stage: Stage) -> list[ShownSection]:
    """The questions of the form without answers."""
    return [
        ShownSection(
            section.code,
            say(section.title) or section.code,
            tuple(ShownAnswer(one.key, one.kind, say(one.label) or one.key) for one in section.questions),
        )
        for section in form_spec(stage, call.languages).sections
    ]
