"""The lines within questions: answers to choose from, columns of tables, categories of budgets."""

from typing import Any, get_args

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

from calls.authoring.builder.fields import SignedField
from calls.authoring.builder.kinds import KINDS
from calls.authoring.builder.lines import LineForm, TextOf
from calls.models.base import inner_code
from calls.spec import CategorySpec, ChoiceSpec, ColumnKind, ColumnSpec, keys_of_kind

MOST_COUNTED = 30_000
"""Limits of words, characters and rows (``calls.spec.Count``)."""


def code_field(label: Any, *, help_text: Any = "", pattern: RegexValidator = inner_code) -> forms.CharField:
    """A code among lines; where it is left empty, one is proposed from the English text."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=60,
        validators=[pattern],
        help_text=help_text,
        widget=forms.TextInput({"class": "code", "autocomplete": "off", "data-code": "", "size": 14}),
    )


def count_field(label: Any, *, least: int = 1, most: int = MOST_COUNTED, help_text: Any = "") -> forms.IntegerField:
    """A whole number that may be left empty."""
    return forms.IntegerField(
        label=label,
        required=False,
        help_text=help_text,
        validators=[MinValueValidator(least), MaxValueValidator(most)],
        widget=forms.TextInput({"class": "number", "inputmode": "numeric", "autocomplete": "off", "size": 6}),
    )


class ChoiceLine(LineForm):
    """One answer to choose."""

    texts = (TextOf("title", _("Answer")),)

    def prepare(self) -> None:
        self.fields["code"] = code_field(_("Code"))

    def spec(self) -> ChoiceSpec:
        return ChoiceSpec(code=self.cleaned_data["code"], title=self.text("title"))


class CategoryLine(LineForm):
    """One category of costs."""

    texts = (TextOf("title", _("Category")),)

    def prepare(self) -> None:
        self.fields["code"] = code_field(_("Code"))

    def spec(self) -> CategorySpec:
        return CategorySpec(code=self.cleaned_data["code"], title=self.text("title"))


class ColumnLine(LineForm):
    """One column: a small question. What its kind does not have is left out when it is saved."""

    texts = (TextOf("label", _("Column"), None), TextOf("help", _("Help"), None))
    code = "key"
    named = "label"
    below = {"choices": (_("Answers to choose from"), ChoiceLine)}

    def prepare(self) -> None:
        kinds = [(name, KINDS[name].title) for name in get_args(ColumnKind)]
        self.fields["key"] = code_field(_("Key"))
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind"), choices=kinds, required=False, widget=forms.Select({"data-kind": ""})
        )
        self.fields["required"] = forms.BooleanField(label=_("Answer required"), required=False)
        for name, field in limit_fields().items():
            field.widget.attrs["data-for"] = " ".join(kind for kind, _title in kinds if name in keys_of_kind(kind))
            self.fields[name] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        check_range(self, "min", "max")
        return cleaned

    @property
    def kind(self) -> str:
        return str(self["kind"].value() or "short_text")

    def spec(self) -> ColumnSpec:
        given = self.cleaned_data
        kind = given["kind"] or "short_text"
        values = {
            "max_words": given["max_words"],
            "max_characters": given["max_characters"],
            "min": given["min"],
            "max": given["max"],
            "choices": tuple(line.spec() for line in self.lines["choices"].active),
        }
        return ColumnSpec(
            key=given["key"],
            kind=kind,
            label=self.text("label"),
            help=self.text("help"),
            required=given["required"],
            **{name: value for name, value in values.items() if name in keys_of_kind(kind)},
        )


def limit_fields() -> dict[str, forms.Field]:
    """Return the fields of the limits that questions and columns have."""
    return {
        "max_words": count_field(_("At most this many words")),
        "max_characters": count_field(_("At most this many characters")),
        "min": SignedField(label=_("Least number"), required=False),
        "max": SignedField(label=_("Greatest number"), required=False),
    }


def check_range(form: Any, low: str, high: str) -> None:
    """Refuse a least value above the greatest."""
    least, most = form.cleaned_data.get(low), form.cleaned_data.get(high)
    if least is not None and most is not None and least > most:
        form.add_error(high, _("This is below the least."))
