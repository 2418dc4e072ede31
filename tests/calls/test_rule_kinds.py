"""What every kind of eligibility rule holds to, and a new kind from its class to the database."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar, Literal

import pytest
from django.utils import translation

from calls.callfile import CallFileErrors, load_text, problems
from calls.callfile.dump import dump_text
from calls.callfile.schema import schema
from calls.eligibility import (
    Facts,
    Finding,
    ListedRule,
    RuleWords,
    Verdict,
    find,
    kinds,
    listed,
    register_rule,
    unregister_rule,
)
from calls.models import Waiver
from calls.rule_kinds import rule_kinds
from calls.sentences import Names, in_words
from calls.spec import CallSpec, CountryCode, Rule
from calls.transfer import rule_values, spec_of, write_call
from tests.calls.rule_examples import EXAMPLES, FACTS, Example
from tests.factories import call_file

ARMENIAN = re.compile("[Ա-և]")
KINDS = kinds()


def call_with(*rules: Rule) -> CallSpec:
    return call_file("M4EG-2021-PORTFOLIO").model_copy(update={"code": "TEST", "eligibility": rules})


def examples(name: str) -> list[Example]:
    return [example for example in EXAMPLES if example[0].rule == name]


def in_files(name: str) -> list[ListedRule]:
    """The rules of the examples that a call file can hold."""
    rules = {repr(rule): rule for rule, *_ in examples(name) if not problems(call_with(rule))}
    assert rules
    return list(rules.values())


def reasons_of(finding: Finding) -> dict[str, str]:
    return {language: finding.reason.get(language, "") for language in ("hy", "en")}


@pytest.mark.parametrize("name", KINDS)
def test_there_is_an_example_of_each_way_to_come_out(name: str) -> None:
    assert {verdict for *_, verdict in examples(name)} == set(Verdict)


@pytest.mark.django_db
@pytest.mark.parametrize("name", KINDS)
def test_it_survives_the_call_file_and_the_database(name: str) -> None:
    for rule in in_files(name):
        spec = call_with(rule)
        assert load_text(dump_text(spec), "x.yaml") == spec
        call = write_call(spec)
        assert spec_of(call) == spec
        assert json.loads(spec.model_dump_json())["eligibility"][0]["rule"] == name
        assert CallSpec.model_validate(spec.model_dump()) == spec


@pytest.mark.parametrize("name", KINDS)
def test_each_outcome_is_said_in_both_languages_and_kept_as_json(name: str) -> None:
    for rule, known, code, verdict in examples(name):
        spec = call_with(rule)
        [found] = in_words(listed(spec, replace(FACTS, **known)), spec, Names())
        assert (found.code, found.verdict) == (code, verdict)
        assert ARMENIAN.search(found.text["hy"]), found
        assert found.text["en"]
        assert not ARMENIAN.search(found.text["en"])
        assert verdict == "pass" or all(reasons_of(found).values()), found
        assert not any("%(" in text for text in (*found.text.values(), *found.reason.values()))
        assert json.loads(json.dumps(found.record())) == found.record()


@pytest.mark.parametrize("name", KINDS)
def test_every_outcome_that_is_not_passed_has_words_of_its_own(name: str) -> None:
    outcomes = {code.partition(".")[2] for *_, code, verdict in examples(name) if verdict != "pass"}
    assert outcomes <= set(KINDS[name].words.reasons)


@pytest.mark.parametrize("name", KINDS)
def test_the_identity_stays_when_the_rule_is_worded_anew(name: str) -> None:
    for rule in in_files(name):
        other = rule.model_copy(update={"otherwise": "caveat", "reason": {"hy": "Այլ", "en": "Other"}})
        assert other.identity == rule.identity
        assert rule.identity.partition(":")[0] == name
        assert len(rule.identity) <= (Waiver._meta.get_field("rule").max_length or 0)


@pytest.mark.parametrize("name", KINDS)
def test_the_same_rule_twice_is_a_fault_at_the_second(name: str) -> None:
    rule = in_files(name)[0]
    faults = problems(call_with(rule, rule.model_copy(update={"otherwise": "caveat"})))
    assert [problem.path[:3] for problem in faults] == [("call", "eligibility", 1)]
    with translation.override("en"):
        assert "call.eligibility[0]" in faults[0].text()


@pytest.mark.parametrize("name", KINDS)
def test_a_failing_rule_can_be_waived(name: str) -> None:
    failing = [(rule, known) for rule, known, _code, verdict in examples(name) if verdict == "fail"]
    for rule, known in failing:
        spec = call_with(rule)
        facts = replace(FACTS, **known)
        waived = replace(facts, waivers={rule.identity: date(2027, 4, 2)})
        [found] = in_words(listed(spec, waived), spec, Names())
        assert (found.code, found.verdict) == (f"{name}.waived", "caveat")
        assert found.reason["en"] == "Waived by the programme on 2 April 2027."
        [other] = listed(spec, replace(facts, waivers={"another:RULE": date(2027, 4, 2)}))
        assert other.verdict == "fail"


@pytest.mark.parametrize("name", KINDS)
def test_what_is_private_is_marked(name: str) -> None:
    for rule, known, *_ in examples(name):
        [found] = listed(call_with(rule), replace(FACTS, **known))
        assert found.private == KINDS[name].private


@pytest.mark.parametrize("name", KINDS)
def test_a_form_can_be_made_of_it(name: str) -> None:
    described = {kind.name: kind for kind in rule_kinds()}[name]
    model = KINDS[name]
    assert described.title
    assert str(described.explanation).endswith(".")
    assert {field.name for field in described.fields} == set(model.model_fields) - {"rule"}
    assert [field.name for field in described.fields][-2:] == ["otherwise", "reason"]
    for field in described.fields:
        assert str(field.label) != field.name or field.name in ("code", "otherwise", "programme"), field
        assert bool(field.choices) == (field.kind in ("choice", "choices"))
        assert all(
            str(words) != value or value in ("submitted", "withdrawn", "selected") for value, words in field.choices
        )
        assert field.required == model.model_fields[field.name].is_required()
    for rule in in_files(name):
        given = {field.name: getattr(rule, field.name) for field in described.fields}
        assert described.model.model_validate(given) == rule


@pytest.mark.parametrize("name", KINDS)
def test_it_is_in_the_schema(name: str) -> None:
    parts = schema()["$defs"]
    assert parts[KINDS[name].__name__]["properties"]["rule"]["const"] == name
    mapping = parts["CallSpec"]["properties"]["eligibility"]["items"]["discriminator"]["mapping"]
    assert set(mapping) == set(KINDS)


# A kind that nobody knew before


class NeighbourRule(ListedRule):
    """The municipality is in a country that has a border with the named one."""

    identity_keys: ClassVar[tuple[str, ...]] = ("country",)

    rule: Literal["neighbour"] = "neighbour"
    country: CountryCode

    words: ClassVar[RuleWords] = RuleWords(
        title="Neighbour",
        explanation="The municipality is in a neighbouring country.",
        asks={"": "The municipality is in a neighbour of %(country)s"},
        reasons={"far": "It is in %(own)s, %(kilometres)s km away."},
        labels={"country": "neighbour of"},
    )

    def check(self, call: CallSpec, facts: Facts) -> Finding:
        near = facts.country in {"GE": ("AM", "AZ")}.get(self.country, ())
        detail = {"country": self.country, "own": facts.country, "kilometres": 1500}
        return self.found("near" if near else "far", holds=near, **detail)


@pytest.fixture
def neighbour() -> Iterator[type[ListedRule]]:
    yield register_rule(NeighbourRule)
    unregister_rule(NeighbourRule)


RULE = "    - rule: neighbour\n      country: GE\n      otherwise: caveat\n"


def with_neighbour() -> str:
    text = dump_text(call_with())
    return text.replace("  time_zone:", f"  eligibility:\n{RULE}  time_zone:", 1)


@pytest.mark.django_db
@pytest.mark.usefixtures("neighbour")
def test_a_new_kind_is_one_class() -> None:
    text = with_neighbour()
    spec = load_text(text, "x.yaml")
    assert spec.eligibility == (NeighbourRule(country="GE", otherwise="caveat"),)
    assert RULE in dump_text(spec)
    assert load_text(dump_text(spec), "x.yaml") == spec
    call = write_call(spec)
    assert call.eligibility_rules.get().settings == {"country": "GE"}
    assert rule_values(spec.eligibility[0])["rule"] == "neighbour"
    assert spec_of(call) == spec

    names = Names(countries={"GE": {"hy": "Վրաստան", "en": "Georgia"}})
    near = in_words(find(spec, FACTS, lot=None), spec, names)[-1]
    assert (near.code, near.verdict, near.identity) == ("neighbour.near", "pass", "neighbour:GE")
    assert near.text["en"] == "The municipality is in a neighbour of Georgia"
    far = in_words(find(spec, replace(FACTS, country="UA"), lot=None), spec, names)[-1]
    assert far.verdict == "caveat"
    assert far.reason["en"] == "It is in UA, 1,500 km away."

    described = {kind.name: kind for kind in rule_kinds()}["neighbour"]
    assert [(field.name, field.kind, field.required) for field in described.fields] == [
        ("country", "text", True),
        ("otherwise", "choice", False),
        ("reason", "texts", False),
    ]
    assert "NeighbourRule" in schema()["$defs"]


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        (RULE.replace("GE", "georgia"), "call.eligibility[0].country: “georgia” cannot stand here"),
        (RULE.replace("      country: GE\n", ""), "call.eligibility[0].country: is missing"),
        (RULE.replace("rule: neighbour", "rule: neighbor"), "call.eligibility[0].rule: “neighbor” is not a rule"),
        (RULE + RULE, "call.eligibility[1].country: “GE” is already at call.eligibility[0].country"),
    ],
)
@pytest.mark.usefixtures("neighbour")
def test_what_is_wrong_with_a_new_kind_is_said_at_its_line(wrong: str, line: str) -> None:
    with translation.override("en"), pytest.raises(CallFileErrors) as caught:
        load_text(with_neighbour().replace(RULE, wrong), "x.yaml")
    [error] = caught.value.lines
    assert line in error


def test_a_kind_that_is_gone_is_not_read_any_more() -> None:
    with translation.override("en"), pytest.raises(CallFileErrors, match="is not a rule of eligibility"):
        load_text(with_neighbour(), "x.yaml")
    assert "neighbour" not in {kind.name for kind in rule_kinds()}
    assert "NeighbourRule" not in schema()["$defs"]


@pytest.mark.usefixtures("neighbour")
def test_no_two_kinds_have_one_name() -> None:
    class Other(NeighbourRule):
        """Another rule under a name that is taken."""

    assert register_rule(NeighbourRule) is NeighbourRule
    with pytest.raises(ValueError, match="neighbour"):
        register_rule(Other)


def test_two_rules_that_differ_in_what_makes_them_are_no_fault(neighbour: Any) -> None:
    assert problems(call_with(NeighbourRule(country="GE"), NeighbourRule(country="AM"))) == []
