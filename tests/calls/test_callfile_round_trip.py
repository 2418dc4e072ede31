"""Load, dump, load: nothing changes, for the three real calls and for random ones."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from calls.callfile import load_file, load_text, problems
from calls.callfile.dump import dump_text
from calls.callfile.schema import schema_text
from calls.spec import CallSpec
from tests.calls.spoilt import FOLDER
from tests.calls.strategies import calls

FILES = sorted(FOLDER.glob("*.yaml"))
SCHEMA = Path(__file__).parents[2] / "docs" / "call-file.schema.json"
VALIDATOR = jsonschema.Draft202012Validator


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_real_call_comes_back_as_it_was(path: Path) -> None:
    call = load_file(path)
    text = dump_text(call)
    assert load_text(text, "again.yaml") == call
    assert dump_text(load_text(text, "again.yaml")) == text


def test_there_are_three_real_calls() -> None:
    assert [load_file(path).code for path in FILES] == [
        "M4EG-2021-INNOVATION",
        "M4EG-2021-PILOT",
        "M4EG-2021-PORTFOLIO",
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(calls())
def test_any_call_comes_back_as_it_was(call: CallSpec) -> None:
    assert problems(call) == []
    text = dump_text(call)
    again = load_text(text, "again.yaml")
    assert again == call
    assert dump_text(again) == text


def test_defaults_and_exponents_are_not_written() -> None:
    text = dump_text(load_file(FOLDER / "m4eg-2021-pilot.yaml"))
    assert "budget: 10000000\n" in text
    assert "deadline: 2021-04-06 16:00\n" in text
    assert "code: '1.1'\n" in text
    assert "tie_break: [relevance, '1.1', lot-draw]\n" in text
    for default in ("grace_minutes", "fatal", "on_overflow", "admission: open", "submitted_by", "weight: 1\n", "step"):
        assert default not in text
    assert text.count("fixed: true") == 1
    assert "fixed: false" not in text


def test_the_published_schema_is_the_current_one() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), (
        "manage.py call_file_schema > docs/call-file.schema.json"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_real_call_fits_the_schema(path: Path) -> None:
    validator = VALIDATOR(json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert list(validator.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))) == []
    assert list(validator.iter_errors(yaml.safe_load(dump_text(load_file(path))))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("budget: 10000000", "budget: '10000000'"),
        ("max_mb: 10, max_files: 3", "max_words: 10"),
        ("kind: concept_note", "kind: concept"),
        ("currency: EUR", "curency: EUR"),
        ("deadline: 2021-04-06 16:00", "deadline: 2021-04-06"),
    ],
)
def test_the_schema_refuses_what_the_format_refuses(old: str, new: str) -> None:
    text = (FOLDER / "m4eg-2021-pilot.yaml").read_text(encoding="utf-8")
    assert old in text
    validator = VALIDATOR(json.loads(SCHEMA.read_text(encoding="utf-8")))
    content = yaml.safe_load(text.replace(old, new, 1))
    content["call"]["stages"][0]["deadline"] = str(content["call"]["stages"][0]["deadline"])
    assert list(validator.iter_errors(content))
