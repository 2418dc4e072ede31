"""The amounts that are limited, ranked and carried on, and the limits they are held against.

Call file format, "The amount that is limited, ranked and carried on".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from applications.answers.budget import sums_of
from applications.answers.numbers import number_of
from applications.answers.problems import Problem
from calls.spec import CallSpec, FormSpec, QuestionSpec

REQUESTED, TOTAL, MONTHS = "requested", "total-cost", "months"
LONGEST_MONTHS = 600
"""The longest duration that is believed where the call sets no limit."""


@dataclass(frozen=True)
class Amounts:
    """What a form says of money, in the call's currency, and of time; None where it does not ask or cannot be read."""

    requested: Decimal | None = None
    total: Decimal | None = None
    months: int | None = None
    requested_at: str = ""
    total_at: str = ""


def amounts_of(form: FormSpec, kept: Mapping[str, Any]) -> Amounts:
    """Return the amounts of a form's answers: its budget's sums, else the money questions of those names."""
    months = number_of("integer", kept.get(MONTHS)) if _kind(form, MONTHS) == "integer" else None
    whole = int(months) if months is not None else None
    budget = form.budget_question()
    if budget is not None:
        return _of_budget(budget, kept.get(budget.key), whole)
    requested, total = (_kind(form, key) == "money" for key in (REQUESTED, TOTAL))
    return Amounts(
        requested=number_of("money", kept.get(REQUESTED)) if requested else None,
        total=number_of("money", kept.get(TOTAL)) if total else None,
        months=whole,
        requested_at=REQUESTED if requested else "",
        total_at=TOTAL if total else "",
    )


def _of_budget(budget: QuestionSpec, kept: Any, months: int | None) -> Amounts:
    sums = sums_of(kept)
    return Amounts(
        requested=sums.requested if kept else None,
        total=sums.total if kept else None,
        months=months,
        requested_at=budget.key,
        total_at=budget.key,
    )


def _kind(form: FormSpec, key: str) -> str:
    question = form.question(key)
    return question.kind if question else ""


def limit_problems(
    call: CallSpec, lot: str | None, amounts: Amounts, *, before: Decimal | None, within: Decimal | None
) -> Iterator[Problem]:
    """Yield each limit of the call that the amounts break; the lot's own limits override the call's.

    Args:
        before: what was requested in the earlier stage, None where there is none.
        within: by how many per cent the request may differ from it, None for any.
    """
    if amounts.requested is not None:
        yield from _grant(call, lot, amounts.requested, amounts.requested_at)
        yield from _kept(amounts.requested, before, within, amounts.requested_at)
    if amounts.requested is not None and amounts.total is not None:
        yield from _cofinancing(call.cofinancing_for(lot), amounts.requested, amounts.total, amounts.total_at)
    yield from _duration(call, amounts.months)


def _grant(call: CallSpec, lot: str | None, requested: Decimal, target: str) -> Iterator[Problem]:
    limits = call.grant_for(lot)
    if limits.fixed is not None:
        if requested != limits.fixed:
            yield Problem("grant_fixed", target=target, params={"limit": limits.fixed, "amount": requested})
        return
    if limits.min is not None and requested < limits.min:
        yield Problem("grant_below", target=target, params={"limit": limits.min, "amount": requested})
    if limits.max is not None and requested > limits.max:
        yield Problem("grant_above", target=target, params={"limit": limits.max, "amount": requested})


def _kept(requested: Decimal, before: Decimal | None, within: Decimal | None, target: str) -> Iterator[Problem]:
    if before is None or within is None:
        return
    if abs(requested - before) * 100 > within * before:
        yield Problem("request_moved", target=target, params={"percent": within, "before": before, "amount": requested})


def request_range(before: Decimal, within: Decimal) -> tuple[Decimal, Decimal]:
    """Return the least and the greatest request that differs from an earlier one by so many per cent, to the cent."""
    cent, part = Decimal("0.01"), before * within / 100
    low = (before - part).quantize(cent, rounding=ROUND_CEILING)
    return max(low, Decimal(0)), (before + part).quantize(cent, rounding=ROUND_FLOOR)


def _cofinancing(percent: Decimal, requested: Decimal, total: Decimal, target: str) -> Iterator[Problem]:
    if requested > total:
        yield Problem("requested_above_total", target=target, params={"total": total, "amount": requested})
    elif (total - requested) * 100 < percent * total:
        yield Problem(
            "cofinancing_low", target=target, params={"percent": percent, "total": total, "amount": requested}
        )


def _duration(call: CallSpec, months: int | None) -> Iterator[Problem]:
    limits = call.duration_months
    if months is None:
        return
    least, most = limits.min or 1, limits.max or LONGEST_MONTHS
    if months < least:
        yield Problem("duration_below", target=MONTHS, params={"limit": least})
    if months > most:
        yield Problem("duration_above", target=MONTHS, params={"limit": most})
