"""A deadline prepared for its block on a page: the call's clock, the reader's clock, and the time left."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from portal.content import formatting


@dataclass(frozen=True)
class Deadline:
    """What ``components/deadline.html`` shows, its texts in one language.

    ``offset`` is in minutes east of UTC; ``units`` are the words that a script needs to count on: day, days, hour,
    hours, minute, minutes.
    """

    iso: str
    now_iso: str
    call_day: str
    offset: int
    call_local: str
    call_hour: str
    call_place: str
    reader_local: str
    reader_place: str
    left: str
    units: str

    @property
    def over(self) -> bool:
        """Whether the moment has passed; equal to the deadline is still in time."""
        return not self.left


def _reader_local(when: datetime, call_zone: str, reader_zone: str, language: str) -> str:
    """Return the reader's hour, with the date where it is another day there; empty where both clocks agree."""
    here, there = when.astimezone(ZoneInfo(call_zone)), when.astimezone(ZoneInfo(reader_zone))
    if here.utcoffset() == there.utcoffset():
        return ""
    return f"{there:%H:%M}" if here.date() == there.date() else formatting.moment(when, reader_zone, language)


def prepare(when: datetime, *, call_zone: str, reader_zone: str | None, now: datetime, language: str) -> Deadline:
    """Return a deadline ready for its block.

    Args:
        when: the deadline, aware.
        call_zone: IANA zone that the call names.
        reader_zone: IANA zone of the reader's country, None where it is not known.
        now: the present moment, aware.
        language: hy or en.
    """
    local = when.astimezone(ZoneInfo(call_zone))
    reader_local = _reader_local(when, call_zone, reader_zone, language) if reader_zone else ""
    return Deadline(
        iso=when.isoformat(),
        now_iso=now.isoformat(),
        call_day=local.date().isoformat(),
        offset=int(local.utcoffset().total_seconds() // 60),  # type: ignore[union-attr]
        call_local=formatting.moment(when, call_zone, language),
        call_hour=f"{local:%H:%M}",
        call_place=formatting.place(call_zone, language),
        reader_local=reader_local,
        reader_place=formatting.place(reader_zone, language) if reader_zone else "",
        left="" if now > when else formatting.span(when - now, language),
        units=" ".join(formatting.units(language)),
    )
