"""Pages about one stage beside its form: its checks, a form or a grid taken from another stage, and the previews."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.authoring.builder import lifecycle
from calls.authoring.builder.stages import stage_of, tabs, title_of
from calls.authoring.builder.views import not_a_draft
from calls.authoring.desk import Desk, desk, writing_desk
from calls.authoring.grid import lifecycle as grids
from calls.authoring.parts import part_named
from calls.authoring.saving import NotDraft
from calls.authoring.views import rows_of
from calls.models import Call, Stage


def checks_page(request: HttpRequest, pk: int, stage: int, *, admin: Any) -> HttpResponseBase:
    """What staff go through before an application is scored."""
    here = desk(request, admin, pk)
    row = stage_of(here.call, stage)
    part = part_named("check")
    return here.show(
        "builder/checks",
        _("Checks: %(stage)s") % {"stage": title_of(row)},
        crumbs=[(here.at("setup_list", "stage"), _("Stages"))],
        tabs=tabs(here, row, "checks"),
        rows=rows_of(here, part, row),
        order=f"{here.at('setup_order', 'check')}?parent={row.pk}",
        add=f"{here.at('setup_add', 'check')}?parent={row.pk}",
    )


# From another stage


@dataclass(frozen=True)
class Copying:
    """What is taken from another stage: its words, which stages have it, and the function that takes it."""

    name: str
    title: Any
    replaces: Any
    done: Any
    having: str
    act: Callable[[Stage, Stage, Call], None]
    present: Callable[[Stage], bool]


COPIES = {
    "form": Copying(
        "form",
        gettext_lazy("Take the form of another stage"),
        gettext_lazy("I know that all sections and questions of this stage are replaced."),
        gettext_lazy("The form is taken over."),
        "form_sections__isnull",
        lifecycle.copy_form,
        lambda stage: stage.form_sections.exists(),
    ),
    "grid": Copying(
        "grid",
        gettext_lazy("Take the grid of another stage"),
        gettext_lazy("I know that the grid of this stage is replaced."),
        gettext_lazy("The grid is taken over."),
        "grid__isnull",
        grids.copy_grid,
        lambda stage: hasattr(stage, "grid"),
    ),
}


class CopyForm(forms.Form):
    """From which stage, and that it is known what is replaced."""

    source = forms.ChoiceField(
        label=gettext_lazy("Stage"), error_messages={"required": gettext_lazy("Choose a stage.")}
    )
    replace = forms.BooleanField(error_messages={"required": gettext_lazy("Please confirm this.")})

    def __init__(self, data: Any, sources: list[Any], replaces: Any) -> None:
        super().__init__(data)
        source: Any = self.fields["source"]
        source.choices = [("", "—"), *sources]
        if replaces:
            self.fields["replace"].label = replaces
        else:
            del self.fields["replace"]


def copy_page(request: HttpRequest, pk: int, stage: int, *, admin: Any, what: str) -> HttpResponseBase:
    """Take the form or the grid of another stage; what there is already is replaced only when that is confirmed."""
    here, copying = writing_desk(request, admin, pk), COPIES[what]
    row = stage_of(here.call, stage)
    sources = list(_sources(here, row, copying))
    present = copying.present(row)
    form = CopyForm(request.POST if request.method == "POST" else None, sources, copying.replaces if present else "")
    if request.method == "POST" and form.is_valid():
        return _copied(here, row, copying, int(form.cleaned_data["source"]))
    return here.show(
        "builder/copy",
        str(copying.title),
        crumbs=[(here.at("setup_list", "stage"), _("Stages")), (here.at(f"setup_stage_{what}", row.pk), title_of(row))],
        form=form,
        any=bool(sources),
        what=what,
        back=here.at(f"setup_stage_{what}", row.pk),
    )


def _sources(here: Desk, target: Stage, copying: Copying) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """Stages of all calls that the person sees, by call; one query."""
    stages = Stage.objects.filter(call__in=Call.objects.visible_to(here.request.user), **{copying.having: False})
    by_call: dict[str, list[tuple[int, str]]] = {}
    for stage in (
        stages.exclude(pk=target.pk).select_related("call").order_by("-call__created_at", "position").distinct()
    ):
        by_call.setdefault(f"{stage.call.code} · {stage.call.title}", []).append((stage.pk, title_of(stage)))
    yield from by_call.items()


def _copied(here: Desk, target: Stage, copying: Copying, key: int) -> HttpResponseRedirect:
    source = Stage.objects.select_related("call").get(pk=key)
    try:
        copying.act(source, target, here.call)
        messages.success(here.request, str(copying.done))
    except NotDraft:
        messages.error(here.request, not_a_draft())
    return redirect(here.at(f"setup_stage_{copying.name}", target.pk))
