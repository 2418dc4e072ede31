"""What a frozen shortlist holds: the assessments file, the grid it was scored by, and the result, under one digest.

The keys `call stage seed applications` are the assessments file of docs/call-file.md as it stands; all that the
portal adds is below `shortlist`, so that one file serves both `manage.py rank` and `manage.py verify_shortlist`.
Pure.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from applications.answers import digest_of
from calls.spec import EvaluationSpec
from evaluation.assembly import StageFile, grid_of
from evaluation.assessments_file import AssessmentsFileError, StageFrame, recompute
from evaluation.ranking import Lot, Ranking
from evaluation.ranking_json import assessments_document, result_document
from evaluation.scoring import ScoringError

Document = dict[str, Any]


def content_of(file: StageFile, seed: int, ranking: Ranking, *, at: datetime, replaces: str) -> Document:
    """All that a shortlist rests on, and its result, as a JSON value.

    Args:
        at: the moment of freezing. replaces: digest of the shortlist that this one replaces; empty for the first.
    """
    frame = file.frame
    in_order = sorted(file.applications, key=lambda application: application.number)
    return assessments_document(frame.call, frame.stage, seed, in_order) | {
        "shortlist": {
            "frozen_at": at.isoformat(),
            "replaces": replaces,
            "currency": file.stage.call.currency,
            "lots": [{"code": lot.code, "budget": f"{lot.budget:.2f}"} for lot in frame.lots],
            "evaluation": file.evaluation.model_dump(mode="json", exclude_defaults=True),
            "result": result_document(ranking),
        }
    }


def exported(content: Mapping[str, Any], digest: str) -> Document:
    """A frozen shortlist as it is exported: its content with the digest."""
    return {**content, "shortlist": {**content["shortlist"], "digest": digest}}


def _frame(document: Mapping[str, Any]) -> StageFrame:
    """What the file's assessments are held against, from the file itself."""
    shortlist = document["shortlist"]
    lots = tuple(Lot(lot["code"], Decimal(lot["budget"])) for lot in shortlist["lots"])
    evaluation = EvaluationSpec.model_validate_json(json.dumps(shortlist["evaluation"]))
    return StageFrame(document["call"], document["stage"], lots, grid_of(evaluation))


def verify(data: bytes) -> list[str]:
    """Where an exported shortlist differs from its own recomputation, one line for each; none if it holds.

    Raises AssessmentsFileError for a file that is no exported shortlist, or whose assessments contradict its grid.
    """
    try:
        document = json.loads(data.decode("utf-8-sig"))
        frame = _frame(document)
        result = document["shortlist"]["result"]
    except (ValueError, KeyError, TypeError, ArithmeticError, ValidationError, ScoringError) as error:
        message = _("This is no shortlist exported from the portal: %(error)s")
        raise AssessmentsFileError([message % {"error": _short(error)}]) from error
    found = json.loads(json.dumps(result_document(recompute(data, frame))))
    return [*_digest_difference(document), *differences("", _by_number(result), _by_number(found))]


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"


def _digest_difference(document: Document) -> Iterator[str]:
    told = document["shortlist"].get("digest", "")
    rest = {key: value for key, value in document["shortlist"].items() if key != "digest"}
    found = digest_of({**document, "shortlist": rest})
    if told != found:
        values = {"told": told or "–", "found": found}
        yield _("digest: the file says %(told)s, its content gives %(found)s") % values


def _by_number(result: Mapping[str, Any]) -> Document:
    """A result whose applications are named by their numbers, with the order beside them."""
    applications = result.get("applications") or []
    named = {str(one.get("number")): one for one in applications}
    return {"lots": result.get("lots"), "applications": named, "order": list(named)}


def differences(path: str, told: Any, found: Any) -> Iterator[str]:
    """Each place where two JSON values differ, as a line that names the place and both values."""
    if isinstance(told, dict) and isinstance(found, dict):
        for key in dict.fromkeys([*told, *found]):
            yield from differences(f"{path}.{key}" if path else str(key), told.get(key), found.get(key))
    elif told != found:
        values = {
            "path": path,
            "told": json.dumps(told, ensure_ascii=False),
            "found": json.dumps(found, ensure_ascii=False),
        }
        yield _("%(path)s: the file says %(told)s, recomputed it is %(found)s") % values
