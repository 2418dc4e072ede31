"""The pages of a grid: the grid itself, and the question before it is removed."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from calls.authoring import saving
from calls.authoring.builder.stages import stage_of, tabs, title_of
from calls.authoring.builder.views import not_a_draft, nothing_saved
from calls.authoring.desk import Desk, desk, writing_desk
from calls.authoring.grid import lifecycle
from calls.authoring.grid.forms import GridForm
from calls.authoring.saving import NotDraft
from calls.models import Grid, Stage
from portal.accounts.staff import only_post


@transaction.atomic
def grid_page(request: HttpRequest, pk: int, stage: int, *, admin: Any) -> HttpResponseBase:
    """Show and take the grid of a stage; one that has none is offered ways to get one."""
    here = desk(request, admin, pk)
    row = stage_of(here.call, stage)
    if request.method != "POST":
        grid = Grid.objects.filter(stage=row).first()
        form = None if grid is None else GridForm(call=here.call, parent=row, instance=_tied(grid, row))
        return _show(here, row, form)
    fixed = False
    try:
        saving.locked(here.call)
    except NotDraft:
        fixed = True
    grid = Grid.objects.filter(stage=row).first() or Grid(stage=row)
    form = GridForm(request.POST, call=here.call, parent=row, instance=_tied(grid, row))
    if form.asks_again():
        form.pause()
    elif fixed:
        form.add_error(None, nothing_saved())
    elif form.is_valid():
        form.save(by=request.user)
        messages.success(request, _("Saved."))
        return redirect(here.at("setup_stage_grid", row.pk))
    return _show(here, row, form)


def _tied(grid: Grid, stage: Stage) -> Grid:
    grid.stage = stage
    return grid


def _show(here: Desk, stage: Stage, form: GridForm | None) -> HttpResponseBase:
    if form is not None and not here.may_write and not form.is_bound:
        for item in form.fields.values():
            item.disabled = True
    return here.show(
        "grid/grid" if form is not None else "grid/none",
        _("Evaluation grid: %(stage)s") % {"stage": title_of(stage)},
        crumbs=[(here.at("setup_list", "stage"), _("Stages"))],
        form=form,
        stage=stage,
        tabs=tabs(here, stage, "grid"),
        copy=here.at("setup_grid_copy", stage.pk),
        add=here.at("setup_grid_add", stage.pk),
        remove=here.at("setup_grid_remove", stage.pk),
        back=here.at("setup"),
    )


@only_post
def add(request: HttpRequest, pk: int, stage: int, *, admin: Any) -> HttpResponseBase:
    """Give the stage a grid to begin with."""
    here = writing_desk(request, admin, pk)
    row = stage_of(here.call, stage)
    try:
        lifecycle.add_grid(row, here.call)
    except NotDraft:
        messages.error(request, not_a_draft())
    return redirect(here.at("setup_stage_grid", row.pk))


def remove(request: HttpRequest, pk: int, stage: int, *, admin: Any) -> HttpResponseBase:
    """Ask first; remove when that is confirmed."""
    here = writing_desk(request, admin, pk)
    row = stage_of(here.call, stage)
    back = here.at("setup_stage_grid", row.pk)
    if request.method != "POST":
        goes = _(
            "The grid of “%(stage)s” will be removed with its sections and criteria: the stage will not be scored."
        )
        title = _("Remove: %(title)s") % {"title": _("Evaluation grid")}
        return here.show("builder/ask", title, lost=[], back=back, hidden={}, goes=goes % {"stage": title_of(row)})
    try:
        lifecycle.remove_grid(row, here.call)
        messages.success(request, _("The grid is removed."))
    except NotDraft:
        messages.error(request, not_a_draft())
    return redirect(back)
