"""Random calls that are valid in every respect: for round trips and for whatever else must hold for all calls."""

from datetime import datetime, timedelta
from decimal import Decimal
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any, get_args

from hypothesis import strategies as st

from calls.eligibility import (
    DeclarationRule,
    EarlierApplicationRule,
    NetworkMemberRule,
    NoOverdueReportRule,
    PopulationRule,
)
from calls.spec import (
    FILE_ENDINGS,
    LOT_DRAW,
    AllCondition,
    AnsweredCondition,
    AnyCondition,
    ApplicationLimits,
    CallSpec,
    CategorySpec,
    CheckSpec,
    ChoiceSpec,
    ColumnSpec,
    Condition,
    CriterionSpec,
    DivergenceSpec,
    DocumentSpec,
    DurationSpec,
    EligibilityRule,
    EqualsCondition,
    EvaluationSpec,
    FormSpec,
    GrantLimits,
    GreaterCondition,
    GridSectionSpec,
    InCondition,
    LettersSpec,
    LotSpec,
    NotCondition,
    PrioritiesSpec,
    PrioritySpec,
    ProgrammeSpec,
    QuestionKind,
    QuestionSpec,
    RowLimits,
    ScaleSpec,
    SectionSpec,
    SelectionSpec,
    SignatorySpec,
    StageSpec,
    Text,
)

LANGUAGES = ("hy", "en")
COUNTRIES = ("AM", "AZ", "GE", "MD", "UA")
REGIONS = {"AM": ("AM-LO", "AM-SU"), "GE": ("GE-IM",), "UA": ("UA-32",)}
ZONES = ("Asia/Yerevan", "Europe/Brussels", "Europe/Kyiv", "UTC")
STATES = (
    "draft",
    "submitted",
    "clarification",
    "withdrawn",
    "rejected",
    "failed",
    "selected",
    "reserve",
    "not_selected",
)

words = st.text(
    st.one_of(
        st.sampled_from(list("Ձեռնարկում եւ և՞։«»ab 019.:#-'\"{}[],&*!|>%@`~?=<\n\t")),
        st.characters(exclude_categories=("C", "Zl", "Zp")),
    ),
    min_size=1,
    max_size=30,
).filter(lambda text: bool(text.strip()))
tricky = st.sampled_from(
    ["1.1", "no", "null", "~", "true", "2021-04-06", "0x10", "1_000", "12:30:45", "=", "<<", "- a", "#"]
)
upper = st.text(ascii_uppercase + digits + "-", min_size=1, max_size=12)
lower = st.text(ascii_lowercase + digits + "-", min_size=1, max_size=12).filter(lambda code: code != "basics")
grid_codes = st.text(ascii_lowercase + digits + ".-", min_size=1, max_size=8).filter(lambda code: code != LOT_DRAW)


def texts() -> st.SearchStrategy[Text]:
    """A text in all languages of the call."""
    return st.fixed_dictionaries({language: st.one_of(words, tricky) for language in LANGUAGES})


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


def optional_texts() -> st.SearchStrategy[Text]:
    return st.one_of(st.just({}), texts())


def numbers(least: int, most: int, places: int = 2) -> st.SearchStrategy[Decimal]:
    return st.decimals(least, most, places=places, allow_nan=False, allow_infinity=False)


def distinct(strategy: st.SearchStrategy[str], least: int = 0, most: int = 3) -> st.SearchStrategy[list[str]]:
    return st.lists(strategy, min_size=least, max_size=most, unique=True)


@st.composite
def ordered(draw: st.DrawFn, strategy: st.SearchStrategy[Any]) -> dict[str, Any]:
    """``min`` and ``max``, either of them perhaps absent."""
    low, high = sorted((draw(strategy), draw(strategy)))
    return {"min": draw(maybe(st.just(low))), "max": draw(maybe(st.just(high)))}


@st.composite
def grants(draw: st.DrawFn) -> GrantLimits:
    low, fixed, high = sorted(draw(st.tuples(*[numbers(0, 10**9)] * 3)))
    return GrantLimits(min=draw(maybe(st.just(low))), max=draw(maybe(st.just(high))), fixed=draw(maybe(st.just(fixed))))


# ---------------------------------------------------------------------------------------------- forms


@st.composite
def kind_parts(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """What a question or column of this kind has beside the common keys."""
    if kind in {"short_text", "long_text"}:
        return {"max_characters": draw(maybe(st.integers(1, 30_000))), "max_words": draw(maybe(st.integers(1, 900)))}
    if kind in {"integer", "decimal", "percent", "money"}:
        return draw(ordered(numbers(-1000, 1000, places=4)))
    if kind in {"choice", "choices"}:
        codes = draw(distinct(lower, 1))
        return {"choices": tuple(ChoiceSpec(code=code, title=draw(optional_texts())) for code in codes)}
    return {}


@st.composite
def columns(draw: st.DrawFn, key: str) -> ColumnSpec:
    kind = draw(st.sampled_from(["short_text", "long_text", "integer", "percent", "money", "date", "yes_no", "choice"]))
    return ColumnSpec(
        key=key,
        kind=kind,
        label=draw(texts()),
        help=draw(optional_texts()),
        required=draw(st.booleans()),
        **draw(kind_parts(kind)),
    )


@st.composite
def question_parts(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    if kind == "table":
        rows = RowLimits(**draw(ordered(st.integers(1, 50))))
        return {"columns": tuple(draw(columns(key)) for key in draw(distinct(lower, 1))), "rows": rows}
    if kind == "budget":
        codes = draw(distinct(lower, 1))
        return {"categories": tuple(CategorySpec(code=code, title=draw(optional_texts())) for code in codes)}
    if kind == "file":
        return {
            "accept": tuple(draw(distinct(st.sampled_from(FILE_ENDINGS)))),
            "max_mb": draw(maybe(st.integers(1, 100))),
            "max_files": draw(maybe(st.integers(1, 50))),
        }
    if kind in {"declaration", "heading"}:
        return {"text": draw(optional_texts())}
    return dict(draw(kind_parts(kind)))


@st.composite
def leaves(draw: st.DrawFn, earlier: list[QuestionSpec]) -> Condition:
    """A condition on one earlier question, for an answer that it can have."""
    asked = draw(st.sampled_from(earlier))
    if asked.kind in {"yes_no", "declaration"}:
        return EqualsCondition(question=asked.key, equals=draw(st.booleans()))
    if asked.kind in {"choice", "choices"}:
        codes = st.sampled_from([choice.code for choice in asked.choices])
        return InCondition(question=asked.key, in_=tuple(draw(distinct(codes, 1))))
    if asked.kind in {"integer", "decimal", "percent", "money"}:
        return GreaterCondition(question=asked.key, greater=draw(numbers(-100, 100)))
    if asked.kind in {"short_text", "long_text"}:
        return EqualsCondition(question=asked.key, equals=draw(st.one_of(words, tricky)))
    return AnsweredCondition(question=asked.key, answered=draw(st.booleans()))


def conditions(earlier: list[QuestionSpec]) -> st.SearchStrategy[Condition]:
    """A condition of any depth."""
    return st.recursive(
        leaves(earlier),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=2).map(lambda parts: AllCondition(all=tuple(parts))),
            st.lists(inner, min_size=1, max_size=2).map(lambda parts: AnyCondition(any=tuple(parts))),
            inner.map(lambda part: NotCondition(not_=part)),
        ),
        max_leaves=3,
    )


KINDS: tuple[str, ...] = get_args(QuestionKind)


@st.composite
def forms(draw: st.DrawFn) -> FormSpec:
    keys = draw(distinct(lower.filter(lambda key: key not in {"requested", "total-cost", "months"}), 0, 5))
    asked: list[QuestionSpec] = []
    for key in keys:
        with_budget = any(question.kind == "budget" for question in asked)
        kind = draw(st.sampled_from([kind for kind in KINDS if kind != "budget" or not with_budget]))
        earlier = [question for question in asked if question.kind != "heading"]
        common: dict[str, Any] = {"key": key, "kind": kind, "label": draw(texts()), "help": draw(optional_texts())}
        if kind != "heading":
            common["required"] = draw(st.booleans())
        if earlier:
            common["show_if"] = draw(maybe(conditions(earlier)))
        asked.append(QuestionSpec(**common, **draw(question_parts(kind))))
    cut = draw(st.integers(0, len(asked)))
    codes = draw(distinct(lower, 2, 2))
    parts = (tuple(asked[:cut]), tuple(asked[cut:]))
    return FormSpec(
        sections=tuple(
            SectionSpec(code=code, title=draw(optional_texts()), help=draw(optional_texts()), questions=part)
            for code, part in zip(codes, parts, strict=True)
        )
    )


# ---------------------------------------------------------------------------------------------- grids


@st.composite
def selections(draw: st.DrawFn) -> SelectionSpec:
    rule = draw(st.sampled_from(["budget", "count", "pass_mark", "manual"]))
    parts: dict[str, Any] = {"count": {"limit": draw(st.integers(1, 99))}}.get(rule, {})
    if rule == "budget":
        parts = {"factor": draw(numbers(1, 9))}
    return SelectionSpec(rule=rule, on_overflow=draw(st.sampled_from(["stop", "skip"])), **parts)


@st.composite
def scales(draw: st.DrawFn) -> ScaleSpec:
    low, steps = draw(st.integers(0, 5)), draw(st.integers(1, 20))
    step = draw(st.sampled_from([Decimal("0.25"), Decimal("0.5"), Decimal(1), Decimal("2.00")]))
    return ScaleSpec(min=Decimal(low), max=low + steps * step, step=step)


@st.composite
def evaluations(draw: st.DrawFn) -> EvaluationSpec:
    scale = draw(scales())
    names = draw(distinct(grid_codes, 2, 6))
    cut = draw(st.integers(1, len(names) - 1))
    criteria = tuple(
        CriterionSpec(
            code=name,
            title=draw(optional_texts()),
            help=draw(optional_texts()),
            weight=draw(numbers(1, 9)),
            min=draw(maybe(numbers(0, int(scale.max)))),
        )
        for name in names[cut:]
    )
    groups = (
        [criteria]
        if cut == 1
        else [criteria, *[(criteria[0].model_copy(update={"code": f"{c}.x.{c}"}),) for c in names[1:cut]]]
    )
    sections = tuple(
        GridSectionSpec(
            code=name, title=draw(optional_texts()), criteria=group, min=draw(maybe(numbers(0, int(scale.max))))
        )
        for name, group in zip(names[:cut], groups, strict=True)
    )
    assessors = draw(st.integers(1, 3))
    resolve = draw(st.sampled_from(["consensus", "none", *(["third_assessor"] if assessors == 2 else [])]))
    percent = numbers(0, 100) if resolve != "none" else maybe(numbers(0, 100))
    return EvaluationSpec(
        assessors=assessors,
        scale=scale,
        comment=draw(st.sampled_from(["never", "always", "required_at_extremes"])),
        sections=sections,
        pass_mark=draw(numbers(0, int(scale.max))),
        divergence=DivergenceSpec(resolve=resolve, percent_of_higher=draw(percent)),
        tie_break=(*draw(distinct(st.sampled_from(names))), LOT_DRAW),
        selection=draw(selections()),
    )


# ---------------------------------------------------------------------------------------------- the call


@st.composite
def stages(draw: st.DrawFn, code: str, first: bool) -> StageSpec:
    opens = datetime(2021, 2, 1) + timedelta(minutes=draw(st.integers(0, 60 * 24 * 40)))  # noqa: DTZ001 - local
    later: dict[str, Any] = {}
    if not first:
        later = {
            "admission": draw(st.sampled_from(["open", "invited"])),
            "keep_requested_within_percent": draw(maybe(numbers(0, 100))),
        }
    return StageSpec(
        code=code,
        kind=draw(st.sampled_from(["expression_of_interest", "concept_note", "full_application"])),
        title=draw(texts()),
        opens=opens,
        deadline=datetime(2021, 5, 1) + timedelta(seconds=draw(st.integers(0, 10**6))),  # noqa: DTZ001 - local
        submitted_by=draw(st.sampled_from(["head", "editor"])),
        grace_minutes=draw(st.integers(0, 60)),
        form=draw(forms()),
        checks=tuple(
            CheckSpec(code=check, kind="eligibility", title=draw(optional_texts()), fatal=draw(st.booleans()))
            for check in draw(distinct(lower))
        ),
        evaluation=draw(maybe(evaluations())),
        **later,
    )


@st.composite
def lots(draw: st.DrawFn, code: str) -> LotSpec:
    countries = tuple(draw(distinct(st.sampled_from(COUNTRIES))))
    known = [region for country in countries or COUNTRIES for region in REGIONS.get(country, ())]
    return LotSpec(
        code=code,
        kind=draw(st.sampled_from(["geographic", "thematic", "horizontal"])),
        title=draw(optional_texts()),
        objectives=tuple(draw(st.lists(texts(), max_size=2))),
        countries=countries,
        regions=tuple(draw(distinct(st.sampled_from(known)))) if known else (),
        budget=draw(numbers(0, 10**9)),
        grant=draw(maybe(grants())),
        cofinancing_min_percent=draw(maybe(numbers(0, 100))),
    )


@st.composite
def rules(draw: st.DrawFn) -> tuple[EligibilityRule, ...]:
    otherwise = st.sampled_from(["fail", "caveat"])
    population = draw(ordered(st.integers(0, 10**6)))
    made: list[EligibilityRule] = [
        EarlierApplicationRule(
            call="ANOTHER-CALL",
            stage=draw(maybe(lower)),
            states=tuple(draw(distinct(st.sampled_from(STATES), 1))),
            otherwise=draw(otherwise),
            reason=draw(optional_texts()),
        ),
        NetworkMemberRule(programme=draw(upper), otherwise=draw(otherwise)),
        NoOverdueReportRule(reason=draw(optional_texts())),
        *(DeclarationRule(code=code, text=draw(texts())) for code in draw(distinct(lower))),
    ]
    if population["min"] is not None or population["max"] is not None:
        made.append(PopulationRule(**population))
    order: list[EligibilityRule] = draw(st.permutations(made))
    return tuple(order[: draw(st.integers(0, len(order)))])


@st.composite
def calls(draw: st.DrawFn) -> CallSpec:
    """A valid call."""
    stage_codes = draw(distinct(lower, 1, 2))
    templates = [f"{name}.pdf" for name in draw(distinct(lower))]
    made = tuple(draw(lots(code)) for code in draw(distinct(upper)))
    answers = draw(maybe(st.just(datetime(2021, 4, 20, 12, 0))))  # noqa: DTZ001 - local
    return CallSpec(
        code=draw(upper),
        programme=ProgrammeSpec(code=draw(upper), title=draw(optional_texts())),
        title=draw(texts()),
        summary=draw(texts()),
        description=draw(optional_texts()),
        languages=LANGUAGES,
        countries=COUNTRIES,
        currency=draw(st.sampled_from(["EUR", "AMD", "GEL"])),
        budget=sum((lot.budget for lot in made), Decimal(0)) + draw(numbers(0, 10**6)),
        grant=draw(grants()),
        cofinancing_min_percent=draw(numbers(0, 100)),
        duration_months=DurationSpec(**draw(ordered(st.integers(1, 60)))),
        applications_per_municipality=ApplicationLimits(call=draw(st.integers(1, 5)), lot=draw(st.integers(1, 5))),
        priorities=PrioritiesSpec(
            cover=draw(st.sampled_from(["all", "any", "none"])),
            list=tuple(PrioritySpec(code=code, title=draw(optional_texts())) for code in draw(distinct(lower))),
        ),
        lots=made,
        eligibility=draw(rules()),
        documents=tuple(DocumentSpec(kind="template", title=draw(optional_texts()), file=file) for file in templates),
        time_zone=draw(st.sampled_from(ZONES)),
        questions_until=datetime(2021, 4, 12, 9, 30) if answers else None,  # noqa: DTZ001 - local
        answers_until=answers,
        letters=LettersSpec(
            prevailing_language=draw(maybe(st.sampled_from(LANGUAGES))),
            signatory=SignatorySpec(name=draw(optional_texts()), position=draw(optional_texts())),
            funder=draw(optional_texts()),
        ),
        stages=draw(
            with_fixed(
                [
                    draw(with_templates(stages(code, first=place == 0), templates))
                    for place, code in enumerate(stage_codes)
                ]
            )
        ),
    )


@st.composite
def with_templates(draw: st.DrawFn, made: st.SearchStrategy[StageSpec], templates: list[str]) -> StageSpec:
    """The same stage, where questions for files offer templates to fill in."""

    def offering(question: QuestionSpec) -> QuestionSpec:
        offers = question.kind == "file" and templates
        return question.model_copy(update={"template": draw(maybe(st.sampled_from(templates)))}) if offers else question

    stage: StageSpec = draw(made)
    sections = tuple(
        section.model_copy(update={"questions": tuple(map(offering, section.questions))})
        for section in stage.form.sections
    )
    return stage.model_copy(update={"form": FormSpec(sections=sections)})


@st.composite
def with_fixed(draw: st.DrawFn, made: list[StageSpec]) -> tuple[StageSpec, ...]:
    """The same stages, where those by invitation begin with some questions of the stage before, whose answers stay."""
    found = made[:1]
    for stage in made[1:]:
        asked = {question.key: question for question in found[-1].form.questions() if question.kind != "heading"}
        own = {question.key for question in stage.form.questions()}
        if stage.form.budget_question():
            own |= {question.key for question in asked.values() if question.kind == "budget"}
        free = sorted(asked.keys() - own) if stage.admission == "invited" else []
        keys = draw(distinct(st.sampled_from(free))) if free else []
        fixed = tuple(asked[key].model_copy(update={"fixed": True, "show_if": None}) for key in keys)
        first, *others = stage.form.sections
        first = first.model_copy(update={"questions": (*fixed, *first.questions)})
        found.append(stage.model_copy(update={"form": FormSpec(sections=(first, *others))}))
    return tuple(found)
