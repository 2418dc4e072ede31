"""Answers that are taken over from the stage before: which questions can be ticked, and what speaks against it."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from calls.callfile.checks.continuation import not_the_same
from calls.models import Call, Stage
from calls.spec import QuestionSpec
from calls.transfer.reading import form_spec

FIXED = "fixed"


def stage_before(stage: Stage, call: Call) -> Stage | None:
    """Return the stage whose answers a stage goes on with; None for one that is open to all, or the first."""
    if stage.admission != Stage.Admission.INVITED:
        return None
    rows: list[Stage] = list(call.stages.all())
    place = next((place for place, row in enumerate(rows) if row.pk == stage.pk), 0)
    return rows[place - 1] if place else None


def field(before: Stage | None) -> forms.BooleanField:
    """Return the box to tick; ``before`` is None where it only can be unticked any more."""
    title = before.title or before.code if before else ""
    asks = _("It is shown and cannot be changed, because it was assessed. “%(stage)s” must ask the same: key and kind.")
    return forms.BooleanField(
        label=_("The answer of the earlier stage stays"),
        required=False,
        help_text=asks % {"stage": title} if before else "",
    )


def faults(question: QuestionSpec, before: Stage | None, call: Call) -> list[str]:
    """Return why a question cannot take over an answer of the stage before; at most 2 queries."""
    if not question.fixed:
        return []
    if before is None:
        return [_("Only a stage by invitation takes over answers. Please remove the tick.")]
    form = form_spec(before, call.languages)
    found = not_the_same((), question, ("before",), form, before.code)
    return [capfirst(problem.text()) for problem in found]
