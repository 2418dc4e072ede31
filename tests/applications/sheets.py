"""Random forms, and random things typed into them; and short forms written by hand."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from applications.answers import Sheet, Words, basics_of
from calls.spec import (
    BUILTIN_SECTION,
    CallSpec,
    DurationSpec,
    FormSpec,
    GrantLimits,
    QuestionSpec,
    SectionSpec,
    StageSpec,
)
from tests.calls import strategies
from tests.factories import call_file

WORDS = Words(title={"en": "Basics"}, lot={"hy": "Լոտ", "en": "Lot"}, priority={"hy": "%(title)s", "en": "%(title)s"})

# White space of every kind, signs that nobody can see, and letters between them.
_SPACED = st.text(st.sampled_from([*map(chr, range(0x21)), *"\x7f\x85\u00a0\u2009\u2028\u202f\u3000\ufeff", *"aԱ7,.-"]))

number_texts = st.one_of(
    st.text(st.sampled_from("0123456789 ,.-\u2212\u00a0\u202f"), max_size=18),
    st.integers(-(10**13), 10**13).map(str),
    st.decimals(-(10**6), 10**6, places=2).map(lambda value: format(value, "f").replace(".", ",")),
    st.integers(0, 10**7).map(lambda value: f"{value:,}"),
    st.integers(0, 10**7).map(lambda value: f"{value:,}".replace(",", "\u00a0")),
    st.dates().map(lambda day: f"{day.day}.{day.month}.{day.year:04}"),
)

typed_text = st.one_of(
    number_texts,
    st.text(max_size=20),
    _SPACED,
    st.sampled_from(
        [
            "60,000",
            "60 000",
            "1.5",
            "-3",
            " 12 ",
            "15.03.2027",
            "31.02.2027",
            "0001-01-01",
            "yes",
            "no",
            "a\r\nb",
            "a \x00 b",
            "\u00a07",
        ]
    ),
)


@st.composite
def typed(draw: st.DrawFn, question: Any) -> Any:
    """What a browser, or somebody without one, may send for a question."""
    if question.kind == "table":
        row = {column.key: typed(column) for column in question.columns}
        return draw(st.lists(st.fixed_dictionaries(row), max_size=3))
    if question.kind == "budget":
        cells = st.fixed_dictionaries({"total": typed_text, "requested": typed_text})
        source = st.fixed_dictionaries({"name": typed_text, "amount": typed_text})
        lines = {category.code: draw(cells) for category in question.categories}
        return {"categories": lines, "sources": draw(st.lists(source, max_size=2))}
    if question.kind in ("choice", "choices"):
        codes = st.sampled_from([*(choice.code for choice in question.choices), "no-such"])
        return draw(st.lists(codes, max_size=3)) if question.kind == "choices" else draw(codes)
    if question.kind in ("yes_no", "declaration"):
        return draw(st.sampled_from(["yes", "no", "", None, "on", True, False]))
    return draw(st.one_of(typed_text, st.none()))


@st.composite
def typed_sections(draw: st.DrawFn, sections: tuple[SectionSpec, ...]) -> dict[str, dict[str, Any]]:
    return {section.code: {q.key: draw(typed(q)) for q in section.questions} for section in sections}


@st.composite
def _with_amounts(draw: st.DrawFn, form: FormSpec) -> FormSpec:
    kinds = {"requested": "money", "total-cost": "money", "months": "integer"}
    added = tuple(question(kinds[key], key) for key in draw(st.lists(st.sampled_from(sorted(kinds)), unique=True)))
    first, last = form.sections
    return FormSpec(sections=(first, last.model_copy(update={"questions": (*last.questions, *added)})))


@st.composite
def _with_limits(draw: st.DrawFn, call: CallSpec, stage: StageSpec) -> tuple[CallSpec, StageSpec]:
    amount = st.none() | st.decimals(0, 10**5, places=2)
    grant = GrantLimits(min=draw(amount), max=draw(amount), fixed=draw(st.none() | amount))
    month = st.none() | st.integers(1, 40)
    limits = {
        "grant": grant,
        "lots": tuple(lot.model_copy(update={"grant": None}) for lot in call.lots),
        "cofinancing_min_percent": draw(st.decimals(0, 100, places=2)),
        "duration_months": DurationSpec(min=draw(month), max=draw(month)),
    }
    within = draw(st.none() | st.decimals(0, 100, places=2))
    return call.model_copy(update=limits), stage.model_copy(update={"keep_requested_within_percent": within})


@st.composite
def filled_calls(draw: st.DrawFn, *, amounts: bool = False) -> tuple[CallSpec, SectionSpec, dict[str, dict[str, Any]]]:
    """A call with a random valid form, its built-in section, and what was typed into both.

    Args:
        amounts: with questions on money and time, and limits of the call that hold them.
    """
    base = call_file(draw(st.sampled_from(["M4EG-2021-PILOT", "M4EG-2021-PORTFOLIO"])))
    form = draw(strategies.forms())
    stage = base.stages[0].model_copy(update={"form": draw(_with_amounts(form)) if amounts else form})
    if amounts:
        base, stage = draw(_with_limits(base, stage))
    call = base.model_copy(update={"stages": (stage,)})
    basics = basics_of(call, WORDS)
    return call, basics, draw(typed_sections((basics, *call.stages[0].form.sections)))


def question(kind: str, key: str = "q", **parts: Any) -> QuestionSpec:
    return QuestionSpec(key=key, kind=kind, label={"en": key}, **parts)


def sheet(*questions: QuestionSpec, call: CallSpec | None = None, **answers: Any) -> Sheet:
    """A sheet with these questions in one section ``s``; ``files`` is how many files each has."""
    call = call or call_file("M4EG-2021-PORTFOLIO").model_copy(update={"eligibility": ()})
    files = answers.pop("files", {})
    stage: StageSpec = call.stages[0].model_copy(
        update={"form": FormSpec(sections=(SectionSpec(code="s", questions=questions),))}
    )
    return Sheet(call=call, stage=stage, basics=basics_of(call, WORDS), answers={"s": answers}, files=files)


def codes(filled: Sheet, section: str = "s") -> list[str]:
    return [problem.code for problem in filled.problems_in(section)]


def money(text: str) -> Decimal:
    return Decimal(text)


__all__ = ["BUILTIN_SECTION", "WORDS", "codes", "filled_calls", "money", "question", "sheet", "typed_sections"]
