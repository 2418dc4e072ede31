"""The form of one question, of whatever kind. Into ``settings`` it writes what a call file would write there."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError as SpecError

from calls.authoring.builder import conditions, taken_over
from calls.authoring.builder.codes import proposed
from calls.authoring.builder.conditions import Broken
from calls.authoring.builder.kinds import KINDS, LOST, own_keys
from calls.authoring.builder.lines import LinedForm
from calls.authoring.builder.question_lines import (
    CategoryLine,
    ChoiceLine,
    ColumnLine,
    check_range,
    count_field,
    limit_fields,
)
from calls.authoring.builder.rest import follow, replaced
from calls.authoring.builder.summaries import summary, typed_line
from calls.authoring.builder.taken_over import FIXED
from calls.authoring.fields import CodesField
from calls.authoring.words import language_name
from calls.models import CallDocument, FormSection, Question
from calls.pages.cards import voice_of
from calls.pages.questions import in_words
from calls.spec import FILE_ENDINGS, KIND_KEYS, FormSpec, QuestionSpec, keys_of_kind
from calls.transfer.reading import form_spec
from calls.transfer.writing import question_values

_LINES: Final[Mapping[str, tuple[Any, Any]]] = {
    "choices": (_("Answers to choose from"), ChoiceLine),
    "columns": (_("Columns"), ColumnLine),
    "categories": (_("Budget categories"), CategoryLine),
}
_PLAIN: Final = ("max_words", "max_characters", "min", "max", "max_mb", "max_files")
_MOST_MEGABYTES, _MOST_FILES, _MOST_LEAST_ROWS = 100, 50, 30_000
_TEMPLATES: Final = "template"


class QuestionForm(LinedForm):
    """A question. ``initial["kind"]`` gives or changes its kind; a form that was sent names it itself."""

    texts = ("label", "help")
    long_texts = ("label", "help")

    kind = forms.CharField(widget=forms.HiddenInput)
    drop = forms.BooleanField(label=_("Remove these conditions"), required=False)

    class Meta:
        model = Question
        fields = ("key", "required")

    def prepare(self) -> None:
        self.before = self._stored_settings()
        self.kind_now = self._kind()
        self.fields["kind"].initial = self.kind_now
        self.fields["key"].required = False
        self.fields["key"].help_text = _(
            "Empty: made from the English question. Answers and conditions name it by this."
        )
        self.fields["key"].widget.attrs |= {"class": "code", "data-code": "", "autocomplete": "off"}
        self.fields["required"].label = _("An answer is required")
        self.broken: list[Broken] = []
        if "required" not in keys_of_kind(self.kind_now):
            del self.fields["required"]
        self._add_fixed()
        keys = KIND_KEYS[self.kind_now]
        for name, field in self._own_fields().items():
            if name in keys or (name.startswith("rows_") and "rows" in keys):
                self.fields[name] = field
                self.initial.setdefault(name, self._kept(name))
        if "text" in keys:
            self._add_statement()
        self._add_condition()
        for name, (label, line) in _LINES.items():
            if name in keys:
                self.add_lines(name, label, line, self._kept_lines(name))

    def _stored_settings(self) -> dict[str, Any]:
        return dict(self.instance.settings or {})

    def _kind(self) -> str:
        given = self.data.get("kind") if self.is_bound else (self.initial or {}).get("kind")
        kind = str(given or self.instance.kind or "short_text")
        return kind if kind in KINDS else "short_text"

    # Fields

    def _own_fields(self) -> dict[str, forms.Field]:
        return {
            **limit_fields(),
            "rows_min": count_field(_("Rows: at least"), least=0, most=_MOST_LEAST_ROWS),
            "rows_max": count_field(_("Rows: at most")),
            "accept": CodesField(
                label=_("Kinds of files that are taken"),
                required=False,
                present=self.before.get("accept", ()),
                choices=[(ending, ending.upper()) for ending in FILE_ENDINGS],
                help_text=_("None ticked: all of these."),
            ),
            "max_mb": count_field(_("Megabytes of one file: at most"), most=_MOST_MEGABYTES),
            "max_files": count_field(_("Files: at most"), most=_MOST_FILES),
            _TEMPLATES: forms.ChoiceField(
                label=_("Template to download"),
                required=False,
                choices=self._templates(),
                help_text=_("From the call's documents of the kind “template”."),
            ),
        }

    def _templates(self) -> list[tuple[str, Any]]:
        if self.kind_now != "file":
            return []
        rows = CallDocument.objects.filter(call=self.call, kind=CallDocument.Kind.TEMPLATE).select_related("file")
        named = [(row.place or row.file.name, row.title or row.file.name) for row in rows]
        kept = self.before.get(_TEMPLATES)
        strange = [(kept, kept)] if kept and kept not in dict(named) else []
        return [("", _("none")), *named, *strange]

    def _kept(self, name: str) -> Any:
        if name.startswith("rows_"):
            return self.before.get("rows", {}).get(name.removeprefix("rows_"))
        value = self.before.get(name)
        return Decimal(value) if name in ("min", "max") and value is not None else value

    def _kept_lines(self, name: str) -> list[dict[str, Any]]:
        lines = [dict(line) for line in self.before.get(name, ())]
        if name != "columns":
            return lines
        numbers = ("min", "max")
        return [{**line, **{key: Decimal(line[key]) for key in numbers if line.get(key) is not None}} for line in lines]

    def _add_statement(self) -> None:
        """The text of a declaration or a heading, in each language."""
        label = _("Statement") if self.kind_now == "declaration" else _("Text below the heading")
        for language in self.call.languages:
            self.fields[f"text_{language}"] = forms.CharField(
                label=format_html("{} ({})", label, language_name(language)),
                required=False,
                widget=forms.Textarea({"lang": language, "rows": 4}),
            )
            self.initial[f"text_{language}"] = self.before.get("text", {}).get(language, "")

    def _add_condition(self) -> None:
        """The condition as text; on the page an editor stands in front of it."""
        kept = self.present.question(self.instance.key) if self.instance.key else None
        self.fields["show_if"] = forms.CharField(
            label=_("Asked only if"),
            required=False,
            strip=False,
            widget=forms.Textarea({"rows": 4, "spellcheck": "false", "class": "code", "data-condition": ""}),
            help_text=_(
                "Empty: always asked. In the words of the call file, for example: {question: partners, equals: true}"
            ),
        )
        self.initial["show_if"] = conditions.as_text(kept.show_if) if kept else ""

    def _add_fixed(self) -> None:
        """The box for an answer that is taken over; also where it can only be unticked any more."""
        self.stage_before = taken_over.stage_before(self.parent.stage, self.call)
        kept = bool(self.before.get(FIXED))
        if FIXED in keys_of_kind(self.kind_now) and (kept or self.stage_before is not None):
            self.fields[FIXED] = taken_over.field(self.stage_before)
            self.initial[FIXED] = kept

    # The form around it

    @cached_property
    def present(self) -> FormSpec:
        """The form of the stage as it stands."""
        section: FormSection = self.parent
        return form_spec(section.stage, self.call.languages)

    @property
    def section_code(self) -> str:
        return str(self.parent.code)

    @cached_property
    def earlier(self) -> list[QuestionSpec]:
        """The questions before this one."""
        if not self.is_new:
            return conditions.earlier(self.present, self.instance.key)
        found: list[QuestionSpec] = []
        for section in self.present.sections:
            found += [question for question in section.questions if question.kind not in conditions.NO_ANSWER]
            if section.code == self.section_code:
                break
        return found

    @property
    def offered(self) -> list[dict[str, Any]]:
        """The questions before this one, as the editor offers them."""
        return conditions.offered(self.earlier, voice_of(self.call))

    @property
    def condition(self) -> Any:
        """The condition as JSON values for the editor; None where there is none or it cannot be read."""
        return conditions.as_plain(self._readable) if self._readable is not None else None

    @cached_property
    def _readable(self) -> Any:
        try:
            return conditions.typed_condition(str(self["show_if"].value() or ""))
        except conditions.NoConditionError:
            return None

    @property
    def condition_words(self) -> str:
        """The condition in words; empty where there is none or it cannot be read."""
        return in_words(self._readable, self.present, voice_of(self.call)) if self._readable is not None else ""

    @property
    def lost(self) -> list[Any]:
        """What the question has that its new kind does not."""
        old = self.instance.kind
        if self.is_new or old == self.kind_now or old not in KINDS:
            return []
        gone = [key for key in LOST if key in own_keys(old) - own_keys(self.kind_now) and self.before.get(key)]
        had = {"required": self.instance.required, FIXED: self.before.get(FIXED)}
        common = [key for key, value in had.items() if value and key not in keys_of_kind(self.kind_now)]
        return [LOST[key] for key in [*gone, *common]]

    @property
    def icon(self) -> str:
        return KINDS[self.kind_now].icon

    @property
    def kind_title(self) -> Any:
        return KINDS[self.kind_now].title

    @property
    def key_changes(self) -> bool:
        """Whether the key that was sent is another than the one that is kept."""
        return bool(not self.is_new and self.is_bound and self._stored_key != self.data.get("key", "").strip())

    @property
    def _stored_key(self) -> str:
        return str(self.initial.get("key", ""))

    # Reading what was sent

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._give_key(cleaned)
        check_range(self, "min", "max")
        check_range(self, "rows_min", "rows_max")
        self.condition_given = self._read_condition(cleaned)
        if all(lines.is_valid() for lines in self.sets.values()) and not self.errors:
            self.made = self._spec(cleaned)
            self._check_rest(cleaned)
        return cleaned

    def _give_key(self, cleaned: dict[str, Any]) -> None:
        """Propose a key where none was typed; refuse one that the form has already."""
        if "key" in self.errors:
            return
        others = {question.key for question in self.present.questions()} - {self._stored_key}
        if not cleaned.get("key"):
            title = cleaned.get("label_en") or ""
            cleaned["key"] = proposed(title, others, fallback=self.kind_now.replace("_", "-"))
        elif cleaned["key"] in others:
            self.add_error("key", _("Another question of this form has this key already. Please choose another."))

    def _read_condition(self, cleaned: dict[str, Any]) -> Any:
        text = cleaned.get("show_if") or ""
        if text.strip() == str(self.initial.get("show_if", "")).strip():
            cleaned["show_if"] = self.initial.get("show_if", "")
        try:
            return conditions.typed_condition(text)
        except conditions.NoConditionError as error:
            self.add_error("show_if", ValidationError([ValidationError(line) for line in error.lines]))
        return None

    def _spec(self, cleaned: Mapping[str, Any]) -> QuestionSpec | None:
        keys = keys_of_kind(self.kind_now)
        values: dict[str, Any] = {name: cleaned.get(name) for name in _PLAIN if name in keys}
        for name in self.sets:
            values[name] = tuple(line.spec() for line in self.sets[name].active)
        if "rows" in keys:
            values["rows"] = {"min": cleaned.get("rows_min"), "max": cleaned.get("rows_max")}
        if "accept" in keys:
            values["accept"] = tuple(cleaned.get("accept") or ())
        if _TEMPLATES in keys:
            values[_TEMPLATES] = cleaned.get(_TEMPLATES) or None
        if "text" in keys:
            values["text"] = self._statement(cleaned)
        if "required" in keys:
            values["required"] = cleaned.get("required", False)
            values[FIXED] = cleaned.get(FIXED, False)
        label = {code: cleaned.get(f"label_{code}", "") for code in self.call.languages}
        try:
            return QuestionSpec(
                key=cleaned["key"],
                kind=self.kind_now,
                label={code: words for code, words in label.items() if words},
                show_if=self.condition_given,
                **values,
            )
        except SpecError as error:
            self.add_error(None, ValidationError([ValidationError(fault["msg"]) for fault in error.errors()]))
        return None

    def _statement(self, cleaned: Mapping[str, Any]) -> dict[str, str]:
        """The text as typed; languages that the call does not have keep theirs."""
        before: Mapping[str, str] = self.before.get("text", {})
        others = {code: words for code, words in before.items() if code not in self.call.languages}
        typed = {code: self._same(f"text_{code}", cleaned.get(f"text_{code}", "")) for code in self.call.languages}
        return {code: words for code, words in {**typed, **others}.items() if words}

    def _check_rest(self, cleaned: Mapping[str, Any]) -> None:
        """Hold the form as it would be against its conditions: this question's own, and those that rest on it."""
        if self.made is None:
            return
        after = replaced(self.present, self._stored_key if not self.is_new else "", self.made, self.section_code)
        for sentence in conditions.faults(after, self.made.key):
            self.add_error("show_if", sentence)
        for sentence in taken_over.faults(self.made, self.stage_before, self.call):
            self.add_error(FIXED, sentence)
        self.broken = conditions.broken(self.present, after, voice_of(self.call), besides=(self.made.key,))
        if self.broken and not cleaned.get("drop"):
            message = _("Conditions of other questions rest on what you have changed. Say below what becomes of them.")
            self.add_error("drop", message)

    # Somebody else meanwhile

    def shown_values(self) -> dict[str, str]:
        values = super().shown_values()
        values.pop("drop", None)
        return {**values, **{name: summary(self._kept_lines(name)) for name in self.sets}}

    def typed(self, name: str) -> str:
        if name not in self.sets:
            return super().typed(name)
        lines = self.sets[name]
        return summary([typed_line(line, self.call.languages) for line in lines.active])

    @property
    def sets_theirs(self) -> list[tuple[str, str]]:
        """The lines that somebody else saved meanwhile, as one text for each list."""
        return [(str(self.sets[name].label), self.theirs[name]) for name in self.sets if name in self.theirs]

    # Writing

    def _post_clean(self) -> None:
        super()._post_clean()
        made = getattr(self, "made", None)
        if not self.errors and made is not None:
            values = question_values(made)
            self.instance.key, self.instance.kind = made.key, made.kind
            self.instance.required, self.instance.settings = made.required, values["settings"]

    def write_more(self, row: Any) -> None:
        """Let the conditions of other questions follow a new key, and drop those that no longer hold."""
        follow(
            row.section.stage, self._stored_key if not self.is_new else row.key, row.key, [b.key for b in self.broken]
        )

    # Showing

    @property
    def layout(self) -> Any:
        """The groups of the page."""
        keys = KIND_KEYS[self.kind_now]
        own = [name for name in self._own_names() if name in self.fields]
        statement: Sequence[Any] = [("text",)] if "text" in keys else []
        answer = [(name,) for name in ("required", FIXED) if name in self.fields]
        pairs = [tuple(own[place : place + 2]) for place in range(0, len(own), 2)]
        return (
            (
                _("Question") if self.kind_now != "heading" else _("Heading"),
                (("label",), *statement, ("help",), ("key",)),
            ),
            *([(_("Answer"), (*answer, *pairs))] if answer or pairs else []),
        )

    def _own_names(self) -> list[str]:
        return [*_PLAIN[:4], "rows_min", "rows_max", "max_mb", "max_files", _TEMPLATES, "accept"]

    def _columns_of(self, name: str) -> Any:
        if name == "text":
            return (f"text_{language}" for language in self.call.languages)
        return super()._columns_of(name)
