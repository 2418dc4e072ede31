"""What differs between two calls, and what of it may change after publication."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.comparison import TABLE, Change, Kind, Side, Standing, Verdict, compare, judged
from calls.comparison.differences import Path, by_name
from calls.comparison.table import lines
from calls.spec import (
    CONDITIONS,
    CallSpec,
    ChoiceSpec,
    DocumentSpec,
    GrantLimits,
    LotSpec,
    PrioritySpec,
    QuestionSpec,
    Rule,
    SectionSpec,
    Strict,
)
from portal.embedded import ROOT
from tests.calls.strategies import calls
from tests.factories import call_file

PILOT = call_file("M4EG-2021-PILOT")
DAY = timedelta(days=1)
STAGE = PILOT.stages[0].code
OPENS, DEADLINE = (PILOT.moment(moment) for moment in (PILOT.stages[0].opens, PILOT.stages[0].deadline))
WHILE_OPEN = DEADLINE - DAY
BEFORE = OPENS - DAY
AFTER = DEADLINE + DAY


# --- differences

WHOLE: tuple[Any, ...] = (Rule, *CONDITIONS.values())


def leaves(value: Any, path: Path = ()) -> dict[Path, Any]:
    """Each value of a call by its path, in which parts of lists stand under their codes."""
    if isinstance(value, tuple) and value and isinstance(value[0], Strict):
        found: dict[Path, Any] = {}
        for name, part in by_name(value).items():
            found |= leaves(part, (*path, name))
        return found
    if isinstance(value, Strict) and not isinstance(value, WHOLE):
        return {
            end: leaf
            for name in type(value).model_fields
            for end, leaf in leaves(getattr(value, name), (*path, name)).items()
        }
    return {path: value}


def named(path: Path, leaf: Path) -> bool:
    return leaf[: len(path)] == path


@given(calls())
@settings(max_examples=15)
def test_equal_calls_do_not_differ(spec: CallSpec) -> None:
    assert compare(Side(spec), Side(spec.model_copy(deep=True))) == ()


@given(calls(), calls())
@settings(max_examples=15)
def test_each_value_that_differs_is_spoken_of_exactly_once(old: CallSpec, new: CallSpec) -> None:
    differences = [item for item in compare(Side(old), Side(new)) if item.kind is not Kind.MOVED]
    before, after = leaves(old), leaves(new)
    nothing: tuple[Any, ...] = (None, (), {})
    differing = {
        path
        for path in before.keys() | after.keys()
        if before.get(path) != after.get(path) and not (before.get(path) in nothing and after.get(path) in nothing)
    }
    for path in differing:
        assert sum(named(item.path, path) for item in differences) == 1, path
    for item in differences:
        assert any(named(item.path, path) for path in before.keys() | after.keys()), item.path
        assert item.old != item.new


@given(calls(), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_an_order_alone_is_a_move_and_nothing_else(spec: CallSpec, random: Any) -> None:
    lots = list(spec.lots)
    random.shuffle(lots)
    found = compare(Side(spec), Side(spec.model_copy(update={"lots": tuple(lots)})))
    assert [item.kind for item in found] == ([] if tuple(lots) == spec.lots else [Kind.MOVED])


@given(calls(), calls())
@settings(max_examples=15)
def test_going_back_undoes_each_difference(old: CallSpec, new: CallSpec) -> None:
    there, back = compare(Side(old), Side(new)), compare(Side(new), Side(old))
    assert {(item.path, str(item.old), str(item.new)) for item in there} == {
        (item.path, str(item.new), str(item.old)) for item in back
    }


def test_a_file_replaced_under_the_same_name_is_a_difference() -> None:
    call = PILOT.model_copy(update={"documents": (DocumentSpec(kind="other", file="a.pdf"),)})
    (found,) = compare(Side(call, {"a.pdf": "1"}), Side(call, {"a.pdf": "2"}))
    assert (found.path, found.kind) == (("documents", "a.pdf", "content"), Kind.CHANGED)


# --- verdicts


def changed(
    change: Callable[[CallSpec], CallSpec], now: datetime = WHILE_OPEN, fixed: dict[str, tuple[str, ...]] | None = None
) -> list[Change]:
    return list(judged(Side(PILOT), Side(change(PILOT)), Standing(now, fixed or {}), TABLE))


def verdicts(change: Callable[[CallSpec], CallSpec], *args: Any) -> dict[str, str]:
    return {"/".join(found.path): str(found.verdict) for found in changed(change, *args)}


def with_call(**values: Any) -> Callable[[CallSpec], CallSpec]:
    return lambda spec: spec.model_copy(update=values)


def with_stage(**values: Any) -> Callable[[CallSpec], CallSpec]:
    return lambda spec: spec.model_copy(update={"stages": (spec.stages[0].model_copy(update=values), *spec.stages[1:])})


def with_lot(place: int, **values: Any) -> Callable[[CallSpec], CallSpec]:
    def change(spec: CallSpec) -> CallSpec:
        lots = list(spec.lots)
        lots[place] = lots[place].model_copy(update=values)
        return spec.model_copy(update={"lots": tuple(lots)})

    return change


def with_questions(change: Callable[[tuple[QuestionSpec, ...]], tuple[QuestionSpec, ...]]) -> Any:
    def changed_spec(spec: CallSpec) -> CallSpec:
        stage = spec.stages[0]
        first, *others = stage.form.sections
        section = first.model_copy(update={"questions": change(first.questions)})
        form = stage.form.model_copy(update={"sections": (section, *others)})
        return with_stage(form=form)(spec)

    return changed_spec


def grid(**values: Any) -> Any:
    def change(spec: CallSpec) -> CallSpec:
        evaluation = spec.stages[0].evaluation
        assert evaluation
        return with_stage(evaluation=evaluation.model_copy(update=values))(spec)

    return change


def local(moment: datetime) -> datetime:
    return PILOT.local(moment)


TEXT = {"hy": "Այլ", "en": "Other"}
FIRST = PILOT.stages[0].form.sections[0].questions[0]
CASES: list[tuple[str, Any, datetime, str]] = [
    ("code", with_call(code="OTHER"), BEFORE, "refused"),
    ("currency", with_call(currency="AMD"), BEFORE, "refused"),
    ("time_zone", with_call(time_zone="Asia/Yerevan"), BEFORE, "refused"),
    ("languages", with_call(languages=("en",)), BEFORE, "refused"),
    ("languages", with_call(languages=("hy", "en", "ka")), BEFORE, "corrigendum"),
    ("countries", with_call(countries=PILOT.countries[:-1]), BEFORE, "refused"),
    ("countries", with_call(countries=(*PILOT.countries, "TR")), BEFORE, "corrigendum"),
    ("title", with_call(title=TEXT), BEFORE, "corrigendum"),
    ("title", with_call(title={**PILOT.title, "ka": "სხვა"}), BEFORE, "harmless"),
    ("budget", with_call(budget=PILOT.budget + 1), WHILE_OPEN, "corrigendum"),
    ("grant", with_call(grant=GrantLimits(min=Decimal(1))), WHILE_OPEN, "corrigendum"),
    ("lots/LOT1", with_call(lots=PILOT.lots[1:]), BEFORE, "refused"),
    (
        "lots/NEW",
        with_call(lots=(*PILOT.lots, LotSpec(code="NEW", kind="thematic", budget=Decimal(1)))),
        WHILE_OPEN,
        "corrigendum",
    ),
    ("lots/LOT1/countries", with_lot(0, countries=PILOT.lots[0].countries[:1] or ("AM",)), WHILE_OPEN, "refused"),
    ("lots/LOT1/countries", with_lot(0, countries=()), WHILE_OPEN, "corrigendum"),
    ("lots", with_call(lots=PILOT.lots[::-1]), WHILE_OPEN, "harmless"),
    (
        "applications_per_municipality/call",
        with_call(applications_per_municipality=PILOT.applications_per_municipality.model_copy(update={"call": 1})),
        BEFORE,
        "refused",
    ),
    (
        "applications_per_municipality/call",
        with_call(applications_per_municipality=PILOT.applications_per_municipality.model_copy(update={"call": 9})),
        BEFORE,
        "corrigendum",
    ),
    (
        "priorities/list/new",
        with_call(
            priorities=PILOT.priorities.model_copy(update={"list": (*PILOT.priorities.list, PrioritySpec(code="new"))})
        ),
        WHILE_OPEN,
        "corrigendum",
    ),
    (
        "priorities/list/new",
        with_call(
            priorities=PILOT.priorities.model_copy(update={"list": (*PILOT.priorities.list, PrioritySpec(code="new"))})
        ),
        AFTER,
        "refused",
    ),
    (f"stages/{STAGE}/deadline", with_stage(deadline=local(DEADLINE - DAY)), BEFORE, "refused"),
    (f"stages/{STAGE}/deadline", with_stage(deadline=local(DEADLINE + DAY)), BEFORE, "corrigendum"),
    (f"stages/{STAGE}/deadline", with_stage(deadline=local(DEADLINE + DAY)), DEADLINE + 2 * DAY, "refused"),
    (f"stages/{STAGE}/deadline", with_stage(deadline=local(DEADLINE + 9 * DAY)), AFTER, "corrigendum"),
    (f"stages/{STAGE}/opens", with_stage(opens=local(OPENS - DAY)), WHILE_OPEN, "refused"),
    (f"stages/{STAGE}/opens", with_stage(opens=local(OPENS + DAY)), BEFORE, "corrigendum"),
    (f"stages/{STAGE}/opens", with_stage(opens=local(BEFORE - DAY)), BEFORE, "refused"),
    ("questions_until", with_call(questions_until=local(OPENS)), BEFORE, "refused"),
    ("questions_until", with_call(questions_until=local(DEADLINE)), BEFORE, "corrigendum"),
    ("answers_until", with_call(answers_until=local(OPENS)), BEFORE, "corrigendum"),
    (f"stages/{STAGE}/admission", with_stage(admission="invited"), WHILE_OPEN, "refused"),
    (f"stages/{STAGE}/admission", with_stage(admission="invited"), BEFORE, "corrigendum"),
    (f"stages/{STAGE}/grace_minutes", with_stage(grace_minutes=PILOT.stages[0].grace_minutes + 5), BEFORE, "harmless"),
    (f"stages/{STAGE}/submitted_by", with_stage(submitted_by="editor"), WHILE_OPEN, "harmless"),
    (f"stages/{STAGE}/submitted_by", with_stage(submitted_by="editor"), AFTER, "refused"),
    ("letters/funder", with_call(letters=PILOT.letters.model_copy(update={"funder": TEXT})), AFTER, "harmless"),
    (
        "letters/prevailing_language",
        with_call(letters=PILOT.letters.model_copy(update={"prevailing_language": "hy"})),
        WHILE_OPEN,
        "corrigendum",
    ),
    (
        f"stages/{STAGE}/form/sections/action/questions/{FIRST.key}",
        with_questions(lambda questions: questions[1:]),
        WHILE_OPEN,
        "corrigendum",
    ),
    (
        f"stages/{STAGE}/form/sections/action/questions/{FIRST.key}",
        with_questions(lambda questions: questions[1:]),
        AFTER,
        "refused",
    ),
    (
        f"stages/{STAGE}/form/sections/action/questions/{FIRST.key}/label",
        with_questions(lambda questions: (questions[0].model_copy(update={"label": TEXT}), *questions[1:])),
        WHILE_OPEN,
        "corrigendum",
    ),
    (
        f"stages/{STAGE}/form/sections/action/questions/{FIRST.key}/kind",
        with_questions(lambda questions: (questions[0].model_copy(update={"kind": "long_text"}), *questions[1:])),
        BEFORE,
        "refused",
    ),
    (
        f"stages/{STAGE}/form/sections/action/questions",
        with_questions(lambda questions: (questions[1], questions[0], *questions[2:])),
        WHILE_OPEN,
        "harmless",
    ),
    (f"stages/{STAGE}/evaluation/pass_mark", grid(pass_mark=Decimal(1)), WHILE_OPEN, "corrigendum"),
    (f"stages/{STAGE}/evaluation/pass_mark", grid(pass_mark=Decimal(1)), AFTER, "refused"),
    (f"stages/{STAGE}/evaluation/comment", grid(comment="never"), WHILE_OPEN, "harmless"),
]


@pytest.mark.parametrize(
    ("path", "change", "now", "verdict"),
    CASES,
    ids=[f"{place} {path} {verdict}" for place, (path, _change, _now, verdict) in enumerate(CASES)],
)
def test_the_verdict_on_one_change(path: str, change: Any, now: datetime, verdict: str) -> None:
    assert verdicts(change, now)[path] == verdict


def test_who_submits_and_which_answers_stay() -> None:
    """Narrowing who submits is told to all; an answer is locked only before anybody can have written another one."""
    wide = with_stage(submitted_by="editor")(PILOT)
    (found,) = judged(Side(wide), Side(PILOT), Standing(WHILE_OPEN), TABLE)
    assert (found.path, found.verdict) == (("stages", STAGE, "submitted_by"), Verdict.CORRIGENDUM)

    first, second = PILOT.stages
    section = second.form.sections[0]
    free = section.model_copy(
        update={"questions": (section.questions[0].model_copy(update={"fixed": False}), *section.questions[1:])}
    )
    form = second.form.model_copy(update={"sections": (free, *second.form.sections[1:])})
    without = PILOT.model_copy(update={"stages": (first, second.model_copy(update={"form": form}))})
    less = section.model_copy(update={"questions": section.questions[1:]})
    form = second.form.model_copy(update={"sections": (less, *second.form.sections[1:])})
    unasked = PILOT.model_copy(update={"stages": (first, second.model_copy(update={"form": form}))})
    opens = PILOT.moment(second.opens)
    for old, new, now, verdict in (
        (without, PILOT, opens - DAY, Verdict.CORRIGENDUM),
        (without, PILOT, opens, Verdict.REFUSED),
        (PILOT, without, opens, Verdict.CORRIGENDUM),
        (unasked, PILOT, opens - DAY, Verdict.CORRIGENDUM),
        (unasked, PILOT, opens, Verdict.REFUSED),
        (unasked, without, opens, Verdict.CORRIGENDUM),
        (PILOT, unasked, opens, Verdict.CORRIGENDUM),
    ):
        (found,) = judged(Side(old), Side(new), Standing(now), TABLE)
        assert (found.path[-1] in ("fixed", "title"), found.verdict) == (True, verdict)


def test_what_something_rests_on_stays() -> None:
    fixed = {STAGE: ("scores were given",)}
    for change, path in (
        (grid(comment="never"), "evaluation/comment"),
        (with_stage(deadline=local(DEADLINE + DAY)), "deadline"),
        (with_questions(lambda questions: questions[1:]), f"form/sections/action/questions/{FIRST.key}"),
    ):
        assert verdicts(change, WHILE_OPEN)[f"stages/{STAGE}/{path}"] != "refused"
        assert verdicts(change, WHILE_OPEN, fixed)[f"stages/{STAGE}/{path}"] == "refused"


def test_a_question_does_not_move_to_another_section_nor_a_section_to_another_code() -> None:
    def moved(spec: CallSpec) -> CallSpec:
        (first, *others) = spec.stages[0].form.sections
        other = SectionSpec(code="other", questions=first.questions[:1])
        sections = (first.model_copy(update={"questions": first.questions[1:]}), other, *others)
        return with_stage(form=spec.stages[0].form.model_copy(update={"sections": sections}))(spec)

    def renamed(spec: CallSpec) -> CallSpec:
        first, *others = spec.stages[0].form.sections
        sections: tuple[SectionSpec, ...] = (first.model_copy(update={"code": "other"}), *others)
        return with_stage(form=spec.stages[0].form.model_copy(update={"sections": sections}))(spec)

    assert set(verdicts(moved).values()) == {"refused"}
    assert "refused" in verdicts(renamed).values()


def test_a_choice_added_is_one_change() -> None:
    def more(questions: tuple[QuestionSpec, ...]) -> tuple[QuestionSpec, ...]:
        asked = QuestionSpec(key="new", kind="choice", label=TEXT, choices=(ChoiceSpec(code="a", title=TEXT),))
        return (*questions, asked)

    (found,) = changed(with_questions(more))
    assert (found.difference.kind, found.verdict) == (Kind.ADDED, Verdict.CORRIGENDUM)


@given(calls(), calls())
@settings(max_examples=15)
def test_every_change_has_a_verdict_and_a_reason(old: CallSpec, new: CallSpec) -> None:
    for change in judged(Side(old), Side(new), Standing(datetime(2021, 4, 1, tzinfo=UTC)), TABLE):
        assert change.reason


# --- documentation


def test_every_line_of_the_table_is_reached_by_what_it_says() -> None:
    assert [row.what for row in TABLE if not (row.where and row.reason)] == []
    assert [
        row.what for row in TABLE if (row.when is None) == bool(row.condition) and row.what != "order of the stages"
    ] == []
    assert TABLE[-1].where == ("**",)


def test_the_documentation_has_the_table() -> None:
    assert "\n".join(lines()) in (ROOT / "docs" / "corrigenda.md").read_text()
