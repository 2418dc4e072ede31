"""A ranking as JSON, as `rank` prints it, and the assessments file that it can be recomputed from.

Both are described in docs/call-file.md, "The assessments file". Pure.
"""

import json
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evaluation.ranking import Application, LotResult, Place, Ranking
from evaluation.scoring import Entry, Number, display


def lot_result(lot: LotResult) -> dict[str, Any]:
    """One lot of the result."""
    return {
        "budget": display(Fraction(lot.lot.budget)),
        "selected": lot.selected,
        "requested": display(lot.requested),
    }


def place_result(place: Place) -> dict[str, Any]:
    """One application of the result."""
    standing = place.standing
    return {
        "number": place.application.number,
        "lot": place.application.lot,
        "totals": [display(total) for total in standing.totals],
        "counted": list(standing.counted),
        "score": None if standing.score is None else display(standing.score),
        "sections": {code: display(mean) for code, mean in standing.section_means.items()},
        "passed": standing.passed,
        "failed": list(standing.failed),
        "rank": place.rank,
        "outcome": place.outcome.value,
    }


def result_document(ranking: Ranking) -> dict[str, Any]:
    """A ranking as `rank` prints it: amounts and scores as text with two places."""
    return {
        "lots": {lot.lot.code or "null": lot_result(lot) for lot in ranking.lots},
        "applications": [place_result(place) for place in ranking.places],
    }


def result_text(ranking: Ranking) -> str:
    """The JSON text that `rank` prints."""
    return json.dumps(result_document(ranking), ensure_ascii=False, indent=1)


def json_number(value: Number) -> int | float:
    """A score as JSON writes it. Raises ValueError where a float would not read back as the same decimal."""
    exact = Fraction(value)
    if exact.denominator == 1:
        return exact.numerator
    if Fraction(Decimal(repr(float(exact)))) != exact:
        raise ValueError(f"{value} has more digits than a JSON number keeps")
    return float(exact)


def entry_document(entry: Entry) -> dict[str, Any]:
    """One assessment as the assessments file has it."""
    named = {} if entry.assessor is None else {"assessor": entry.assessor}
    scores = {code: json_number(score) for code, score in entry.scores.items()}
    return named | {"scores": scores} | ({"consensus": True} if entry.consensus else {})


def assessments_document(call: str, stage: str, seed: int, applications: Iterable[Application]) -> dict[str, Any]:
    """An assessments file as a JSON value: what `parse_assessments` reads back as the same applications."""
    return {
        "call": call,
        "stage": stage,
        "seed": seed,
        "applications": [
            {
                "number": one.number,
                "lot": one.lot,
                "requested": display(Fraction(one.requested)),
                "assessments": [entry_document(entry) for entry in one.entries],
            }
            for one in applications
        ],
    }
