"""A second, plain implementation of scoring, ranking and selection, to hold the real one against.

Written from docs/call-file.md alone, it shares no code with the product: it works on the JSON values of an
assessments file and on an `evaluation` block as a call file has it, and prefers the obvious to the short.
"""

import hashlib
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

Block = dict[str, Any]


def exact(value: Any) -> Fraction:
    return Fraction(str(value))


def money(value: Fraction) -> str:
    context = Context(prec=80)
    quotient = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    return str(quotient.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP, context=context))


def points_of_section(section: Block, scores: Block) -> Fraction:
    points = Fraction(0)
    for criterion in section["criteria"]:
        points = points + exact(scores[criterion["code"]]) * exact(criterion.get("weight", 1))
    return points


def points(evaluation: Block, scores: Block) -> Fraction:
    return Fraction(sum(points_of_section(section, scores) for section in evaluation["sections"]))


def average(values: list[Fraction]) -> Fraction:
    return Fraction(sum(values)) / len(values)


def counted_or_wait(evaluation: Block, entries: list[Block]) -> list[int] | str:
    for position, entry in enumerate(entries):
        if entry.get("consensus"):
            return [position]
    needed = evaluation["assessors"]
    if len(entries) < needed:
        return "needs_assessor"
    totals = [points(evaluation, entry["scores"]) for entry in entries]
    divergence = evaluation.get("divergence", {"resolve": "none"})
    low, high = sorted(totals[:needed])[0], sorted(totals[:needed])[-1]
    if divergence["resolve"] == "none":
        return list(range(needed))
    if (high - low) * 100 <= high * exact(divergence["percent_of_higher"]):
        return list(range(needed))
    if divergence["resolve"] == "consensus":
        return "needs_consensus"
    return "needs_third" if len(entries) == 2 else closest_of_three(totals)


def closest_of_three(totals: list[Fraction]) -> list[int]:
    a, b, c = totals[0], totals[1], totals[2]
    ab, ac, bc = abs(a - b), abs(a - c), abs(b - c)
    if ab < ac and ab < bc:
        return [0, 1]
    if ac < ab and ac < bc:
        return [0, 2]
    if bc < ab and bc < ac:
        return [1, 2]
    return [0, 1, 2]


def judge(evaluation: Block, entries: list[Block]) -> Block:
    """A dictionary with everything known about one application, with exact values."""
    totals = [points(evaluation, entry["scores"]) for entry in entries]
    result: Block = {
        "totals": totals,
        "counted": [],
        "score": None,
        "means": {},
        "sections": {},
        "failed": [],
    }
    counted = counted_or_wait(evaluation, entries)
    if isinstance(counted, str):
        return result | {"outcome": counted}
    result["counted"] = counted
    result["score"] = average([totals[position] for position in counted])
    failed_sections, failed_criteria = [], []
    for section in evaluation["sections"]:
        mean = average([points_of_section(section, entries[position]["scores"]) for position in counted])
        result["sections"][section["code"]] = result["means"][section["code"]] = mean
        if section.get("min") is not None and mean < exact(section["min"]):
            failed_sections.append("section:" + section["code"])
        for criterion in section["criteria"]:
            code = criterion["code"]
            mean = average([exact(entries[position]["scores"][code]) for position in counted])
            result["means"][code] = mean
            if criterion.get("min") is not None and mean < exact(criterion["min"]):
                failed_criteria.append("criterion:" + code)
    if result["score"] < exact(evaluation["pass_mark"]):
        result["failed"].append("pass_mark")
    result["failed"] += failed_sections + failed_criteria
    return result | {"outcome": "failed" if result["failed"] else "passed"}


def ranked(evaluation: Block, seed: int, judged: dict[str, Block]) -> list[str]:
    """Numbers of one lot's passed applications, best first, by comparing two at a time."""

    def compare(one: str, other: str) -> int:
        first, second = judged[one], judged[other]
        if first["score"] != second["score"]:
            return -1 if first["score"] > second["score"] else 1
        for code in evaluation["tie_break"]:
            if code == "lot-draw":
                drawn = [hashlib.sha256(f"{seed}:{n}".encode()).hexdigest() for n in (one, other)]
                return -1 if drawn[0] < drawn[1] else 1
            if first["means"][code] != second["means"][code]:
                return -1 if first["means"][code] > second["means"][code] else 1
        raise AssertionError("no lot-draw")

    passed = [number for number, result in judged.items() if result["outcome"] == "passed"]
    return sorted(passed, key=cmp_to_key(compare))


def chosen(selection: Block, budget: Any, order: list[str], amounts: dict[str, Fraction]) -> list[str]:
    if selection["rule"] == "pass_mark":
        return list(order)
    if selection["rule"] == "count":
        return [number for place, number in enumerate(order) if place < selection["limit"]]
    taken: list[str] = []
    for number in order:
        together = Fraction(sum(amounts[other] for other in [*taken, number]))
        if together <= exact(budget) * exact(selection.get("factor", 1)):
            taken.append(number)
        elif selection.get("on_overflow", "stop") == "stop":
            return taken
    return taken


def rank_naively(evaluation: Block, lots: list[tuple[str | None, Any]], document: Block) -> Block:
    """What `rank` prints, for `lots` as (code, budget) in the call's order."""
    result: Block = {"lots": {}, "applications": []}
    selection = evaluation["selection"]
    for lot, budget in lots:
        members = {a["number"]: a for a in document["applications"] if a["lot"] == lot}
        judged = {number: judge(evaluation, a["assessments"]) for number, a in members.items()}
        amounts = {number: exact(a["requested"]) for number, a in members.items()}
        order = ranked(evaluation, document["seed"], judged)
        taken: list[str] = []
        if selection["rule"] != "manual":
            taken = chosen(selection, budget, order, amounts)
            for number in order:
                judged[number]["outcome"] = "selected" if number in taken else "reserve"
        result["lots"]["null" if lot is None else lot] = {
            "budget": money(exact(budget)),
            "selected": len(taken),
            "requested": money(Fraction(sum(amounts[number] for number in taken))),
        }
        rest = sorted(number for number in members if number not in order)
        for number in order + rest:
            one = judged[number]
            result["applications"].append(
                {
                    "number": number,
                    "lot": lot,
                    "totals": [money(Fraction(total)) for total in one["totals"]],
                    "counted": one["counted"],
                    "score": None if one["score"] is None else money(one["score"]),
                    "sections": {code: money(mean) for code, mean in one["sections"].items()},
                    "passed": number in order,
                    "failed": one["failed"],
                    "rank": order.index(number) + 1 if number in order else None,
                    "outcome": one["outcome"],
                }
            )
    return result
