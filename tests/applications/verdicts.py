"""The same question put to Python and to the browser: both answer in the same plain words."""

import base64
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from applications.answers import (
    Problem,
    Sheet,
    Unreadable,
    clean,
    clean_section,
    clean_text,
    decimal_text,
    definition_of,
    holds,
    read_date,
    read_number,
    sums_of,
    word_count,
)
from applications.answers.definition import GRAMMAR, condition_data
from calls.spec import Condition, QuestionSpec, SectionSpec
from portal.embedded import ROOT
from tests.applications.sheets import sheet

CONDITION: TypeAdapter[Any] = TypeAdapter(Condition)

RUNNER = """async ({ module, grammar, batch }) => {
  const rules = await import(module), read = rules.reader(grammar);
  const number = ([text, kind]) => {
    const found = read.readNumber(text, kind);
    return found.code ? { code: found.code, ...found.params } : found.value;
  };
  const form = ({ definition, answers }) => {
    const { kept, hidden, problems, sums } = rules.rulesOf(definition).judge(answers);
    const filled = Object.entries(kept).filter(([, value]) => value !== null);
    return { kept: Object.fromEntries(filled), hidden: hidden.sort(), problems, sums };
  };
  const acts = {
    number,
    date: ([text]) => read.readDate(text) || "not_date",
    words: ([text]) => read.words(read.cleanText(text) || ""),
    characters: ([text]) => read.characters(read.cleanText(text) || ""),
    clean: ([definition, raw]) => rules.rulesOf(definition).clean(definition.questions[0], raw),
    compare: ([one, other]) => rules.compare(one, other),
    holds: ([condition, values]) => rules.holds(condition, values),
    posted: ([questions, entries]) => rules.posted(questions, entries).answers,
    money: ([text, style]) => rules.showMoney(text, style),
    form,
  };
  return batch.map(([act, given]) => acts[act](given));
}"""


class InBrowser:
    """Chromium with ``static/site/form-rules.js``, and nothing else: no page of the portal, no network."""

    def __init__(self, browser: Any) -> None:
        source = (ROOT / "static/site/form-rules.js").read_bytes()
        self.module = f"data:text/javascript;base64,{base64.b64encode(source).decode()}"
        self.page = browser.new_page()

    def run(self, batch: list[tuple[str, Any]]) -> list[Any]:
        """Put all questions at once; JSON takes half signs, which Playwright's own wire may not."""
        given = json.dumps({"module": self.module, "grammar": GRAMMAR, "batch": batch})
        found = self.page.evaluate(f"async (text) => JSON.stringify(await ({RUNNER})(JSON.parse(text)))", given)
        return list(json.loads(found))


# --- in Python, with the same words --------------------------------------------------------------------------------


def number(text: str, kind: str) -> Any:
    try:
        return decimal_text(read_number(text, kind))
    except Unreadable as unclear:
        return {"code": unclear.code, **unclear.params}


def day(text: str) -> str:
    try:
        return read_date(text).isoformat()
    except Unreadable as unclear:
        return unclear.code


def words(text: str) -> int:
    return word_count(clean_text(text) or "")


def characters(text: str) -> int:
    return len(clean_text(text) or "")


def with_numbers(value: Any) -> Any:
    """A condition or a value of the table, with its numbers as numbers and lists of codes as tuples."""
    if isinstance(value, Mapping):
        return Decimal(value["number"]) if set(value) == {"number"} else {k: with_numbers(v) for k, v in value.items()}
    return [with_numbers(part) for part in value] if isinstance(value, list) else value


def condition(data: Any) -> Any:
    return CONDITION.validate_python(with_numbers(data))


def it_holds(data: Any, values: Mapping[str, Any]) -> bool:
    said = {key: tuple(value) if isinstance(value, list) else with_numbers(value) for key, value in values.items()}
    return holds(condition(data), said)


def plain(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: decimal_text(value) if isinstance(value, Decimal) else value for name, value in params.items()}


def problem(found: Problem) -> dict[str, Any]:
    return {
        "code": found.code,
        "target": found.target,
        "key": found.key,
        "missing": found.missing,
        "params": plain(found.params),
    }


def sums(kept: Any) -> dict[str, Any]:
    found = sums_of(kept)
    names = ("total", "requested", "sources", "rest", "uncovered", "unnamed", "share")
    values = {name: getattr(found, name) for name in names}
    return {name: None if value is None else decimal_text(value) for name, value in values.items()}


def form(asked: Sheet, section: SectionSpec, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the server says of one section, answered so."""
    kept = clean_section(section, answers)
    filled = asked.with_answers(section.code, kept)
    here = {question.key for question in section.questions}
    return {
        "kept": kept,
        "hidden": sorted(filled.hidden & here),
        "problems": [problem(found) for found in filled.problems_in(section.code)],
        "sums": {q.key: sums(kept.get(q.key)) for q in section.questions if q.kind == "budget"},
    }


def form_data(asked: Sheet, section: SectionSpec, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The same for the browser."""
    return {"definition": definition_of(asked, section), "answers": answers}


def cleaned(asked: QuestionSpec, raw: Any) -> Any:
    return clean(asked, raw)


def clean_data(asked: QuestionSpec, raw: Any) -> list[Any]:
    section = SectionSpec(code="s", questions=(asked,))
    return [definition_of(sheet(), section), raw]


def condition_for_browser(data: Any) -> dict[str, Any]:
    return condition_data(condition(data))
