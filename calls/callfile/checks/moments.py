"""The call's clock: its zone, and moments that exist in it exactly once and in order."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext_lazy as _

from calls.callfile.checks import walk
from calls.callfile.checks.walk import CALL
from calls.callfile.messages import nearest
from calls.callfile.problems import Path, Problem
from calls.spec import CallSpec

_ZONE: Path = (*CALL, "time_zone")
_QUESTIONS: Path = (*CALL, "questions_until")
_ANSWERS: Path = (*CALL, "answers_until")


def zone(call: CallSpec) -> Iterator[Problem]:
    """The zone is a place: only a place has its own rules of summer time (call file format, moments)."""
    name = call.time_zone
    if is_zone(name):
        return
    near = nearest(name, zones()) or "Europe/Brussels"
    if "/" not in name.removeprefix("Etc/"):
        message = _(
            "“%(name)s” is an abbreviation with a fixed offset: it does not say whether summer time "
            "applies, and "
            "notices have printed CET while the clock ran on CEST; write the zone of a place, such "
            "as %(near)s"
        )
    else:
        message = _("“%(name)s” is not a time zone; write the zone of a place, such as %(near)s")
    yield Problem(_ZONE, message, {"name": name, "near": near})


def clock_times(call: CallSpec) -> Iterator[Problem]:
    """No moment is one that the clock skips or shows twice."""
    if not is_zone(call.time_zone):
        return
    for path, local in moments(call):
        shown = times_shown(local, ZoneInfo(call.time_zone))
        values = {"moment": f"{local:%Y-%m-%d %H:%M}", "zone": call.time_zone}
        if shown == 0:
            message = _("the clock of %(zone)s skips %(moment)s (summer time begins); write a time before or after it")
            yield Problem(path, message, values, breaks=True)
        elif shown == 2:
            message = _(
                "the clock of %(zone)s shows %(moment)s twice (summer time ends); write a time before or after it"
            )
            yield Problem(path, message, values, breaks=True)


def order(call: CallSpec) -> Iterator[Problem]:
    """A stage opens before its deadline; questions end before the answers do."""
    for path, stage in walk.stages(call):
        if stage.opens >= stage.deadline:
            message = _("the stage opens at %(opens)s, not before its deadline, %(deadline)s; write an earlier moment")
            values = {
                "opens": f"{stage.opens:%Y-%m-%d %H:%M}",
                "deadline": f"{stage.deadline:%Y-%m-%d %H:%M}",
            }
            yield Problem((*path, "opens"), message, values, reads=((*path, "deadline"),))
    if call.answers_until is None:
        return
    if call.questions_until is None:
        message = _("has no “questions_until” beside it; write both or neither")
        yield Problem(_ANSWERS, message, reads=(_QUESTIONS,))
    elif call.questions_until > call.answers_until:
        message = _("the last answers would come before the last questions; write a moment after “questions_until”")
        yield Problem(_ANSWERS, message, reads=(_QUESTIONS,))


def moments(call: CallSpec) -> Iterator[tuple[Path, datetime]]:
    """Every moment of the call with its path."""
    for path, moment in ((_QUESTIONS, call.questions_until), (_ANSWERS, call.answers_until)):
        if moment is not None:
            yield path, moment
    for path, stage in walk.stages(call):
        yield (*path, "opens"), stage.opens
        yield (*path, "deadline"), stage.deadline


def is_zone(name: str) -> bool:
    """Whether this is the zone of a place, or UTC."""
    return name == "UTC" or name in zones()


@cache
def zones() -> frozenset[str]:
    """The zones of places that this machine knows."""
    return frozenset(
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))
    )


def times_shown(local: datetime, place: ZoneInfo) -> int:
    """How often the clock of a place shows this time: 0 where it is skipped, 2 where it is repeated."""
    both = {local.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sum(moment.astimezone(place).replace(tzinfo=None, fold=0) == local for moment in both)


CHECKS = (zone, clock_times, order)
