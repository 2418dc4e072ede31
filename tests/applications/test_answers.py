"""Answers against their form: every kind of question, conditions, amounts and limits."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.answers import (
    LOT,
    FrozenFile,
    Progress,
    Sheet,
    canonical,
    clean_section,
    clean_text,
    digest_of,
    holds,
    snapshot_of,
    sums_of,
)
from applications.messages import sentence
from calls.spec import (
    AllCondition,
    AnsweredCondition,
    AnyCondition,
    CallSpec,
    CategorySpec,
    ChoiceSpec,
    ColumnSpec,
    EqualsCondition,
    GrantLimits,
    GreaterCondition,
    InCondition,
    NotCondition,
    RowLimits,
    SectionSpec,
)
from tests.applications.sheets import BUILTIN_SECTION, codes, filled_calls, question, sheet
from tests.factories import call_file

CHOICES = (ChoiceSpec(code="a"), ChoiceSpec(code="b"))


def kept(asked: Any, raw: Any) -> Any:
    return clean_section(SectionSpec(code="s", questions=(asked,)), {asked.key: raw}).get(asked.key)


# --- what is kept -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        ("short_text", "  a \r\n b ", "a b"),
        ("long_text", " a\r\n\r\nb\x00 ", "a\n\nb"),
        ("long_text", " \n ", None),
        ("long_text", 7, None),
        ("money", "60 000,5", "60000.50"),
        ("money", "60,000", "60,000"),
        ("integer", "1 200", "1200"),
        ("percent", "12.50", "12.50"),
        ("decimal", "1,125 x", "1,125 x"),
        ("date", "15.3.2027", "2027-03-15"),
        ("date", "in spring", "in spring"),
        ("yes_no", "yes", True),
        ("yes_no", "no", False),
        ("yes_no", "", None),
        ("declaration", "on", True),
        ("declaration", "no", None),
        ("file", "x", None),
        ("heading", "x", None),
    ],
)
def test_keeps_what_was_typed(kind: str, raw: Any, expected: Any) -> None:
    assert kept(question(kind), raw) == expected


def test_keeps_only_choices_that_there_are() -> None:
    assert kept(question("choice", choices=CHOICES), "b") == "b"
    assert kept(question("choice", choices=CHOICES), "c") is None
    assert kept(question("choices", choices=CHOICES), ["b", "c", "a"]) == ["a", "b"]


def test_keeps_rows_and_leaves_empty_ones_out() -> None:
    columns = (
        ColumnSpec(key="n", kind="short_text", label={"en": "n"}),
        ColumnSpec(key="m", kind="money", label={"en": "m"}),
    )
    rows = [{"n": " x ", "m": "1 000"}, {"n": "", "m": " "}, {"m": "1,000"}, "no row"]
    assert kept(question("table", columns=columns), rows) == [{"n": "x", "m": "1000"}, {"m": "1,000"}]


BUDGET = question(
    "budget", "budget", required=True, categories=(CategorySpec(code="staff"), CategorySpec(code="works"))
)


def budget(staff: Any = None, works: Any = None, sources: Any = ()) -> dict[str, Any]:
    lines = {"staff": staff, "works": works}
    given_lines = {code: dict(zip(("total", "requested"), line, strict=True)) for code, line in lines.items() if line}
    return {"categories": given_lines, "sources": [dict(zip(("name", "amount"), s, strict=True)) for s in sources]}


def test_keeps_a_budget_and_adds_it_up() -> None:
    value = kept(BUDGET, budget(("10 000", "4 000"), ("5,5", ""), [("The town", "6 005,50")]))
    assert value["categories"] == {"staff": {"total": "10000", "requested": "4000"}, "works": {"total": "5.50"}}
    sums = sums_of(value)
    assert (sums.total, sums.requested, sums.rest, sums.sources) == tuple(
        map(Decimal, ("10005.50", "4000", "6005.50", "6005.50"))
    )
    assert sums_of(None).total == 0


# --- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "answer", "expected"),
    [
        ({"kind": "short_text", "required": True}, None, ["required"]),
        ({"kind": "short_text"}, None, []),
        ({"kind": "short_text", "max_characters": 3}, "աբգ", []),
        ({"kind": "short_text", "max_characters": 3}, "աբգդ", ["too_many_characters"]),
        ({"kind": "long_text", "max_words": 2}, "one two", []),
        ({"kind": "long_text", "max_words": 2}, "one two three", ["too_many_words"]),
        ({"kind": "money"}, "60,000", ["ambiguous"]),
        ({"kind": "money"}, "-1", ["too_small"]),
        ({"kind": "money"}, "0", []),
        ({"kind": "money", "max": "10"}, "10.01", ["too_large"]),
        ({"kind": "integer", "min": "1"}, "0", ["too_small"]),
        ({"kind": "integer"}, "-1", []),
        ({"kind": "integer"}, "1.5", ["not_whole"]),
        ({"kind": "percent"}, "100", []),
        ({"kind": "percent"}, "100.01", ["too_large"]),
        ({"kind": "decimal"}, "abc", ["not_number"]),
        ({"kind": "date"}, "soon", ["not_date"]),
        ({"kind": "date"}, "2027-03-15", []),
        ({"kind": "yes_no", "required": True}, False, []),
        ({"kind": "yes_no", "required": True}, None, ["required"]),
        ({"kind": "choice", "required": True, "choices": CHOICES}, None, ["required"]),
        ({"kind": "choices", "required": True, "choices": CHOICES}, ["a"], []),
        ({"kind": "declaration", "required": True}, None, ["confirm"]),
        ({"kind": "declaration", "required": True}, True, []),
    ],
)
def test_says_what_is_wrong(parts: dict[str, Any], answer: Any, expected: list[str]) -> None:
    asked = question(**parts)
    assert codes(sheet(asked, **({} if answer is None else {"q": answer}))) == expected


def test_what_is_missing_and_what_is_wrong_are_told_apart() -> None:
    filled = sheet(question("money", "a", required=True), question("money", "b"), b="60,000")
    assert [(p.key, p.missing) for p in filled.problems] == [("a", True), ("b", False)]
    assert [p.key for p in filled.missing] == ["a"]


@pytest.mark.parametrize(("files", "expected"), [(0, ["file_required"]), (1, []), (2, []), (3, ["too_many_files"])])
def test_counts_files(files: int, expected: list[str]) -> None:
    asked = question("file", required=True, max_files=2)
    assert codes(sheet(asked, files={"q": files})) == expected


def test_rows_have_limits_and_each_cell_its_place() -> None:
    columns = (
        ColumnSpec(key="n", kind="short_text", label={"en": "n"}, required=True),
        ColumnSpec(key="m", kind="money", label={"en": "m"}),
    )
    asked = question("table", columns=columns, rows=RowLimits(min=2, max=2))
    rows = [{"n": "x", "m": "1,000"}, {"m": "5"}]
    assert [(p.code, p.target) for p in sheet(asked, q=rows).problems] == [
        ("ambiguous", "q.0-m"),
        ("required", "q.1-n"),
    ]
    assert codes(sheet(asked, q=rows[:1])) == ["too_few_rows", "ambiguous"]
    assert "too_many_rows" in codes(sheet(asked, q=[*rows, {"n": "y"}]))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (budget(("100", "40"), None, [("Town", "60")]), []),
        (budget(("100", "100")), []),
        (budget(("100", "40")), [("sources_differ", "budget.sources")]),
        (budget(("100", "40"), None, [("Town", "60.01")]), [("sources_differ", "budget.sources")]),
        (budget(("40", "100")), [("part_above_total", "budget.staff-requested")]),
        (budget(("1,000", "1")), [("ambiguous", "budget.staff-total")]),
        (budget(("-1", "-1")), [("too_small", "budget.staff-total"), ("too_small", "budget.staff-requested")]),
        (budget(("0", "0")), [("required", "budget")]),
    ],
)
def test_the_parts_of_a_budget_have_to_agree(value: Any, expected: list[tuple[str, str]]) -> None:
    assert [(p.code, p.target) for p in sheet(BUDGET, budget=value).problems] == expected


def test_a_source_needs_a_name_and_an_amount() -> None:
    value = {"categories": {"staff": {"total": "1", "requested": "1"}}, "sources": [{"name": "Town"}, {"amount": "1"}]}
    assert [p.target for p in sheet(BUDGET, budget=value).problems] == [
        "budget.source.0-amount",
        "budget.source.1-name",
    ]


# --- conditions -------------------------------------------------------------------------------------------------------

YES = EqualsCondition(question="y", equals=True)
MANY = GreaterCondition(question="n", greater=Decimal(3))


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        (YES, {"y": True}, True),
        (YES, {"y": False}, False),
        (YES, {}, False),
        (YES, {"y": Decimal(1)}, False),
        (EqualsCondition(question="n", equals=Decimal(1)), {"n": True}, False),
        (EqualsCondition(question="n", equals=Decimal(1)), {"n": Decimal("1.00")}, True),
        (EqualsCondition(question="c", equals="a"), {"c": ("b", "a")}, True),
        (EqualsCondition(question="c", equals="a"), {"c": "b"}, False),
        (InCondition(question="c", in_=("a", "b")), {"c": "b"}, True),
        (InCondition(question="c", in_=("a", "b")), {"c": ("x",)}, False),
        (InCondition(question="c", in_=("a", "b")), {}, False),
        (MANY, {"n": Decimal("3.01")}, True),
        (MANY, {"n": Decimal(3)}, False),
        (MANY, {"n": "4"}, False),
        (AnsweredCondition(question="x", answered=True), {"x": "a"}, True),
        (AnsweredCondition(question="x", answered=False), {}, True),
        (NotCondition(not_=YES), {}, True),
        (AllCondition(all=(YES, MANY)), {"y": True, "n": Decimal(4)}, True),
        (AllCondition(all=(YES, MANY)), {"y": True}, False),
        (AnyCondition(any=(YES, MANY)), {"n": Decimal(4)}, True),
    ],
)
def test_conditions(condition: Any, values: dict[str, Any], expected: bool) -> None:
    assert holds(condition, values) is expected


def test_a_hidden_question_asks_for_nothing_and_its_own_answer_counts_as_none() -> None:
    first = question("yes_no", "y")
    second = question("short_text", "a", required=True, show_if=YES)
    third = question("short_text", "b", required=True, show_if=AnsweredCondition(question="a", answered=True))
    hidden = sheet(first, second, third, y=False, a="kept all the same", b="this too")
    assert hidden.hidden == {"a", "b"}
    assert hidden.problems == ()
    assert hidden.shown_answers["s"] == {"y": False}
    shown = sheet(first, second, third, y=True, a="text")
    assert shown.hidden == frozenset()
    assert codes(shown) == ["required"]


def test_an_answer_that_cannot_be_read_says_nothing() -> None:
    asked = question("short_text", "a", show_if=AnsweredCondition(question="n", answered=True))
    assert sheet(question("money", "n"), asked, n="60,000").hidden == {"a"}


def test_a_file_can_be_what_a_condition_asks_for() -> None:
    asked = question("short_text", "a", show_if=AnsweredCondition(question="f", answered=True))
    assert sheet(question("file", "f"), asked).hidden == {"a"}
    assert sheet(question("file", "f"), asked, files={"f": 1}).hidden == frozenset()


# --- the built-in section ---------------------------------------------------------------------------------------------


def pilot(**changes: Any) -> CallSpec:
    return call_file("M4EG-2021-PILOT").model_copy(update=changes)


@pytest.mark.parametrize(
    ("cover", "addressed", "expected"),
    [("all", 2, ["required"]), ("all", 3, []), ("any", 0, ["one_priority"]), ("any", 1, []), ("none", 0, [])],
)
def test_priorities_are_required_as_the_call_says(cover: str, addressed: int, expected: list[str]) -> None:
    base = pilot()
    call = base.model_copy(update={"priorities": base.priorities.model_copy(update={"cover": cover})})
    keys = [f"priority.{priority.code}" for priority in call.priorities.list][:addressed]
    filled = replace(
        sheet(call=call), lot="LOT1", answers={BUILTIN_SECTION: {**dict.fromkeys(keys, "so"), "declaration.ledp": True}}
    )
    assert codes(filled, BUILTIN_SECTION) == expected


def test_the_lot_and_declarations_are_asked_for_and_a_priority_takes_100_words() -> None:
    filled = sheet(call=pilot())
    assert (filled.problems[0].key, filled.problems[0].code) == (LOT, "required")
    assert "confirm" in codes(filled, BUILTIN_SECTION)
    long = replace(filled, answers={BUILTIN_SECTION: {"priority.green-areas": "so " * 101}})
    assert "too_many_words" in codes(long, BUILTIN_SECTION)
    assert filled.declarations == frozenset()
    assert replace(filled, answers={BUILTIN_SECTION: {"declaration.ledp": True}}).declarations == {"ledp"}


def test_progress_of_a_section() -> None:
    filled = sheet(question("short_text", required=True))
    section = filled.sections[-1]
    assert replace(filled, answers={}).progress(section) is Progress.NOT_STARTED
    assert filled.progress(section) is Progress.IN_PROGRESS
    assert filled.with_answers("s", {"q": "x"}).progress(section) is Progress.DONE
    files = sheet(question("file", required=True), files={"q": 1})
    assert replace(files, answers={}).progress(files.sections[-1]) is Progress.DONE


# --- amounts and limits -----------------------------------------------------------------------------------------------

AMOUNTS = (question("money", "requested"), question("money", "total-cost"), question("integer", "months"))


def limited(**parts: Any) -> CallSpec:
    return call_file("M4EG-2021-PORTFOLIO").model_copy(update={"eligibility": (), **parts})


@pytest.mark.parametrize(
    ("grant", "requested", "expected"),
    [
        (GrantLimits(min=Decimal(300)), "300", []),
        (GrantLimits(min=Decimal(300)), "299.99", ["grant_below"]),
        (GrantLimits(max=Decimal(600)), "600", []),
        (GrantLimits(max=Decimal(600)), "600.01", ["grant_above"]),
        (GrantLimits(fixed=Decimal(600)), "600", []),
        (GrantLimits(fixed=Decimal(600), max=Decimal(600)), "599.99", ["grant_fixed"]),
    ],
)
def test_grant_limits(grant: GrantLimits, requested: str, expected: list[str]) -> None:
    assert codes(sheet(*AMOUNTS, call=limited(grant=grant), requested=requested)) == expected


def test_the_lots_own_limits_override_the_calls() -> None:
    filled = sheet(*AMOUNTS, call=pilot(), requested="250000")
    assert "grant_below" in codes(replace(filled, lot="LOT1"))
    assert "grant_below" not in codes(replace(filled, lot="LOT3"))


@pytest.mark.parametrize(
    ("requested", "total", "expected"),
    [
        ("90", "100", []),
        ("90.01", "100", ["cofinancing_low"]),
        ("101", "100", ["requested_above_total"]),
        ("0", "0", []),
    ],
)
def test_cofinancing(requested: str, total: str, expected: list[str]) -> None:
    call = limited(cofinancing_min_percent=Decimal(10))
    assert codes(sheet(*AMOUNTS, call=call, requested=requested, **{"total-cost": total})) == expected


@pytest.mark.parametrize(
    ("months", "expected"),
    [("18", []), ("17", ["duration_below"]), ("36", []), ("37", ["duration_above"]), ("-1", ["duration_below"])],
)
def test_duration(months: str, expected: list[str]) -> None:
    call = limited(duration_months=pilot().duration_months)
    assert codes(sheet(*AMOUNTS, call=call, months=months)) == expected


@pytest.mark.parametrize(
    ("requested", "expected"), [("80", []), ("120", []), ("120.01", ["request_moved"]), ("79.99", ["request_moved"])]
)
def test_the_request_keeps_near_the_earlier_stage(requested: str, expected: list[str]) -> None:
    filled = sheet(*AMOUNTS, call=limited(), requested=requested)
    stage = filled.stage.model_copy(update={"keep_requested_within_percent": Decimal(20)})
    assert codes(replace(filled, stage=stage, before=Decimal(100))) == expected
    assert codes(replace(filled, stage=stage, before=None)) == []


def test_amounts_come_from_the_budget_where_there_is_one() -> None:
    value = budget(("100", "40"), ("50", "10"), [("Town", "100")])
    filled = sheet(BUDGET, *AMOUNTS, call=limited(), budget=value, requested="7", months="12")
    assert (filled.amounts.requested, filled.amounts.total, filled.amounts.months) == (Decimal(50), Decimal(150), 12)


def test_a_form_without_an_amount_requests_nothing_and_breaks_no_limit() -> None:
    filled = sheet(question("short_text"), call=limited(grant=GrantLimits(min=Decimal(300))))
    assert filled.amounts.requested is None
    assert filled.problems == ()


def test_an_amount_that_cannot_be_read_is_asked_about_and_not_limited() -> None:
    assert codes(sheet(*AMOUNTS, call=limited(grant=GrantLimits(max=Decimal(1))), requested="60,000")) == ["ambiguous"]


# --- for all forms ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [*map(chr, range(0x21)), *"\x7f\x85\u00a0\u2028\u3000\ufeff"])
@pytest.mark.parametrize("text", ["a {0} b", "a{0}{0}b", "{0}a {0}", "a\n{0}\nb"])
def test_white_space_and_unseen_signs_are_cleaned_once_and_for_all(text: str, sign: str) -> None:
    for one_line in (True, False):
        once = clean_text(text.format(sign), one_line=one_line)
        assert clean_text(once, one_line=one_line) == once
        if one_line:
            assert once is not None
            assert once == " ".join(once.split())


@settings(max_examples=120, deadline=None)
@given(filled_calls())
def test_cleaning_what_is_kept_changes_nothing_and_json_keeps_it(filled: Any) -> None:
    call, basics, raw = filled
    for section in (basics, *call.stages[0].form.sections):
        once = clean_section(section, raw[section.code])
        assert clean_section(section, once) == once
        assert json.loads(json.dumps(once)) == once
        assert "\\u0000" not in json.dumps(once)


@settings(max_examples=120, deadline=None)
@given(filled_calls(), st.integers(0, 2))
def test_every_problem_leads_to_a_field_and_has_its_sentence(filled: Any, files: int) -> None:
    call, basics, raw = filled
    sections = (basics, *call.stages[0].form.sections)
    answers = {section.code: clean_section(section, raw[section.code]) for section in sections}
    counts = {q.key: files for section in sections for q in section.questions if q.kind == "file"}
    found = Sheet(call, call.stages[0], basics, call.lots[0].code if call.lots else None, answers, counts)
    for problem in found.problems:
        section = next(section for section in sections if section.code == problem.section)
        assert problem.key in {q.key for q in section.questions}
        assert problem.target == problem.key or problem.target.startswith(f"{problem.key}.")
        assert problem.key not in found.hidden
        assert "%(" not in sentence(problem, call.currency)


@settings(max_examples=60, deadline=None)
@given(filled_calls())
def test_a_snapshot_is_json_without_floats_and_its_digest_survives_a_round_trip(filled: Any) -> None:
    call, basics, raw = filled
    sections = (basics, *call.stages[0].form.sections)
    answers = {section.code: clean_section(section, raw[section.code]) for section in sections}
    found = Sheet(call, call.stages[0], basics, call.lots[0].code if call.lots else None, answers, {})
    file = FrozenFile("some-file", "a.pdf", "pdf", 10, "0" * 64, "token")
    frozen = snapshot_of(found, [file], number="X-0001", sequence=1, municipality={"code": "AM01"})
    again = json.loads(canonical(frozen), parse_float=lambda text: pytest.fail(f"a float: {text}"))
    assert digest_of(again) == digest_of(frozen)
    assert digest_of({**again, "number": "X-0002"}) != digest_of(frozen)
