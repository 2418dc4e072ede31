"""What happens to the open call: a waiver, a corrigendum, an extension, and the next corrigendum in preparation."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from applications.lifecycle import acknowledge
from calls.corrigenda import begin_changes, issue_corrigendum
from calls.corrigenda.copies import files_of
from calls.extensions import grant_extension
from calls.models import Call, Stage
from calls.spec import CallSpec, ChoiceSpec, FormSpec, QuestionSpec, StageSpec
from calls.transfer import spec_of, write_content
from calls.waivers import grant_waiver
from portal.demo.scenes import innovation
from portal.demo.scenes.stage import Cast, Municipalities, story

WAIVED, ISSUED, ACKNOWLEDGED, EXTENDED, PREPARED = 7, 5, 4, 2, 1
"""How many days ago each of these happened."""
_RULE = "earlier_application:M4EG-2021-PORTFOLIO:eoi"
_LATER, _LATER_QUESTIONS, _ONE_MUNICIPALITY = timedelta(days=7), timedelta(days=14), timedelta(days=10)
_IDEA_WORDS, _PARTNERS = 600, 15


def play(cast: Cast, known: Municipalities, call: Call, stage: Stage) -> None:
    """Change the call: Gyumri, which has a waiver, has taken note of the corrigendum; Alaverdi has not. Dilijan has
    a deadline of its own. The next corrigendum waits for its review.
    """
    texts, clerk = story("texts"), cast.people["head@gyumri.example"]
    with cast.ago(WAIVED):
        grant_waiver(call, known.gyumri, _RULE, reason=texts["waiver"], by=cast.officer)
        entry = innovation.begin(cast, stage, known.gyumri, clerk)
    with cast.ago(ISSUED):
        copy = _prepared(cast, call, _first)
        corrigendum = issue_corrigendum(copy, by=cast.officer, summary=texts["corrigendum"])
    with cast.ago(ACKNOWLEDGED):
        acknowledge(entry, corrigendum.number, by=clerk)
    with cast.ago(EXTENDED):
        stage.refresh_from_db()
        until = stage.deadline + _ONE_MUNICIPALITY
        grant_extension(stage, known.dilijan, until=until, reason=texts["extension"], by=cast.officer)
    with cast.ago(PREPARED):
        _prepared(cast, call, _second)


def _prepared(cast: Cast, call: Call, change: Callable[[CallSpec], CallSpec]) -> Call:
    copy = begin_changes(call, by=cast.officer)
    write_content(copy, change(spec_of(copy)), files_of(copy))
    return copy


def _first(spec: CallSpec) -> CallSpec:
    """A week more for all, two more for questions, and more words for the idea."""
    [stage] = spec.stages
    asked = with_question(stage, "idea", max_words=_IDEA_WORDS, help=story("texts")["idea_help"])
    return spec.model_copy(
        update={
            "questions_until": spec.questions_until and spec.questions_until + _LATER_QUESTIONS,
            "answers_until": spec.answers_until and spec.answers_until + _LATER_QUESTIONS,
            "stages": (asked.model_copy(update={"deadline": stage.deadline + _LATER}),),
        }
    )


def _second(spec: CallSpec) -> CallSpec:
    """One more kind of place, room for more partners, and a check that says more."""
    [stage] = spec.stages
    area = next(question for question in stage.form.questions() if question.key == "area")
    mobility = ChoiceSpec(code="mobility", title=story("texts")["mobility"])
    partners = next(question for question in stage.form.questions() if question.key == "partner-list")
    stage = with_question(stage, "area", choices=(*area.choices, mobility))
    stage = with_question(stage, "partner-list", rows=partners.rows.model_copy(update={"max": _PARTNERS}))
    checks = tuple(
        check.model_copy(update={"title": story("texts")["council_check"]}) if check.code == "council" else check
        for check in stage.checks
    )
    return spec.model_copy(update={"stages": (stage.model_copy(update={"checks": checks}),)})


def with_question(stage: StageSpec, key: str, **changes: Any) -> StageSpec:
    """Return a stage in whose form one question is changed."""

    def changed(question: QuestionSpec) -> QuestionSpec:
        return question.model_copy(update=changes) if question.key == key else question

    sections = tuple(
        section.model_copy(update={"questions": tuple(map(changed, section.questions))})
        for section in stage.form.sections
    )
    return stage.model_copy(update={"form": FormSpec(sections=sections)})
