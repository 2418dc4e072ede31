"""What the evaluation tells the storeys below: what rests on the stages of a call already."""

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from calls.models import Call, Stage
from calls.registry import Action
from evaluation.models import Assessment, CheckResult, Shortlist

_RESTS: Final[Mapping[str, "str | Promise"]] = {
    "checked": _("checks were answered"),
    "assigned": _("applications were given to assessors"),
    "listed": _("a shortlist was made"),
}


def fixed(call: Call) -> Mapping[str, list["str | Promise"]]:
    """Return what rests on the stages of a call, by their codes; one query."""
    rows = Stage.objects.filter(call=call).annotate(
        checked=Exists(CheckResult.objects.filter(entry__stage=OuterRef("pk"))),
        assigned=Exists(Assessment.objects.filter(entry__stage=OuterRef("pk"))),
        listed=Exists(Shortlist.objects.filter(stage=OuterRef("pk"))),
    )
    return {row["code"]: [text for name, text in _RESTS.items() if row[name]] for row in rows.values("code", *_RESTS)}


def staff_links(call: Call, person: Any) -> list[Action]:
    """Return the ways from the page of a call in the administration to checks, assessors and ranking; one query."""
    if not person.sees_everything:
        return []
    stages = call.stages.filter(grid__isnull=False)
    return [
        Action(f"{stage.title}: {words}", reverse(f"admin:evaluation_{name}", args=[stage.pk]))
        for stage in stages
        for name, words in (("checks", _("Checks")), ("assign", _("Assessors")), ("ranking", _("Ranking")))
    ]
