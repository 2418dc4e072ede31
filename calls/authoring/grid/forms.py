"""The form of a whole grid: its settings, its sections with their criteria, and the order in which ties are broken."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError as SpecError

from calls.authoring.builder.lines import LinedForm, LineForm, TextOf
from calls.authoring.builder.question_lines import code_field
from calls.authoring.fields import NumberField
from calls.authoring.forms import Cell
from calls.authoring.grid.totals import Totals, totals
from calls.models import Grid
from calls.pages.cards import voice_of
from calls.spec import LOT_DRAW, CriterionSpec, EvaluationSpec, GridSectionSpec
from calls.transfer.writing import write_grid

_CODE: Final = RegexValidator(r"^[a-z0-9.-]+$", _("Small Latin letters, digits, points and hyphens only."))
_MOST_ASSESSORS = 9
_LEAST_WEIGHT = Decimal("0.01")
_DIGITS = 7


def mark_field(label: Any, *, least: Decimal | int = 0, required: bool = False, help_text: Any = "") -> NumberField:
    """A mark, a weight or a step: at most two decimals."""
    return NumberField(
        label=label, required=required, min_value=least, max_digits=_DIGITS, decimal_places=2, help_text=help_text
    )


class CriterionLine(LineForm):
    """One criterion. Its minimum is a mean of scores, without weight."""

    texts = (TextOf("title", _("Criterion")), TextOf("help", _("Guidance for assessors"), None, long=True))
    proposes = False

    def prepare(self) -> None:
        self.fields["code"] = code_field(_("Code"), pattern=_CODE)
        self.fields["weight"] = mark_field(_("Weight"), least=_LEAST_WEIGHT)
        self.fields["min"] = mark_field(_("Eliminatory minimum"))
        self.fields["weight"].initial = Decimal(1)
        self.fields["weight"].widget.attrs |= {"data-weight": "", "size": 5}
        self.fields["min"].widget.attrs |= {"data-min": "", "size": 5}

    def spec(self) -> CriterionSpec:
        given = self.cleaned_data
        weight = given["weight"] if given["weight"] is not None else Decimal(1)
        return CriterionSpec(
            code=given["code"], title=self.text("title"), help=self.text("help"), weight=weight, min=given["min"]
        )


class GridSectionLine(LineForm):
    """One section with its criteria. Its minimum is held against its sum of score x weight."""

    texts = (TextOf("title", _("Section")),)
    below = {"criteria": (_("Criteria"), CriterionLine)}

    def prepare(self) -> None:
        self.fields["code"] = code_field(_("Code"), pattern=_CODE)
        self.fields["min"] = mark_field(_("Eliminatory minimum"))
        self.fields["min"].widget.attrs |= {"data-min": "", "size": 5}

    def spec(self) -> GridSectionSpec:
        given = self.cleaned_data
        criteria = tuple(line.spec() for line in self.lines["criteria"].active)
        return GridSectionSpec(code=given["code"], title=self.text("title"), min=given["min"], criteria=criteria)


class TieLine(LineForm):
    """One step of the tie break: the code of a section or a criterion."""

    code = "code"
    proposes = False

    def prepare(self) -> None:
        self.fields["code"] = forms.CharField(
            label=_("The higher mean in"), required=False, widget=forms.Select({"data-tie": ""})
        )


class GridForm(LinedForm):
    """A grid. ``made`` is what was sent, as plain values, once it is valid."""

    made: EvaluationSpec | None = None

    class Meta:
        model = Grid
        fields = (
            "assessors",
            "scale_min",
            "scale_max",
            "scale_step",
            "comment",
            "pass_mark",
            "divergence_resolve",
            "divergence_percent",
            "selection_rule",
            "selection_limit",
            "selection_factor",
            "on_overflow",
        )

    def prepare(self) -> None:
        labels = {name: self.fields[name].label for name in self.fields}
        for name in ("scale_min", "scale_max", "pass_mark"):
            self.fields[name] = mark_field(labels[name], required=True)
        for name in ("scale_step", "selection_factor"):
            self.fields[name] = mark_field(labels[name], required=True, least=_LEAST_WEIGHT)
        self.fields["divergence_percent"] = NumberField(
            label=labels["divergence_percent"], required=False, min_value=0, max_value=100, max_digits=5
        )
        self.fields["assessors"].validators += [MinValueValidator(1), MaxValueValidator(_MOST_ASSESSORS)]
        self.fields["selection_limit"].validators += [MinValueValidator(1)]
        for name in ("assessors", "selection_limit"):
            self.fields[name].widget = forms.TextInput({"class": "number", "inputmode": "numeric", "size": 5})
        for name in ("comment", "divergence_resolve", "selection_rule", "on_overflow"):
            field: Any = self.fields[name]
            field.choices = [choice for choice in field.choices if choice[0]]
        self.fields["selection_factor"].required = False
        self.add_lines("sections", _("Sections and criteria"), GridSectionLine, self._kept_sections())
        ties = [{"code": code} for code in self.instance.tie_break or () if code != LOT_DRAW]
        self.add_lines("ties", _("When totals are equal"), TieLine, ties)
        self._offer_ties()

    def _kept_sections(self) -> list[dict[str, Any]]:
        if self.instance.pk is None:
            return []
        return [
            {
                "code": section.code,
                "title": _texts(section, "title"),
                "min": section.min,
                "criteria": [_criterion(row) for row in section.criteria.all()],
            }
            for section in self.instance.sections.all().prefetch_related("criteria")
        ]

    # Ties

    def _offer_ties(self) -> None:
        names = list(self._names())
        for form in [*self.sets["ties"].forms]:
            chosen = str(form["code"].value() or "")
            strange = [(chosen, chosen)] if chosen and chosen not in dict(names) else []
            form.fields["code"].widget.choices = [("", "—"), *names, *strange]
        self.tie_names = names

    @property
    def empty_tie(self) -> Any:
        """A line of the tie break to be copied by the script."""
        line = self.sets["ties"].empty
        line.fields["code"].widget.choices = [("", "—"), *self.tie_names]
        return line

    def _names(self) -> Iterator[tuple[str, str]]:
        """Codes and names of sections and criteria, as they stand on the page."""
        for section in self.sets["sections"].rows:
            yield from () if section.gone else self._name(section)
            for criterion in section.lines["criteria"].rows:
                yield from () if section.gone or criterion.gone else self._name(criterion)

    def _name(self, line: LineForm) -> Iterator[tuple[str, str]]:
        code = str(line["code"].value() or "").strip()
        title = voice_of(self.call).text(
            {language: str(line[f"title_{language}"].value() or "") for language in self.call.languages}
        )
        if code:
            yield code, f"{code} · {title}" if title else code

    # Reading what was sent

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        valid = [lines.is_valid() for lines in self.sets.values()]
        if all(valid):
            self._give_codes()
            self._check_codes()
            if not self.errors and all(not form.errors for form in self._coded()):
                self.made = self._spec(cleaned)
        return cleaned

    def _coded(self) -> list[Any]:
        """The lines whose codes share one set of names: sections and criteria (call file format, scoring rule 4)."""
        sections = self.sets["sections"].active
        return [form for section in sections for form in (section, *section.lines["criteria"].active)]

    def _give_codes(self) -> None:
        """Number the criteria that have no code: 1.1, 1.2, 2.1."""
        taken = {form.cleaned_data.get("code") for form in self._coded()}
        for place, section in enumerate(self.sets["sections"].active, start=1):
            for number, form in enumerate(section.lines["criteria"].active, start=1):
                if not form.cleaned_data.get("code"):
                    code = next(
                        f"{place}.{one}"
                        for one in range(number, number + len(taken) + 1)
                        if f"{place}.{one}" not in taken
                    )
                    form.cleaned_data["code"] = code
                    taken.add(code)

    def _check_codes(self) -> None:
        seen: set[str] = set()
        for form in self._coded():
            code = form.cleaned_data["code"]
            if code in seen:
                form.add_error("code", _("Another section or criterion has this code already. Please choose another."))
            elif code == LOT_DRAW:
                form.add_error("code", _("This is the name of the draw. Please choose another."))
            seen.add(code)

    def _spec(self, cleaned: Mapping[str, Any]) -> EvaluationSpec | None:
        counts, spends = cleaned["selection_rule"] == "count", cleaned["selection_rule"] == "budget"
        try:
            return EvaluationSpec.model_validate(
                {
                    "assessors": cleaned["assessors"],
                    "scale": {
                        "min": cleaned["scale_min"],
                        "max": cleaned["scale_max"],
                        "step": cleaned["scale_step"],
                    },
                    "comment": cleaned["comment"],
                    "sections": tuple(form.spec() for form in self.sets["sections"].active),
                    "pass_mark": cleaned["pass_mark"],
                    "divergence": {
                        "percent_of_higher": cleaned["divergence_percent"],
                        "resolve": cleaned["divergence_resolve"],
                    },
                    "tie_break": (*self._ties(), LOT_DRAW),
                    "selection": {
                        "rule": cleaned["selection_rule"],
                        "limit": cleaned["selection_limit"] if counts else None,
                        "factor": (cleaned["selection_factor"] or Decimal(1)) if spends else Decimal(1),
                        "on_overflow": cleaned["on_overflow"] if spends else "stop",
                    },
                }
            )
        except SpecError as error:
            self.add_error(None, ValidationError([ValidationError(fault["msg"]) for fault in error.errors()]))
        return None

    def _ties(self) -> Iterator[str]:
        """The steps of the tie break; they follow where a section or criterion got another code."""
        codes = {form.cleaned_data["code"] for form in self._coded()}
        moved = {form.cleaned_data.get("was"): form.cleaned_data["code"] for form in self._coded()}
        for line in self.sets["ties"].active:
            code = line.cleaned_data["code"]
            yield code if code in codes else moved.get(code, code)

    # Somebody else meanwhile

    def shown_values(self) -> dict[str, str]:
        ties = ", ".join(self.instance.tie_break or ())
        return {**super().shown_values(), "sections": _summary(self._kept_sections()), "ties": ties}

    def typed(self, name: str) -> str:
        if name == "ties":
            return ", ".join([*(str(line["code"].value()) for line in self.sets["ties"].active), LOT_DRAW])
        if name == "sections":
            return _summary([_typed_section(line) for line in self.sets["sections"].active])
        return super().typed(name)

    @property
    def sets_theirs(self) -> list[tuple[str, str]]:
        """The lines that somebody else saved meanwhile, as one text for each list."""
        return [(str(self.sets[name].label), self.theirs[name]) for name in self.sets if name in self.theirs]

    # Writing

    def before_writing(self, by: Any) -> None:
        if self.made is not None:
            self.instance.tie_break = list(self.made.tie_break)

    def write_more(self, row: Any) -> None:
        if self.made is not None:
            write_grid(row.stage, self.made)

    # Sums

    @property
    def totals(self) -> Totals:
        """What the grid on the page adds up to."""
        sections = [section for section in self.sets["sections"].rows if not section.gone]
        weights = [
            [_number(line, "weight") for line in section.lines["criteria"].rows if not line.gone and _is_there(line)]
            for section in sections
        ]
        return totals(_number(self, "scale_max"), weights)

    @property
    def sums(self) -> dict[str, Any]:
        """The sums for the page: the most points, the threshold, its percentage; and what cannot be reached."""
        found, mark = self.totals, _number(self, "pass_mark")
        return {
            "whole": found.whole,
            "mark": mark,
            "meter": (str(mark or 0), str(found.whole or 1)),
            "percent": found.percent(mark),
            "unreachable": mark is not None and found.whole is not None and mark > found.whole,
        }

    # Showing

    @property
    def scale_cells(self) -> list[Cell]:
        return self._shown("assessors", "scale_min", "scale_max", "scale_step")

    @property
    def settle_cells(self) -> list[Cell]:
        return self._shown("comment", "divergence_resolve", "divergence_percent")

    @property
    def mark_cells(self) -> list[Cell]:
        return self._shown("pass_mark")

    @property
    def selection_cells(self) -> list[Cell]:
        return self._shown("selection_rule", "selection_limit", "selection_factor", "on_overflow")

    def _shown(self, *names: str) -> list[Cell]:
        return [self._cell(name) for name in names]

    @property
    def section_rows(self) -> list[tuple[Any, Decimal | None]]:
        """The sections as the page shows them, each with its most points."""
        sums = iter(self.totals.sections)
        return [(form, None if form.gone else next(sums)) for form in self.sets["sections"].rows]


def _is_there(line: Any) -> bool:
    return not line.is_bound or not line.is_blank


def _number(form: Any, name: str) -> Decimal | None:
    """A number as it stands on the page; None where it is missing or cannot be read."""
    value = form[name].value()
    try:
        found: Decimal | None = form.fields[name].to_python(value)
    except ValidationError:
        return None
    return found


def _texts(row: Any, field: str) -> dict[str, str]:
    found = {code: getattr(row, f"{field}_{code}") for code in settings.MODELTRANSLATION_LANGUAGES}
    return {code: words for code, words in found.items() if words}


def _criterion(row: Any) -> dict[str, Any]:
    texts = {"title": _texts(row, "title"), "help": _texts(row, "help")}
    return {"code": row.code, **texts, "weight": row.weight, "min": row.min}


def _typed_section(line: Any) -> dict[str, Any]:
    criteria = [_typed_line(one, ("title", "help"), ("weight", "min")) for one in line.lines["criteria"].active]
    return {**_typed_line(line, ("title",), ("min",)), "criteria": criteria}


def _typed_line(line: Any, texts: Sequence[str], numbers: Sequence[str]) -> dict[str, Any]:
    line.is_valid()
    words = {name: line.text(name) for name in texts}
    return {"code": line["code"].value(), **words, **{name: _number(line, name) for name in numbers}}


def _summary(sections: Sequence[Mapping[str, Any]]) -> str:
    """Sections and criteria as one text, to compare them and to show them."""
    return "; ".join(f"{_said(section)}: {', '.join(map(_said, section['criteria']))}" for section in sections)


def _said(line: Mapping[str, Any]) -> str:
    texts = [" / ".join(words for _code, words in sorted(line.get(name, {}).items())) for name in ("title", "help")]
    weight = f"×{line['weight'].normalize():f}" if line.get("weight") else ""
    least = f"≥{line['min'].normalize():f}" if line.get("min") is not None else ""
    return " ".join(part for part in (str(line["code"]), *texts, weight, least) if part)
