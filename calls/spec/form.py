"""Forms: sections, questions and what they are made of."""

from collections.abc import Iterator, Mapping
from typing import Final, Self

from pydantic import model_validator

from calls.spec.conditions import Condition
from calls.spec.values import (
    Code,
    ColumnKind,
    Count,
    Ending,
    FileCount,
    FilePath,
    Megabytes,
    Natural,
    Number,
    QuestionKind,
    Strict,
    Text,
    Title,
)


class ChoiceSpec(Strict):
    code: Code
    title: Title = {}


class CategorySpec(Strict):
    """One line of a budget."""

    code: Code
    title: Title = {}


class RowLimits(Strict):
    """How many rows a table takes."""

    min: Natural | None = None
    max: Count | None = None


class ByKind(Strict):
    """A question or a column: which keys it has beyond the common ones depends on its kind."""

    @classmethod
    def keys(cls, kind: str | None = None) -> frozenset[str]:
        own = super().keys()
        return own & keys_of_kind(kind) if kind is not None and kind in KIND_KEYS else own

    @model_validator(mode="after")
    def _only_keys_of_its_kind(self) -> Self:
        fields = type(self).model_fields
        others = set(fields) - keys_of_kind(getattr(self, "kind"))  # noqa: B009 - the subclasses declare it
        if strange := sorted(name for name in others if getattr(self, name) != fields[name].default):
            raise ValueError(f"{', '.join(strange)} belongs to another kind")
        return self


class ColumnSpec(ByKind):
    """One column of a table: a small question without conditions."""

    key: Code
    kind: ColumnKind
    label: Text
    help: Text = {}
    required: bool = False
    max_characters: Count | None = None
    max_words: Count | None = None
    min: Number | None = None
    max: Number | None = None
    choices: tuple[ChoiceSpec, ...] = ()


class QuestionSpec(ByKind):
    """One question. Which keys its kind has is in ``KIND_KEYS``; the others keep their defaults."""

    key: Code
    kind: QuestionKind
    label: Text
    text: Text = {}
    help: Text = {}
    required: bool = False
    fixed: bool = False
    """The answer that the question of the same key got in the stage before is shown and cannot be changed."""
    show_if: Condition | None = None
    max_characters: Count | None = None
    max_words: Count | None = None
    min: Number | None = None
    max: Number | None = None
    choices: tuple[ChoiceSpec, ...] = ()
    columns: tuple[ColumnSpec, ...] = ()
    rows: RowLimits = RowLimits()
    categories: tuple[CategorySpec, ...] = ()
    accept: tuple[Ending, ...] = ()
    max_mb: Megabytes | None = None
    max_files: FileCount | None = None
    template: FilePath | None = None
    """The ``file`` of one of the call's documents of kind ``template``, to be downloaded and filled in."""


NUMBER_KINDS: Final = frozenset({"integer", "decimal", "percent", "money"})
CHOICE_KINDS: Final = frozenset({"choice", "choices"})
COMMON_KEYS: Final = frozenset({"key", "kind", "label", "help", "required", "fixed", "show_if"})
_TEXT_KEYS: Final = frozenset({"max_characters", "max_words"})
KIND_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "short_text": _TEXT_KEYS,
    "long_text": _TEXT_KEYS,
    **{kind: frozenset({"min", "max"}) for kind in NUMBER_KINDS},
    "date": frozenset(),
    "yes_no": frozenset(),
    **{kind: frozenset({"choices"}) for kind in CHOICE_KINDS},
    "file": frozenset({"accept", "max_mb", "max_files", "template"}),
    "table": frozenset({"columns", "rows"}),
    "budget": frozenset({"categories"}),
    "declaration": frozenset({"text"}),
    "heading": frozenset({"text"}),
}
"""The keys of each kind of question beside ``COMMON_KEYS``."""
NEEDED_KEYS: Final[Mapping[str, str]] = {
    "choice": "choices",
    "choices": "choices",
    "table": "columns",
    "budget": "categories",
}
"""The list that a kind of question cannot do without."""


def keys_of_kind(kind: str) -> frozenset[str]:
    """All keys that a question of this kind may have. A heading asks nothing, so it is never required nor fixed."""
    keys = COMMON_KEYS | KIND_KEYS[kind]
    return keys - {"required", "fixed"} if kind == "heading" else keys


class SectionSpec(Strict):
    code: Code
    title: Title = {}
    help: Text = {}
    questions: tuple[QuestionSpec, ...] = ()


class FormSpec(Strict):
    sections: tuple[SectionSpec, ...]

    def questions(self) -> Iterator[QuestionSpec]:
        """All questions in the order of the form; keys are unique among them."""
        return (question for section in self.sections for question in section.questions)

    def question(self, key: str) -> QuestionSpec | None:
        """The question with this key, or None."""
        return next((question for question in self.questions() if question.key == key), None)

    def budget_question(self) -> QuestionSpec | None:
        """The form's one question of kind ``budget``, or None."""
        return next((question for question in self.questions() if question.kind == "budget"), None)
