"""What the open data are made of. The published schema is made from these shapes, descriptions included.

Every field is there in every answer, null or empty where there is nothing to say; other fields are not.
Amounts are text with two decimals, so that no reader makes binary fractions of them.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT: Final = 1
"""Grows when something that readers rely on changes its meaning or goes away."""

LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2}$", description="ISO 639-1")]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1")]
RegionCode = Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$", description="ISO 3166-2")]
Amount = Annotated[
    str, Field(pattern=r"^[0-9]+\.[0-9]{2}$", description="An amount as decimal text, in the currency of the call.")
]
Percent = Annotated[
    str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,2})?$", description="A percentage as decimal text, from 0 to 100.")
]
Address = Annotated[str, Field(pattern=r"^https?://", json_schema_extra={"format": "uri"})]
Utc = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$",
        description="A moment in UTC (RFC 3339).",
        json_schema_extra={"format": "date-time"},
    ),
]
_ONLY_LANGUAGES: Final[dict[str, Any]] = {"additionalProperties": False}
Texts = Annotated[
    dict[LanguageCode, str],
    Field(description="The text in each language in which it is written.", json_schema_extra=_ONLY_LANGUAGES),
]
Addresses = Annotated[
    dict[LanguageCode, Address],
    Field(description="The address of the page in each language of the site.", json_schema_extra=_ONLY_LANGUAGES),
]


class Shape(BaseModel):
    """An object of the open data: closed, and with all its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Moment(Shape):
    """A moment of a call. What the call says is the hour by its own clock; a deadline is met at that very second."""

    local: Annotated[
        str,
        Field(
            description="Date and hour by the clock of the call, with its offset from UTC (RFC 3339).",
            json_schema_extra={"format": "date-time"},
        ),
    ]
    zone: Annotated[str, Field(description="The clock of the call, as a name of the IANA time zone database.")]
    utc: Utc


class Programme(Shape):
    """The programme that publishes the call."""

    code: str
    title: Texts


class Grant(Shape):
    """The limits of one grant; null where the call sets none."""

    min: Amount | None
    max: Amount | None
    fixed: Annotated[Amount | None, Field(description="Every grant is exactly this amount.")]


class Duration(Shape):
    """How long a project lasts, in whole months; null where the call sets no limit."""

    min: int | None
    max: int | None


class Limits(Shape):
    """How many applications one municipality may have."""

    call: Annotated[int, Field(description="in the whole call")]
    lot: Annotated[int, Field(description="in one lot")]


class Priority(Shape):
    """A priority of the call."""

    code: Annotated[str, Field(description="unique in the call")]
    title: Texts


class Priorities(Shape):
    """The priorities of the call, and how many of them a proposal must address."""

    cover: Literal["all", "any", "none"]
    items: list[Priority]


class Lot(Shape):
    """A part of the call with its own money. What a lot leaves to the call is repeated here."""

    code: Annotated[str, Field(description="unique in the call")]
    kind: Literal["geographic", "thematic", "horizontal"]
    title: Texts
    objectives: list[Texts]
    countries: Annotated[list[CountryCode], Field(description="whose municipalities may apply")]
    regions: Annotated[list[RegionCode], Field(description="whose municipalities may apply; empty: of all regions")]
    budget: Amount
    grant: Grant
    cofinancing_min_percent: Percent


class Document(Shape):
    """A file that applicants download."""

    kind: Literal["guidelines", "template", "other"]
    title: Texts
    url: Address
    media_type: str
    size: Annotated[int, Field(ge=0, description="in bytes")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Stage(Shape):
    """A round of applying."""

    code: Annotated[str, Field(description="unique in the call")]
    kind: Literal["expression_of_interest", "concept_note", "full_application"]
    admission: Annotated[
        Literal["open", "invited"], Field(description="invited: only for those selected in the stage before")
    ]
    submitted_by: Annotated[
        Literal["head", "editor"],
        Field(description="for a municipality: head, its head alone; editor, whoever edits its applications too"),
    ]
    title: Texts
    status: Annotated[Literal["upcoming", "open", "closed"], Field(description="when the answer was made")]
    opens: Moment
    deadline: Moment


class Links(Shape):
    """Pages and files of the call, in each language of the site."""

    page: Addresses
    questions: Annotated[Addresses, Field(description="All questions of the forms.")]
    print: Annotated[Addresses, Field(description="The whole call on one page.")]
    pdf: Annotated[Addresses, Field(description="The whole call as PDF.")]
    results: Annotated[Addresses, Field(description="The results, as soon as they are announced.")]
    calendar: Annotated[Addresses, Field(description="Its moments as iCalendar.")]
    feed: Annotated[Addresses, Field(description="What is new in it, as Atom feed.")]


class Call(Shape):
    """A call for proposals."""

    code: Annotated[str, Field(description="The reference of the call; never used again.")]
    programme: Programme
    status: Annotated[
        Literal["upcoming", "open", "closed", "cancelled", "archived"],
        Field(description="When the answer was made. Between two stages a call is closed."),
    ]
    published: Utc
    modified: Annotated[Utc, Field(description="When the content of the call last changed, in UTC (RFC 3339).")]
    languages: Annotated[list[LanguageCode], Field(description="The languages of the call.")]
    title: Texts
    summary: Texts
    description: Annotated[Texts, Field(description="Markdown (CommonMark), in each language in which it is written.")]
    countries: Annotated[list[CountryCode], Field(description="whose municipalities may apply")]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217")]
    budget: Amount
    grant: Grant
    cofinancing_min_percent: Percent
    duration_months: Duration
    applications_per_municipality: Limits
    funder: Texts
    priorities: Priorities
    lots: Annotated[list[Lot], Field(description="Empty for a call that is not divided.")]
    time_zone: Annotated[str, Field(description="The clock by which the call gives its moments (IANA).")]
    questions_until: Annotated[Moment | None, Field(description="Until when questions can be asked.")]
    answers_until: Annotated[Moment | None, Field(description="Until when all answers are published.")]
    stages: Annotated[list[Stage], Field(min_length=1)]
    documents: list[Document]
    links: Links


class Licence(Shape):
    """On what terms the data may be used."""

    name: str
    url: Address


class Publisher(Shape):
    """Who publishes the data."""

    name: Texts
    url: Address


class Paging(Shape):
    """Where this answer stands among all: ``next`` leads on, and is null on the last page."""

    page: Annotated[int, Field(ge=1)]
    pages: Annotated[int, Field(ge=1)]
    size: Annotated[int, Field(ge=1, description="most calls on a page")]
    total: Annotated[int, Field(ge=0, description="calls on all pages")]
    previous: Address | None
    next: Address | None


class Answer(Shape):
    """One page of the public calls, the newest first."""

    format: Annotated[Literal[1], Field(description="Grows when what readers rely on changes.")]
    schema_url: Annotated[Address, Field(alias="schema", description="The schema of this answer.")]
    generated: Utc
    licence: Licence
    publisher: Publisher
    paging: Paging
    calls: list[Call]


def schema(address: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of an answer; ``address`` is where it is published."""
    made = Answer.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": address, **made}
