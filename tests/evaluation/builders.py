"""Short ways to make grids, entries and assessments files in tests."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evaluation.assessments_file import StageFrame
from evaluation.ranking import Lot
from evaluation.scoring import Criterion, Entry, Grid, Section, SelectionRule

Block = dict[str, Any]


def optional(value: object) -> Fraction | None:
    return None if value is None else Fraction(str(value))


def criterion_from(block: Block) -> Criterion:
    return Criterion(block["code"], Fraction(str(block.get("weight", 1))), optional(block.get("min")))


def section_from(block: Block) -> Section:
    criteria = tuple(criterion_from(criterion) for criterion in block["criteria"])
    return Section(block["code"], criteria, optional(block.get("min")))


def grid_from(block: Block) -> Grid:
    """A grid from an `evaluation` block as a call file has it."""
    scale, selection = block["scale"], block["selection"]
    divergence = block.get("divergence", {"resolve": "none"})
    return Grid(
        assessors=block["assessors"],
        scale_min=Fraction(str(scale["min"])),
        scale_max=Fraction(str(scale["max"])),
        scale_step=Fraction(str(scale.get("step", 1))),
        sections=tuple(section_from(section) for section in block["sections"]),
        pass_mark=Fraction(str(block["pass_mark"])),
        divergence_percent=optional(divergence.get("percent_of_higher")),
        divergence_resolve=divergence["resolve"],
        tie_break=tuple(block["tie_break"]),
        selection=SelectionRule(
            selection["rule"],
            selection.get("limit"),
            Fraction(str(selection.get("factor", 1))),
            selection.get("on_overflow", "stop"),
        ),
    )


def one_criterion(**changes: object) -> Block:
    """An `evaluation` block with one criterion of weight 1 from 0 to 10: a total is simply the score."""
    block: Block = {
        "assessors": 2,
        "scale": {"min": 0, "max": 10, "step": "0.1"},
        "sections": [{"code": "all", "criteria": [{"code": "c"}]}],
        "pass_mark": 0,
        "tie_break": ["lot-draw"],
        "selection": {"rule": "manual"},
    }
    return block | changes


def entries(*scores: object, agreed: int | None = None) -> list[Entry]:
    """Entries for `one_criterion`; the one in position `agreed` is the consensus."""
    return [Entry({"c": Decimal(str(score))}, f"a{i}", i == agreed) for i, score in enumerate(scores)]


def frame_of(block: Block, *lots: tuple[str | None, object]) -> StageFrame:
    """The frame of stage `concept` of call `CALL`, with lots as (code, budget)."""
    given = tuple(Lot(code, Decimal(str(budget))) for code, budget in lots or ((None, 100),))
    return StageFrame("CALL", "concept", given, grid_from(block))


def application(number: str, *scores: object, lot: str | None = None, requested: object = "0.00") -> Block:
    """One application of an assessments file for `one_criterion`."""
    assessments = [{"assessor": f"a{i}", "scores": {"c": score}} for i, score in enumerate(scores)]
    return {"number": number, "lot": lot, "requested": requested, "assessments": assessments}


def document(*applications: Block, seed: object = 7, **changes: object) -> Block:
    """An assessments file as a JSON value."""
    return {"call": "CALL", "stage": "concept", "seed": seed, "applications": [*applications]} | changes


def encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


# The grid of the pilot call's concept notes, and the assessments of the example in docs/call-file.md.
PILOT: Block = {
    "assessors": 2,
    "scale": {"min": 1, "max": 5, "step": 1},
    "sections": [
        {
            "code": "relevance",
            "criteria": [
                {"code": "1.1", "weight": 2},
                {"code": "1.2", "weight": 2},
                {"code": "1.3"},
                {"code": "1.4"},
            ],
        },
        {"code": "design", "criteria": [{"code": "2.1", "weight": 2}, {"code": "2.2", "weight": 2}]},
    ],
    "pass_mark": 30,
    "divergence": {"percent_of_higher": 30, "resolve": "third_assessor"},
    "tie_break": ["relevance", "1.1", "lot-draw"],
    "selection": {"rule": "budget", "factor": 2, "on_overflow": "stop"},
}
PILOT_LOTS = (("LOT1", 5000000), ("LOT2", 4000000), ("LOT3", 1000000))
PILOT_CODES = ("1.1", "1.2", "1.3", "1.4", "2.1", "2.2")


def pilot_scores(digits: str) -> dict[str, int]:
    """Scores of the pilot grid from six digits, in the grid's order."""
    return dict(zip(PILOT_CODES, map(int, digits), strict=True))


def pilot_application(number: str, lot: str, requested: str, *digits: str) -> Block:
    """One application of the pilot call, each assessment given as six digits."""
    assessments = [{"assessor": f"a{i}", "scores": pilot_scores(given)} for i, given in enumerate(digits, start=1)]
    return {"number": number, "lot": lot, "requested": requested, "assessments": assessments}
