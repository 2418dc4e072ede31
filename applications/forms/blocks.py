"""What the page of a section is made from, and each question ready to print."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms

from applications.answers import Sums
from applications.presentation import ShownAnswer, ShownFile
from calls.pages.templates import Templates
from calls.spec import GrantLimits

if TYPE_CHECKING:
    from applications.forms.section import AnsweredForm
    from applications.pages.remarks import Thread

Wrong = Mapping[str, list[str]]
"""Target of a problem to its sentences."""


@dataclass(frozen=True)
class BudgetRow:
    title: str
    total: forms.BoundField
    requested: forms.BoundField
    error: str


@dataclass(frozen=True)
class Refusal:
    """A file that was not accepted, and why."""

    name: str
    reason: str


@dataclass
class Block:
    """One question ready to print.

    Attributes:
        kind: simple, table, budget, file or heading: which template prints it.
        conditional: shown only for some answers to earlier questions; ``hidden`` says that it is not shown now.
        condition: when it is asked, in words; said where the page is a preview.
        errors: what is wrong with the question as a whole.
        spare: an empty row, of which the script makes more; ``most`` is how many rows there may be, None for any.
        bounds: the limits of the call that the sums of a budget are held against, in words.
        remarks: what colleagues say about it; None where nobody can.
        changes: what a corrigendum that nobody has read yet changed in the question, ready to print.
        answer: what is answered, where that cannot be changed now; ``clarifying`` since other questions are clarified.
        upload: where the script sends files; ``most`` is then how many there may be, ``largest`` their limit in bytes.
    """

    key: str
    kind: str
    label: str
    required: bool
    help: str = ""
    text: str = ""
    conditional: bool = False
    hidden: bool = False
    condition: str = ""
    errors: list[str] = field(default_factory=list)
    bound: forms.BoundField | None = None
    rows: list["AnsweredForm"] = field(default_factory=list)
    spare: "AnsweredForm | None" = None
    most: int | None = None
    add: bool = False
    lines: list[BudgetRow] = field(default_factory=list)
    sums: Sums | None = None
    source_errors: list[str] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    currency: str = ""
    bounds: list[str] = field(default_factory=list)
    share: str = ""
    upload: str = ""
    largest: int = 0
    answer: ShownAnswer | None = None
    changes: Sequence[Any] = ()
    clarifying: bool = False
    remarks: "Thread | None" = None

    @property
    def shut(self) -> list[ShownAnswer]:
        """The answer that cannot be changed, as a list of one for the template of answers."""
        return [self.answer] if self.answer else []

    @property
    def template(self) -> str:
        return f"applications/questions/{self.kind}.html"


@dataclass(frozen=True)
class Given:
    """What a section's page is made from.

    Attributes:
        answers: what is kept, the lot among it.
        wrong: sentences by target.
        blank: how many empty rows to add, by table key (or ``KEY.source``).
        files: what is uploaded, with the primary key that removes it, by question.
        refused: what was not accepted just now, by question.
        uploads: where the script sends files, by question.
        changes: what unread corrigenda changed, by question.
        locked: the answers that cannot be changed now, for reading; ``clarifying`` since others are to be clarified.
        closed_lots: lots that the municipality cannot take, each with its reason.
        templates: what questions for files offer to download.
        grant, cofinancing: the limits of the call that a budget is held against.
        request: the question that says how much is requested, where the earlier stage binds it; ``before`` is what was
            requested then, ``within`` by how many per cent it may differ.
        conditions: when questions are asked, in words, by key; for a preview.
        remarks: what colleagues say, by question.
    """

    answers: Mapping[str, Any]
    currency: str
    wrong: Wrong = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    blank: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, Iterable[tuple[int, ShownFile]]] = field(default_factory=dict)
    refused: Mapping[str, list[Refusal]] = field(default_factory=dict)
    uploads: Mapping[str, str] = field(default_factory=dict)
    locked: Mapping[str, ShownAnswer] = field(default_factory=dict)
    changes: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    clarifying: bool = False
    closed_lots: Mapping[str, str] = field(default_factory=dict)
    templates: Templates = field(default_factory=dict)
    grant: GrantLimits = field(default_factory=GrantLimits)
    cofinancing: Decimal = Decimal(0)
    request: str = ""
    before: Decimal = Decimal(0)
    within: Decimal = Decimal(0)
    conditions: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, "Thread"] = field(default_factory=dict)
