"""The assessments file and `manage.py rank`: the result in full, and every fault named at once."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from evaluation.assessments_file import AssessmentsFileError, parse_assessments
from tests.evaluation.builders import Block, application, document, encoded, frame_of, one_criterion

DATA = Path(__file__).resolve().parent.parent / "data" / "rank"
CALL = DATA / "call.yaml"
CONSENSUS = {"percent_of_higher": 30, "resolve": "consensus"}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def rank(assessments: Path, stage: str = "concept", call: Path = CALL) -> str:
    """What the command prints."""
    output = StringIO()
    call_command("rank", str(call), stage, str(assessments), stdout=output)
    return output.getvalue()


def refused(assessments: Path, stage: str = "concept", call: Path = CALL) -> list[str]:
    """The lines on the error stream of a command that prints nothing else and ends in an error."""
    output, errors = StringIO(), StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("rank", str(call), stage, str(assessments), stdout=output, stderr=errors)
    assert output.getvalue() == ""
    assert caught.value.returncode == 1
    lines = errors.getvalue().splitlines()
    assert str(caught.value).startswith(f"{len(lines)} error")
    return lines


def written(folder: Path, value: object) -> Path:
    path = folder / "assessments.json"
    path.write_bytes(encoded(value))
    return path


def test_the_small_call_in_full() -> None:
    text = rank(DATA / "assessments.json")
    expected = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))
    assert text == json.dumps(expected, ensure_ascii=False, indent=1) + "\n"


def test_all_errors_of_a_file_are_named_and_nothing_is_printed(tmp_path: Path) -> None:
    spoilt = json.loads((DATA / "assessments.json").read_text(encoding="utf-8"))
    spoilt["call"] = "OTHER"
    first, second, *_ = spoilt["applications"]
    first["assessments"][0]["scores"]["1.1"] = 6
    second["lot"] = "EAST"
    del second["assessments"][1]["scores"]["2.1"]
    assert refused(written(tmp_path, spoilt)) == [
        'call: the file is for "OTHER", not for SMALL-2021',
        "application SMALL-2021-0006, assessor a1, criterion 1.1: the score 6 is not between 1 and 5",
        "application SMALL-2021-0001, assessor a2, criterion 2.1: the score is missing",
        'application SMALL-2021-0001: unknown lot "EAST"; the call has NORTH, SOUTH',
    ]


def test_an_unknown_stage_and_one_that_is_not_evaluated() -> None:
    for stage in ("full", "interest"):
        lines = refused(DATA / "assessments.json", stage=stage)
        assert lines == [f"{stage}: the call evaluates no such stage, but concept"]


def test_a_spoilt_call_file(tmp_path: Path) -> None:
    spoilt = tmp_path / "call.yaml"
    text = CALL.read_text(encoding="utf-8").replace("pass_mark: 9", "pass_mark: nine")
    spoilt.write_text(text.replace("currency: EUR", "currency: EURO"), encoding="utf-8")
    lines = refused(DATA / "assessments.json", call=spoilt)
    assert [line.split(":")[2].strip() for line in lines] == [
        "call.currency",
        "call.stages[1].evaluation.pass_mark",
    ]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    missing = tmp_path / "missing.json"
    assert refused(missing) == [f"{missing}: No such file or directory"]
    assert str(tmp_path / "missing.yaml") in refused(DATA / "assessments.json", call=tmp_path / "missing.yaml")[0]


def from_a_shell(*arguments: object) -> subprocess.CompletedProcess[str]:
    """`manage.py rank` in a process of its own, where neither database nor Redis can be reached."""
    nowhere = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    return subprocess.run(
        [sys.executable, "manage.py", "rank", *map(str, arguments)],
        cwd=DATA.parent.parent.parent,
        env={**os.environ, **nowhere, "SECRET_KEY": "any", "DJANGO_SETTINGS_MODULE": "portal.settings"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_from_a_shell_without_any_server(tmp_path: Path) -> None:
    expected = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))
    good = from_a_shell(CALL, "concept", DATA / "assessments.json")
    assert (good.returncode, json.loads(good.stdout)) == (0, expected)
    spoilt = json.loads((DATA / "assessments.json").read_text(encoding="utf-8"))
    spoilt["applications"][0]["assessments"][1]["scores"]["2.1"] = 5.25
    bad = from_a_shell(CALL, "concept", written(tmp_path, spoilt))
    assert (bad.returncode, bad.stdout) == (1, "")
    assert all(name in bad.stderr for name in ("SMALL-2021-0006", "a2", "2.1", "5.25"))


# The faults of an assessments file, one by one, without the command.


def faults(*applications: Any, grid: Block | None = None, lots: tuple[str, ...] = (), **changes: Any) -> list[str]:
    """Error lines of a file with these applications; an empty list if it is in order."""
    return faults_of(encoded(document(*applications, **changes)), grid, lots)


def faults_of(data: bytes, grid: Block | None = None, lots: tuple[str, ...] = ()) -> list[str]:
    frame = frame_of(grid or one_criterion(), *((lot, 100) for lot in lots))
    try:
        parse_assessments(data, frame)
    except AssessmentsFileError as errors:
        return list(errors.lines)
    return []


def test_a_file_in_order_has_no_faults() -> None:
    assert faults(application("1", 5, 6.5), application("2")) == []
    assert faults() == []
    assert faults(shortlist={"anything": "else"}) == []


def test_many_faults_in_one_file() -> None:
    grid = one_criterion(scale={"min": 1, "max": 5, "step": "0.5"}, divergence=CONSENSUS)
    bad = application("1", 0, 5.5, 3.3, "4", True, None, lot="L")
    bad["assessments"][1]["scores"]["z"] = 1
    bad["assessments"][2]["remark"] = "late"
    twice = application("2", 4, 4, lot="M", requested="1,000")
    twice["assessments"][1]["assessor"] = "a0"
    agreed = application("1", 4, 4, requested="-1.00", lot="L")
    agreed["assessments"][0]["consensus"] = agreed["assessments"][1]["consensus"] = True
    del agreed["assessments"][1]["scores"]["c"]
    nameless = {"number": 3, "lot": None, "assessments": [{"scores": {"c": 4}}, "good"]}
    found = faults(bad, twice, agreed, nameless, "5", grid=grid, lots=("L",), stage="full", seed="7", remark="none")
    assert found == [
        'unknown key "remark"',
        'stage: the file is for "full", not for concept',
        'seed must be a whole number, not "7"',
        "application 1, assessor a0, criterion c: the score 0 is not between 1 and 5",
        "application 1, assessor a1, criterion z: unknown criterion",
        "application 1, assessor a1, criterion c: the score 5.5 is not between 1 and 5",
        'application 1, assessor a2: unknown key "remark"',
        "application 1, assessor a2, criterion c: the score 3.3 is not in steps of 0.5 from 1",
        'application 1, assessor a3, criterion c: the score must be a number, not "4"',
        "application 1, assessor a4, criterion c: the score must be a number, not true",
        "application 1, assessor a5, criterion c: the score must be a number, not null",
        "application 2, assessor a0: the assessor is named twice",
        'application 2: unknown lot "M"; the call has L',
        'application 2: requested must be an amount such as "512000.00", not "1,000"',
        "application 1, assessor a1, criterion c: the score is missing",
        "application 1, assessor a0, assessor a1: more than one agreed assessment",
        'application 1: requested must be an amount such as "512000.00", not "-1.00"',
        'application in place 4: the key "requested" is missing',
        "application in place 4: number must be a text, not 3",
        'application in place 4, assessment in place 1: the key "assessor" is missing',
        'application in place 4, assessment in place 2: must be a JSON object, not "good"',
        "application in place 4: unknown lot null; the call has L",
        'application in place 5: must be a JSON object, not "5"',
        "application 1: the number is given twice",
    ]


@pytest.mark.parametrize("resolve", ["none", "third_assessor"])
def test_an_agreed_assessment_where_none_is_foreseen(resolve: str) -> None:
    grid = one_criterion(divergence={"percent_of_higher": 30, "resolve": resolve})
    agreed = application("1", 5, 5, 5)
    agreed["assessments"][2] = {"scores": {"c": 5}, "consensus": True}
    assert faults(agreed, grid=grid) == [
        "application 1, assessment in place 3: an agreed assessment, "
        "but the grid does not resolve divergence by consensus"
    ]


def test_an_agreed_assessment_may_bear_the_name_of_an_assessor() -> None:
    agreed = application("1", 5, 5, 5)
    agreed["assessments"][2] |= {"assessor": "a0", "consensus": True}
    assert faults(agreed, grid=one_criterion(divergence=CONSENSUS)) == []
    agreed["assessments"][2]["consensus"] = 1
    assert "application 1, assessor a0: consensus must be true or false, not 1" in faults(agreed)


def test_entries_that_do_not_count_are_checked_too() -> None:
    grid = one_criterion(divergence={"percent_of_higher": 30, "resolve": "third_assessor"})
    assert len(faults(application("1", 5, 5, 11, 5, -1), grid=grid)) == 2


@pytest.mark.parametrize(
    "amount",
    ["0", "0.5", "512000.00", 512000, "9999999999999999.99", "REAL 512000.5", "REAL 0e-2", "REAL 1e3"],
)
def test_amounts(amount: object) -> None:
    assert faults_of(with_amount(amount)) == []


@pytest.mark.parametrize(
    "amount",
    [
        *("", "1.005", "1.", ".5", "1 000", "+1", " 1", "1e3", "١", "10000000000000000", None, True, [1], -1),
        *("REAL 1.005", "REAL -0.01", "REAL 1e-9", "REAL 1e99", "REAL 1e999999999"),
        *("REAL NaN", "REAL Infinity"),
    ],
)
def test_what_is_no_amount(amount: object) -> None:
    assert len(faults_of(with_amount(amount))) == 1


def with_amount(amount: object) -> bytes:
    """A file whose one application requests this; after REAL stands a JSON number as it is written."""
    given = str(amount).removeprefix("REAL ") if str(amount).startswith("REAL ") else json.dumps(amount)
    return encoded(document(application("1", requested="AMOUNT"))).replace(b'"AMOUNT"', given.encode())


@pytest.mark.parametrize(
    "score",
    ["NaN", "Infinity", "-Infinity", "1e999999999", "1e-999999999", "1e9999999999999999999", "9" * 5000],
)
def test_numbers_beyond_measure_are_refused_where_they_stand(score: str) -> None:
    data = encoded(document(application("1", 5, 777))).replace(b"777", score.encode())
    [line] = faults_of(data)
    assert line.startswith("application 1, assessor a1, criterion c: the score ")
    assert len(line) < 200


@pytest.mark.parametrize(
    "score",
    ["5", "5.0", "0.50e1", "5.000000000000000000000000000000000000000000000000000", "-0", "0e-999999999"],
)
def test_the_same_score_written_otherwise(score: str) -> None:
    data = encoded(document(application("1", 5, 777))).replace(b"777", score.encode())
    grid = one_criterion(scale={"min": 0, "max": 10, "step": 1})
    assert faults_of(data, grid) == []


@pytest.mark.parametrize("seed", [7.0, 7.5, True, None, "7", [7]])
def test_the_seed_is_a_whole_number(seed: object) -> None:
    assert len(faults(seed=seed)) == 1


@pytest.mark.parametrize("seed", [0, -7, 10**30])
def test_any_whole_number_is_a_seed(seed: int) -> None:
    assert faults(seed=seed) == []


def test_keys_given_twice_are_refused() -> None:
    good = encoded(document(application("1", 5), application("2", 5))).decode()
    assert faults_of(good.replace('"seed": 7', '"seed": 7, "seed": 8').encode()) == ['the key "seed" is given twice']
    assert faults_of(good.replace('"lot": null', '"lot": null, "lot": null', 1).encode()) == [
        'application 1: the key "lot" is given twice'
    ]
    assert faults_of(good.replace('{"c": 5}', '{"c": 5, "c": 5}', 1).encode()) == [
        "application 1, assessor a0, criterion c: the criterion is given twice"
    ]


def test_the_lot_is_null_exactly_where_the_call_has_none() -> None:
    assert faults(application("1", lot="L")) == ['application 1: lot must be null, since the call has no lots: "L"']
    assert faults(application("1", lot=None), lots=("L",)) == ["application 1: unknown lot null; the call has L"]
    without = application("1")
    del without["lot"]
    assert faults(without) == ['application 1: the key "lot" is missing']


@pytest.mark.parametrize("number", ["", "  ", None, 5, "\ud83d"])
def test_a_number_is_a_text_that_utf8_can_hold(number: object) -> None:
    data = json.dumps(document(application("1"))).replace('"1"', json.dumps(number))
    [line] = faults_of(data.encode())
    assert line.startswith("application in place 1: number must be a text")


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff\xfe{}", b'{"call": 1}}', b"[" * 100_000, b"{'call': 1}", b'{"call": "a\nb"}'],
)
def test_what_is_not_json(data: bytes) -> None:
    [line] = faults_of(data)
    assert line.startswith("not a JSON file in UTF-8: ")


def test_other_shapes() -> None:
    assert faults_of(b"[]") == ["must be a JSON object, not []"]
    assert faults_of(b"{}") == [f'the key "{key}" is missing' for key in ("call", "stage", "seed", "applications")]
    assert faults(applications={}) == ["applications must be a list, not {}"]
    assert faults(application("1") | {"assessments": None}) == ["application 1: assessments must be a list, not null"]
    one = application("1", 5)
    one["assessments"][0]["scores"] = [5]
    assert faults(one) == ["application 1, assessor a0: scores must be a JSON object, not [5]"]


def test_a_byte_order_mark_is_no_fault() -> None:
    assert faults_of(b"\xef\xbb\xbf" + encoded(document(application("1", 5)))) == []
