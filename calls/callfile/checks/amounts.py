"""Amounts and limits of the call and its lots."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from calls.callfile.checks.walk import CALL, under
from calls.callfile.problems import Path, Problem
from calls.spec import CallSpec, GrantLimits


def ordered(path: Path, least: Decimal | int | None, most: Decimal | int | None) -> Iterator[Problem]:
    """A problem where ``min`` under the path is above ``max``."""
    if least is not None and most is not None and least > most:
        message = _("%(least)s is above the maximum, %(most)s; write at most that, or raise the maximum")
        yield Problem((*path, "min"), message, {"least": least, "most": most}, reads=((*path, "max"),))


def limits(call: CallSpec) -> Iterator[Problem]:
    """Each minimum is at most its maximum, and a fixed amount lies between."""
    yield from _grant((*CALL, "grant"), call.grant)
    duration = call.duration_months
    yield from ordered((*CALL, "duration_months"), duration.min, duration.max)
    for path, lot in under((*CALL, "lots"), call.lots):
        yield from _grant((*path, "grant"), lot.grant or GrantLimits())


def _grant(path: Path, grant: GrantLimits) -> Iterator[Problem]:
    yield from ordered(path, grant.min, grant.max)
    fixed = grant.fixed
    if fixed is None:
        return
    reads = ((*path, "min"), (*path, "max"))
    if (grant.min is not None and fixed < grant.min) or (grant.max is not None and fixed > grant.max):
        message = _(
            "%(fixed)s lies outside of the minimum and maximum; write an amount between them, or leave them out"
        )
        yield Problem((*path, "fixed"), message, {"fixed": fixed}, reads)


def lot_budgets(call: CallSpec) -> Iterator[Problem]:
    """The lots' budgets add up to at most the call's; reported at the lot with which they exceed it."""
    total = Decimal(0)
    reads = tuple((*path, "budget") for path, _lot in under((*CALL, "lots"), call.lots))
    for path, lot in under((*CALL, "lots"), call.lots):
        total += lot.budget
        if total > call.budget:
            message = _(
                "with this lot the budgets of the lots come to %(total)s, above the call's budget of "
                "%(budget)s; "
                "lower them, or raise the call's budget"
            )
            values = {"total": total, "budget": call.budget}
            yield Problem((*path, "budget"), message, values, ((*CALL, "budget"), *reads))
            return


CHECKS = (limits, lot_budgets)
