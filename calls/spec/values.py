"""The kinds of single values in a call: codes, amounts, moments, texts. Each says what it expects."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Text = dict[str, str]
"""Language code to text. An empty map is "no text"."""


@dataclass(frozen=True)
class Expect:
    """Names the sentence that says what belongs here, and a limit in it; ``callfile.messages`` has them."""

    name: str
    limit: int | None = None


@dataclass(frozen=True)
class Longest:
    """How many characters a text may have in one language."""

    characters: int


def _without_zone(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        raise ValueError("a moment of a call is local to the call's time zone and carries no zone of its own")
    return moment


# Codes are stable: references and answers are keyed by them.
_UPPER: Final = r"\A[A-Z0-9-]+\z"
_LOWER: Final = r"\A[a-z0-9-]+\z"
CallCode = Annotated[str, StringConstraints(pattern=_UPPER, max_length=40), Expect("upper_code", 40)]
LotCode = Annotated[str, StringConstraints(pattern=_UPPER, max_length=30), Expect("upper_code", 30)]
StageCode = Annotated[str, StringConstraints(pattern=_LOWER, max_length=40), Expect("lower_code", 40)]
Code = Annotated[str, StringConstraints(pattern=_LOWER, max_length=60), Expect("lower_code", 60)]
GridCode = Annotated[str, StringConstraints(pattern=r"\A[a-z0-9.-]+\z", max_length=60), Expect("grid_code", 60)]
LanguageCode = Annotated[str, StringConstraints(pattern=r"\A[a-z]{2}\z"), Expect("language")]
CountryCode = Annotated[str, StringConstraints(pattern=r"\A[A-Z]{2}\z"), Expect("country")]
RegionCode = Annotated[str, StringConstraints(pattern=r"\A[A-Z]{2}-[A-Z0-9]{1,3}\z"), Expect("region")]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"\A[A-Z]{3}\z"), Expect("currency")]
Ending = Annotated[str, StringConstraints(pattern=r"\A[a-z0-9]{2,5}\z"), Expect("ending")]
FilePath = Annotated[str, StringConstraints(min_length=1, max_length=200), Expect("file_path")]
ZoneName = Annotated[str, StringConstraints(min_length=1, max_length=50), Expect("time_zone")]

Money = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2), Expect("money")]
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2), Expect("percent")]
Number = Annotated[Decimal, Field(max_digits=18, decimal_places=4), Expect("number")]
Mark = Annotated[Decimal, Field(ge=0, max_digits=7, decimal_places=2), Expect("mark")]
Positive = Annotated[Decimal, Field(gt=0, max_digits=7, decimal_places=2), Expect("positive")]
Count = Annotated[int, Field(ge=1, le=30_000), Expect("count")]
Natural = Annotated[int, Field(ge=0, le=1_000_000_000), Expect("natural")]
Minutes = Annotated[int, Field(ge=0, le=1440), Expect("minutes")]
Megabytes = Annotated[int, Field(ge=1, le=100), Expect("megabytes")]
FileCount = Annotated[int, Field(ge=1, le=50), Expect("file_count")]
AssessorCount = Annotated[int, Field(ge=1, le=9), Expect("assessor_count")]
AT_LEAST_ONE: Final = Field(json_schema_extra={"minItems": 1})
"""A list that a finished call fills. The value itself takes an empty one, since a draft may be unfinished in every way:
``callfile.checks.entries`` reports it, and the reader of call files refuses it at its line."""
Moment = Annotated[datetime, AfterValidator(_without_zone), Expect("moment")]
"""A local date and time in the call's time zone; ``CallSpec.moment`` makes it a UTC moment."""

Title = Annotated[Text, Longest(300)]
ShortTitle = Annotated[Text, Longest(200)]
Name = Annotated[Text, Longest(150)]

LotKind = Literal["geographic", "thematic", "horizontal"]
Cover = Literal["all", "any", "none"]
DocumentKind = Literal["guidelines", "template", "other"]
StageKind = Literal["expression_of_interest", "concept_note", "full_application"]
Admission = Literal["open", "invited"]
Submitter = Literal["head", "editor"]
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
ColumnKind = Literal["short_text", "long_text", "integer", "decimal", "percent", "money", "date", "yes_no", "choice"]
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

    @classmethod
    def keys(cls, kind: str | None = None) -> frozenset[str]:
        """The keys of this value in a call file; where they depend on its ``kind``, those of that kind."""
        return frozenset(field.alias or name for name, field in cls.model_fields.items())
