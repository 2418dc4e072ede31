"""The call itself: programme, lots, priorities, letters and stages."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import field_validator

from calls.spec.eligibility import EligibilityRule
from calls.spec.evaluation import CheckSpec, EvaluationSpec
from calls.spec.form import FormSpec, QuestionSpec
from calls.spec.values import (
    AT_LEAST_ONE,
    Admission,
    CallCode,
    Code,
    Count,
    CountryCode,
    Cover,
    CurrencyCode,
    DocumentKind,
    FilePath,
    LanguageCode,
    LotCode,
    LotKind,
    Minutes,
    Moment,
    Money,
    Name,
    Percent,
    RegionCode,
    ShortTitle,
    StageCode,
    StageKind,
    Strict,
    Submitter,
    Text,
    Title,
    ZoneName,
)


class ProgrammeSpec(Strict):
    code: LotCode
    title: ShortTitle = {}


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
    title: Title = {}


class PrioritiesSpec(Strict):
    """The call's priorities, and how many of them a proposal must address."""

    cover: Cover = "all"
    list: tuple[PrioritySpec, ...] = ()


class LotSpec(Strict):
    """One lot. What it leaves out (grant, co-financing, countries) is the call's."""

    code: LotCode
    kind: LotKind
    title: Title = {}
    objectives: tuple[Text, ...] = ()
    countries: tuple[CountryCode, ...] = ()
    regions: tuple[RegionCode, ...] = ()
    budget: Money
    grant: GrantLimits | None = None
    cofinancing_min_percent: Percent | None = None

    @field_validator("grant")
    @classmethod
    def _no_limits_is_the_calls(cls, grant: GrantLimits | None) -> GrantLimits | None:
        return None if grant == GrantLimits() else grant


class DocumentSpec(Strict):
    """Something an applicant downloads; ``file`` is a path relative to the call file."""

    kind: DocumentKind
    title: Title = {}
    file: FilePath


class SignatorySpec(Strict):
    name: Name = {}
    position: ShortTitle = {}


class LettersSpec(Strict):
    """What the call's letters need. Without a prevailing language, the call's first one prevails."""

    prevailing_language: LanguageCode | None = None
    signatory: SignatorySpec = SignatorySpec()
    funder: ShortTitle = {}


class StageSpec(Strict):
    code: StageCode
    kind: StageKind
    admission: Admission = "open"
    submitted_by: Submitter = "head"
    """Who confirms and submits for a municipality: its head alone, or its editors too."""
    title: Title
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
    title: Title
    summary: Text
    description: Text = {}
    languages: Annotated[tuple[LanguageCode, ...], AT_LEAST_ONE]
    countries: Annotated[tuple[CountryCode, ...], AT_LEAST_ONE]
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
    stages: Annotated[tuple[StageSpec, ...], AT_LEAST_ONE]

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

    def question_before(self, stage: StageSpec, key: str) -> QuestionSpec | None:
        """The question with this key in the form of the stage before; its answer is the one a fixed question shows."""
        before = self.stage_before(stage.code)
        return before.form.question(key) if before else None

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
    def statements(self) -> dict[str, Text]:
        """What applicants confirm in the form for the rules of eligibility: texts by code."""
        return dict(rule.statement for rule in self.eligibility if rule.statement)

    @property
    def prevailing_language(self) -> str:
        """The language whose wording of a letter prevails."""
        return self.letters.prevailing_language or self.languages[0]


class CallFile(Strict):
    """The file: the format's number and the call."""

    format: Literal[1]
    call: CallSpec
