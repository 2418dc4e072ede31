"""What is known about a municipality when the rules are held against it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from calls.spec import Text


@dataclass(frozen=True)
class KnownApplication:
    """One stage of an application of the municipality, in any call.

    Attributes:
        call, stage, lot: codes as in the call file.
        state: a state of the call file's ``earlier_application``.
        key: the same for all stages of one application, and unique to it.
    """

    call: str
    stage: str
    state: str
    lot: str | None = None
    key: str = ""


@dataclass(frozen=True)
class Facts:
    """What is known about a municipality on a day, and about what it is about to do.

    Attributes:
        country, region: ISO 3166 codes; the region may be unknown.
        day: the day by the clock of the municipality's country.
        suspended_from: first day on which the country takes no part.
        successor: name of the municipality into which this one merged; empty while it stands.
        population: number of inhabitants, None where unknown (never 0 instead).
        programmes: codes of the programmes of whose network it is a member on the day.
        applications: what it has in all calls; stages of one application in their order.
        overdue_reports: references of the overdue reports on its grants.
        waivers: the day of each waiver in force, by the identity of the rule of the call that is asked about.
        stage: code of the stage it wants to apply in; None leaves invitations aside.
        own: key of the application that is gone on with; it does not count against the limits.
        declarations: codes of the statements confirmed; None as long as nobody was asked.
    """

    country: str
    day: date
    region: str | None = None
    suspended_from: date | None = None
    successor: Text = field(default_factory=dict)
    population: int | None = None
    programmes: frozenset[str] = frozenset()
    applications: tuple[KnownApplication, ...] = ()
    overdue_reports: tuple[str, ...] = ()
    waivers: Mapping[str, date] = field(default_factory=dict)
    stage: str | None = None
    own: str | None = None
    declarations: frozenset[str] | None = None

    def counted(self, call: str, lot: str | None = None) -> list[str]:
        """Return the keys of the applications that count in a call (in one lot of it): all but withdrawn."""
        last = {item.key: item for item in self.applications if item.call == call}
        return [
            key
            for key, item in last.items()
            if item.state != "withdrawn" and key != self.own and lot in (None, item.lot)
        ]
