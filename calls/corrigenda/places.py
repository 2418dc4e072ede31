"""Where in a call a change is, and what it is about, in words."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from calls.comparison import Kind, Path
from calls.comparison.differences import by_name
from calls.pages.voice import Voice
from calls.spec import CallSpec, Strict

NOUNS: Final[Mapping[str, "str | Promise"]] = {
    "PrioritySpec": gettext_lazy("Priority"),
    "LotSpec": gettext_lazy("Lot"),
    "DocumentSpec": gettext_lazy("Document"),
    "StageSpec": gettext_lazy("Stage"),
    "SectionSpec": gettext_lazy("Section of the form"),
    "QuestionSpec": gettext_lazy("Question"),
    "ColumnSpec": gettext_lazy("Column"),
    "ChoiceSpec": gettext_lazy("Answer to choose"),
    "CategorySpec": gettext_lazy("Budget line"),
    "CheckSpec": gettext_lazy("Check"),
    "GridSectionSpec": gettext_lazy("Section of the evaluation grid"),
    "CriterionSpec": gettext_lazy("Criterion"),
    "EvaluationSpec": gettext_lazy("Evaluation grid"),
}
"""Parts of a call by their class; all others are rules."""

LABELS: Final[Mapping[str, "str | Promise"]] = {
    "code": gettext_lazy("Reference"),
    "programme": gettext_lazy("Programme"),
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("Summary"),
    "description": gettext_lazy("Description"),
    "languages": gettext_lazy("Languages"),
    "countries": gettext_lazy("Countries"),
    "regions": gettext_lazy("Regions"),
    "currency": gettext_lazy("Currency"),
    "budget": gettext_lazy("Budget"),
    "grant": gettext_lazy("Amount per project"),
    "cofinancing_min_percent": gettext_lazy("Co-financing, at least"),
    "duration_months": gettext_lazy("Duration of a project"),
    "applications_per_municipality/call": gettext_lazy("Applications of a municipality in the call"),
    "applications_per_municipality/lot": gettext_lazy("Applications of a municipality in a lot"),
    "cover": gettext_lazy("Priorities to address"),
    "objectives": gettext_lazy("Objectives"),
    "kind": gettext_lazy("Kind"),
    "content": gettext_lazy("File"),
    "time_zone": gettext_lazy("Time zone"),
    "questions_until": gettext_lazy("Ask questions by"),
    "answers_until": gettext_lazy("All answers are published by"),
    "prevailing_language": gettext_lazy("Prevailing language of letters"),
    "signatory/name": gettext_lazy("Signatory of letters"),
    "position": gettext_lazy("Position of the signatory"),
    "funder": gettext_lazy("Funder"),
    "admission": gettext_lazy("Admission"),
    "submitted_by": pgettext_lazy("stage", "Submitted by"),
    "opens": gettext_lazy("Opens"),
    "deadline": gettext_lazy("Deadline"),
    "grace_minutes": gettext_lazy("Grace, minutes"),
    "keep_requested_within_percent": gettext_lazy("Difference of the amount to the earlier stage, at most"),
    "label": gettext_lazy("Wording"),
    "help": gettext_lazy("Help"),
    "text": gettext_lazy("Text"),
    "required": gettext_lazy("Required"),
    "fixed": gettext_lazy("The answer of the earlier stage stays"),
    "show_if": gettext_lazy("Asked only if"),
    "max_characters": gettext_lazy("Characters, at most"),
    "max_words": gettext_lazy("Words, at most"),
    "questions/min": gettext_lazy("At least"),
    "columns/min": gettext_lazy("At least"),
    "max": gettext_lazy("At most"),
    "min": gettext_lazy("Eliminatory minimum"),
    "rows": gettext_lazy("Rows"),
    "accept": gettext_lazy("Kinds of files"),
    "max_mb": gettext_lazy("Size of a file, MB, at most"),
    "max_files": gettext_lazy("Files, at most"),
    "template": gettext_lazy("Template to download"),
    "fatal": gettext_lazy("A “no” rejects"),
    "assessors": gettext_lazy("Assessors"),
    "scale": gettext_lazy("Scale"),
    "comment": gettext_lazy("Comment"),
    "pass_mark": gettext_lazy("Threshold"),
    "divergence": gettext_lazy("Divergence of assessors"),
    "tie_break": gettext_lazy("Order among equals"),
    "selection": gettext_lazy("Selection"),
    "weight": gettext_lazy("Weight"),
    "evaluation": gettext_lazy("Evaluation grid"),
}
"""What is changed, by the last step of its path; where that says too little, with the step or the list before it."""


def place_of(path: Path, kind: Kind, old: CallSpec, new: CallSpec, voice: Voice) -> str:
    """Return in which parts of the call a value stands: "Stage “Concept note” · Question “Title”"; empty for the call.

    Args:
        kind: what is added or removed as a whole does not stand in itself.
    """
    parts = list(_parts(path, old, new))
    if parts and kind in (Kind.ADDED, Kind.REMOVED) and parts[-1][0] == path:
        parts = parts[:-1]
    return " · ".join(f"{_noun(part)} {voice.quoted(title_of(part, voice))}" for _path, part in parts)


def what_of(path: Path, kind: Kind, value: Any) -> str:
    """Return what is changed: a value by its label, a part by its noun."""
    if kind is Kind.MOVED:
        return _("Order")
    if isinstance(value, Strict) and kind in (Kind.ADDED, Kind.REMOVED) and type(value).__name__ in NOUNS:
        return _noun(value)
    if path[0] == "eligibility":
        return _("Eligibility rule")
    for length in (2, 1):
        if label := LABELS.get("/".join(path[-length:])):
            return str(label)
    return str(LABELS[f"{path[-3]}/{path[-1]}"] if f"{path[-3]}/{path[-1]}" in LABELS else path[-1])


def _noun(part: Any) -> str:
    return str(NOUNS.get(type(part).__name__, _("Rule")))


def title_of(part: Any, voice: Voice) -> str:
    """Return by what people know a part of a call: its title or wording, else its code."""
    text = getattr(part, "title", None) or getattr(part, "label", None) or {}
    return voice.text(text) or str(getattr(part, "code", "") or getattr(part, "key", "") or getattr(part, "file", ""))


def _parts(path: Path, old: CallSpec, new: CallSpec) -> Iterator[tuple[Path, Any]]:
    """Yield the parts of lists through which a path leads, as they are now or, where they are gone, as they were."""
    before: Any = old
    after: Any = new
    for place, step in enumerate(path):
        before, after = _step(before, step), _step(after, step)
        part = after if after is not None else before
        if isinstance(part, Strict) and type(part).__name__ in NOUNS and type(part).__name__ != "EvaluationSpec":
            yield path[: place + 1], part


def _step(value: Any, step: str) -> Any:
    if isinstance(value, tuple):
        return by_name(value).get(step) if value and isinstance(value[0], Strict) else None
    return getattr(value, step, None)
