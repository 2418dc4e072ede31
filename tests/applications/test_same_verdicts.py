"""Conditions, limits and numbers: the server and the browser give the same verdicts, by one definition."""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.answers import Sheet, clean_section, decimal_text
from applications.answers.signs import SPACES, UNSEEN
from applications.answers.values import clean_text
from applications.forms import posted_answers
from applications.forms.live import money_style
from calls.spec import NUMBER_KINDS, CallSpec, DurationSpec, FormSpec, GrantLimits, QuestionSpec, SectionSpec
from portal.content import formatting
from tests.applications import verdicts
from tests.applications.sheets import filled_calls, number_texts, question, sheet, typed_text
from tests.applications.verdicts import InBrowser
from tests.factories import call_file

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cases" / "verdicts.json").read_text())
pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def in_browser(browser: Any) -> InBrowser:
    return InBrowser(browser)


# --- the table of cases ------------------------------------------------------------------------------------------


def asked(parts: dict[str, Any]) -> QuestionSpec:
    """A question of the table, in the words of the call file; numbers are texts there."""
    data = {"key": "q", "label": {"en": "q"}, **parts}
    if "show_if" in data:
        data["show_if"] = verdicts.condition(data["show_if"])
    for name in ("min", "max"):
        if name in data:
            data[name] = Decimal(data[name])
    return QuestionSpec.model_validate(data)


def sheet_of(case: dict[str, Any]) -> Sheet:
    """A form with the questions of a case, in a call with its limits."""
    limits = case["call"]
    call: CallSpec = call_file("M4EG-2021-PORTFOLIO").model_copy(
        update={
            "eligibility": (),
            "lots": (),
            "grant": GrantLimits(**{name: Decimal(text) for name, text in limits.get("grant", {}).items()}),
            "cofinancing_min_percent": Decimal(limits.get("cofinancing_min_percent", "0")),
            "duration_months": DurationSpec(**limits.get("duration_months", {})),
        }
    )
    return sheet(*(asked(parts) for parts in case["questions"]), call=call, files=case["files"])


def of_form(found: dict[str, Any]) -> dict[str, Any]:
    """What a case says of a verdict: what is hidden, where something is wrong, and sums where it names them."""
    return {
        "hidden": found["hidden"],
        "problems": [[problem["target"], problem["code"]] for problem in found["problems"]],
        "sums": found["sums"],
    }


def act_of(case: dict[str, Any]) -> str:
    return next(name for name in case if name not in ("about", "says"))


def in_python(case: dict[str, Any]) -> Any:
    act = act_of(case)
    given_ = case[act]
    if act == "form":
        filled = sheet_of(given_)
        return of_form(verdicts.form(filled, filled.stage.form.sections[0], given_["answers"]))
    if act == "clean":
        return verdicts.cleaned(asked(given_[0]), given_[1])
    acts: dict[str, Callable[..., Any]] = {
        "number": verdicts.number,
        "date": verdicts.day,
        "words": verdicts.words,
        "characters": verdicts.characters,
        "holds": verdicts.it_holds,
    }
    return acts[act](*given_)


def for_browser(case: dict[str, Any]) -> tuple[str, Any]:
    act = act_of(case)
    given_ = case[act]
    if act == "form":
        filled = sheet_of(given_)
        return act, verdicts.form_data(filled, filled.stage.form.sections[0], given_["answers"])
    if act == "clean":
        return act, verdicts.clean_data(asked(given_[0]), given_[1])
    if act == "holds":
        return act, [verdicts.condition_for_browser(given_[0]), given_[1]]
    return act, given_


def expected(case: dict[str, Any], found: Any) -> Any:
    says = case["says"]
    return {"sums": found["sums"], **says} if act_of(case) == "form" else says


def test_the_table_is_large() -> None:
    assert len(CASES) >= 150
    assert {act_of(case) for case in CASES} == {"number", "date", "words", "characters", "clean", "holds", "form"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['about']} {json.dumps(case[act_of(case)])[:60]}")
def test_the_server_gives_the_verdicts_of_the_table(case: dict[str, Any]) -> None:
    found = in_python(case)
    assert found == expected(case, found)


def test_the_browser_gives_the_verdicts_of_the_table(in_browser: InBrowser) -> None:
    found = in_browser.run([for_browser(case) for case in CASES])
    wrong = []
    for case, answer in zip(CASES, found, strict=True):
        said = of_form(answer) if act_of(case) == "form" else answer
        if said != expected(case, said):
            wrong.append((case, said))
    assert wrong == []


# --- random ones -------------------------------------------------------------------------------------------------


@st.composite
def forms_filled(draw: st.DrawFn) -> tuple[Sheet, SectionSpec, dict[str, Any]]:
    """A sheet with a random form and the call's random limits, and one of its sections with what was typed into it."""
    call, basics, raw = draw(filled_calls(amounts=True))
    stage = call.stages[0]
    files = {q.key: draw(st.integers(0, 4)) for q in stage.form.questions() if q.kind == "file"}
    kept = {section.code: clean_section(section, raw[section.code]) for section in stage.form.sections}
    lot = draw(st.sampled_from([None, *(lot.code for lot in call.lots)]))
    before = draw(st.none() | st.decimals(0, 10**6, places=2))
    filled = Sheet(call=call, stage=stage, basics=basics, lot=lot, answers=kept, files=files, before=before)
    section = draw(st.sampled_from([section for section in stage.form.sections if section.questions] or [basics]))
    return filled, section, raw[section.code]


@settings(max_examples=25, deadline=None)
@given(several=st.lists(forms_filled(), min_size=1, max_size=12))
def test_random_forms_get_the_same_verdicts(in_browser: InBrowser, several: list[Any]) -> None:
    several = [one for one in several if "the.lot" not in {q.key for q in one[1].questions}]
    found = in_browser.run([("form", verdicts.form_data(*one)) for one in several])
    assert found == [verdicts.form(*one) for one in several]


@settings(max_examples=20, deadline=None)
@given(texts=st.lists(st.tuples(typed_text | number_texts, st.sampled_from(sorted(NUMBER_KINDS)))))
def test_random_texts_are_read_the_same(in_browser: InBrowser, texts: list[tuple[str, str]]) -> None:
    acts: list[tuple[str, Any]] = []
    for text, kind in texts:
        acts += [("number", [text, kind]), ("date", [text]), ("words", [text]), ("characters", [text])]
    assert in_browser.run(acts) == [
        said
        for text, kind in texts
        for said in (
            verdicts.number(text, kind),
            verdicts.day(text),
            verdicts.words(text),
            verdicts.characters(text),
        )
    ]


@settings(max_examples=20, deadline=None)
@given(amounts=st.lists(st.decimals(-(10**12), 10**12, places=2), min_size=1))
@pytest.mark.parametrize("currency", ["EUR", "AMD", "UAH"])
@pytest.mark.parametrize("language", ["hy", "en"])
def test_amounts_are_written_the_same(in_browser: InBrowser, language: str, currency: str, amounts: Any) -> None:
    style = money_style(currency, language)
    found = in_browser.run([("money", [decimal_text(amount), style]) for amount in amounts])
    assert found == [formatting.money(amount, currency, language) for amount in amounts]


# --- signs, each of them -----------------------------------------------------------------------------------------


def test_white_space_is_what_python_holds_for_it() -> None:
    every = [chr(code) for code in range(0x110000)]
    spaces, unseen = re.compile(f"[{SPACES}]"), re.compile(UNSEEN)
    assert [sign for sign in every if spaces.fullmatch(sign)] == [sign for sign in every if sign.isspace()]
    assert all(clean_text(f"a{sign}b") == "ab" for sign in every if unseen.fullmatch(sign) and sign != "\r")


def test_every_sign_parts_words_alike(in_browser: InBrowser) -> None:
    """Each sign of the first two planes, between two letters; half signs too, which only a script could send."""
    texts = [f"a{chr(code)}b" for code in [*range(0x3100), *range(0xD800, 0xE000, 64), *range(0xFE00, 0x10000)]]
    found = in_browser.run([("words", [text]) for text in texts] + [("characters", [text]) for text in texts])
    assert found == [verdicts.words(text) for text in texts] + [verdicts.characters(text) for text in texts]


# --- posted forms ------------------------------------------------------------------------------------------------


def test_a_posted_form_is_read_alike(in_browser: InBrowser) -> None:
    columns = ({"key": "n", "kind": "short_text", "label": {"en": "n"}},)
    section = SectionSpec(
        code="s",
        questions=(
            question("short_text", "a"),
            question("choices", "c", choices=({"code": "x"}, {"code": "y"})),
            question("table", "t", columns=columns),
            question("table", "t-2", columns=columns),
            question("budget", "b", categories=({"code": "staff"},)),
        ),
    )
    entries = [
        ("a", "first"),
        ("a", "last"),
        ("c", "x"),
        ("c", "y"),
        ("t.10-n", "ten"),
        ("t.2-n", "two"),
        ("t.02-n", "two again"),
        ("t.x-n", "none"),
        ("t.12345-n", "too far"),
        ("t-2.0-n", "another table"),
        ("b.staff-total", "5"),
        ("b.source.3-name", "Town"),
        ("b.source.3-amount", "7"),
        ("form.version", "1"),
    ]
    data = QueryDict(mutable=True)
    for name, value in entries:
        data.appendlist(name, value)
    stage = FormSpec(sections=(section,))
    definition = verdicts.form_data(sheet(*section.questions), stage.sections[0], {})["definition"]
    (found,) = in_browser.run([("posted", [definition["questions"], entries])])
    # A browser has no None: what was not sent is not there.
    assert found == json.loads(json.dumps(posted_answers(section, data)), object_hook=_without_none)


def _without_none(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value is not None}
