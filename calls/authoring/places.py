"""From a place in the call's plain values to the field in the administration at which it is changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.authoring.parts import Part, part_named
from calls.authoring.sheets import SHEETS
from calls.authoring.words import language_name
from calls.callfile.problems import Path
from calls.models import Call, Criterion, Grid, GridSection, Programme
from calls.pages.cards import voice_of

SUBJECTS: Final = {
    "code": "basics",
    "programme": "basics",
    "title": "basics",
    "summary": "basics",
    "description": "basics",
    "languages": "basics",
    "countries": "basics",
    "time_zone": "basics",
    "currency": "money",
    "budget": "money",
    "grant": "money",
    "cofinancing_min_percent": "money",
    "duration_months": "money",
    "applications_per_municipality": "money",
    "questions_until": "questions",
    "answers_until": "questions",
    "letters": "letters",
    "lots": "lot",
    "priorities": "priority",
    "eligibility": "rule",
    "documents": "document",
    "stages": "stage",
}
"""The sheet or the list of parts on which each key of a call is changed."""

_BELOW: Final[dict[str, tuple[tuple[Path, str], ...]]] = {
    "stage": ((("form", "sections"), "section"), (("checks",), "check")),
    "section": ((("questions",), "question"),),
}
"""Which parts are below a part, and under which keys."""

_FIELDS: Final[dict[Path, str]] = {
    ("grant", "min"): "grant_min",
    ("grant", "max"): "grant_max",
    ("grant", "fixed"): "grant_fixed",
    ("duration_months", "min"): "duration_min_months",
    ("duration_months", "max"): "duration_max_months",
    ("applications_per_municipality", "call"): "limit_per_call",
    ("applications_per_municipality", "lot"): "limit_per_lot",
    ("priorities", "cover"): "priorities_cover",
    ("letters", "prevailing_language"): "prevailing_language",
    ("letters", "signatory", "name"): "signatory_name",
    ("letters", "signatory", "position"): "signatory_position",
    ("letters", "funder"): "funder",
    ("opens",): "opens_at",
    ("file",): "upload",
    ("rows", "min"): "rows_min",
    ("rows", "max"): "rows_max",
    ("scale", "min"): "scale_min",
    ("scale", "max"): "scale_max",
    ("scale", "step"): "scale_step",
    ("divergence", "percent_of_higher"): "divergence_percent",
    ("divergence", "resolve"): "divergence_resolve",
    ("selection", "rule"): "selection_rule",
    ("selection", "limit"): "selection_limit",
    ("selection", "factor"): "selection_factor",
    ("selection", "on_overflow"): "on_overflow",
}
"""The fields of forms that are not named as in the call file."""


@dataclass(frozen=True)
class Place:
    """Where something is changed: the address, in words, and the item of the checklist it belongs to."""

    url: str
    label: str
    subject: str


class Places:
    """The places of one call, whose content is at hand (``calls.transfer.CONTENT``)."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.voice = voice_of(call)

    def of(self, path: Path) -> Place:
        """Return where the value at a path is changed; for what is not there yet, where it is added."""
        head = str(path[1]) if len(path) > 1 else "code"
        subject = SUBJECTS.get(head, "basics")
        if path[1:3] == ("programme", "title"):
            return self._of_programme(path[2:], subject)
        if path[1:3] == ("priorities", "cover"):
            return self._on_sheet("cover", path[1:], "priority")
        if subject in SHEETS:
            return self._on_sheet(subject, path[1:], subject)
        steps = path[3:] if head == "priorities" else path[2:]
        part = part_named(subject)
        if not steps or not isinstance(steps[0], int):
            return Place(self._at("setup_list", part.name), str(part.plural).capitalize(), subject)
        return self._in_part(part, getattr(self.call, part.relation).all(), steps, subject)

    def _in_part(self, part: Part, rows: Iterable[Any], steps: Path, subject: str) -> Place:
        """Follow the steps into one of the rows, and from there into what is below it."""
        listed = list(rows)
        row = listed[int(steps[0])]
        rest = steps[1:]
        if part.name == "stage":
            subject = f"{row.pk}:{_SECTIONS.get(str(rest[0]) if rest else '', 'stage')}"
        if part.name == "stage" and rest[:1] == ("evaluation",):
            return self._in_grid(row, rest[1:], subject)
        if part.name == "stage" and rest == ("form",):
            label = ": ".join((self._title(part, row), _("Form")))
            return Place(self._at("setup_stage_form", row.pk), label, subject)
        for keys, name in _BELOW.get(part.name, ()):
            if rest[: len(keys)] == keys:
                return self._below(part_named(name), row, rest[len(keys) :], subject)
        url = f"{self._at('setup_part', part.name, row.pk)}{_anchor(rest)}"
        return Place(url, f"{self._title(part, row)}: {_field_words(part.model, rest)}".removesuffix(": "), subject)

    def _below(self, part: Part, row: Any, rest: Path, subject: str) -> Place:
        """What is below a row: one of several parts, or the page that lists them."""
        if rest and isinstance(rest[0], int):
            return self._in_part(part, getattr(row, part.relation).all(), rest, subject)
        return Place(part.back(part.model(**{part.link: row})), str(part.title).capitalize(), subject)

    def _in_grid(self, stage: Any, rest: Path, subject: str) -> Place:
        """A field of the one page on which the grid of a stage is written, with its lines one after the other."""
        row, line = getattr(stage, "grid", None), ""
        model: Any = Grid
        title = self.voice.quoted(stage.title or stage.code)
        for relation, below in (("sections", GridSection), ("criteria", Criterion)):
            if row is not None and rest[:1] == (relation,) and len(rest) > 1:
                row, model = list(getattr(row, relation).all())[int(rest[1])], below
                line, rest, title = f"{line}{relation}-{rest[1]}-", rest[2:], self.voice.quoted(row.title or row.code)
        url = self._at("setup_stage_grid", stage.pk)
        if rest[:1] and rest[0] in _LINES:
            anchor = f"#{line}{_LINES[str(rest[0])]}"
        else:
            anchor = _anchor(rest).replace("#id_", f"#id_{line}") if rest else f"#id_{line}code" if line else ""
        label = ": ".join((", ".join((_("Evaluation grid"), title)), _field_words(model, rest)))
        return Place(url + anchor, label.removesuffix(": "), subject)

    def _of_programme(self, steps: Path, subject: str) -> Place:
        """A text of the programme, which is kept once for all its calls."""
        url = reverse("admin:calls_programme_change", args=[self.call.programme_id])
        return Place(f"{url}{_anchor(steps)}", ": ".join((_("Programme"), _field_words(Programme, steps))), subject)

    def _on_sheet(self, name: str, steps: Path, subject: str) -> Place:
        url = f"{self._at('setup_list', name)}{_anchor(steps)}"
        return Place(url, _field_words(Call, steps) or str(SHEETS[name].title), subject)

    def _title(self, part: Part, row: Any) -> str:
        return f"{str(part.title).capitalize()} {self.voice.quoted(part.describe(row, self.voice).title)}"

    def _at(self, name: str, *args: Any) -> str:
        return reverse(f"admin:calls_{name}", args=[self.call.pk, *args])


_LINES: Final = {"sections": "sections", "criteria": "criteria", "tie_break": "ties"}
"""The lists of lines on the page of a grid, by their keys in the call file."""
_LINES_OF_QUESTIONS: "Final[dict[str, str | Promise]]" = {
    "choices": gettext_lazy("Answers to choose from"),
    "columns": gettext_lazy("Columns"),
    "categories": gettext_lazy("Budget categories"),
}
"""The lists of lines on the page of a question."""
_SECTIONS: Final = {"form": "form", "checks": "checks", "evaluation": "grid"}


def _column(steps: Path) -> tuple[str, str]:
    """The field of the form and the language that the last steps of a path mean."""
    for length in range(len(steps), 0, -1):
        if steps[:length] in _FIELDS:
            rest = steps[length:]
            return _FIELDS[steps[:length]], str(rest[0]) if rest else ""
    name = str(steps[0]) if steps else ""
    rest = steps[1:]
    return name, str(rest[0]) if rest and isinstance(rest[0], str) and len(rest[0]) == 2 else ""


def _anchor(steps: Path) -> str:
    if steps[:1] == ("objectives",):
        tail = "-".join(str(step) for step in steps[1:])
        return f"#id_objectives-{tail}" if tail else "#objectives"
    lines, rest = _in_lines(steps)
    name, language = _column(rest)
    return f"#id_{lines}{name}{'_' if language else ''}{language}" if name else ""


def _in_lines(steps: Path) -> tuple[str, Path]:
    """The prefix of the inputs of a line, as of the second column, and the steps within it."""
    lines, rest = "", steps
    while len(rest) > 2 and rest[0] in _LINES_OF_QUESTIONS:
        lines, rest = f"{lines}{rest[0]}-{rest[1]}-", rest[2:]
    return (lines, rest) if lines else ("", steps[:1] if steps and steps[0] in _LINES_OF_QUESTIONS else steps)


def _field_words(model: Any, steps: Path) -> str:
    """A field in words: "Title (Armenian)", or "Columns, 2 (Armenian)"."""
    if steps and steps[0] in _LINES_OF_QUESTIONS:
        _name, language = _column(_in_lines(steps)[1])
        words = ", ".join([str(_LINES_OF_QUESTIONS[str(steps[0])]), *(str(int(one) + 1) for one in steps[1:2])])
        return f"{words} ({language_name(language)})" if language else words
    name, language = _column(steps)
    unkept = {"objectives": _("Objectives"), "upload": _("File"), "fixed": _("The answer of the earlier stage stays")}
    words = unkept.get(name, "")
    if not words and name:
        fields = {item.name: item for item in model._meta.get_fields()}
        words = str(getattr(fields.get(name), "verbose_name", "") or "")
    words = words[:1].upper() + words[1:]
    return f"{words} ({language_name(language)})" if words and language else words
