"""Random calls, spoilt at random: a file is loaded whole or not at all, and no fault of it is anything but a line."""

import re
from collections.abc import Callable

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from calls.callfile import CallFileErrors, load_text
from calls.callfile.dump import dump_text
from calls.models import Call, Lot, Programme, Question, Stage
from calls.spec import CallSpec
from calls.transfer import WritingRefused, spec_of, write_call
from portal.documents.models import StoredFile
from tests.calls.strategies import calls

pytestmark = pytest.mark.django_db
JUNK = (
    "",
    "~",
    "[]",
    "{}",
    "-1",
    "1e9",
    "99999999999999999999.999",
    "yes",
    "*nothing",
    "2021-13-45 25:61",
    "\t",
    "ՀՀՏԶ",
    "!!python/x y",
)
Spoil = Callable[[list[str], int, str], list[str]]


def without_line(lines: list[str], place: int, junk: str) -> list[str]:
    return lines[:place] + lines[place + 1 :]


def line_twice(lines: list[str], place: int, junk: str) -> list[str]:
    return [*lines[: place + 1], *lines[place:]]


def other_value(lines: list[str], place: int, junk: str) -> list[str]:
    return [*lines[:place], re.sub(r":.*$", f": {junk}", lines[place]), *lines[place + 1 :]]


def other_key(lines: list[str], place: int, junk: str) -> list[str]:
    return [*lines[:place], re.sub(r"(\w+):", r"\1x:", lines[place], count=1), *lines[place + 1 :]]


def other_depth(lines: list[str], place: int, junk: str) -> list[str]:
    return [*lines[:place], f"  {lines[place]}", *lines[place + 1 :]]


def cut_off(lines: list[str], place: int, junk: str) -> list[str]:
    return lines[:place]


SPOILS: tuple[Spoil, ...] = (without_line, line_twice, other_value, other_key, other_depth, cut_off)


def rows() -> int:
    return sum(model.objects.count() for model in (Call, Programme, Lot, Stage, Question, StoredFile))


def refusal(text: str) -> list[str]:
    """Load a file as the command does; return why it was refused, or nothing where it was loaded."""
    try:
        read = load_text(text, "broken.yaml")
    except CallFileErrors as errors:
        event("refused while it was read")
        return errors.lines
    try:
        written = write_call(read)
    except WritingRefused as refused:
        event("refused while it was written")
        return [f"broken.yaml:1: call: {refused}"]
    event("still a call")
    assert spec_of(written) == read
    return []


@given(
    spec=calls(),
    spoils=st.lists(
        st.tuples(st.sampled_from(SPOILS), st.integers(0, 10_000), st.sampled_from(JUNK)), min_size=1, max_size=3
    ),
)
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_a_broken_call_is_never_loaded_halfway(spec: CallSpec, spoils: list[tuple[Spoil, int, str]]) -> None:
    lines = dump_text(spec).splitlines()
    for spoil, place, junk in spoils:
        lines = spoil(lines, place % max(len(lines), 1), junk) if lines else lines
    with transaction.atomic():
        before = rows()
        found = refusal("\n".join(lines))
        assert all(re.match(r"broken\.yaml:\d+: \S+: ", line) for line in found), found
        assert not found or rows() == before
        transaction.set_rollback(True)


@given(spec=calls().filter(lambda spec: bool(spec.documents)))
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
def test_a_call_whose_documents_are_missing_leaves_nothing(spec: CallSpec) -> None:
    with transaction.atomic():
        before = rows()
        assert refusal(dump_text(spec))
        assert rows() == before
        transaction.set_rollback(True)
