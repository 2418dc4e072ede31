"""What the scenes have in common: a call file with its dates moved, people and municipalities to play in it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import calls
from calls.callfile import load_file
from calls.lifecycle import publish_anyway
from calls.models import Call, Stage
from calls.spec import CallSpec, StageSpec
from calls.transfer import write_call
from portal.accounts.models import Municipality, Person
from portal.demo.people import municipality

FILES = Path(calls.__file__).parent / "data" / "calls"
_WEEK = 7


@dataclass(frozen=True)
class Cast:
    """Who plays: people by e-mail address, and the moment to which all dates are moved."""

    people: dict[str, Person]
    now: datetime

    @property
    def officer(self) -> Person:
        return self.people["officer@demo.example"]


@dataclass(frozen=True)
class Municipalities:
    """The municipalities whose clerks can log in."""

    alaverdi: Municipality
    meghri: Municipality
    dilijan: Municipality
    kutaisi: Municipality

    @classmethod
    def found(cls) -> "Municipalities":
        return cls(
            municipality("AM:06002000"),
            municipality("AM:09005000"),
            municipality("AM:11003000"),
            municipality("GE:GE-IM:Kutaisi"),
        )


def moved(spec: CallSpec, stage: str, day: date) -> CallSpec:
    """Return a call with all its moments moved so that a stage's deadline falls near a day.

    They move by whole weeks: hours and days of the week stay as the file has them.
    """
    deadline = next(item.deadline for item in spec.stages if item.code == stage)
    weeks = round((day - deadline.date()).days / _WEEK)
    by = timedelta(days=weeks * _WEEK)
    return spec.model_copy(
        update={
            "questions_until": spec.questions_until and spec.questions_until + by,
            "answers_until": spec.answers_until and spec.answers_until + by,
            "stages": tuple(_moved_stage(item, by) for item in spec.stages),
        }
    )


def _moved_stage(stage: StageSpec, by: timedelta) -> StageSpec:
    return stage.model_copy(update={"opens": stage.opens + by, "deadline": stage.deadline + by})


def put_on(cast: Cast, name: str, stage: str, *, days: int) -> tuple[Call, Stage]:
    """Publish a call file's call, with a stage's deadline about so many days from now (negative: ago)."""
    spec = moved(load_file(FILES / f"{name}.yaml"), stage, cast.now.date() + timedelta(days=days))
    draft = write_call(spec, by=cast.officer)
    # Published when the stage opened, not at the moment at which the demonstration was loaded.
    opened = min(draft.stages.get(code=stage).opens_at, cast.now)
    call = publish_anyway(draft, by=cast.officer, reason="Demonstration", at=opened)
    return call, call.stages.get(code=stage)
