"""Lines within a form that have several fields each: choices, columns, categories, sections and criteria of a grid.

They are Django formsets. Lines are added, removed and moved by buttons that send the form without saving it, so that no
script is needed; where there is one, it does the same on the page.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import DELETION_FIELD_NAME, ORDERING_FIELD_NAME, BaseFormSet, formset_factory
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _

from calls.authoring.builder.codes import proposed
from calls.authoring.forms import PartForm
from calls.authoring.sent import key_sent
from calls.authoring.words import language_name
from calls.models import Call
from calls.spec import Text

MOST: Final = 200
"""Lines of one list."""
BUTTON: Final = "lines"
"""The name of the buttons: ``add:choices``, ``up:choices-2``, ``down:choices-2``, ``remove:choices-2``."""


@dataclass(frozen=True)
class TextOf:
    """A text that a line has in each language of the call."""

    name: str
    label: "str | Promise"
    longest: int | None = 300
    long: bool = False


@dataclass(frozen=True)
class LineCell:
    """One field of a line. ``wide``: it takes a text."""

    field: BoundField
    wide: bool

    @property
    def ticks(self) -> bool:
        return isinstance(self.field.field.widget, forms.CheckboxInput)

    @property
    def applies(self) -> str:
        """The kinds of columns that have the field, where it is not all of them."""
        return str(self.field.field.widget.attrs.get("data-for", ""))


class LineForm(forms.Form):
    """One line. None of its fields is required: a line in which nothing is written is no line.

    Attributes:
        code: the field that is unique among the lines and proposed from a text; "" where there is none.
        named: the text from which it is proposed.
        proposes: whether it is; otherwise whoever reads the lines gives the missing ones.
        below: lines within the line, by the names of their lists.
    """

    texts: ClassVar[tuple[TextOf, ...]] = ()
    code: ClassVar[str] = "code"
    named: ClassVar[str] = "title"
    proposes: ClassVar[bool] = True
    below: ClassVar[Mapping[str, tuple["str | Promise", type["LineForm"]]]] = {}

    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, call: Call, kept: "Mapping[str, Mapping[str, Any]] | None" = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.call, self.kept = call, kept or {}
        for text in self.texts:
            for language in call.languages:
                self.fields[f"{text.name}_{language}"] = _text_field(text, language)
        self.lines = {
            name: Lines.of(
                kind, call, label, f"{self.prefix}-{name}", self.data if self.is_bound else None, self._below(name)
            )
            for name, (label, kind) in self.below.items()
        }
        self.prepare()

    def prepare(self) -> None:
        """Change fields by the call; for subclasses."""

    def _below(self, name: str) -> Sequence[Mapping[str, Any]]:
        before: Mapping[str, Any] = self.initial or {}
        if self.is_bound:
            before = self.kept.get(self._raw("was"), {})
        found: Sequence[Mapping[str, Any]] = before.get(name, ())
        return found

    def _raw(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name), "") or "").strip()

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(lines.is_valid() for lines in self.lines.values())])

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written in it: neither a code nor a text, and no line below it."""
        written = [self.code, *self.text_names()] if self.code else self.text_names()
        return not any(self._raw(name) for name in written) and not any(lines.active for lines in self.lines.values())

    def text_names(self) -> list[str]:
        return [f"{text.name}_{language}" for text in self.texts for language in self.call.languages]

    def text(self, name: str) -> Text:
        """Return a text by language as typed; languages that the call does not have keep theirs."""
        before: Mapping[str, str] = self.kept.get(self.cleaned_data.get("was", ""), {}).get(name, {})
        others = {language: words for language, words in before.items() if language not in self.call.languages}
        typed = {language: self._words(name, language, before) for language in self.call.languages}
        return {language: words for language, words in {**typed, **others}.items() if words}

    def _words(self, name: str, language: str, before: Mapping[str, str]) -> str:
        """What was typed; what differs only in line ends and in white space around it stays as it was."""
        typed = str(self.cleaned_data.get(f"{name}_{language}") or "").replace("\r\n", "\n")
        old = before.get(language, "")
        return old if old.strip() == typed.strip() else typed.strip()

    @property
    def gone(self) -> bool:
        """Whether it is to be removed."""
        return bool(self._raw(DELETION_FIELD_NAME)) if self.is_bound else False

    def pause(self) -> None:
        """Show it without saying what is wrong."""
        self._errors = ErrorDict()
        for lines in self.lines.values():
            lines.pause()

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """Yield what is wrong, as ``PartForm.faults`` does."""
        for name, sentences in self.errors.items():
            bound = self[name] if name in self.fields else None
            for sentence in sentences:
                yield (f"#{bound.id_for_label}" if bound else "", str(bound.label) if bound else "", str(sentence))
        for lines in self.lines.values():
            yield from lines.faults()

    @property
    def cells(self) -> list["LineCell"]:
        """The fields that the page shows, the texts last."""
        hidden, texts = {"was", ORDERING_FIELD_NAME, DELETION_FIELD_NAME}, self.text_names()
        own = [name for name in self.fields if name not in hidden and name not in texts]
        return [LineCell(self[name], wide=name in texts) for name in [*own, *texts]]

    @property
    def hidden(self) -> list[BoundField]:
        names = ("was", ORDERING_FIELD_NAME, DELETION_FIELD_NAME)
        return [self[name] for name in names if name in self.fields]


def _text_field(text: TextOf, language: str) -> forms.CharField:
    attrs = {"lang": language, "data-text": text.name}
    return forms.CharField(
        label=format_html("{} ({})", text.label, language_name(language)),
        required=False,
        max_length=text.longest,
        widget=forms.Textarea({**attrs, "rows": 2}) if text.long else forms.TextInput(attrs),
    )


class Lines(BaseFormSet):  # type: ignore[type-arg]
    """The lines of one list."""

    ordering_widget = forms.HiddenInput
    deletion_widget = forms.HiddenInput
    label: "str | Promise"
    line: type[LineForm]

    @classmethod
    def of(
        cls,
        line: type[LineForm],
        call: Call,
        label: "str | Promise",
        prefix: str,
        data: Any,
        kept: Sequence[Mapping[str, Any]],
    ) -> Self:
        """Make the lines of a list.

        Args:
            prefix: of the names of their inputs.
            data: what was sent; None shows what is kept.
            kept: the values of the lines as they stand, by field; texts are maps of language to text.
        """
        made: Any = formset_factory(line, formset=cls, extra=0, can_order=True, can_delete=True, max_num=MOST)
        by_code = {str(one.get(line.code, place)): one for place, one in enumerate(kept)}
        lines: Self = made(
            None if data is None else _counted(data, prefix),
            prefix=prefix,
            initial=[_flat(one, code) for code, one in by_code.items()],
            form_kwargs={"call": call, "kept": by_code, "empty_permitted": False, "use_required_attribute": False},
        )
        lines.label, lines.line = label, line
        return lines

    def clean(self) -> None:
        """Propose the codes that are missing, and refuse those that stand twice."""
        name = self.line.code
        if not name:
            return
        taken = {form.cleaned_data.get(name) for form in self.active if form.cleaned_data.get(name)}
        seen: set[str] = set()
        for form in self.active:
            code = form.cleaned_data.get(name) or ""
            if not code and self.line.proposes and name not in form.errors:
                code = form.cleaned_data[name] = proposed(self._title(form), taken, len(seen) + 1)
                taken.add(code)
            if code and code in seen:
                form.add_error(name, _("Another line has this code already. Please choose another."))
            seen.add(code)

    @staticmethod
    def _title(form: Any) -> str:
        return str(form.cleaned_data.get(f"{form.named}_en") or "")

    @property
    def rows(self) -> list[Any]:
        """All lines as the page shows them, in their order; those that are removed are there, hidden."""
        return sorted(self.forms, key=_place)

    @property
    def active(self) -> list[Any]:
        """The lines that are to be kept, in their order; only of what was sent."""
        return [form for form in self.rows if not form.gone and not form.is_blank]

    @property
    def empty(self) -> Any:
        """A line to be copied by the script."""
        return self.empty_form

    def pause(self) -> None:
        """Show the lines without saying what is wrong."""
        for form in self.forms:
            form.pause()

    def faults(self) -> Iterator[tuple[str, str, str]]:
        for form in self.rows:
            if not form.gone:
                yield from form.faults()
        for sentence in self.non_form_errors():
            yield (f"#id_{self.prefix}", str(self.label), str(sentence))


def _place(form: Any) -> tuple[int, int]:
    index = int(form.prefix.rpartition("-")[2])
    raw = form._raw(ORDERING_FIELD_NAME) if form.is_bound else ""
    sent = key_sent(raw)
    return (index + 1 if sent is None else sent, index)


def _flat(values: Mapping[str, Any], code: str) -> dict[str, Any]:
    """The values of a line by the names of its fields: texts under their languages."""
    flat: dict[str, Any] = {"was": code}
    for name, value in values.items():
        flat |= {f"{name}_{language}": words for language, words in value.items()} if isinstance(value, dict) else {}
        flat[name] = value
    return flat


def _counted(data: Any, prefix: str) -> Any:
    """What was sent with the counts that Django needs, also for a list that was not on the page."""
    if f"{prefix}-TOTAL_FORMS" in data:
        return data
    return _Over(data, {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"})


class _Over(dict[str, Any]):
    """Some values laid over what was sent."""

    def __init__(self, data: Any, more: Mapping[str, str]) -> None:
        super().__init__({**{name: data[name] for name in data}, **more})

    def getlist(self, name: str) -> list[Any]:
        """As a query does: widgets of several values ask so."""
        return [self[name]] if name in self else []


def rearranged(data: Any) -> Any:
    """What was sent, with its lines as the button that was pressed wants them."""
    act, _colon, where = str(data.get(BUTTON, "")).partition(":")
    changed: QueryDict = data.copy()
    if act == "add" and _total(data, where) is not None:
        _add(changed, where)
        return changed
    above, _dash, index = where.rpartition("-")
    place = key_sent(index)
    if place is None or _total(data, above) is None:
        return changed
    if act == "remove":
        changed[f"{where}-{DELETION_FIELD_NAME}"] = "on"
    elif act in ("up", "down"):
        _move(changed, above, place, -1 if act == "up" else 1)
    return changed


def _total(data: Any, prefix: str) -> int | None:
    sent = key_sent(str(data.get(f"{prefix}-TOTAL_FORMS", "")))
    return None if sent is None else min(sent, MOST)


def _add(data: Any, prefix: str) -> None:
    total = _total(data, prefix) or 0
    if total < MOST:
        places = [_order(data, prefix, index) for index in range(total)]
        data[f"{prefix}-{total}-{ORDERING_FIELD_NAME}"] = str(max(places, default=0) + 1)
        data[f"{prefix}-TOTAL_FORMS"] = str(total + 1)


def _order(data: Any, prefix: str, index: int) -> int:
    sent = key_sent(str(data.get(f"{prefix}-{index}-{ORDERING_FIELD_NAME}", "")))
    return index + 1 if sent is None else sent


def _move(data: Any, prefix: str, index: int, step: int) -> None:
    """Let a line change places with its neighbour among those that are not removed."""
    total = _total(data, prefix) or 0
    shown = [one for one in range(total) if not data.get(f"{prefix}-{one}-{DELETION_FIELD_NAME}")]
    shown.sort(key=lambda one: (_order(data, prefix, one), one))
    spot = shown.index(index) if index in shown else -1
    if spot >= 0 and 0 <= spot + step < len(shown):
        shown[spot], shown[spot + step] = shown[spot + step], shown[spot]
    for place, one in enumerate(shown, start=1):
        data[f"{prefix}-{one}-{ORDERING_FIELD_NAME}"] = str(place)


class LinedForm(PartForm):
    """A form of a part that has lines. ``sets`` holds them by name, once ``prepare`` has made them."""

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        self.sets: dict[str, Lines] = {}
        self._again = data is not None and BUTTON in data
        super().__init__(rearranged(data) if self._again else data, files, **kwargs)

    def add_lines(
        self, name: str, label: "str | Promise", line: type[LineForm], kept: Sequence[Mapping[str, Any]]
    ) -> None:
        """Give the form a list of lines."""
        self.sets[name] = Lines.of(line, self.call, label, name, self.data if self.is_bound else None, kept)

    def asks_again(self) -> bool:
        return self._again

    def pause(self) -> None:
        super().pause()
        for lines in self.sets.values():
            lines.pause()

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(lines.is_valid() for lines in self.sets.values())])

    @property
    def wrong(self) -> bool:
        """Whether anything is wrong, in the form itself or in a line."""
        return bool(self.errors or self.faults)

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """The errors for the summary at the top, those of the lines too."""
        own = super().faults
        return own + ([fault for lines in self.sets.values() for fault in lines.faults()] if self.is_bound else [])
