"""The call for proposals as plain values: the common language of the call file, the database and the pure cores.

Everything here is frozen and knows neither Django nor the database. The shapes carry only what one value can
say about itself; what concerns several values at once is in ``calls.callfile.checks``. The format is described in
docs/call-file.md, and every default below is the format's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

Text = dict[str, str]
"""Language code to text. An empty map is "no text"."""


@dataclass(frozen=True)
class Expect:
    """Names the sentence that tells a writer what belongs here; the sentences are in ``callfile.messages``."""

    name: str


def _without_zone(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        raise ValueError("a moment of a call is local to the call's time zone and carries no zone of its own")
    return moment


# Codes are stable: references and answers are keyed by them.
CallCode = Annotated[str, StringConstraints(pattern=r"\A[A-Z0-9-]+\z", max_length=40), Expect("upper_code")]
Code = Annotated[str, StringConstraints(pattern=r"\A[a-z0-9-]+\z", max_length=60), Expect("lower_code")]
GridCode = Annotated[str, StringConstraints(pattern=r"\A[a-z0-9.-]+\z", max_length=60), Expect("grid_code")]
LanguageCode = Annotated[str, StringConstraints(pattern=r"\A[a-z]{2}\z"), Expect("language")]
CountryCode = Annotated[str, StringConstraints(pattern=r"\A[A-Z]{2}\z"), Expect("country")]
RegionCode = Annotated[str, StringConstraints(pattern=r"\A[A-Z]{2}-[A-Z0-9]{1,3}\z"), Expect("region")]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"\A[A-Z]{3}\z"), Expect("currency")]
Ending = Annotated[str, StringConstraints(pattern=r"\A[a-z0-9]{2,5}\z"), Expect("ending")]
FilePath = Annotated[str, StringConstraints(min_length=1, max_length=200), Expect("file_path")]
ZoneName = Annotated[str, StringConstraints(min_length=1, max_length=60), Expect("time_zone")]

Money = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2), Expect("money")]
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2), Expect("percent")]
Number = Annotated[Decimal, Field(max_digits=18, decimal_places=4), Expect("number")]
Mark = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=3), Expect("mark")]
Positive = Annotated[Decimal, Field(gt=0, max_digits=10, decimal_places=3), Expect("positive")]
Count = Annotated[int, Field(ge=1, le=100_000), Expect("count")]
Natural = Annotated[int, Field(ge=0, le=1_000_000_000), Expect("natural")]
Minutes = Annotated[int, Field(ge=0, le=1440), Expect("minutes")]
Megabytes = Annotated[int, Field(ge=1, le=100), Expect("megabytes")]
FileCount = Annotated[int, Field(ge=1, le=50), Expect("file_count")]
AssessorCount = Annotated[int, Field(ge=1, le=9), Expect("assessor_count")]
Moment = Annotated[datetime, AfterValidator(_without_zone), Expect("moment")]
"""A local date and time in the call's time zone; ``CallSpec.moment`` makes it a UTC moment."""

LotKind = Literal["geographic", "thematic", "horizontal"]
Cover = Literal["all", "any", "none"]
DocumentKind = Literal["guidelines", "template", "other"]
StageKind = Literal["expression_of_interest", "concept_note", "full_application"]
Admission = Literal["open", "invited"]
Otherwise = Literal["fail", "caveat"]
ApplicationState = Literal[
    "draft",
    "submitted",
    "clarification",
    "withdrawn",
    "rejected",
    "failed",
    "selected",
    "reserve",
    "not_selected",
]
QuestionKind = Literal[
    "short_text",
    "long_text",
    "integer",
    "decimal",
    "percent",
    "money",
    "date",
    "yes_no",
    "choice",
    "choices",
    "file",
    "table",
    "budget",
    "declaration",
    "heading",
]
ColumnKind = Literal[
    "short_text", "long_text", "integer", "decimal", "percent", "money", "date", "yes_no", "choice"
]
CheckKind = Literal["administrative", "eligibility"]
CommentRule = Literal["never", "always", "required_at_extremes"]
Resolve = Literal["third_assessor", "consensus", "none"]
SelectionRule = Literal["budget", "count", "pass_mark", "manual"]
OnOverflow = Literal["stop", "skip"]

LOT_DRAW: Final = "lot-draw"
"""The last entry of every tie break; reserved, so no section or criterion may be called so."""
BUILTIN_SECTION: Final = "basics"
"""Code of the section every form begins with: the lot and the priorities. Reserved."""
FILE_ENDINGS: Final = ("pdf", "jpg", "png", "docx", "xlsx", "pptx", "odt", "ods")
"""What a file question may accept."""


class Strict(BaseModel):
    """A frozen value that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ProgrammeSpec(Strict):
    code: CallCode
    title: Text = {}


class GrantLimits(Strict):
    """Limits of one award, in the call's currency."""

    min: Money | None = None
    max: Money | None = None
    fixed: Money | None = None


class DurationSpec(Strict):
    """Limits of a project's duration, in months."""

    min: Count | None = None
    max: Count | None = None


class ApplicationLimits(Strict):
    """How many applications of one municipality count, in the call and in one lot (drafts and submitted)."""

    call: Count = 1
    lot: Count = 1


class PrioritySpec(Strict):
    code: Code
    title: Text = {}


class PrioritiesSpec(Strict):
    """The call's priorities, and how many of them a proposal must address."""

    cover: Cover = "all"
    list: tuple[PrioritySpec, ...] = ()


class LotSpec(Strict):
    """One lot. What it leaves out (grant, co-financing, countries) is the call's."""

    code: CallCode
    kind: LotKind
    title: Text = {}
    objectives: tuple[Text, ...] = ()
    countries: tuple[CountryCode, ...] = ()
    regions: tuple[RegionCode, ...] = ()
    budget: Money
    grant: GrantLimits | None = None
    cofinancing_min_percent: Percent | None = None


class Rule(Strict):
    """A condition of eligibility. A new kind is one subclass here and its name in ``EligibilityRule``."""

    rule: str
    otherwise: Otherwise = "fail"
    reason: Text = {}


class EarlierApplicationRule(Rule):
    """The municipality has an application in another call, or in an earlier stage of this one."""

    rule: Literal["earlier_application"] = "earlier_application"
    call: CallCode | None = None
    stage: Code | None = None
    states: Annotated[tuple[ApplicationState, ...], Field(min_length=1)]


class PopulationRule(Rule):
    """The municipality's population lies within the limits, both included."""

    rule: Literal["population"] = "population"
    min: Natural | None = None
    max: Natural | None = None


class NetworkMemberRule(Rule):
    """The municipality is a member of the named programme."""

    rule: Literal["network_member"] = "network_member"
    programme: CallCode


class NoOverdueReportRule(Rule):
    """No report on an earlier grant of the municipality is overdue."""

    rule: Literal["no_overdue_report"] = "no_overdue_report"


class DeclarationRule(Rule):
    """The applicant confirms a statement."""

    rule: Literal["declaration"] = "declaration"
    code: Code
    text: Text


EligibilityRule = Annotated[
    EarlierApplicationRule | PopulationRule | NetworkMemberRule | NoOverdueReportRule | DeclarationRule,
    Field(discriminator="rule"),
]
RULES: Final[Mapping[str, type[Rule]]] = {
    kind.model_fields["rule"].default: kind for kind in get_args(get_args(EligibilityRule)[0])
}
"""Each kind of rule under its name in the call file."""


class DocumentSpec(Strict):
    """Something an applicant downloads; ``file`` is a path relative to the call file."""

    kind: DocumentKind
    title: Text = {}
    file: FilePath


class SignatorySpec(Strict):
    name: Text = {}
    position: Text = {}


class LettersSpec(Strict):
    """What the call's letters need. Without a prevailing language, the call's first one prevails."""

    prevailing_language: LanguageCode | None = None
    signatory: SignatorySpec = SignatorySpec()
    funder: Text = {}


# ---------------------------------------------------------------------------------------------- conditions


class EqualsCondition(Strict):
    """The answer is this value; for a question of kind ``choices``, this code is among the chosen."""

    question: Code
    equals: bool | Decimal | str


class InCondition(Strict):
    """The answer is one of these values; for ``choices``, at least one of them is among the chosen."""

    question: Code
    in_: Annotated[tuple[bool | Decimal | str, ...], Field(min_length=1, alias="in")]


class GreaterCondition(Strict):
    """The answer is a number above this one."""

    question: Code
    greater: Number


class AnsweredCondition(Strict):
    """The question has an answer (``true``) or has none (``false``)."""

    question: Code
    answered: bool


class AllCondition(Strict):
    all: Annotated[tuple["Condition", ...], Field(min_length=1)]


class AnyCondition(Strict):
    any: Annotated[tuple["Condition", ...], Field(min_length=1)]


class NotCondition(Strict):
    not_: Annotated["Condition", Field(alias="not")]


CONDITIONS: Final[Mapping[str, type[Strict]]] = {
    "equals": EqualsCondition,
    "in": InCondition,
    "greater": GreaterCondition,
    "answered": AnsweredCondition,
    "all": AllCondition,
    "any": AnyCondition,
    "not": NotCondition,
}
"""The class of a condition by the one key that tells its kind."""


def condition_kind(value: Any) -> str | None:
    """The key in ``CONDITIONS`` that a mapping or a condition belongs to; None when there is none."""
    if isinstance(value, Mapping):
        return next((key for key in CONDITIONS if key in value), None)
    return next((key for key, kind in CONDITIONS.items() if isinstance(value, kind)), None)


Condition = Annotated[
    Annotated[EqualsCondition, Tag("equals")]
    | Annotated[InCondition, Tag("in")]
    | Annotated[GreaterCondition, Tag("greater")]
    | Annotated[AnsweredCondition, Tag("answered")]
    | Annotated[AllCondition, Tag("all")]
    | Annotated[AnyCondition, Tag("any")]
    | Annotated[NotCondition, Tag("not")],
    Discriminator(condition_kind),
]


# ---------------------------------------------------------------------------------------------- forms


class ChoiceSpec(Strict):
    code: Code
    title: Text = {}


class CategorySpec(Strict):
    """One line of a budget."""

    code: Code
    title: Text = {}


class RowLimits(Strict):
    """How many rows a table takes."""

    min: Natural | None = None
    max: Count | None = None


class ColumnSpec(Strict):
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


class QuestionSpec(Strict):
    """One question. Which keys a kind has beyond the common ones is in ``KIND_KEYS``; the others stay empty."""

    key: Code
    kind: QuestionKind
    label: Text
    text: Text = {}
    help: Text = {}
    required: bool = False
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

    @model_validator(mode="after")
    def _only_keys_of_its_kind(self) -> "QuestionSpec":
        fields = type(self).model_fields
        others = set(fields) - keys_of_kind(self.kind)
        if strange := sorted(name for name in others if getattr(self, name) != fields[name].default):
            raise ValueError(f"a question of kind {self.kind} has no {', '.join(strange)}")
        return self


NUMBER_KINDS: Final = frozenset({"integer", "decimal", "percent", "money"})
CHOICE_KINDS: Final = frozenset({"choice", "choices"})
COMMON_KEYS: Final = frozenset({"key", "kind", "label", "help", "required", "show_if"})
_TEXT_KEYS: Final = frozenset({"max_characters", "max_words"})
KIND_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "short_text": _TEXT_KEYS,
    "long_text": _TEXT_KEYS,
    **{kind: frozenset({"min", "max"}) for kind in NUMBER_KINDS},
    "date": frozenset(),
    "yes_no": frozenset(),
    **{kind: frozenset({"choices"}) for kind in CHOICE_KINDS},
    "file": frozenset({"accept", "max_mb", "max_files"}),
    "table": frozenset({"columns", "rows"}),
    "budget": frozenset({"categories"}),
    "declaration": frozenset({"text"}),
    "heading": frozenset({"text"}),
}
"""The keys of each kind of question beside ``COMMON_KEYS``."""


def keys_of_kind(kind: str) -> frozenset[str]:
    """All keys that a question of this kind may have. A heading asks nothing, so it is never required."""
    keys = COMMON_KEYS | KIND_KEYS[kind]
    return keys - {"required"} if kind == "heading" else keys


class SectionSpec(Strict):
    code: Code
    title: Text = {}
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


# ---------------------------------------------------------------------------------------------- evaluation


class CheckSpec(Strict):
    """Yes, no or not applicable, answered by staff before scoring."""

    code: Code
    kind: CheckKind
    title: Text = {}
    fatal: bool = True


class ScaleSpec(Strict):
    min: Mark
    max: Mark
    step: Positive = Decimal(1)


class CriterionSpec(Strict):
    code: GridCode
    title: Text = {}
    help: Text = {}
    weight: Positive = Decimal(1)
    min: Mark | None = None


class GridSectionSpec(Strict):
    code: GridCode
    title: Text = {}
    min: Mark | None = None
    criteria: tuple[CriterionSpec, ...]

    def maximum(self, scale: ScaleSpec) -> Decimal:
        """The highest sum of score x weight that the section allows."""
        return sum((scale.max * criterion.weight for criterion in self.criteria), Decimal(0))


class DivergenceSpec(Strict):
    percent_of_higher: Percent | None = None
    resolve: Resolve = "none"


class SelectionSpec(Strict):
    rule: SelectionRule
    factor: Positive = Decimal(1)
    limit: Count | None = None
    on_overflow: OnOverflow = "stop"


class EvaluationSpec(Strict):
    assessors: AssessorCount
    scale: ScaleSpec
    comment: CommentRule = "never"
    sections: tuple[GridSectionSpec, ...]
    pass_mark: Mark
    divergence: DivergenceSpec = DivergenceSpec()
    tie_break: tuple[GridCode, ...]
    selection: SelectionSpec

    def criteria(self) -> Iterator[CriterionSpec]:
        """All criteria in the grid's order."""
        return (criterion for section in self.sections for criterion in section.criteria)

    def maximum(self) -> Decimal:
        """The highest total of one assessment: never written down, always computed."""
        return sum((section.maximum(self.scale) for section in self.sections), Decimal(0))


# ---------------------------------------------------------------------------------------------- the call


class StageSpec(Strict):
    code: Code
    kind: StageKind
    admission: Admission = "open"
    title: Text
    opens: Moment
    deadline: Moment
    grace_minutes: Minutes = 0
    keep_requested_within_percent: Percent | None = None
    form: FormSpec
    checks: tuple[CheckSpec, ...] = ()
    evaluation: EvaluationSpec | None = None


class CallSpec(Strict):
    """A whole call for proposals."""

    code: CallCode
    programme: ProgrammeSpec
    title: Text
    summary: Text
    description: Text = {}
    languages: tuple[LanguageCode, ...]
    countries: tuple[CountryCode, ...]
    currency: CurrencyCode
    budget: Money
    grant: GrantLimits = GrantLimits()
    cofinancing_min_percent: Percent = Decimal(0)
    duration_months: DurationSpec = DurationSpec()
    applications_per_municipality: ApplicationLimits = ApplicationLimits()
    priorities: PrioritiesSpec = PrioritiesSpec()
    lots: tuple[LotSpec, ...] = ()
    eligibility: tuple[EligibilityRule, ...] = ()
    documents: tuple[DocumentSpec, ...] = ()
    time_zone: ZoneName
    questions_until: Moment | None = None
    answers_until: Moment | None = None
    letters: LettersSpec = LettersSpec()
    stages: tuple[StageSpec, ...]

    def moment(self, local: datetime) -> datetime:
        """A local moment of the call as an aware UTC moment."""
        return local.replace(tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)

    def local(self, moment: datetime) -> datetime:
        """An aware moment on the call's clock, without a zone."""
        return moment.astimezone(ZoneInfo(self.time_zone)).replace(tzinfo=None, fold=0)

    def accepts_until(self, stage: StageSpec) -> datetime:
        """The last UTC moment at which a submission to this stage is taken: its deadline plus its grace."""
        return self.moment(stage.deadline) + timedelta(minutes=stage.grace_minutes)

    def stage(self, code: str) -> StageSpec | None:
        """The stage with this code, or None."""
        return next((stage for stage in self.stages if stage.code == code), None)

    def stage_before(self, code: str) -> StageSpec | None:
        """The stage before the one with this code, or None."""
        before = dict(zip((stage.code for stage in self.stages[1:]), self.stages, strict=False))
        return before.get(code)

    def lot(self, code: str | None) -> LotSpec | None:
        """The lot with this code, or None."""
        return next((lot for lot in self.lots if lot.code == code), None)

    def grant_for(self, lot_code: str | None) -> GrantLimits:
        """Limits of an award in this lot: the lot's own as a whole, otherwise the call's."""
        lot = self.lot(lot_code)
        return self.grant if lot is None or lot.grant is None else lot.grant

    def cofinancing_for(self, lot_code: str | None) -> Decimal:
        """Least co-financing in this lot, in per cent of total cost."""
        lot = self.lot(lot_code)
        if lot is None or lot.cofinancing_min_percent is None:
            return self.cofinancing_min_percent
        return lot.cofinancing_min_percent

    def countries_for(self, lot_code: str | None) -> tuple[str, ...]:
        """ISO 3166-1 codes of the countries whose municipalities may apply in this lot."""
        lot = self.lot(lot_code)
        return lot.countries if lot is not None and lot.countries else self.countries

    def budget_for(self, lot_code: str | None) -> Decimal:
        """The lot's budget; the call's, where there are no lots."""
        lot = self.lot(lot_code)
        return self.budget if lot is None else lot.budget

    @property
    def prevailing_language(self) -> str:
        """The language whose wording of a letter prevails."""
        return self.letters.prevailing_language or self.languages[0]


class CallFile(Strict):
    """The file: the format's number and the call."""

    format: Literal[1] = 1
    call: CallSpec
