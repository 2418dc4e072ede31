"""The clock of the time limits: it stands still while something is clarified, whatever overlaps."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from applications.standing_time import Interval, running_time, stopped

START = datetime(2027, 3, 1, tzinfo=UTC)
HOURS = st.integers(0, 400)


def at(hours: int) -> datetime:
    return START + timedelta(hours=hours)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    start = draw(HOURS)
    return at(start), draw(st.one_of(st.none(), st.integers(start, 400).map(at)))


def test_worked_by_hand() -> None:
    days = [(at(48), at(96)), (at(72), at(120)), (at(200), None)]
    assert stopped(days, at(0), at(240)) == timedelta(hours=72 + 40)
    assert running_time(at(0), at(240), days) == timedelta(hours=240 - 112)
    assert running_time(at(60), at(100), days) == timedelta()
    assert running_time(at(100), at(60), days) == timedelta()
    assert running_time(at(120), at(200), days) == timedelta(hours=80)


@given(st.lists(intervals(), max_size=6), HOURS, HOURS, HOURS)
def test_each_hour_either_runs_or_stands_still(found: list[Interval], one: int, two: int, three: int) -> None:
    since, middle, until = sorted((one, two, three))
    still = sum(any(start <= at(hour) < (end or at(until)) for start, end in found) for hour in range(since, until))
    assert stopped(found, at(since), at(until)) == timedelta(hours=still)
    whole = running_time(at(since), at(until), found)
    assert whole == timedelta(hours=until - since - still)
    assert stopped(reversed(found), at(since), at(until)) == timedelta(hours=still)
    closed = [(start, end or at(until)) for start, end in found]
    parts = running_time(at(since), at(middle), closed) + running_time(at(middle), at(until), closed)
    assert parts == running_time(at(since), at(until), closed)
