"""Scores of one application, each rule at its edge, worked by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest

from evaluation.scoring import (
    Entry,
    Outcome,
    ScoreFault,
    ScoringError,
    Standing,
    assess,
    display,
    maximum_of_section,
    maximum_total,
    score_fault,
)
from tests.evaluation.builders import PILOT, Block, entries, grid_from, one_criterion, pilot_scores

THIRD = {"percent_of_higher": 30, "resolve": "third_assessor"}
CONSENSUS = {"percent_of_higher": 30, "resolve": "consensus"}
NONE = {"percent_of_higher": 30, "resolve": "none"}


def standing(*scores: object, agreed: int | None = None, **changes: object) -> Standing:
    return assess(grid_from(one_criterion(**changes)), entries(*scores, agreed=agreed))


def test_the_example_of_the_format() -> None:
    given = [Entry(pilot_scores("435244")), Entry(pilot_scores("444335"))]
    result = assess(grid_from(PILOT), given)
    assert list(map(int, result.totals)) == [37, 39]
    assert result.score == 38
    assert result.section_means == {"relevance": 22, "design": 16}
    assert result.criterion_means["1.3"] == Fraction(9, 2)
    assert (result.counted, result.outcome, result.failed) == ((0, 1), Outcome.PASSED, ())


def test_maxima_come_from_scale_and_weights() -> None:
    grid = grid_from(PILOT)
    assert [maximum_of_section(grid, section) for section in grid.sections] == [30, 20]
    assert maximum_total(grid) == 50


def test_a_section_counts_weights_and_a_criterion_does_not() -> None:
    section = {"code": "s", "criteria": [{"code": "a", "weight": "1.5"}, {"code": "b", "weight": "0.1"}]}
    grid = grid_from(one_criterion(sections=[section]))
    result = assess(grid, [Entry({"a": 3, "b": 1}), Entry({"a": 4, "b": Decimal("2.5")})])
    assert result.totals == (Fraction("4.6"), Fraction("6.25"))
    assert result.mean("s") == result.score == Fraction("5.425")
    assert (result.mean("a"), result.mean("b")) == (Fraction("3.5"), Fraction("1.75"))


@pytest.mark.parametrize(
    ("scores", "divergence", "counted"),
    [
        ((), THIRD, Outcome.NEEDS_ASSESSOR),
        ((5,), THIRD, Outcome.NEEDS_ASSESSOR),
        ((10, 7), THIRD, (0, 1)),  # exactly 30 % of the higher
        ((7, 10), THIRD, (0, 1)),
        ((10, 6.9), THIRD, Outcome.NEEDS_THIRD),
        ((6.9, 10), THIRD, Outcome.NEEDS_THIRD),
        ((10, 7, 1), THIRD, (0, 1)),  # the third is only looked at when the two diverge
        ((10, 4, 5), THIRD, (1, 2)),
        ((10, 4, 9), THIRD, (0, 2)),
        ((10, 6, 0), THIRD, (0, 1)),  # the first two are the closest after all
        ((10, 4, 7), THIRD, (0, 1, 2)),  # in the middle
        ((10, 6, 2), THIRD, (0, 1, 2)),  # below both, as far again
        ((2, 6, 10), THIRD, (0, 1, 2)),
        ((4, 10, 4), THIRD, (0, 2)),
        ((4, 10, 10), THIRD, (1, 2)),
        ((10, 4, 9, 4, 4), THIRD, (0, 2)),  # a fourth is never looked at
        ((0, 0), THIRD, (0, 1)),
        ((0, 0.1), THIRD, Outcome.NEEDS_THIRD),
        ((10, 0), NONE, (0, 1)),
        ((10, 7), CONSENSUS, (0, 1)),
        ((10, 6.9), CONSENSUS, Outcome.NEEDS_CONSENSUS),
        ((10, 6.9, 8), CONSENSUS, Outcome.NEEDS_CONSENSUS),
    ],
)
def test_which_assessments_count(
    scores: tuple[object, ...], divergence: Block, counted: tuple[int, ...] | Outcome
) -> None:
    result = standing(*scores, divergence=divergence)
    assert len(result.totals) == len(scores)
    if isinstance(counted, Outcome):
        assert result == Standing(result.totals, counted)
        assert result.outcome.waits
    else:
        assert (result.counted, result.outcome) == (counted, Outcome.PASSED)


@pytest.mark.parametrize(
    ("scores", "agreed"), [((9,), 0), ((1, 9), 1), ((1, 1, 9), 2), ((9, 1, 1), 0), ((10, 1, 9, 3), 2)]
)
def test_an_agreed_assessment_counts_alone(scores: tuple[object, ...], agreed: int) -> None:
    result = standing(*scores, agreed=agreed, divergence=CONSENSUS)
    assert result.counted == (agreed,)
    assert result.score == 9


@pytest.mark.parametrize("divergence", [THIRD, NONE])
def test_an_agreed_assessment_where_none_is_foreseen(divergence: Block) -> None:
    with pytest.raises(ScoringError, match="not_allowed"):
        standing(5, 5, 5, agreed=2, divergence=divergence)


def test_two_agreed_assessments() -> None:
    grid = grid_from(one_criterion(divergence=CONSENSUS))
    with pytest.raises(ScoringError, match="two"):
        assess(grid, [Entry({"c": 5}, "a", True), Entry({"c": 5}, "b", True)])


def test_three_assessors_and_one() -> None:
    diverging = {"percent_of_higher": 30, "resolve": "consensus"}
    assert standing(5, 5, assessors=3).outcome is Outcome.NEEDS_ASSESSOR
    assert standing(10, 8, 7, assessors=3, divergence=diverging).counted == (0, 1, 2)
    assert standing(8, 10, 6.9, assessors=3, divergence=diverging).outcome is Outcome.NEEDS_CONSENSUS
    assert standing(4, 9, assessors=1, divergence=diverging).counted == (0,)


def test_a_third_assessor_belongs_to_two() -> None:
    with pytest.raises(ScoringError, match="two assessors"):
        grid_from(one_criterion(assessors=3, divergence=THIRD))


def test_the_draw_ends_every_tie_break() -> None:
    with pytest.raises(ScoringError, match="lot-draw"):
        grid_from(one_criterion(tie_break=["all"]))


def test_equal_to_the_mark_passes() -> None:
    assert standing(6, 6, pass_mark=6).passed
    assert standing(5.9, 6, pass_mark=6).failed == ("pass_mark",)


def test_a_mean_of_three_is_no_decimal() -> None:
    result = standing(9, 9, 8, assessors=3, pass_mark="8.67")
    assert result.score == Fraction(26, 3)
    assert display(Fraction(26, 3)) == "8.67"
    assert result.failed == ("pass_mark",)  # 8.666… is below 8.67 though it is shown like it
    assert standing(9, 9, 8, assessors=3, pass_mark="8.66").passed


def test_everything_that_is_failed_is_named_in_the_order_of_the_grid() -> None:
    sections = [
        {"code": "z", "min": 8, "criteria": [{"code": "y", "min": 3}, {"code": "x", "min": "2.5"}]},
        {"code": "b", "min": 6, "criteria": [{"code": "a", "weight": 2, "min": 4}]},
    ]
    grid = grid_from(one_criterion(sections=sections, pass_mark=20))
    result = assess(grid, [Entry({"y": 2, "x": 2, "a": 3}), Entry({"y": 3, "x": 3, "a": 3})])
    assert result.section_means == {"z": 5, "b": 6}
    assert result.failed == ("pass_mark", "section:z", "criterion:y", "criterion:a")
    assert result.outcome is Outcome.FAILED
    assert not result.passed


def test_a_minimum_fails_whatever_the_score() -> None:
    sections = [{"code": "s", "criteria": [{"code": "a", "min": 2}, {"code": "b"}]}]
    grid = grid_from(one_criterion(sections=sections, pass_mark=5))
    assert assess(grid, [Entry({"a": 2, "b": 10})] * 2).passed
    below = assess(grid, [Entry({"a": 2, "b": 10}), Entry({"a": Decimal("1.9"), "b": 10})])
    assert (below.failed, below.score) == (("criterion:a",), Fraction("11.95"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0.00"),
        ("0.005", "0.01"),
        ("0.00499999999999999999999999", "0.00"),
        ("1.005", "1.01"),
        ("0.125", "0.13"),
        ("2.675", "2.68"),
        ("99.995", "100.00"),
        ("1/3", "0.33"),
        ("2/3", "0.67"),
        ("12345678901234567890.125", "12345678901234567890.13"),
        ("-0.001", "0.00"),
        ("-0.005", "-0.01"),
    ],
)
def test_display_rounds_half_up(value: str, text: str) -> None:
    assert display(Fraction(value)) == text


@pytest.mark.parametrize(
    ("score", "fault"),
    [
        (1, None),
        (5, None),
        (Decimal("3.5"), None),
        (Decimal("3.500"), None),
        (0, ScoreFault.OUT_OF_RANGE),
        (Decimal("5.0001"), ScoreFault.OUT_OF_RANGE),
        (Decimal("3.3"), ScoreFault.OFF_STEP),
    ],
)
def test_scores_on_the_scale(score: int | Decimal, fault: ScoreFault | None) -> None:
    grid = grid_from(one_criterion(scale={"min": 1, "max": 5, "step": "0.25"}))
    assert score_fault(grid, score) is fault


def test_steps_are_counted_from_the_least_score() -> None:
    grid = grid_from(one_criterion(scale={"min": 1, "max": 6, "step": 2}))
    assert [score_fault(grid, score) for score in (1, 3, 5)] == [None] * 3
    assert [score_fault(grid, score) for score in (2, 4, 6)] == [ScoreFault.OFF_STEP] * 3
