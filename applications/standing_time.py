"""How long the clock of a stage's time limits has run: while an applicant clarifies something, it stands still.

Plain values only. A time limit of the evaluation, say of a letter, is held against ``running_time``.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

Interval = tuple[datetime, datetime | None]
"""From when until when a clarification was asked for; None as the end while it is open."""


def stopped(intervals: Iterable[Interval], since: datetime, until: datetime) -> timedelta:
    """Return how long the clock stood still between two moments; what overlaps counts once.

    Args:
        intervals: in any order, aware; parts before ``since`` and after ``until`` do not count.
        since, until: aware; where ``until`` is the earlier one, nothing has passed.
    """
    cut = sorted((max(start, since), min(end or until, until)) for start, end in intervals)
    total, reached = timedelta(), since
    for start, end in cut:
        begun = max(start, reached)
        if end > begun:
            total += end - begun
            reached = end
    return total


def running_time(since: datetime, until: datetime, clarifications: Iterable[Interval]) -> timedelta:
    """Return how long the clock ran between two moments, clarification not counted; nothing before ``since``."""
    return max(until - since, timedelta()) - stopped(clarifications, since, until)
