"""What the pages about one stage have in common: the stage itself, and the tabs that lead to its parts."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from calls.authoring.desk import Desk
from calls.models import Call, Stage
from calls.registry import previews


@dataclass(frozen=True)
class Tab:
    title: str
    url: str
    current: bool


def stage_of(call: Call, key: int) -> Stage:
    """Return a stage of this very call, with the call as it is at hand.

    Raises:
        Http404: the call has none of this key.
    """
    stage: Any = call.stages.filter(pk=key).first()
    if stage is None:
        raise Http404
    stage.call = call
    found: Stage = stage
    return found


def title_of(stage: Stage) -> str:
    """Return what a stage is called, also before it has a title."""
    return stage.title or stage.code


def tabs(here: Desk, stage: Stage, current: str) -> list[Tab]:
    """Return the pages of one stage."""
    pages = [
        ("stage", _("Stage"), here.at("setup_part", "stage", stage.pk)),
        ("form", _("Form"), here.at("setup_stage_form", stage.pk)),
        ("checks", _("Checks"), here.at("setup_stage_checks", stage.pk)),
        ("grid", _("Evaluation grid"), here.at("setup_stage_grid", stage.pk)),
    ]
    ways = [(way.name, str(way.title), here.at("setup_preview", way.name, stage.pk)) for way in previews()]
    return [Tab(title, url, name == current) for name, title, url in [*pages, *ways]]
