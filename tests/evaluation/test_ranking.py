"""Ranking and selection: by hand at the edges, and against the second implementation everywhere else."""

import json
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.assessments_file import StageFrame, parse_assessments, recompute
from evaluation.ranking import Application, Ranking, draw, rank_stage
from evaluation.ranking_json import assessments_document, json_number, result_document, result_text
from evaluation.scoring import Outcome, SelectionRule
from evaluation.selection import select
from tests.evaluation.builders import (
    PILOT,
    PILOT_LOTS,
    Block,
    application,
    document,
    encoded,
    frame_of,
    one_criterion,
    pilot_application,
)
from tests.evaluation.naive import rank_naively


def ranked(block: Block, *applications: Block, lots: tuple[tuple[str, object], ...] = (), seed: int = 7) -> Block:
    """The printed result for `one_criterion` applications."""
    return result_document(recompute(encoded(document(*applications, seed=seed)), frame_of(block, *lots)))


def order(result: Block) -> list[str]:
    return [one["number"] for one in result["applications"] if one["rank"]]


def outcomes(result: Block) -> list[str]:
    return [one["outcome"] for one in result["applications"]]


def test_the_example_of_the_format() -> None:
    given_one = pilot_application("CALL-0001", "LOT1", "512000.00", "435244", "444335")
    result = recompute(encoded(document(given_one)), frame_of(PILOT, *PILOT_LOTS))
    assert json.loads(result_text(result)) == {
        "lots": {
            "LOT1": {"budget": "5000000.00", "selected": 1, "requested": "512000.00"},
            "LOT2": {"budget": "4000000.00", "selected": 0, "requested": "0.00"},
            "LOT3": {"budget": "1000000.00", "selected": 0, "requested": "0.00"},
        },
        "applications": [
            {
                "number": "CALL-0001",
                "lot": "LOT1",
                "totals": ["37.00", "39.00"],
                "counted": [0, 1],
                "score": "38.00",
                "sections": {"relevance": "22.00", "design": "16.00"},
                "passed": True,
                "failed": [],
                "rank": 1,
                "outcome": "selected",
            }
        ],
    }
    keys = ["number", "lot", "totals", "counted", "score", "sections", "passed", "failed", "rank", "outcome"]
    assert list(json.loads(result_text(result))["applications"][0]) == keys


def test_the_draw_is_the_digest_of_seed_and_number() -> None:
    # printf "7:A" | sha256sum
    assert draw(7, "A") == "0d3757a0a5954f3a59dba25eb71153bcc1e24a8fc61724724f5cea94eac6a7ef"
    assert draw(7, "Կապան") == "dde90ff1a46ace4a5581cc08e30db64e772d8cb14d1e3a88bdfe7a6a51afc729"


def test_a_tie_through_everything_is_drawn_and_the_seed_decides() -> None:
    block = one_criterion(tie_break=["all", "c", "lot-draw"])
    equals = [application(number, 5, 5) for number in "EDCBA"]
    # Digests begin: 7:A 0d3, 7:B b85, 7:C 7bb, 7:D e72, 7:E f9b; 8:A 202, 8:B 165, 8:C 373, 8:D 305, 8:E 681.
    assert order(ranked(block, *equals, seed=7)) == ["A", "C", "B", "D", "E"]
    assert order(ranked(block, *equals, seed=8)) == ["B", "A", "D", "C", "E"]
    assert [one["rank"] for one in ranked(block, *equals)["applications"]] == [1, 2, 3, 4, 5]


def test_the_tie_break_goes_entry_by_entry() -> None:
    sections = [
        {"code": "s", "criteria": [{"code": "a"}, {"code": "b"}]},
        {"code": "t", "criteria": [{"code": "d"}]},
    ]

    def one(number: str, a: int, b: int, d: int) -> Block:
        return application(number) | {"assessments": [{"assessor": "x", "scores": {"a": a, "b": b, "d": d}}]}

    given_ones = [one("A", 3, 3, 4), one("B", 2, 5, 3), one("C", 5, 2, 3), one("D", 4, 4, 3)]
    block = one_criterion(assessors=1, sections=sections, tie_break=["t", "a", "lot-draw"])
    assert order(ranked(block, *given_ones)) == ["D", "A", "C", "B"]
    block["tie_break"] = ["s", "b", "lot-draw"]
    assert order(ranked(block, *given_ones)) == ["D", "B", "C", "A"]


def test_scores_that_look_alike_are_not_equal() -> None:
    block = one_criterion(assessors=3, scale={"min": 0, "max": 10, "step": "0.001"})
    close = [application("A", 8.665, 8.667, 8.667), application("C", 8.666, 8.667, 8.667)]
    result = ranked(block, *close)
    assert [one["score"] for one in result["applications"]] == ["8.67", "8.67"]
    assert order(result) == ["C", "A"]  # the draw alone would put A first


@pytest.mark.parametrize(
    ("rule", "requested", "expected"),
    [
        (SelectionRule("budget"), "50.00 50.00", "ss"),
        (SelectionRule("budget"), "50.00 50.01", "sr"),
        (SelectionRule("budget"), "50.00 50.01 50.00", "srr"),
        (SelectionRule("budget", on_overflow="skip"), "50.00 50.01 50.00", "srs"),
        (SelectionRule("budget", on_overflow="skip"), "50.00 50.01 49.99 0.01 0.01", "srssr"),
        (SelectionRule("budget"), "100.01", "r"),
        (SelectionRule("budget"), "100.00 0.00 0.01 0.00", "ssrr"),
        (SelectionRule("budget", factor=Fraction(3, 2)), "100 50 0.01", "ssr"),
        (SelectionRule("budget", factor=Fraction("0.333")), "33.30", "s"),
        (SelectionRule("budget", factor=Fraction("0.333")), "33.31", "r"),
        (SelectionRule("budget", limit=1), "1 1", "ss"),
        (SelectionRule("count", limit=2), "999 999 999", "ssr"),
        (SelectionRule("count", limit=5, on_overflow="skip"), "999 999", "ss"),
        (SelectionRule("pass_mark"), "999 999 999", "sss"),
        (SelectionRule("manual"), "1 999", "pp"),
        (SelectionRule("budget"), "", ""),
    ],
)
def test_selection_from_a_budget_of_100(rule: SelectionRule, requested: str, expected: str) -> None:
    names = {Outcome.SELECTED: "s", Outcome.RESERVE: "r", Outcome.PASSED: "p"}
    amounts = [Fraction(amount) for amount in requested.split()]
    assert "".join(names[outcome] for outcome in select(rule, amounts, Fraction(100))) == expected


def test_what_is_printed_for_those_that_fail_or_wait() -> None:
    block = one_criterion(pass_mark=5, divergence={"percent_of_higher": 30, "resolve": "third_assessor"})
    result = ranked(
        block,
        application("D", 9, 1),
        application("C", 4),
        application("B", 4, 4),
        application("E", 6, 6, 1),
        application("A", 7, 7),
    )
    shown = [(one["number"], one["rank"], one["outcome"]) for one in result["applications"]]
    assert shown == [
        ("A", 1, "passed"),
        ("E", 2, "passed"),
        ("B", None, "failed"),
        ("C", None, "needs_assessor"),
        ("D", None, "needs_third"),
    ]
    failed, waiting = result["applications"][2], result["applications"][4]
    assert (failed["score"], failed["sections"], failed["counted"]) == ("4.00", {"all": "4.00"}, [0, 1])
    assert (failed["passed"], failed["failed"]) == (False, ["pass_mark"])
    assert waiting == {
        "number": "D",
        "lot": None,
        "totals": ["9.00", "1.00"],
        "counted": [],
        "score": None,
        "sections": {},
        "passed": False,
        "failed": [],
        "rank": None,
        "outcome": "needs_third",
    }


def test_each_lot_has_its_own_ranking_and_budget_in_the_order_of_the_call() -> None:
    block = one_criterion(selection={"rule": "budget", "factor": 2})
    result = ranked(
        block,
        application("1", 5, 5, lot="EAST", requested="10.00"),
        application("2", 9, 9, lot="WEST", requested="7.50"),
        application("3", 6, 6, lot="EAST", requested="15.5"),
        application("4", 7, 7, lot="EAST", requested="4.5"),
        lots=(("WEST", 3), ("NORTH", "0.5"), ("EAST", 10)),
    )
    assert list(result["lots"].items()) == [
        ("WEST", {"budget": "3.00", "selected": 0, "requested": "0.00"}),
        ("NORTH", {"budget": "0.50", "selected": 0, "requested": "0.00"}),
        ("EAST", {"budget": "10.00", "selected": 2, "requested": "20.00"}),
    ]
    assert [one["number"] for one in result["applications"]] == ["2", "4", "3", "1"]
    assert outcomes(result) == ["reserve", "selected", "selected", "reserve"]
    assert [one["rank"] for one in result["applications"]] == [1, 1, 2, 3]


def test_a_call_without_lots_is_one_lot_with_the_budget_of_the_call() -> None:
    result = ranked(one_criterion(selection={"rule": "pass_mark"}), application("1", 5, 5, requested="0.10"))
    assert result["lots"] == {"null": {"budget": "100.00", "selected": 1, "requested": "0.10"}}


def stage(applications: list[Application]) -> Ranking:
    frame = frame_of(one_criterion(), ("L", 1), ("M", 1))
    return rank_stage(frame.grid, frame.lots, applications, 7)


def test_a_lot_that_waits_cannot_be_frozen() -> None:
    waiting = application("1", 5, lot="L")
    parsed = parse_assessments(encoded(document(waiting)), frame_of(one_criterion(), ("L", 1), ("M", 1)))
    result = stage(list(parsed.applications))
    assert [(lot.waiting, lot.can_freeze) for lot in result.lots] == [(1, False), (0, True)]


def test_ranking_refuses_strange_lots_and_equal_numbers() -> None:
    with pytest.raises(ValueError, match="unknown lot"):
        stage([Application("1", None, Decimal(0), ())])
    with pytest.raises(ValueError, match="given twice"):
        stage([Application("1", "L", Decimal(0), ()), Application("1", "M", Decimal(0), ())])


# 164 applications in two lots: as many as the pilot call had, made by a fixed rule.


def many_applications() -> list[Block]:
    """Two thirds in LOT1; two assessors each, some with a third, some with only one."""
    made = []
    for place in range(1, 165):
        thrown = sha256(str(place).encode()).digest()
        digits = "".join(str((2, 3, 3, 4, 4, 5)[byte % 6]) for byte in thrown[:18])
        how_many = (1, 2, 2, 2, 2, 2, 2, 3)[thrown[18] % 8]
        given_digits = [digits[at : at + 6] for at in range(0, 6 * how_many, 6)]
        amount = f"{300_000 + 1000 * thrown[19]}.{thrown[20] % 100:02d}"
        lot = "LOT1" if place % 3 else "LOT2"
        made.append(pilot_application(f"CALL-{place:04d}", lot, amount, *given_digits))
    return made


def many_divergent() -> Block:
    """The pilot grid with a low tolerance, so that thirds are needed, and minima that some miss."""
    block: Block = json.loads(json.dumps(PILOT))
    block["divergence"]["percent_of_higher"] = 20
    block["sections"][0]["min"] = 17
    block["sections"][1]["criteria"][0]["min"] = 3
    return block


def test_164_applications_over_two_lots() -> None:
    given_document = document(*many_applications(), seed=20210406)
    lots = PILOT_LOTS[:2]
    text = result_text(recompute(encoded(given_document), frame_of(many_divergent(), *lots)))
    result = json.loads(text)
    assert result == rank_naively(many_divergent(), list(lots), given_document)
    assert len(result["applications"]) == 164
    assert set(outcomes(result)) == {"selected", "reserve", "failed", "needs_assessor", "needs_third"}
    assert sha256(text.encode()).hexdigest() == "ba1b23e504c3c61fcfbebc4c66801c21e5f7260f499168095290180d05c86ad6"


def test_some_of_the_164_worked_by_hand() -> None:
    given_document = document(*many_applications(), seed=20210406)
    result = result_document(recompute(encoded(given_document), frame_of(many_divergent(), *PILOT_LOTS[:2])))
    by_number = {one["number"]: one for one in result["applications"]}

    def shown(number: str) -> tuple[Any, ...]:
        one = by_number[f"CALL-{number}"]
        return tuple(one[key] for key in ("totals", "counted", "score", "rank", "outcome"))

    # The first two of 0049 and of 0098 both come to 39 and 42: 2x(3+5)+3+4 + 2x(5+3) = 39, and so on.
    # Relevance (23 and 26 against 23 and 22) puts 0049 before 0098.
    assert shown("0049") == (["39.00", "42.00"], [0, 1], "40.50", 2, "selected")
    assert shown("0098") == (["39.00", "42.00", "33.00"], [0, 1], "40.50", 3, "selected")
    # 26 is 10 below 36, more than 20 % of it (7.2); the third, 33, is nearest to 36.
    assert shown("0141") == (["36.00", "26.00", "33.00"], [0, 2], "34.50", 17, "selected")
    # Equal in score (36) and relevance (22); 1.1 has means 4 and 3.5.
    assert shown("0019") == (["33.00", "39.00", "28.00"], [0, 1], "36.00", 24, "reserve")
    assert shown("0089") == (["38.00", "34.00"], [0, 1], "36.00", 25, "reserve")
    # 9,552,012.22 are taken of twice 5,000,000. The 462,000.02 of 0019 do not fit, and nothing after it is
    # taken, though the 351,000.26 of 0089 would fit.
    assert result["lots"]["LOT1"] == {"budget": "5000000.00", "selected": 23, "requested": "9552012.22"}


def test_the_order_of_the_file_changes_nothing() -> None:
    applications = many_applications()
    frame = frame_of(many_divergent(), *PILOT_LOTS)
    one, other = document(*applications), document(*reversed(applications))
    assert result_text(recompute(encoded(one), frame)) == result_text(recompute(encoded(other), frame))


# Every rule at once, against the plain implementation.

SCALES: list[Block] = [
    {"min": 1, "max": 5, "step": 1},
    {"min": 0, "max": 10, "step": "0.5"},
    {"min": 0, "max": 1, "step": "0.1"},
    {"min": "0.5", "max": 4, "step": "0.25"},
]
LOT_CODES: list[list[str | None]] = [[None], ["LOT1"], ["LOT2", "LOT1"]]


def scores_of(scale: Block) -> list[Fraction]:
    low, high, step = (Fraction(str(scale[key])) for key in ("min", "max", "step"))
    return [low + step * count for count in range(int((high - low) / step) + 1)]


@st.composite
def evaluations(draw_from: st.DrawFn) -> Block:
    """An `evaluation` block."""
    scale = draw_from(st.sampled_from(SCALES))
    codes = iter("abcdefghijklmnop")
    minimum = st.none() | st.sampled_from([1, 2, "2.5", 4])
    weight = st.sampled_from([1, 2, "0.5", "1.1"])
    sections: list[Block] = [
        {
            "code": f"section-{place}",
            "min": draw_from(minimum),
            "criteria": [
                {"code": next(codes), "weight": draw_from(weight), "min": draw_from(minimum)}
                for _ in range(draw_from(st.integers(1, 3)))
            ],
        }
        for place in range(draw_from(st.integers(1, 2)))
    ]
    names = [s["code"] for s in sections] + [c["code"] for s in sections for c in s["criteria"]]
    assessors = draw_from(st.sampled_from([1, 2, 2, 2, 3]))
    resolves = ["none", "consensus"] + ["third_assessor"] * 3 * (assessors == 2)
    return {
        "assessors": assessors,
        "scale": scale,
        "sections": sections,
        "pass_mark": draw_from(st.sampled_from([0, 2, 3, "4.5", 6])),
        "divergence": {
            "percent_of_higher": draw_from(st.sampled_from([0, 10, 30, "33.3", 50, 100])),
            "resolve": draw_from(st.sampled_from(resolves)),
        },
        "tie_break": [*draw_from(st.lists(st.sampled_from(names), unique=True, max_size=3)), "lot-draw"],
        "selection": {
            "rule": draw_from(st.sampled_from(["budget", "budget", "count", "pass_mark", "manual"])),
            "limit": draw_from(st.integers(1, 4)),
            "factor": draw_from(st.sampled_from([1, 2, "0.5", "1.333"])),
            "on_overflow": draw_from(st.sampled_from(["stop", "skip"])),
        },
    }


@st.composite
def stages(draw_from: st.DrawFn) -> tuple[Block, list[tuple[str | None, Any]], Block]:
    """An `evaluation` block, lots with budgets, and an assessments file; few values, so many ties."""
    block = draw_from(evaluations())
    budget = st.sampled_from([0, 100, "150.50", 1000])
    codes: list[str | None] = draw_from(st.sampled_from(LOT_CODES))
    lots = [(code, draw_from(budget)) for code in codes]
    criteria = [criterion["code"] for section in block["sections"] for criterion in section["criteria"]]
    everything = scores_of(block["scale"])
    few = draw_from(st.lists(st.sampled_from(everything), min_size=1, max_size=4))
    entry = st.fixed_dictionaries({code: st.sampled_from(few).map(json_number) for code in criteria})
    applications = []
    for number in draw_from(st.lists(st.integers(1, 99), unique=True, max_size=9)):
        given_scores = draw_from(st.lists(entry, max_size=4))
        assessments: list[Block] = [{"assessor": f"a{i}", "scores": one} for i, one in enumerate(given_scores)]
        if assessments and block["divergence"]["resolve"] == "consensus" and draw_from(st.booleans()):
            draw_from(st.sampled_from(assessments))["consensus"] = True
        applications.append(
            {
                "number": f"Հ-{number}",
                "lot": draw_from(st.sampled_from(codes)),
                "requested": draw_from(st.sampled_from(["0", "50.00", "50.01", "49.99", "100.5"])),
                "assessments": assessments,
            }
        )
    return block, lots, document(*applications, seed=draw_from(st.integers(-5, 10**20)))


@settings(max_examples=300, deadline=None)
@given(stages())
def test_two_implementations_agree_to_the_letter(
    given_stage: tuple[Block, list[tuple[str | None, Any]], Block],
) -> None:
    block, lots, given_document = given_stage
    found = result_text(recompute(encoded(given_document), frame_of(block, *lots)))
    expected = rank_naively(block, lots, given_document)
    assert found == json.dumps(expected, ensure_ascii=False, indent=1)


@settings(max_examples=100, deadline=None)
@given(stages())
def test_an_assessments_file_reads_back_as_it_was_written(
    given_stage: tuple[Block, list[tuple[str | None, Any]], Block],
) -> None:
    block, lots, given_document = given_stage
    frame: StageFrame = frame_of(block, *lots)
    once = parse_assessments(encoded(given_document), frame)
    written = assessments_document(once.call, once.stage, once.seed, once.applications)
    assert parse_assessments(encoded(written), frame) == once


def test_a_score_that_json_cannot_keep_is_not_written() -> None:
    assert (json_number(Fraction(7, 2)), json_number(Fraction(4))) == (3.5, 4)
    with pytest.raises(ValueError, match="more digits"):
        json_number(Fraction("0.1234567890123456789"))
