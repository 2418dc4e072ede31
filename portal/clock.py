"""The one place that says what time it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """Return this moment as an aware datetime in UTC.

    Where the setting ``CLOCK_FILE`` names a file, the moment written there (ISO 8601, with offset) is
    returned instead, so that several processes can be moved in time together. No deployment sets it.
    """
    if (told := _told.get()) is not None:
        return told
    if settings.CLOCK_FILE:
        return datetime.fromisoformat(Path(settings.CLOCK_FILE).read_text().strip()).astimezone(UTC)
    return datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let it be another moment for what runs inside, and for nothing else: a demonstration tells of days that passed.

    Args:
        moment: aware.
    """
    token = _told.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _told.reset(token)
