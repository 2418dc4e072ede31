"""The money and time that a simulated application asks for, within all limits of its call."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from random import Random

from calls.spec import CallSpec, StageSpec

_STEP = Decimal(100)
_ALWAYS_POSSIBLE = (Decimal(20_000), Decimal(200_000))
_USUAL_MONTHS = (6, 24)


@dataclass(frozen=True)
class Plan:
    """What is asked for, in the call's currency and in months. ``rest`` is what others pay."""

    requested: Decimal
    total: Decimal
    months: int

    @property
    def rest(self) -> Decimal:
        return self.total - self.requested


def plan_for(rng: Random, call: CallSpec, stage: StageSpec, lot: str | None, before: Decimal | None) -> Plan:
    """Return amounts and duration that the limits of call, lot and stage allow.

    Args:
        before: what was requested in the earlier stage, where there was one.
    """
    requested = _requested(rng, call, stage, lot, before)
    percent = call.cofinancing_for(lot)
    # 90 per cent at most: the rest could not be asked for at all.
    share = min(percent + Decimal(rng.randint(0, 12)), Decimal(90))
    total = _up(requested * 100 / (100 - share)) if share else requested
    return Plan(requested, total, _months(rng, call))


def _requested(rng: Random, call: CallSpec, stage: StageSpec, lot: str | None, before: Decimal | None) -> Decimal:
    limits = call.grant_for(lot)
    if limits.fixed is not None:
        return limits.fixed
    least, most = _bounds(call, lot)
    if before is not None and stage.keep_requested_within_percent is not None:
        swing = before * stage.keep_requested_within_percent / 100
        least, most = max(least, before - swing), min(most, before + swing)
    # Most ask for more than the middle, few for the least.
    share = Decimal(round(rng.triangular(0, 100, 70)))
    amount = _down(least + (most - least) * share / 100)
    return amount if least <= amount else least


def _bounds(call: CallSpec, lot: str | None) -> tuple[Decimal, Decimal]:
    limits, budget = call.grant_for(lot), call.budget_for(lot)
    usual = (_ALWAYS_POSSIBLE[0], max(_ALWAYS_POSSIBLE[1], budget / 5))
    least = limits.min if limits.min is not None else min(usual[0], limits.max or usual[0])
    most = limits.max if limits.max is not None else max(usual[1], least)
    return least, max(least, most)


def _months(rng: Random, call: CallSpec) -> int:
    limits = call.duration_months
    least = limits.min if limits.min is not None else min(_USUAL_MONTHS[0], limits.max or _USUAL_MONTHS[0])
    most = limits.max if limits.max is not None else max(_USUAL_MONTHS[1], least)
    return rng.randint(least, max(least, most))


def _down(amount: Decimal) -> Decimal:
    return (amount / _STEP).to_integral_value(ROUND_FLOOR) * _STEP


def _up(amount: Decimal) -> Decimal:
    return (amount / _STEP).to_integral_value(ROUND_CEILING) * _STEP


def parts_of(rng: Random, amount: Decimal, count: int) -> list[Decimal]:
    """Return so many amounts in whole hundreds that add up to the amount; the first takes the odd rest."""
    weights = [Decimal(rng.randint(2, 10)) for _part in range(count)]
    shares = [_down(amount * weight / sum(weights)) for weight in weights]
    shares[0] += amount - sum(shares)
    return shares
