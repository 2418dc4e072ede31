"""One field for each kind of question, and how a kept answer stands in it."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from applications.answers import (
    LOT,
    TEXT_KINDS,
    Unreadable,
    read_date,
    read_number,
    show_date,
    show_number,
    write_number,
)
from applications.messages import language, say
from calls.spec import NUMBER_KINDS, ColumnSpec, QuestionSpec
from portal.content import formatting, markdown

Asked = QuestionSpec | ColumnSpec
_FEW = 7
"""Up to so many choices are shown at once; more of them in a list to open."""


def field_for(asked: Asked, currency: str) -> forms.Field:
    """Return the field for a question or a column. It takes any text: judging answers is not its work."""
    field = _FIELDS[asked.kind](asked)
    field.label = say(asked.label)
    field.help_text = hint(asked, currency)
    field.needed = asked.required  # type: ignore[attr-defined]
    if asked.kind == "money":
        field.shown_back = currency  # type: ignore[attr-defined]
    return field


def shown_back(typed: Any, currency: str) -> str:
    """Return an amount as the page writes it, «60 000,50 €», empty where there is none or it cannot be read."""
    try:
        amount = read_number(typed, "money") if typed else None
    except Unreadable:
        return ""
    return "" if amount is None else formatting.money(amount, currency, language())


def hint(asked: Asked, currency: str) -> str:
    """Return the help of a question as HTML, with what its kind needs to be said."""
    parts: list[str] = [markdown.render(say(asked.help), 3)] if asked.help else []
    text = say(asked.text) if isinstance(asked, QuestionSpec) and asked.kind == "declaration" else ""
    if text:
        parts.append(markdown.render(text, 3))
    if said := _HINTS.get(asked.kind):
        parts.append(said(currency))
    return "".join(str(part) for part in parts)


_HINTS: Mapping[str, Callable[[str], str]] = {
    "money": lambda currency: _("In %(currency)s, for example 60 000 or 60 000,50.") % {"currency": currency},
    "date": lambda currency: _("For example 15.03.2027."),
    "percent": lambda currency: _("In per cent, for example 12,5."),
}


def shown_value(asked: Asked, kept: Any) -> Any:
    """Return what stands in the field for a kept answer; posted back unchanged, the same is kept."""
    if kept is None:
        return ""
    if asked.kind in NUMBER_KINDS:
        return shown_number(asked.kind, kept)
    if asked.kind == "date":
        return _shown_date(kept)
    if asked.kind == "yes_no":
        return "yes" if kept else "no"
    return kept


def shown_number(kind: str, kept: str) -> str:
    """Return a readable number with its groups parted, anything else as it was typed."""
    try:
        written = write_number(read_number(kept, kind), kind)
    except Unreadable:
        return kept
    return show_number(written, language()) if written == kept else kept


def _shown_date(kept: str) -> str:
    try:
        return show_date(kept) if read_date(kept).isoformat() == kept else kept
    except Unreadable:
        return kept


# --- fields by kind ---------------------------------------------------------------------------------------------------


def _text(asked: Asked) -> forms.Field:
    attrs: dict[str, Any] = {"autocomplete": "off"} if asked.kind == "short_text" else {"rows": _lines(asked)}
    for name, limit in (("data-max-words", asked.max_words), ("data-max-characters", asked.max_characters)):
        if limit is not None:
            attrs[name] = limit
    widget = forms.TextInput(attrs) if asked.kind == "short_text" else forms.Textarea(attrs)
    return forms.CharField(required=False, strip=False, widget=widget)


def _lines(asked: Asked) -> int:
    return 4 if (asked.max_words or 400) <= 100 else 8


def _number(asked: Asked) -> forms.Field:
    mode = "numeric" if asked.kind == "integer" else "decimal"
    attrs = {"inputmode": mode, "autocomplete": "off", "class": "number", "size": 18}
    return forms.CharField(required=False, strip=False, widget=forms.TextInput(attrs))


def _date(asked: Asked) -> forms.Field:
    attrs = {"autocomplete": "off", "size": 12}
    return forms.CharField(required=False, strip=False, widget=forms.TextInput(attrs))


def _yes_no(asked: Asked) -> forms.Field:
    return forms.ChoiceField(required=False, choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.RadioSelect)


def _declaration(asked: Asked) -> forms.Field:
    return forms.BooleanField(required=False)


def _choice(asked: Asked) -> forms.Field:
    choices = [(choice.code, say(choice.title)) for choice in asked.choices]
    if len(choices) <= _FEW or asked.key == LOT:
        return forms.ChoiceField(required=False, choices=choices, widget=RadioSelect)
    return forms.ChoiceField(required=False, choices=[("", _("Please choose")), *choices])


def _choices(asked: Asked) -> forms.Field:
    choices = [(choice.code, say(choice.title)) for choice in asked.choices]
    return forms.MultipleChoiceField(required=False, choices=choices, widget=forms.CheckboxSelectMultiple)


class RadioSelect(forms.RadioSelect):
    """Radio buttons of which some cannot be taken: ``closed`` holds their values."""

    closed: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.closed:
            option["attrs"]["disabled"] = True
        return option


class FilesInput(forms.FileInput):
    """A field for several files at once."""

    allow_multiple_selected = True


_FIELDS: Mapping[str, Callable[[Asked], forms.Field]] = {
    **dict.fromkeys(TEXT_KINDS, _text),
    **dict.fromkeys(NUMBER_KINDS, _number),
    "date": _date,
    "yes_no": _yes_no,
    "declaration": _declaration,
    "choice": _choice,
    "choices": _choices,
}
