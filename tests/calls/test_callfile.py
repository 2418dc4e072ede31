"""The reader of call files: what it takes, and every error line that it owes."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from calls.callfile import CallFileErrors, load_file, load_text
from calls.spec import CallSpec, EqualsCondition
from tests.calls.faults import CASES
from tests.calls.spoilt import FOLDER, PILOT, TWELVE, Fault

INNOVATION = (FOLDER / "m4eg-2021-innovation.yaml").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def errors(text: str) -> list[str]:
    """The error lines of a text that is no good call file."""
    with pytest.raises(CallFileErrors) as caught:
        load_text(text, "pilot.yaml")
    return caught.value.lines


def spoilt(old: str, new: str, text: str = PILOT) -> list[str]:
    """The error lines after one replacement in the call for pilot projects."""
    assert text.count(old) == 1, text.count(old)
    return errors(text.replace(old, new))


# ---------------------------------------------------------------------------------------------- twelve faults


@pytest.mark.parametrize("fault", TWELVE, ids=lambda fault: fault.name)
def test_each_of_twelve_faults_is_one_line(fault: Fault) -> None:
    assert errors(fault.spoil(PILOT)) == [fault.error]


def test_twelve_faults_in_one_file_are_all_reported_in_its_order() -> None:
    text = PILOT
    for fault in TWELVE:
        text = fault.spoil(text)
    lines = errors(text)
    assert sorted(lines) == sorted(fault.error for fault in TWELVE)
    numbers = [int(line.split(":")[1]) for line in lines]
    assert numbers == [6, 23, 27, 53, 76, 86, 89, 97, 118, 126, 128, 134]


# ---------------------------------------------------------------------------------------------- one rule each


@pytest.mark.parametrize(("old", "new", "line", "path", "says"), CASES.values(), ids=CASES)
def test_each_fault_is_one_line(old: str, new: str, line: int, path: str, says: str) -> None:
    lines = spoilt(old, new)
    assert len(lines) == 1, lines
    place, where, sentence = lines[0].split(": ", 2)
    assert place == f"pilot.yaml:{line}"
    assert where.endswith(path)
    assert says in sentence


def test_a_misspelt_key_is_read_all_the_same() -> None:
    assert [line[:40] for line in spoilt("  budget: 10000000", "  budgett: ten")] == [
        "pilot.yaml:25: call.budgett: is not a ke",
        "pilot.yaml:25: call.budget: “ten” cannot",
    ]


def test_two_faults_of_one_scale() -> None:
    lines = spoilt(
        "scale: {min: 1, max: 5, step: 1}\n        comment: required_at_extremes\n        sections:\n"
        "          - code: capacity",
        "scale: {min: 5, max: 4, step: 0}\n        sections:\n          # x\n          - code: capacity",
    )
    assert [line.split(": ")[1] for line in lines] == ["call.stages[1].evaluation.scale.step"]


def test_steps_lead_from_the_lowest_score_to_the_highest() -> None:
    text = PILOT.replace("scale: {min: 1, max: 5, step: 1}", "scale: {min: 1, max: 5, step: 1.5}", 1)
    assert errors(text) == [
        "pilot.yaml:111: call.stages[0].evaluation.scale.step: steps of 1.5 do not lead from 1 to 5; "
        "write a step that divides the range"
    ]
    assert load_text(PILOT.replace("step: 1}", "step: 0.5}"), "x").stages[0].evaluation is not None


def test_a_third_assessor_comes_after_two() -> None:
    lines = errors(PILOT.replace("assessors: 2", "assessors: 3", 1))
    assert [line.split(": ")[:2] for line in lines] == [
        ["pilot.yaml:127", "call.stages[0].evaluation.divergence.resolve"]
    ]


def test_divergence_has_its_percentage() -> None:
    lines = errors(PILOT.replace("{percent_of_higher: 30, resolve: third_assessor}", "{resolve: consensus}", 1))
    assert len(lines) == 1
    assert lines[0].startswith("pilot.yaml:127: call.stages[0].evaluation.divergence.percent_of_higher: is missing")


def test_a_criterion_mark_above_the_scale_cannot_be_reached() -> None:
    lines = errors(INNOVATION.replace("weight: 1, min: 2,", "weight: 1, min: 5.5,"))
    assert len(lines) == 1
    assert "delivery" not in lines[0]
    assert "criteria[0].min: 5.5 cannot be reached: scale and weights allow at most 5" in lines[0]


def test_a_second_budget() -> None:
    annexes = "          - code: annexes\n"
    second = "              - {key: costs, kind: budget, label: {hy: Ծ, en: C}, categories: [{code: a}]}\n"
    lines = errors(INNOVATION.replace(annexes, second + annexes))
    assert len(lines) == 1
    assert "questions[1].kind: a form has one budget only" in lines[0]


def test_a_rule_about_the_call_itself_names_one_of_its_stages() -> None:
    text = INNOVATION.replace(
        "call: M4EG-2021-PORTFOLIO\n      stage: eoi", "call: M4EG-2021-INNOVATION\n      stage: propsal"
    )
    assert errors(text) == [
        "pilot.yaml:47: call.eligibility[0].stage: “propsal” is no stage of this call; "
        "write “proposal”, or another of: proposal"
    ]


@pytest.mark.parametrize("old", ["AM, ", "UA"])
def test_what_rests_on_an_unknown_country_is_not_blamed(old: str) -> None:
    lines = errors(PILOT.replace(old, old.replace("AM", "AX1").replace("UA", "U"), 1))
    assert [line.split(": ")[0] for line in lines] == ["pilot.yaml:23"]


def test_what_stands_under_an_alias_is_wrong_once() -> None:
    lines = spoilt('en: "Invest in local comparative advantages to stimulate business development"', "en: [x]")
    assert [line.split(": ")[:2] for line in lines] == [["pilot.yaml:44", "call.lots[0].objectives[0].en"]]


def test_an_alias_that_does_not_fit_is_reported_where_it_stands() -> None:
    lines = spoilt("      countries: [UA]\n", "      countries: *local-economy\n")
    assert {line.split(": ")[0] for line in lines} == {"pilot.yaml:43", "pilot.yaml:45", "pilot.yaml:47"}
    lines = spoilt("      budget: 4000000\n", "      budget: *local-economy\n")
    assert [line.split(": ")[:2] for line in lines] == [["pilot.yaml:53", "call.lots[1].budget"]]


# ---------------------------------------------------------------------------------------------- not even a call file

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "x.yaml:1: call: the file is empty; begin with “format: 1” and “call:”"),
        ("# nothing\n", "x.yaml:1: call: the file is empty; begin with “format: 1” and “call:”"),
        ("- a\n", "x.yaml:1: call: a list cannot stand here; write a group of keys"),
        (
            "format: 1\ncall:\n\tcode: X\n",
            "x.yaml:3: call: this is not YAML: found character '\\t' that cannot start any token",
        ),
        ("format: 1\ncall: {code: X\n", "x.yaml:3: call: this is not YAML: expected ',' or '}'"),
        ("format: 1\n---\ncall: 1\n", "x.yaml:2: call: this is not YAML: but found another document"),
        ("format: 1\ncall: *nowhere\n", "x.yaml:2: call: this is not YAML: found undefined alias 'nowhere'"),
        (
            "format: 1\ncall: !!python/object:os.system x\n",
            "x.yaml:2: call: the tag “!!python/object:os.system” is not part",
        ),
        ("format: 1\ncall: &a\n  title: *a\n", "x.yaml:3: call: this alias stands inside what it repeats"),
        ("format: 1\ncall: \x07\n", "x.yaml:2: call: the character U+0007 cannot stand in a call file"),
        (BOMB, "x.yaml:1: call: the aliases (*) of this file stand for more than 100000 values"),
        ("[" * 100 + "]" * 100, "x.yaml:1: call: the values are nested more than 60 deep here"),
        ("[" * 5000, "x.yaml:1: call: the values are nested more than 60 deep here"),
        ("x: " + "a" * 1_000_000, "x.yaml:1: call: the file is larger than 1000000 bytes"),
        ("format: 1\n", "x.yaml:1: call: is missing; add it with a group of keys"),
    ],
)
def test_what_is_no_call_file_gets_one_line(text: str, error: str) -> None:
    with pytest.raises(CallFileErrors) as caught:
        load_text(text, "x.yaml")
    assert len(caught.value.lines) == 1
    assert caught.value.lines[0].startswith(error), caught.value.lines


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "call.yaml"
    path.write_bytes(b"format: 1\n# \xe9\n")
    with pytest.raises(CallFileErrors) as caught:
        load_file(path)
    assert caught.value.lines == [f"{path}:2: call: the file is not in UTF-8 from here on; save it again as UTF-8"]


def test_a_file_with_a_byte_order_mark_loads(tmp_path: Path) -> None:
    path = tmp_path / "call.yaml"
    path.write_text(PILOT, encoding="utf-8-sig")
    assert load_file(path) == load_text(PILOT, "x")


# ---------------------------------------------------------------------------------------------- what is read


@pytest.fixture
def pilot() -> CallSpec:
    return load_text(PILOT, "pilot.yaml")


def test_moments_become_utc_by_the_zone_of_the_call(pilot: CallSpec) -> None:
    assert pilot.moment(pilot.stages[0].deadline) == datetime(2021, 4, 6, 14, 0, tzinfo=UTC)
    assert pilot.questions_until is not None
    assert pilot.moment(pilot.questions_until) == datetime(2021, 3, 16, 15, 0, tzinfo=UTC)
    assert pilot.local(datetime(2021, 4, 6, 14, 0, tzinfo=UTC)) == pilot.stages[0].deadline


def test_grace_comes_after_the_deadline() -> None:
    call = load_text(INNOVATION, "x")
    assert call.accepts_until(call.stages[0]) == datetime(2021, 10, 15, 14, 15, tzinfo=UTC)


def test_numbers_are_exact_and_maxima_computed(pilot: CallSpec) -> None:
    assert pilot.budget == Decimal(10000000)
    assert isinstance(pilot.budget, Decimal)
    evaluations = [stage.evaluation for stage in pilot.stages]
    assert [str(evaluation.maximum()) for evaluation in evaluations if evaluation] == ["50", "100"]


def test_a_lot_overrides_the_call(pilot: CallSpec) -> None:
    assert pilot.grant_for("LOT3").min == 200000
    assert pilot.grant_for(None).min is None
    assert pilot.countries_for("LOT2") == ("UA",)
    assert pilot.countries_for("LOT3") == pilot.countries
    assert pilot.cofinancing_for("LOT1") == 10


def test_the_value_of_a_condition_is_what_it_looks_like() -> None:
    condition = load_text(INNOVATION, "x").stages[0].form.question("partner-list")
    assert condition is not None
    assert condition.show_if == EqualsCondition(question="partners", equals=True)


def test_codes_of_other_readers_stay_text() -> None:
    """``no`` is Norwegian, not false, and 1.10 is not 1.1."""
    text = PILOT.replace(
        'code: "1.1", weight: 2, title: {hy: "Հրավերի', 'code: 1.10, weight: 2, title: {hy: "Հրավերի', 1
    )
    call = load_text(text.replace('[relevance, "1.1", lot-draw]', "[relevance, 1.10, lot-draw]"), "x")
    assert call.stages[0].evaluation is not None
    assert call.stages[0].evaluation.tie_break == ("relevance", "1.10", "lot-draw")


def test_a_large_file_is_read_in_reasonable_time() -> None:
    lot = "    - {code: LOT%d, kind: thematic, budget: 1, title: {hy: Լոտ, en: Lot}}\n"
    many = PILOT.replace("  eligibility:\n", "".join(lot % number for number in range(4, 1000)) + "  eligibility:\n")
    started = time.perf_counter()
    with pytest.raises(CallFileErrors):
        load_text(many, "x")
    assert time.perf_counter() - started < 10
