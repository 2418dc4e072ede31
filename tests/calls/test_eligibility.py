"""Each rule of the right to apply: passed, with a caveat, failed. Plain values, no database."""

import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from calls.eligibility import (
    DeclarationRule,
    EarlierApplicationRule,
    Facts,
    Finding,
    KnownApplication,
    NetworkMemberRule,
    NoOverdueReportRule,
    PopulationRule,
    Verdict,
    find,
    kinds,
    open_lots,
    worst,
)
from calls.sentences import ASKED, REASONS, Names, in_words
from calls.spec import (
    ApplicationLimits,
    CallSpec,
    FormSpec,
    LotSpec,
    ProgrammeSpec,
    Rule,
    StageSpec,
)
from tests.calls.rule_examples import DECLARED, EARLIER, EOI, EXAMPLES, FACTS, OWN_REASON, applied


def stage(code: str, month: int, admission: str = "open") -> StageSpec:
    return StageSpec(
        code=code,
        kind="concept_note",
        admission=admission,
        title={"hy": f"Փուլ {code}", "en": f"Stage {code}"},
        opens=datetime(2027, month, 1, 9, 0),  # noqa: DTZ001 - a moment of a call is local
        deadline=datetime(2027, month, 28, 18, 0),  # noqa: DTZ001
        form=FormSpec(sections=()),
    )


def call(*rules: Rule, **fields: Any) -> CallSpec:
    given: dict[str, Any] = {
        "code": "TEST",
        "programme": ProgrammeSpec(code="M4EG"),
        "title": {"hy": "Հրավեր", "en": "A call"},
        "summary": {"hy": "Հրավեր", "en": "A call"},
        "languages": ("hy", "en"),
        "countries": ("AM", "GE"),
        "currency": "EUR",
        "budget": Decimal(1000),
        "time_zone": "Asia/Yerevan",
        "stages": (stage("concept", 3), stage("full", 6, "invited")),
        "eligibility": rules,
    }
    return CallSpec(**(given | fields))


def lot(code: str, **fields: Any) -> LotSpec:
    return LotSpec(code=code, kind="geographic", title={"hy": code, "en": code}, budget=Decimal(500), **fields)


LOTS = (lot("SOUTH", regions=("AM-SU",)), lot("NORTH", regions=("AM-LO", "AM-SH")), lot("GEORGIA", countries=("GE",)))


def found(findings: tuple[Finding, ...], rule: str) -> list[tuple[str, str]]:
    return [(item.code, item.verdict.value) for item in findings if item.rule == rule]


def outcome(rule: str, spec: CallSpec, facts: Facts, lot: str | None = None) -> list[tuple[str, str]]:
    return found(find(spec, facts, lot=lot), rule)


# What follows from the call itself


@pytest.mark.parametrize(
    ("country", "lot", "expected"),
    [
        ("AM", None, [("country.inside", "pass")]),
        ("UA", None, [("country.outside", "fail")]),
        ("AM", "GEORGIA", [("country.outside", "fail")]),
        ("GE", "GEORGIA", [("country.inside", "pass")]),
        ("AM", "SOUTH", [("country.inside", "pass")]),
    ],
)
def test_country_of_the_call_or_of_the_lot(country: str, lot: str | None, expected: list[tuple[str, str]]) -> None:
    assert outcome("country", call(lots=LOTS), replace(FACTS, country=country), lot) == expected


@pytest.mark.parametrize(
    ("region", "lot", "expected"),
    [
        ("AM-LO", "NORTH", [("region.inside", "pass")]),
        ("AM-LO", "SOUTH", [("region.outside", "fail")]),
        (None, "SOUTH", [("region.unknown", "caveat")]),
        ("AM-LO", "GEORGIA", []),
        ("AM-LO", None, []),
    ],
)
def test_region_of_the_lot(region: str | None, lot: str | None, expected: list[tuple[str, str]]) -> None:
    assert outcome("region", call(lots=LOTS), replace(FACTS, region=region), lot) == expected


@pytest.mark.parametrize(
    ("country", "region", "open_to", "verdict"),
    [
        ("AM", "AM-LO", ["NORTH"], "pass"),
        ("AM", "AM-ER", [], "fail"),
        ("AM", None, ["SOUTH", "NORTH"], "pass"),
        ("GE", "GE-KA", ["GEORGIA"], "pass"),
    ],
)
def test_without_a_lot_some_lot_must_be_open(
    country: str, region: str | None, open_to: list[str], verdict: str
) -> None:
    spec = call(lots=(LOTS[0], LOTS[1], LOTS[2]))
    facts = replace(FACTS, country=country, region=region)
    assert open_lots(spec, facts) == open_to
    assert [item.verdict.value for item in find(spec, facts, lot=None) if item.rule == "lots"] == [verdict]


def test_lots_are_not_spoken_of_in_a_call_without_lots_or_from_another_country() -> None:
    assert outcome("lots", call(), FACTS) == []
    assert outcome("lots", call(lots=LOTS), replace(FACTS, country="UA")) == []


@pytest.mark.parametrize(
    ("suspended_from", "expected"),
    [
        (None, [("suspension.none", "pass")]),
        (date(2027, 5, 2), [("suspension.none", "pass")]),
        (date(2027, 5, 1), [("suspension.suspended", "fail")]),
        (date(2020, 1, 1), [("suspension.suspended", "fail")]),
    ],
)
def test_suspension_begins_on_its_day(suspended_from: date | None, expected: list[tuple[str, str]]) -> None:
    assert outcome("suspension", call(), replace(FACTS, suspended_from=suspended_from)) == expected


def test_a_merged_municipality_is_sent_to_its_successor() -> None:
    findings = in_words(
        find(call(), replace(FACTS, successor={"hy": "Ալավերդի", "en": "Alaverdi"}), lot=None), call(), Names()
    )
    [merger] = [item for item in findings if item.rule == "merger"]
    assert merger.verdict is Verdict.FAIL
    assert "Ալավերդի" in merger.reason["hy"]
    assert "Alaverdi" in merger.reason["en"]
    assert outcome("merger", call(), FACTS) == [("merger.none", "pass")]


LIMITS = ApplicationLimits(call=2, lot=1)


@pytest.mark.parametrize(
    ("applications", "own", "lot", "expected"),
    [
        ((), None, None, ["limit.call_free"]),
        ((applied("draft"),), None, None, ["limit.call_free"]),
        ((applied("draft"), applied("submitted", key="2")), None, None, ["limit.call_reached"]),
        ((applied("withdrawn"), applied("submitted", key="2")), None, None, ["limit.call_free"]),
        ((applied("draft"), applied("submitted", key="2")), "2", None, ["limit.call_free"]),
        ((applied("selected"), applied("draft", stage="full")), None, None, ["limit.call_free"]),
        ((applied("selected"), applied("withdrawn", stage="full")), None, None, ["limit.call_free"]),
        ((applied("draft"), applied("draft", key="2", call="OTHER")), None, None, ["limit.call_free"]),
        ((applied("draft", lot="NORTH"),), None, "NORTH", ["limit.call_free", "limit.lot_reached"]),
        ((applied("draft", lot="NORTH"),), "1", "NORTH", ["limit.call_free", "limit.lot_free"]),
        ((applied("draft", lot="SOUTH"),), None, "NORTH", ["limit.call_free", "limit.lot_free"]),
        ((applied("withdrawn", lot="NORTH"),), None, "NORTH", ["limit.call_free", "limit.lot_free"]),
    ],
)
def test_limits_count_drafts_and_submitted_but_not_withdrawn(
    applications: tuple[KnownApplication, ...], own: str | None, lot: str | None, expected: list[str]
) -> None:
    spec = call(lots=LOTS, applications_per_municipality=LIMITS)
    codes = [code for code, _ in outcome("limit", spec, replace(FACTS, applications=applications, own=own), lot)]
    assert codes == expected
    reached = {item.code: item.verdict for item in find(spec, replace(FACTS, applications=applications), lot=lot)}
    assert all(verdict is Verdict.FAIL for code, verdict in reached.items() if code.endswith("_reached"))


@pytest.mark.parametrize(
    ("stage", "applications", "own", "expected"),
    [
        (None, (), None, []),
        ("concept", (), None, []),
        ("full", (), None, [("invitation.not_invited", "fail")]),
        ("full", (applied("reserve"),), None, [("invitation.not_invited", "fail")]),
        ("full", (applied("selected"),), None, [("invitation.invited", "pass")]),
        ("full", (applied("selected", call="OTHER"),), None, [("invitation.not_invited", "fail")]),
        ("full", (applied("selected"), applied("failed", key="2")), "2", [("invitation.not_invited", "fail")]),
        ("full", (applied("selected"), applied("failed", key="2")), "1", [("invitation.invited", "pass")]),
    ],
)
def test_an_invited_stage_takes_only_those_selected_before(
    stage: str | None, applications: tuple[KnownApplication, ...], own: str | None, expected: list[tuple[str, str]]
) -> None:
    facts = replace(FACTS, stage=stage, applications=applications, own=own)
    assert outcome("invitation", call(), facts) == expected


def test_an_invitation_holds_for_its_lot() -> None:
    spec, facts = call(lots=LOTS), replace(FACTS, stage="full", applications=(applied("selected", lot="NORTH"),))
    assert outcome("invitation", spec, facts, "NORTH") == [("invitation.invited", "pass")]
    assert outcome("invitation", spec, facts, "SOUTH") == [("invitation.not_invited", "fail")]


# The rules that a call lists


@pytest.mark.parametrize(("rule", "facts", "code", "verdict"), EXAMPLES)
def test_listed_rules(rule: Rule, facts: dict[str, Any], code: str, verdict: str) -> None:
    assert outcome(rule.rule, call(rule), replace(FACTS, **facts)) == [(code, verdict)]


def test_the_call_says_why_a_rule_of_its_own_does_not_hold() -> None:
    [missing] = [item for item in find(call(EARLIER), FACTS, lot=None) if item.rule == "earlier_application"]
    assert missing.reason == OWN_REASON
    held = replace(FACTS, applications=(applied("draft", **EOI),))
    [holds] = [item for item in find(call(EARLIER), held, lot=None) if item.rule == "earlier_application"]
    assert holds.reason == {}


def test_the_worst_finding_is_the_verdict() -> None:
    def verdict(*verdicts: Verdict) -> Verdict:
        return worst(Finding("x", "x", item) for item in verdicts)

    assert verdict() is Verdict.PASS
    assert verdict(Verdict.PASS, Verdict.CAVEAT, Verdict.PASS) is Verdict.CAVEAT
    assert verdict(Verdict.FAIL, Verdict.CAVEAT, Verdict.PASS) is Verdict.FAIL


# Sentences and records

EVERYTHING = (
    EARLIER,
    EarlierApplicationRule(call="PORTFOLIO", states=("draft",)),
    PopulationRule(min=1000),
    PopulationRule(max=1000),
    PopulationRule(min=10, max=1000),
    PopulationRule(),
    NetworkMemberRule(programme="M4EG"),
    NoOverdueReportRule(),
    DeclarationRule(code="ledp", text={"hy": "Ունենք ծրագիր", "en": "We have a plan"}),
)
SITUATIONS = [
    FACTS,
    replace(FACTS, stage="full"),
    replace(FACTS, country="UA", suspended_from=date(2020, 1, 1), successor={"hy": "Սևան", "en": "Sevan"}),
    replace(FACTS, region=None, population=500, overdue_reports=("G-1", "G-2"), declarations=frozenset()),
    replace(FACTS, region="AM-ER", population=5000, applications=(applied("withdrawn", **EOI),)),
    replace(FACTS, population=5, applications=(applied("draft", lot="NORTH"), applied("draft", key="2"))),
]


@pytest.mark.parametrize("facts", SITUATIONS)
@pytest.mark.parametrize("lot", [None, "NORTH", "GEORGIA"])
def test_every_finding_is_said_in_every_language_and_kept_as_json(facts: Facts, lot: str | None) -> None:
    spec = call(*EVERYTHING, lots=LOTS)
    for finding in in_words(find(spec, facts, lot=lot), spec, Names()):
        assert set(finding.text) == {"hy", "en"}, finding
        assert all(finding.text.values()), finding
        assert finding.verdict is Verdict.PASS or all(finding.reason.get(key) for key in ("hy", "en")), finding
        assert not any("%(" in said for said in (*finding.text.values(), *finding.reason.values()))
        assert json.loads(json.dumps(finding.record())) == finding.record()


def test_no_sentence_is_without_use() -> None:
    spec = call(*EVERYTHING, lots=LOTS)
    findings = [
        item for facts in SITUATIONS for lot in (None, "NORTH", "GEORGIA") for item in find(spec, facts, lot=lot)
    ]
    reasons = {f"{name}.{outcome}" for name, kind in kinds().items() for outcome in kind.words.reasons}
    asked = {(name, variant) for name, kind in kinds().items() for variant in kind.words.asks}
    assert {*REASONS, *reasons} <= {item.code for item in findings}
    assert asked <= {(item.rule, item.variant) for item in findings}
    assert {key.partition(".")[0] for key in ASKED} <= {item.rule for item in findings}


def test_names_stand_in_the_language_of_the_sentence() -> None:
    spec = call(EARLIER)
    names = Names(
        countries={"AM": {"hy": "Հայաստան", "en": "Armenia"}, "GE": {"hy": "Վրաստան", "en": "Georgia"}},
        calls={"PORTFOLIO": {"hy": "Պորտֆելներ", "en": "Portfolios"}},
        stages={("PORTFOLIO", "eoi"): {"hy": "Հետաքրքրվածության հայտ", "en": "Expression of interest"}},
    )
    said = {item.rule: item.text for item in in_words(find(spec, FACTS, lot=None), spec, names)}
    assert "Armenia, Georgia" in said["country"]["en"]
    assert "Հայաստան, Վրաստան" in said["country"]["hy"]
    assert "“Portfolios”, stage “Expression of interest”" in said["earlier_application"]["en"]
    assert "Պորտֆելներ" in said["earlier_application"]["hy"]


def test_the_own_words_of_the_call_are_kept() -> None:
    spec = call(EARLIER, DECLARED)
    said = {item.rule: item for item in in_words(find(spec, FACTS, lot=None), spec, Names())}
    assert said["earlier_application"].reason == OWN_REASON
    assert said["declaration"].text == DECLARED.text
