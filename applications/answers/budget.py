"""The budget: sums that are computed and never typed, and whether its parts agree."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from applications.answers.numbers import number_of, read_number
from applications.answers.problems import Problem, Unreadable
from calls.spec import QuestionSpec

CELLS = ("total", "requested")
"""What each category of a budget is asked for."""


@dataclass(frozen=True)
class Sums:
    """What a budget adds up to, in the call's currency. Amounts that cannot be read count as nothing."""

    total: Decimal
    requested: Decimal
    sources: Decimal

    @property
    def rest(self) -> Decimal:
        """What other sources have to pay."""
        return self.total - self.requested

    @property
    def uncovered(self) -> Decimal:
        """What other sources have to pay, as it is shown: never less than nothing."""
        return max(self.rest, Decimal(0))

    @property
    def unnamed(self) -> Decimal:
        """What nobody is named for yet; below nothing where the sources named bring more than they have to."""
        return self.rest - self.sources

    @property
    def share(self) -> Decimal | None:
        """What other sources have to pay in per cent of the total, None where nothing costs anything.

        Cut after one place, so that a share is never shown as reached before it is.
        """
        return self.uncovered * 1000 // self.total / 10 if self.total > 0 else None


def sums_of(kept: Mapping[str, Any] | None) -> Sums:
    """Return the sums of a kept budget."""
    lines = (kept or {}).get("categories", {}).values()
    sources = (kept or {}).get("sources", [])
    return Sums(
        total=_sum(line.get("total") for line in lines),
        requested=_sum(line.get("requested") for line in lines),
        sources=_sum(source.get("amount") for source in sources),
    )


def _sum(amounts: Iterator[str | None]) -> Decimal:
    return sum((number_of("money", amount) or Decimal(0) for amount in amounts), Decimal(0))


def budget_problems(question: QuestionSpec, kept: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what does not agree: amounts that cannot be read, a part above its whole, sources that are not the rest."""
    found = [*_line_problems(question, kept), *_source_problems(question, kept)]
    yield from found
    sums = sums_of(kept)
    if question.required and not sums.total and not found:
        yield Problem("required", missing=True)
    elif not found and sums.sources != sums.rest:
        yield Problem(
            "sources_differ", params={"sources": sums.sources, "rest": sums.rest}, target=f"{question.key}.sources"
        )


def _line_problems(question: QuestionSpec, kept: Mapping[str, Any]) -> Iterator[Problem]:
    for category in question.categories:
        line = kept["categories"].get(category.code, {})
        unclear = [
            found
            for name in CELLS
            for found in _amount_problems(line.get(name), f"{question.key}.{category.code}-{name}")
        ]
        yield from unclear
        if not unclear and _part(line, "requested") > _part(line, "total"):
            yield Problem("part_above_total", target=f"{question.key}.{category.code}-requested")


def _part(line: Mapping[str, str], name: str) -> Decimal:
    return number_of("money", line.get(name)) or Decimal(0)


def _source_problems(question: QuestionSpec, kept: Mapping[str, Any]) -> Iterator[Problem]:
    for index, source in enumerate(kept["sources"]):
        place = f"{question.key}.source.{index}"
        yield from _amount_problems(source.get("amount"), f"{place}-amount")
        if "amount" not in source:
            yield Problem("required", missing=True, target=f"{place}-amount")
        if "name" not in source:
            yield Problem("required", missing=True, target=f"{place}-name")


def _amount_problems(kept: str | None, target: str) -> Iterator[Problem]:
    if kept is None:
        return
    try:
        value = read_number(kept, "money")
    except Unreadable as unclear:
        yield Problem(unclear.code, target=target, params={"typed": kept, **unclear.params})
        return
    if value < 0:
        yield Problem("too_small", target=target, params={"limit": Decimal(0)})
