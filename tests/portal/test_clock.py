"""The clock: stopped for what runs inside, going on for all others."""

from datetime import UTC, datetime, timedelta, timezone
from threading import Thread

import pytest

from portal import clock

MOMENT = datetime(2021, 8, 16, 9, 0, tzinfo=timezone(timedelta(hours=4)))


def test_it_is_another_moment_for_what_runs_inside_and_for_nothing_else() -> None:
    elsewhere: list[datetime] = []
    with clock.at(MOMENT):
        assert clock.now() == datetime(2021, 8, 16, 5, 0, tzinfo=UTC)
        thread = Thread(target=lambda: elsewhere.append(clock.now()))
        thread.start()
        thread.join()
    assert elsewhere[0].year > MOMENT.year
    assert clock.now().year > MOMENT.year


def test_it_goes_on_also_after_something_failed_inside() -> None:
    with pytest.raises(LookupError), clock.at(MOMENT):
        raise LookupError
    assert clock.now().year > MOMENT.year
