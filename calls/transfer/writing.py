"""A call's plain values as rows: creates a call, or brings a draft in line with its call file."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from calls.models import Call, CallState, Grid, Programme, Stage
from calls.spec import (
    FILE_ENDINGS,
    CallSpec,
    EvaluationSpec,
    GrantLimits,
    ProgrammeSpec,
    QuestionSpec,
    Rule,
    StageSpec,
    Text,
)
from calls.transfer.reading import identity_of
from calls.transfer.rows import Values, align, assign, texts
from portal.accounts.models import Person
from portal.documents.models import StoredFile
from portal.documents.sniff import UploadRefused, check_upload
from portal.documents.storage import store
from portal.transitions import Refusal

Files = Mapping[str, bytes]
MAX_MEGABYTES = 100
"""Of one document of a call."""

_IN_COLUMNS = frozenset({"rule", "otherwise", "reason", "code", "text"})
_QUESTION_COLUMNS = frozenset({"key", "kind", "label", "help", "required"})


class WritingRefused(Refusal):
    """A call cannot be written; the text says why and what to do, in the language of whoever reads it."""


_PREPARED = _("%(code)s holds changes of a published call in preparation: give the file another code.")


class CallIsFixed(WritingRefused):
    """The call is no longer a draft, so no file may change it."""

    def __init__(self, call: Call) -> None:
        message = _("The call %(code)s is no longer a draft (%(state)s): give the file another code.")
        super().__init__(message, code=call.code, state=CallState(call.state).label)


@transaction.atomic
def write_call(spec: CallSpec, *, by: Person | None = None, files: Files | None = None) -> Call:
    """Create the call as a draft, or make the draft of that code what the spec says.

    Args:
        spec: a call without problems (``calls.callfile.problems``).
        by: who brings it; None for the portal itself.
        files: the content of the spec's documents by their path; those that the draft has already may be absent.

    Effects: the call with all that belongs to it, and its programme where that is new. Rows that are as they should
        be are not touched, so writing the same call again leaves no history.

    Raises:
        CallIsFixed: the call is published, cancelled or archived.
        WritingRefused: the code is a working copy's, there are no columns for a language, or a document is absent
            or not accepted.
    """
    _check_languages(spec)
    # What is written must not depend on the language of whoever writes it.
    with translation.override(settings.MODELTRANSLATION_DEFAULT_LANGUAGE):
        call = _call(spec)
        write_content(call, spec, _files(call, spec, by, files or {}))
    written: Call = Call.objects.get(pk=call.pk)
    return written


def write_content(call: Call, spec: CallSpec, files: Mapping[str, StoredFile]) -> None:
    """Make all that belongs to a call what the spec says, whatever its state: the caller has found that it may be.

    Args:
        call: locked by the caller, or not saved yet; code and programme are not among what is written.
        files: the documents' files by their path.

    Effects: rows that stay are found again by their codes and keep their identity; those that are as they should be
        are not touched.
    """
    with translation.override(settings.MODELTRANSLATION_DEFAULT_LANGUAGE):
        if assign(call, _call_values(spec)) or call.pk is None:
            call.save()
        _parts(call, spec)
        rows = [
            {
                "place": document.file,
                "kind": document.kind,
                **texts(title=document.title),
                "file": files[document.file],
            }
            for document in spec.documents
        ]
        align(call.documents, "place", rows)
        for row, stage in zip(_stages(call, spec), spec.stages, strict=True):
            _stage_parts(row, stage)


def _check_languages(spec: CallSpec) -> None:
    stored = settings.MODELTRANSLATION_LANGUAGES
    strange = [language for language in spec.languages if language not in stored]
    if strange:
        message = _("This portal keeps texts in %(stored)s; it cannot keep those in %(strange)s.")
        raise WritingRefused(message, stored=", ".join(stored), strange=", ".join(strange))


def _call(spec: CallSpec) -> Call:
    call: Call | None = Call.objects.select_for_update().filter(code=spec.code).first()
    if call is not None and call.state != CallState.DRAFT:
        raise CallIsFixed(call)
    if call is not None and call.amends_id is not None:
        raise WritingRefused(_PREPARED, code=call.code)
    call = call or Call(code=spec.code)
    if assign(call, {"programme_id": _programme(spec.programme).pk, **_call_values(spec)}):
        call.save()
    return call


def _programme(spec: ProgrammeSpec) -> Programme:
    """The programme, made where it is new; a title in the file corrects the one it has."""
    programme, _made = Programme.objects.get_or_create(code=spec.code, defaults=texts(title=spec.title))
    if spec.title and assign(programme, texts(title=spec.title)):
        programme.save()
    return programme


def _call_values(spec: CallSpec) -> Values:
    return {
        **texts(title=spec.title, summary=spec.summary, description=spec.description, funder=spec.letters.funder),
        **texts(signatory_name=spec.letters.signatory.name, signatory_position=spec.letters.signatory.position),
        "prevailing_language": spec.letters.prevailing_language or "",
        "languages": list(spec.languages),
        "countries": list(spec.countries),
        "currency": spec.currency,
        "budget": spec.budget,
        **_grant(spec.grant),
        "cofinancing_min_percent": spec.cofinancing_min_percent,
        "duration_min_months": spec.duration_months.min,
        "duration_max_months": spec.duration_months.max,
        "limit_per_call": spec.applications_per_municipality.call,
        "limit_per_lot": spec.applications_per_municipality.lot,
        "priorities_cover": spec.priorities.cover,
        "questions_until": spec.questions_until and spec.moment(spec.questions_until),
        "answers_until": spec.answers_until and spec.moment(spec.answers_until),
        "time_zone": spec.time_zone,
    }


def _grant(grant: GrantLimits | None) -> Values:
    grant = grant or GrantLimits()
    return {"grant_min": grant.min, "grant_max": grant.max, "grant_fixed": grant.fixed}


def _parts(call: Call, spec: CallSpec) -> None:
    priorities = [{"code": item.code, **texts(title=item.title)} for item in spec.priorities.list]
    align(call.priorities, "code", priorities)
    lots = [
        {
            "code": lot.code,
            "kind": lot.kind,
            **texts(title=lot.title),
            "countries": list(lot.countries),
            "regions": list(lot.regions),
            "budget": lot.budget,
            **_grant(lot.grant),
            "cofinancing_min_percent": lot.cofinancing_min_percent,
        }
        for lot in spec.lots
    ]
    for row, lot in zip(align(call.lots, "code", lots), spec.lots, strict=True):
        align(row.objectives, None, [texts(text=objective) for objective in lot.objectives])
    rules = [rule_values(rule) for rule in spec.eligibility]
    align(call.eligibility_rules, identity_of, rules, [rule.identity for rule in spec.eligibility])


def rule_values(rule: Rule) -> Values:
    """The columns of a rule of eligibility, but for the call and its place."""
    text: Text = getattr(rule, "text", {})
    return {
        "rule": rule.rule,
        "code": getattr(rule, "code", ""),
        "settings": rule.model_dump(mode="json", exclude=set(_IN_COLUMNS), exclude_defaults=True),
        "otherwise": rule.otherwise,
        **texts(reason=rule.reason, text=text),
    }


def _files(call: Call, spec: CallSpec, by: Person | None, files: Files) -> dict[str, StoredFile]:
    present = {document.place: document.file for document in call.documents.select_related("file")}
    return {document.file: _stored(document.file, present.get(document.file), by, files) for document in spec.documents}


def _stored(place: str, present: StoredFile | None, by: Person | None, files: Files) -> StoredFile:
    """The document's file: the one there is, where nothing else was brought; otherwise the new content, checked."""
    content = files.get(place)
    if content is None and present is None:
        raise WritingRefused(_("The document “%(file)s” is missing beside the call file."), file=place)
    if present is not None and (content is None or sha256(content).hexdigest() == present.sha256):
        return present
    file = ContentFile(content or b"", name=PurePosixPath(place).name)
    try:
        kind = check_upload(file, accept=FILE_ENDINGS, max_mb=MAX_MEGABYTES)
    except UploadRefused as refusal:
        raise WritingRefused("%(file)s: %(reason)s", file=place, reason=_reasons(refusal)) from refusal
    return store(file, name=PurePosixPath(place).name, by=by, kind=kind)


def _reasons(refusal: UploadRefused) -> str:
    """Why a file was refused, in the language in which it is read later."""
    return lazy(lambda: " ".join(refusal.messages), str)()


def _stages(call: Call, spec: CallSpec) -> list[Stage]:
    rows = [
        {
            "code": stage.code,
            "kind": stage.kind,
            "admission": stage.admission,
            "submitted_by": stage.submitted_by,
            **texts(title=stage.title),
            "opens_at": spec.moment(stage.opens),
            "deadline": spec.moment(stage.deadline),
            "grace_minutes": stage.grace_minutes,
            "keep_requested_within_percent": stage.keep_requested_within_percent,
        }
        for stage in spec.stages
    ]
    return align(call.stages, "code", rows)


def _stage_parts(row: Stage, stage: StageSpec) -> None:
    sections = [{"code": part.code, **texts(title=part.title, help=part.help)} for part in stage.form.sections]
    for section, part in zip(align(row.form_sections, "code", sections), stage.form.sections, strict=True):
        align(section.questions, "key", [question_values(question) for question in part.questions])
    checks = [
        {"code": check.code, "kind": check.kind, "fatal": check.fatal, **texts(title=check.title)}
        for check in stage.checks
    ]
    align(row.check_items, "code", checks)
    if stage.evaluation is None:
        Grid.objects.filter(stage=row).delete()
    else:
        write_grid(row, stage.evaluation)


def question_values(question: QuestionSpec) -> Values:
    """The columns of a question, but for its section and its place."""
    settings_ = question.model_dump(mode="json", by_alias=True, exclude=set(_QUESTION_COLUMNS), exclude_defaults=True)
    return {
        "key": question.key,
        "kind": question.kind,
        "required": question.required,
        **texts(label=question.label, help=question.help),
        "settings": settings_,
    }


def write_grid(stage: Stage, spec: EvaluationSpec) -> None:
    """Make the grid of a stage what the spec says; rows that are as they should be are not touched."""
    grid = Grid.objects.filter(stage=stage).first() or Grid(stage=stage)
    if assign(grid, _grid_values(spec)) or grid.pk is None:
        grid.save()
    sections = [{"code": part.code, "min": part.min, **texts(title=part.title)} for part in spec.sections]
    for row, part in zip(align(grid.sections, "code", sections), spec.sections, strict=True):
        criteria = [
            {
                "code": criterion.code,
                "weight": criterion.weight,
                "min": criterion.min,
                **texts(title=criterion.title, help=criterion.help),
            }
            for criterion in part.criteria
        ]
        align(row.criteria, "code", criteria)


def _grid_values(spec: EvaluationSpec) -> Values:
    return {
        "assessors": spec.assessors,
        "scale_min": spec.scale.min,
        "scale_max": spec.scale.max,
        "scale_step": spec.scale.step,
        "comment": spec.comment,
        "pass_mark": spec.pass_mark,
        "divergence_percent": spec.divergence.percent_of_higher,
        "divergence_resolve": spec.divergence.resolve,
        "tie_break": list(spec.tie_break),
        "selection_rule": spec.selection.rule,
        "selection_limit": spec.selection.limit,
        "selection_factor": spec.selection.factor,
        "on_overflow": spec.selection.on_overflow,
    }
