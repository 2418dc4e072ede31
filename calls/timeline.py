"""Where a call stands in time, from the moments of its stages alone. Plain values, no database."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar


class Status(StrEnum):
    """Whether one can apply now."""

    OPEN = "open"
    UPCOMING = "upcoming"
    CLOSED = "closed"


class Timed(Protocol):
    """A stage: opens and closes at a moment, both included."""

    @property
    def opens_at(self) -> datetime: ...
    @property
    def deadline(self) -> datetime: ...


TimedStage = TypeVar("TimedStage", bound=Timed)


def status(stages: Sequence[Timed], now: datetime) -> Status:
    """Return open while a stage is, upcoming before the first one opens, and closed between and after."""
    if any(stage.opens_at <= now <= stage.deadline for stage in stages):
        return Status.OPEN
    if stages and all(stage.opens_at > now for stage in stages):
        return Status.UPCOMING
    return Status.CLOSED


def current(stages: Sequence[TimedStage], now: datetime) -> TimedStage | None:
    """Return the stage that a reader asks about: the open one, else the next to open, else the last."""
    ordered = sorted(stages, key=lambda stage: stage.opens_at)
    coming = [stage for stage in ordered if stage.deadline >= now]
    return coming[0] if coming else ordered[-1] if ordered else None
