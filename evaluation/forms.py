"""Forms of the evaluation's pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from calls.models import Criterion, Grid, GridSection, Lot
from evaluation.assembly import GridLines
from evaluation.lifecycle import ScoreInput
from evaluation.models import Assessment, CheckResult, Score
from evaluation.queries import EntryFilter
from evaluation.queries.stages import CheckLine
from evaluation.scales import choices, on_scale, plain

NO_CONFLICT, CONFLICT = "none", "conflict"


class DeclarationForm(forms.Form):
    """No conflict of interest, or which: asked before an assessor sees anything of an application."""

    declaration = forms.ChoiceField(
        label=_("Your declaration"),
        choices=[
            (NO_CONFLICT, _("I have no conflict of interest, and I will keep what I read confidential.")),
            (CONFLICT, _("I have a conflict of interest, or I may seem to have one.")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    reason = forms.CharField(
        label=_("What the conflict of interest is"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("declaration") == CONFLICT and not cleaned.get("reason"):
            self.add_error("reason", _("Say what the conflict of interest is."))
        return cleaned

    @property
    def conflict(self) -> bool:
        return bool(self.cleaned_data["declaration"] == CONFLICT)


class ReasonForm(forms.Form):
    """A reason that goes on record."""

    reason = forms.CharField(
        label=_("Reason, which the municipality will read"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": _("Give the reason: the municipality will read it.")},
    )


@dataclass(frozen=True)
class CheckField:
    """A line of the checklist with its two fields."""

    line: CheckLine
    answer: forms.BoundField
    note: forms.BoundField


class ChecklistForm(forms.Form):
    """The checklist of one application. A line may stay without an answer."""

    def __init__(self, lines: Sequence[CheckLine], data: Any = None) -> None:
        super().__init__(data)
        self._lines = lines
        for line in lines:
            result, key = line.result, line.item.pk
            self.fields[f"answer-{key}"] = forms.ChoiceField(
                label=line.item.title,
                choices=CheckResult.Answer.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=result.answer if result else None,
            )
            self.fields[f"note-{key}"] = forms.CharField(
                label=_("Note"), required=False, max_length=2000, initial=result.note if result else ""
            )

    @property
    def lines(self) -> list[CheckField]:
        return [CheckField(line, self[f"answer-{line.item.pk}"], self[f"note-{line.item.pk}"]) for line in self._lines]

    def answers(self) -> dict[int, tuple[str, str]]:
        """The answers given, by key of the check."""
        return {
            line.item.pk: (answer, self.cleaned_data[f"note-{line.item.pk}"])
            for line in self._lines
            if (answer := self.cleaned_data[f"answer-{line.item.pk}"])
        }


class EntryFilterForm(forms.Form):
    """What a list of applications is narrowed to."""

    q = forms.CharField(label=_("Number or municipality"), required=False, max_length=100)
    lot = forms.ChoiceField(label=_("Lot"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, lots: Sequence[Lot], states: Sequence[tuple[str, Any]], data: Any) -> None:
        super().__init__(data)
        self.lots = bool(lots)
        self.fields["lot"].choices = [("", _("all"))] + [(lot.code, f"{lot.code} · {lot.title}") for lot in lots]  # type: ignore[attr-defined]
        self.fields["state"].choices = [("", _("all")), *states]  # type: ignore[attr-defined]

    def wanted(self) -> EntryFilter:
        """The filter; what is not valid narrows nothing."""
        given = self.cleaned_data if self.is_valid() else {}
        return EntryFilter(given.get("q", ""), given.get("lot", ""), given.get("state", ""))


# --- the grid ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CriterionField:
    """A criterion with its two fields, and what the page's sums need."""

    criterion: Criterion
    score: forms.BoundField
    comment: forms.BoundField
    weight: str
    maximum: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class SectionFields:
    """A section of the grid with its criteria."""

    section: GridSection
    criteria: tuple[CriterionField, ...]
    maximum: str


class GridForm(forms.Form):
    """An assessment against the grid. Everything may stay empty: what is missing is asked for on completing."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    comment = forms.CharField(
        label=_("Overall comment"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(
        self,
        assessment: Assessment,
        sections: Sequence[GridLines],
        given: Mapping[int, Score],
        data: Any = None,
        *,
        disabled: bool = False,
        others: Mapping[int, tuple[str, ...]] | None = None,
    ) -> None:
        initial = {"version": assessment.version, "comment": assessment.comment}
        super().__init__(data, initial=initial)
        self.grid: Grid = assessment.entry.stage.grid
        self._sections = sections
        self._others = others or {}
        self.by_code = {criterion.code: criterion for _section, criteria in sections for criterion in criteria}
        for criterion in self.by_code.values():
            self._add(criterion, given.get(criterion.pk))
        for name in self.fields if disabled else ():
            self.fields[name].disabled = True

    def _add(self, criterion: Criterion, score: Score | None) -> None:
        value = None if score is None or score.value is None else plain(score.value)
        self.fields[f"score-{criterion.pk}"] = self._score_field(criterion, value)
        self.fields[f"comment-{criterion.pk}"] = forms.CharField(
            label=format_lazy("{} {}", criterion.code, _("Comment")),
            required=False,
            max_length=5000,
            initial=score.comment if score else "",
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def _score_field(self, criterion: Criterion, value: str | None) -> forms.Field:
        listed = [plain(choice) for choice in choices(self.grid)]
        wrong = _("Choose one of the scores of the scale.")
        if listed:
            return forms.ChoiceField(
                label=f"{criterion.code} {criterion.title}",
                choices=[(choice, choice) for choice in listed],
                widget=forms.RadioSelect,
                required=False,
                initial=value,
                error_messages={"invalid_choice": wrong},
            )
        attrs = {
            "step": plain(self.grid.scale_step),
            "min": plain(self.grid.scale_min),
            "max": plain(self.grid.scale_max),
        }
        return forms.DecimalField(
            label=f"{criterion.code} {criterion.title}",
            required=False,
            initial=value,
            min_value=self.grid.scale_min,
            max_value=self.grid.scale_max,
            widget=forms.NumberInput(attrs=attrs),
            validators=[self._on_step],
            error_messages={"invalid": wrong, "min_value": wrong, "max_value": wrong},
        )

    def _on_step(self, value: Decimal) -> None:
        if not on_scale(self.grid, value):
            raise forms.ValidationError(_("Choose one of the scores of the scale."))

    def scores(self) -> dict[str, ScoreInput]:
        """What was given, by code of the criterion. Only of a valid form."""
        return {
            code: ScoreInput(self._value(criterion), self.cleaned_data[f"comment-{criterion.pk}"])
            for code, criterion in self.by_code.items()
        }

    def _value(self, criterion: Criterion) -> Decimal | None:
        value = self.cleaned_data[f"score-{criterion.pk}"]
        return Decimal(value) if value not in (None, "") else None

    def add_faults(self, faults: Sequence[tuple[str, str]]) -> None:
        """Mark what completing still needs, each at its field: a missing score, or a missing comment."""
        for code, message in faults:
            key = self.by_code[code].pk
            scored = self._value(self.by_code[code]) is not None
            self.add_error(f"comment-{key}" if scored else f"score-{key}", message)

    def renew(self, version: int) -> None:
        """Let the page that is shown again go on from the version that was just saved."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["version"] = str(version)  # type: ignore[index]

    @property
    def sections(self) -> list[SectionFields]:
        """The grid as the page shows it."""
        return [
            SectionFields(
                section,
                tuple(self._criterion(criterion) for criterion in criteria),
                plain(self._maximum(criteria)),
            )
            for section, criteria in self._sections
        ]

    def _criterion(self, criterion: Criterion) -> CriterionField:
        return CriterionField(
            criterion,
            self[f"score-{criterion.pk}"],
            self[f"comment-{criterion.pk}"],
            plain(criterion.weight),
            plain(criterion.weight * self.grid.scale_max),
            self._others.get(criterion.pk, ()),
        )

    def _maximum(self, criteria: Any) -> Decimal:
        return sum((criterion.weight * self.grid.scale_max for criterion in criteria), Decimal())

    @property
    def maximum(self) -> str:
        """The most points the grid allows, always computed."""
        return plain(self._maximum(self.by_code.values()))


# --- assignment --------------------------------------------------------------------------------------------------


class AssignmentForm(forms.Form):
    """Which assessors for which applications."""

    entries = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": _("Choose at least one application.")}
    )
    people = forms.TypedMultipleChoiceField(
        label=_("Assessors"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one assessor.")},
    )

    def __init__(self, entries: Sequence[int], people: Sequence[tuple[int, str]], data: Any = None) -> None:
        super().__init__(data)
        self.fields["entries"].choices = [(pk, str(pk)) for pk in entries]  # type: ignore[attr-defined]
        self.fields["people"].choices = people  # type: ignore[attr-defined]
