"""Open data from the rows of the database: a number of queries that does not grow with calls or lots."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Max, Model, QuerySet
from django.urls import reverse

from calls import models, outlets, timeline
from calls.changes import Revision
from calls.models import CallState
from calls.opendata import shapes
from calls.pages.cards import grant_limits
from calls.spec import GrantLimits

PAGES: Final = {
    "page": "calls:detail",
    "questions": "calls:questions",
    "print": "calls:print",
    "pdf": "calls:print_pdf",
    "results": "calls:results",
    "calendar": "calls:calendar",
    "feed": "calls:feed",
}
"""The links of a call, by the names of their addresses."""
_CENT: Final = Decimal("0.01")


def public_calls() -> "QuerySet[models.Call]":
    """Return the calls that anyone may read, the newest first, with all that the open data tell of each."""
    parts = ("priorities", "lots__objectives", "documents__file", "stages")
    calls: QuerySet[models.Call] = models.Call.objects.public()
    return calls.select_related("programme").prefetch_related(*parts).order_by("-published_at", "code")


def of_call(call: models.Call, revision: Revision, now: datetime) -> shapes.Call:
    """Return one call; its rows are at hand (``public_calls``)."""
    return shapes.Call(
        code=call.code,
        programme=shapes.Programme(code=call.programme.code, title=_texts(call.programme, "title", call)),
        status=_status(call, now),
        published=utc(call.published_at or revision.moment),
        modified=utc(revision.moment),
        languages=call.languages,
        title=_texts(call, "title", call),
        summary=_texts(call, "summary", call),
        description=_texts(call, "description", call),
        countries=call.countries,
        currency=call.currency,
        budget=_amount(call.budget),
        grant=_grant(grant_limits(call)),
        cofinancing_min_percent=str(call.cofinancing_min_percent),
        duration_months=shapes.Duration(min=call.duration_min_months, max=call.duration_max_months),
        applications_per_municipality=shapes.Limits(call=call.limit_per_call, lot=call.limit_per_lot),
        funder=_texts(call, "funder", call),
        priorities=_priorities(call),
        lots=[_lot(lot, call) for lot in call.lots.all()],
        time_zone=call.time_zone,
        questions_until=_moment(call.questions_until, call) if call.questions_until else None,
        answers_until=_moment(call.answers_until, call) if call.answers_until else None,
        stages=[_stage(stage, call, now) for stage in call.stages.all()],
        documents=[_document(document, call) for document in call.documents.all()],
        links=_links(call),
    )


def last_change(calls: Iterable[models.Call], revisions: Iterable[Revision], now: datetime) -> datetime | None:
    """Return when an answer with these calls last became another one: by a change, a publication or a moment passed."""
    stages = (stage for call in calls for stage in call.stages.all())
    passed = (moment for stage in stages for moment in (stage.opens_at, stage.deadline) if moment <= now)
    latest = models.Call.objects.public().aggregate(latest=Max("published_at"))["latest"]
    known = (revision.moment for revision in revisions)
    return max((*known, *passed, *([latest] if latest else [])), default=None)


def utc(moment: datetime) -> str:
    """Return an aware moment in UTC, to the second: 2027-07-06T14:00:00Z."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _status(call: models.Call, now: datetime) -> Any:
    if call.state != CallState.PUBLISHED:
        return call.state
    return timeline.status(list(call.stages.all()), now).value


def _texts(row: Model, field: str, call: models.Call) -> dict[str, str]:
    """Return a text in those languages of the call in which it is written."""
    found = {language: getattr(row, f"{field}_{language}", None) for language in call.languages}
    return {language: text for language, text in found.items() if text}


def _amount(amount: Decimal) -> str:
    return str(amount.quantize(_CENT))


def _grant(limits: GrantLimits) -> shapes.Grant:
    ends: Mapping[str, Decimal | None] = {"min": limits.min, "max": limits.max, "fixed": limits.fixed}
    return shapes.Grant(**{name: None if end is None else _amount(end) for name, end in ends.items()})


def _priorities(call: models.Call) -> shapes.Priorities:
    rows: Iterable[models.Priority] = call.priorities.all()
    found = [shapes.Priority(code=row.code, title=_texts(row, "title", call)) for row in rows]
    return shapes.Priorities(cover=call.priorities_cover, items=found)


def _lot(lot: models.Lot, call: models.Call) -> shapes.Lot:
    """Return a lot; what it leaves open is the call's (as ``CallSpec.grant_for`` and its neighbours have it)."""
    own, share = grant_limits(lot), lot.cofinancing_min_percent
    return shapes.Lot(
        code=lot.code,
        kind=lot.kind,
        title=_texts(lot, "title", call),
        objectives=[_texts(objective, "text", call) for objective in lot.objectives.all()],
        countries=lot.countries or call.countries,
        regions=lot.regions,
        budget=_amount(lot.budget),
        grant=_grant(grant_limits(call) if own == GrantLimits() else own),
        cofinancing_min_percent=str(call.cofinancing_min_percent if share is None else share),
    )


def _moment(moment: datetime, call: models.Call) -> shapes.Moment:
    return shapes.Moment(local=call.local(moment).isoformat(timespec="seconds"), zone=call.time_zone, utc=utc(moment))


def _stage(stage: models.Stage, call: models.Call, now: datetime) -> shapes.Stage:
    return shapes.Stage(
        code=stage.code,
        kind=stage.kind,
        admission=stage.admission,
        submitted_by=stage.submitted_by,
        title=_texts(stage, "title", call),
        status=timeline.status([stage], now).value,
        opens=_moment(stage.opens_at, call),
        deadline=_moment(stage.deadline, call),
    )


def _document(document: models.CallDocument, call: models.Call) -> shapes.Document:
    file = document.file
    return shapes.Document(
        kind=document.kind,
        title=_texts(document, "title", call),
        url=outlets.absolute(reverse("documents:file", args=[file.token, file.name])),
        media_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
    )


def _links(call: models.Call) -> shapes.Links:
    return shapes.Links(**{name: outlets.in_each_language(route, [call.code]) for name, route in PAGES.items()})
