"""What the forms of all parts have in common: texts in the call's languages, codes, the version of the row.

A form of a part is a ``PartForm`` with ``Meta.model`` and ``Meta.fields`` for what is not a text, and:

- ``texts``: the fields that people read, each given once for every language of the call; ``required_texts`` of these
  are needed before anything is saved (otherwise the checklist names what is missing); ``long_texts`` get several lines.
- ``layout``: the groups of the page, each with its title and rows of names; a text stands for all its languages.
- ``codes``: the field that is unique among the siblings.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.utils import translation
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from calls.authoring.fields import MomentField, NumberField
from calls.authoring.words import language_name
from calls.models import Call
from calls.models.base import MoneyField, PercentField

MANY = 20


@dataclass(frozen=True)
class Cell:
    """One field of a page. ``theirs`` is what somebody else saved meanwhile; ``beside`` its moment by other clocks."""

    field: BoundField
    theirs: str = ""
    beside: tuple[str, ...] = ()
    zones: str = ""
    places: str = ""

    @property
    def ticks(self) -> bool:
        """Whether the field is a single box to tick, whose label follows it."""
        return isinstance(self.field.field.widget, forms.CheckboxInput)

    @property
    def several(self) -> bool:
        """Whether the field has several inputs, so that its label is the legend of a group."""
        return isinstance(self.field.field.widget, forms.CheckboxSelectMultiple | forms.RadioSelect)

    @property
    def many(self) -> bool:
        """Whether there are so many boxes to tick that they are folded."""
        return self.several and len(self.field.field.choices) > MANY  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Group:
    """Fields that belong together."""

    title: "str | Promise"
    rows: tuple[tuple[Cell, ...], ...] = field(default=())


class PartForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form of one part of a call. ``version`` tells on which state of the row the page was made."""

    texts: ClassVar[tuple[str, ...]] = ()
    required_texts: ClassVar[tuple[str, ...]] = ()
    long_texts: ClassVar[tuple[str, ...]] = ()
    codes: ClassVar[str] = ""
    layout: ClassVar[Any] = ()

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        call: Call,
        parent: Any,
        instance: Any = None,
        initial: Any = None,
    ) -> None:
        self.call, self.parent = call, parent
        super().__init__(data, files, instance=instance, initial=initial)
        self.is_new = self.instance._state.adding
        self._add_texts()
        self.prepare()
        self._before = {} if self.is_new else self.shown_values()
        self.fields["version"].initial = "" if self.is_new else self.stamp()
        self.theirs: dict[str, str] = {}

    def prepare(self) -> None:
        """Change fields by the call; for subclasses. The fields of texts are there already."""

    # Texts

    def columns(self, text: str) -> list[str]:
        """Return the columns of a text in the call's languages."""
        return [f"{text}_{language}" for language in self.call.languages]

    def _add_texts(self) -> None:
        for text in self.texts:
            for language in self.call.languages:
                self.fields[f"{text}_{language}"] = self._text_field(text, language)
                if not self.is_new and f"{text}_{language}" not in self.initial:
                    self.initial[f"{text}_{language}"] = getattr(self.instance, f"{text}_{language}") or ""

    def _text_field(self, text: str, language: str) -> forms.CharField:
        column: Any = self._meta.model._meta.get_field(text)
        attrs: dict[str, Any] = {"lang": language, "data-text": text}
        long = text in self.long_texts
        widget = forms.Textarea({**attrs, "rows": 3}) if long else forms.TextInput(attrs)
        label = format_html("{} ({})", _capitalised(column.verbose_name), language_name(language))
        help_text = column.help_text if language == self.call.languages[0] else ""
        return forms.CharField(
            label=label,
            widget=widget,
            required=text in self.required_texts,
            max_length=column.max_length,
            help_text=help_text,
            strip=True,
        )

    # Reading what was sent

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in [name for text in self.texts for name in self.columns(text)]:
            if isinstance(cleaned.get(name), str):
                cleaned[name] = self._same(name, cleaned[name])
        self._check_code(cleaned)
        self._check_version()
        return cleaned

    def _same(self, name: str, value: str) -> str:
        """Take no change of line ends for a change of the text: browsers send CRLF and drop the last line end."""
        text, before = value.replace("\r\n", "\n"), self.initial.get(name)
        return before if isinstance(before, str) and before.strip() == text.strip() else text

    def _check_code(self, cleaned: dict[str, Any]) -> None:
        code = cleaned.get(self.codes) if self.codes else None
        if code and self.siblings().exclude(pk=self.instance.pk).filter(**{self.codes: code}).exists():
            self.add_error(self.codes, _("Another one has this code already. Please choose another."))

    def siblings(self) -> Any:
        """Return the rows among which a code is unique: those of the same parent."""
        links = [item.name for item in self._meta.model._meta.fields if item.related_model is type(self.parent)]
        return self._meta.model._default_manager.filter(**{links[0]: self.parent})

    # Somebody else meanwhile

    def shown_values(self) -> dict[str, str]:
        """Return what the row holds, as the page shows it, by the names of the fields."""
        return {
            name: _plain(item.prepare_value(self.get_initial_for_field(item, name)))
            for name, item in self.fields.items()
            if name != "version"
        }

    def stamp(self) -> str:
        """Return a short mark of each value of the row, by which a later save sees what others changed meanwhile."""
        marks = {name: sha256(shown.encode()).hexdigest()[:8] for name, shown in self._before.items()}
        return json.dumps(marks, sort_keys=True)

    def _check_version(self) -> None:
        """Where somebody else saved meanwhile, show both values; saving once more is then a decision."""
        sent = _marks(self.data.get(self.add_prefix("version"), ""))
        now = _marks(self.stamp())
        changed = [name for name in now if name in sent and sent[name] != now[name]]
        self.theirs = {name: self._before[name] for name in changed if self.typed(name) != self._before[name]}
        if self.theirs:
            self._look_again()
            message = _(
                "Somebody else changed this meanwhile. What they saved stands beside your text; "
                "nothing was overwritten. Save again to keep yours."
            )
            raise ValidationError(message, code="conflict")

    def typed(self, name: str) -> str:
        """Return what was sent for one of ``shown_values``, as the page shows it."""
        return _plain(self[name].value()).replace("\r\n", "\n") if name in self.fields else ""

    def _look_again(self) -> None:
        """Let the page that is shown again go on from what is kept now, so that saving it is a decision."""
        sent: Any = self.data
        data = sent.copy()
        data[self.add_prefix("version")] = self.stamp()
        self.data = data

    # Writing

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.is_new:
            for text in self.texts:
                for language in settings.MODELTRANSLATION_LANGUAGES:
                    setattr(self.instance, f"{text}_{language}", "")
        for name in [name for text in self.texts for name in self.columns(text)]:
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])

    def asks_again(self) -> bool:
        """Whether a button was pressed that changes the page and saves nothing, such as one more line."""
        return False

    def pause(self) -> None:
        """Show the page once more without saying what is wrong or missing."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}

    def save(self, commit: bool = True, *, by: Any = None) -> Any:
        """Write the row. What is written does not depend on the language of whoever writes it.

        Args:
            by: who brings it, kept with uploaded files.
        """
        with translation.override(settings.MODELTRANSLATION_DEFAULT_LANGUAGE):
            self.before_writing(by)
            row = super().save(commit)
            self.write_more(row)
            return row

    def before_writing(self, by: Any) -> None:
        """Set what follows from the fields; for subclasses."""

    def write_more(self, row: Any) -> None:
        """Write what belongs to the row beside its own columns; for subclasses."""

    # Showing

    @property
    def groups(self) -> list[Group]:
        """The fields as the page shows them, texts in all languages side by side."""
        return [
            Group(title, tuple(row for row in (self._cells(names) for names in rows) if row))
            for title, rows in self.layout or (("", tuple((name,) for name in self._named())),)
        ]

    def _named(self) -> list[str]:
        texts = {name for text in self.texts for name in self.columns(text)}
        return [*self.texts, *(name for name in self.fields if name not in texts and name != "version")]

    def _cells(self, names: Sequence[str]) -> tuple[Cell, ...]:
        return tuple(self._cell(column) for name in names for column in self._columns_of(name))

    def _columns_of(self, name: str) -> Iterator[str]:
        columns = self.columns(name) if name in self.texts else [name]
        yield from (column for column in columns if column in self.fields)

    def _cell(self, name: str) -> Cell:
        bound = self[name]
        clock = bound.field
        if not isinstance(clock, MomentField):
            return Cell(bound, self.theirs.get(name, ""))
        beside = () if self.is_bound else clock.beside(bound.initial)
        places = " ".join(place.replace(" ", "_") for place in clock.places())
        return Cell(bound, self.theirs.get(name, ""), tuple(beside), " ".join(clock.others), places)

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """The errors for the summary at the top: address of the field, its label, the sentence."""
        return [
            (f"#{self[name].id_for_label or self[name].auto_id}", str(self[name].label), str(sentence))
            for name, sentences in self.errors.items()
            if name in self.fields
            for sentence in sentences
        ]


def _capitalised(name: Any) -> str:
    text = str(name)
    return text[:1].upper() + text[1:]


def _marks(sent: str) -> dict[str, str]:
    """The marks that a page sent back; nothing where it sent something else."""
    try:
        marks = json.loads(sent)
    except ValueError:
        return {}
    return marks if isinstance(marks, dict) else {}


def _plain(value: Any) -> str:
    """A value as text, to show it and to compare it."""
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    if isinstance(value, Model):
        return str(value.pk)
    return "" if value is None else str(value)


def formfield(column: Any, **kwargs: Any) -> forms.Field | None:
    """Make the form field of a column: amounts and percentages are read as people type them."""
    if isinstance(column, MoneyField):
        limit = {"min_value": 0, "max_digits": column.max_digits}
    elif isinstance(column, PercentField):
        limit = {"min_value": 0, "max_value": 100, "max_digits": column.max_digits}
    else:
        made: forms.Field | None = column.formfield(**kwargs)
        return made
    return NumberField(
        label=capfirst(column.verbose_name),  # lazy: forms are made once, and read in each language
        required=not (column.null or column.blank or column.has_default()),
        help_text=column.help_text,
        decimal_places=column.decimal_places,
        initial=column.default if column.has_default() else None,
        **limit,
    )
