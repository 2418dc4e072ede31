"""A call's rows as plain values, with a number of queries that does not grow with the call."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.db.models import Model, QuerySet, prefetch_related_objects

from calls.eligibility import kinds
from calls.models import Call, EligibilityRule, FormSection, Grid, GridSection, Lot, Question, Stage
from calls.spec import (
    NUMBER_KINDS,
    ApplicationLimits,
    CallSpec,
    CheckSpec,
    CriterionSpec,
    DivergenceSpec,
    DocumentSpec,
    DurationSpec,
    EvaluationSpec,
    FormSpec,
    GrantLimits,
    GridSectionSpec,
    LettersSpec,
    LotSpec,
    PrioritiesSpec,
    PrioritySpec,
    ProgrammeSpec,
    QuestionSpec,
    Rule,
    ScaleSpec,
    SectionSpec,
    SelectionSpec,
    SignatorySpec,
    StageSpec,
    Text,
)

_GRID: Final = ("sections__criteria",)
_FORM: Final = ("form_sections__questions",)
_STAGE: Final = (*_FORM, "check_items", *(f"grid__{part}" for part in _GRID))
CONTENT: Final = (
    "programme",
    "priorities",
    "lots__objectives",
    "eligibility_rules",
    "documents__file",
    *(f"stages__{part}" for part in _STAGE),
)
"""All that belongs to a call, for ``prefetch_related`` where a list needs the content of several."""

Languages = Sequence[str]
_TEXTS: Final = frozenset({"title", "label", "help", "text"})
"""The keys of settings that hold a text by language."""


def spec_of(call: Call) -> CallSpec:
    """The whole call as plain values.

    At most 14 queries; none where ``CONTENT`` was prefetched.

    Raises:
        pydantic.ValidationError: a draft that lacks what every call has, such as a stage.
    """
    prefetch_related_objects([call], *CONTENT)
    languages = call.languages
    return CallSpec(
        code=call.code,
        programme=ProgrammeSpec(code=call.programme.code, title=_text(call.programme, "title", languages)),
        title=_text(call, "title", languages),
        summary=_text(call, "summary", languages),
        description=_text(call, "description", languages),
        languages=tuple(languages),
        countries=tuple(call.countries),
        currency=call.currency,
        budget=call.budget,
        grant=_grant(call),
        cofinancing_min_percent=call.cofinancing_min_percent,
        duration_months=DurationSpec(min=call.duration_min_months, max=call.duration_max_months),
        applications_per_municipality=ApplicationLimits(call=call.limit_per_call, lot=call.limit_per_lot),
        priorities=_priorities(call),
        lots=tuple(_lot(lot, languages) for lot in call.lots.all()),
        eligibility=tuple(rule_of(rule, languages) for rule in call.eligibility_rules.all()),
        documents=_documents(call),
        time_zone=call.time_zone,
        questions_until=call.questions_until and _local(call, call.questions_until),
        answers_until=call.answers_until and _local(call, call.answers_until),
        letters=_letters(call),
        stages=tuple(stage_spec(stage, call) for stage in call.stages.all()),
    )


def stage_spec(stage: Stage, call: Call | None = None) -> StageSpec:
    """One stage as plain values; at most 7 queries.

    Args:
        call: the stage's call, where the caller has it already.
    """
    prefetch_related_objects([stage], *_STAGE)
    call = call or stage.call
    languages = call.languages
    grid = getattr(stage, "grid", None)
    return StageSpec(
        code=stage.code,
        kind=stage.kind,
        admission=stage.admission,
        submitted_by=stage.submitted_by,
        title=_text(stage, "title", languages),
        opens=_local(call, stage.opens_at),
        deadline=_local(call, stage.deadline),
        grace_minutes=stage.grace_minutes,
        keep_requested_within_percent=stage.keep_requested_within_percent,
        form=form_spec(stage, languages),
        checks=tuple(
            CheckSpec(code=check.code, kind=check.kind, title=_text(check, "title", languages), fatal=check.fatal)
            for check in stage.check_items.all()
        ),
        evaluation=None if grid is None else evaluation_spec(grid, languages),
    )


def evaluation_spec(grid: Grid, languages: Languages) -> EvaluationSpec:
    """One evaluation grid as plain values, with its texts in these languages; at most 2 queries."""
    prefetch_related_objects([grid], *_GRID)
    return EvaluationSpec(
        assessors=grid.assessors,
        scale=ScaleSpec(min=grid.scale_min, max=grid.scale_max, step=grid.scale_step),
        comment=grid.comment,
        sections=tuple(_grid_section(section, languages) for section in grid.sections.all()),
        pass_mark=grid.pass_mark,
        divergence=DivergenceSpec(percent_of_higher=grid.divergence_percent, resolve=grid.divergence_resolve),
        tie_break=tuple(grid.tie_break),
        selection=SelectionSpec(
            rule=grid.selection_rule,
            factor=grid.selection_factor,
            limit=grid.selection_limit,
            on_overflow=grid.on_overflow,
        ),
    )


def _text(row: Model, field: str, languages: Languages) -> Text:
    """The text in those of the call's languages in which it is written."""
    found = ((language, getattr(row, f"{field}_{language}", None)) for language in languages)
    return {language: text for language, text in found if text}


def _local(call: Call, moment: Any) -> Any:
    return call.local(moment).replace(tzinfo=None, fold=0)


def _grant(row: Call | Lot) -> GrantLimits:
    return GrantLimits(min=row.grant_min, max=row.grant_max, fixed=row.grant_fixed)


def _priorities(call: Call) -> PrioritiesSpec:
    items = (PrioritySpec(code=item.code, title=_text(item, "title", call.languages)) for item in call.priorities.all())
    return PrioritiesSpec(cover=call.priorities_cover, list=tuple(items))


def _lot(lot: Lot, languages: Languages) -> LotSpec:
    return LotSpec(
        code=lot.code,
        kind=lot.kind,
        title=_text(lot, "title", languages),
        objectives=tuple(_text(objective, "text", languages) for objective in lot.objectives.all()),
        countries=tuple(lot.countries),
        regions=tuple(lot.regions),
        budget=lot.budget,
        grant=_grant(lot),
        cofinancing_min_percent=lot.cofinancing_min_percent,
    )


def rule_of(row: EligibilityRule, languages: Languages) -> Rule:
    """One rule of eligibility as plain values, with its texts in these languages."""
    own = {"code": row.code, "text": _text(row, "text", languages)}
    kind = kinds()[row.rule]
    return kind.model_validate(
        {
            "rule": row.rule,
            "otherwise": row.otherwise,
            "reason": _text(row, "reason", languages),
            **{key: value for key, value in own.items() if key in kind.model_fields},
            **row.settings,
        }
    )


def identity_of(row: EligibilityRule) -> str:
    """What makes a row of a rule the same rule after the call has changed (``Rule.identity``)."""
    return rule_of(row, ()).identity


def _documents(call: Call) -> tuple[DocumentSpec, ...]:
    return tuple(
        DocumentSpec(
            kind=document.kind,
            title=_text(document, "title", call.languages),
            file=document.place or document.file.name,
        )
        for document in call.documents.all()
    )


def _letters(call: Call) -> LettersSpec:
    return LettersSpec(
        prevailing_language=call.prevailing_language or None,
        signatory=SignatorySpec(
            name=_text(call, "signatory_name", call.languages),
            position=_text(call, "signatory_position", call.languages),
        ),
        funder=_text(call, "funder", call.languages),
    )


def form_spec(stage: Stage, languages: Languages) -> FormSpec:
    """The form of a stage as plain values, with its texts in these languages; at most 2 queries."""
    prefetch_related_objects([stage], *_FORM)
    sections: QuerySet[FormSection] = stage.form_sections.all()
    kinds = {question.key: question.kind for section in sections for question in section.questions.all()}
    return FormSpec(
        sections=tuple(
            SectionSpec(
                code=section.code,
                title=_text(section, "title", languages),
                help=_text(section, "help", languages),
                questions=tuple(_question(question, kinds, languages) for question in section.questions.all()),
            )
            for section in sections
        )
    )


def _question(row: Question, kinds: Mapping[str, str], languages: Languages) -> QuestionSpec:
    settings = _in_languages(dict(row.settings), languages)
    if "show_if" in settings:
        settings["show_if"] = _with_numbers(settings["show_if"], kinds)
    return QuestionSpec.model_validate(
        {
            "key": row.key,
            "kind": row.kind,
            "label": _text(row, "label", languages),
            "help": _text(row, "help", languages),
            "required": row.required,
            **settings,
        }
    )


def _in_languages(value: Any, languages: Languages) -> Any:
    """Settings with their texts in the languages of the call; the row keeps those that it has in others."""
    if isinstance(value, list):
        return [_in_languages(part, languages) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        key: {code: part[code] for code in languages if code in part}
        if key in _TEXTS and isinstance(part, dict)
        else _in_languages(part, languages)
        for key, part in value.items()
    }


def _with_numbers(condition: Any, kinds: Mapping[str, str]) -> Any:
    """A condition in which numbers are numbers: JSON keeps them as text, the question tells what they are."""
    if isinstance(condition, list):
        return [_with_numbers(part, kinds) for part in condition]
    if "question" not in condition:
        return {key: _with_numbers(part, kinds) for key, part in condition.items()}
    if kinds.get(condition["question"]) not in NUMBER_KINDS:
        return condition
    return {key: value if key in {"question", "answered"} else _number(value) for key, value in condition.items()}


def _number(value: Any) -> Any:
    return [Decimal(part) for part in value] if isinstance(value, list) else Decimal(value)


def _grid_section(section: GridSection, languages: Languages) -> GridSectionSpec:
    return GridSectionSpec(
        code=section.code,
        title=_text(section, "title", languages),
        min=section.min,
        criteria=tuple(
            CriterionSpec(
                code=criterion.code,
                title=_text(criterion, "title", languages),
                help=_text(criterion, "help", languages),
                weight=criterion.weight,
                min=criterion.min,
            )
            for criterion in section.criteria.all()
        ),
    )
