"""The one place that says what time it is."""

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings


def now() -> datetime:
    """Return this moment as an aware datetime in UTC.

    Where the setting ``CLOCK_FILE`` names a file, the moment written there (ISO 8601, with offset) is
    returned instead, so that several processes can be moved in time together. No deployment sets it.
    """
    if settings.CLOCK_FILE:
        return datetime.fromisoformat(Path(settings.CLOCK_FILE).read_text().strip()).astimezone(UTC)
    return datetime.now(UTC)
