"""What the scenes have in common: a call file with its dates moved, people and municipalities to play in it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import calls
from calls.callfile import load_file
from calls.lifecycle import cautions_of, publish_call
from calls.models import Call, Stage
from calls.spec import CallSpec, StageSpec
from calls.transfer import write_call
from portal import clock
from portal.accounts.models import Municipality, Person
from portal.demo.people import municipality

FILES = Path(calls.__file__).parent / "data" / "calls"
STORY = Path(__file__).parent.parent / "story"
_WEEK = 7


@cache
def story(name: str) -> Mapping[str, Any]:
    """Return what people write in the story (``portal/demo/story``)."""
    texts: Mapping[str, Any] = yaml.safe_load((STORY / f"{name}.yaml").read_text(encoding="utf-8"))
    return texts


@dataclass(frozen=True)
class Cast:
    """Who plays: people by e-mail address, and the moment to which all dates are moved."""

    people: dict[str, Person]
    now: datetime

    @property
    def officer(self) -> Person:
        return self.people["officer@demo.example"]

    def ago(self, days: int) -> AbstractContextManager[None]:
        """Let what runs inside happen so many days ago, in the middle of the day."""
        return clock.at(self.day(days))

    def day(self, ago: int) -> datetime:
        """Return noon of Yerevan so many days ago."""
        return (self.now - timedelta(days=ago)).replace(hour=8, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Municipalities:
    """The municipalities whose clerks can log in."""

    alaverdi: Municipality
    meghri: Municipality
    dilijan: Municipality
    kutaisi: Municipality
    gyumri: Municipality

    @classmethod
    def found(cls) -> "Municipalities":
        return cls(
            municipality("AM:06002000"),
            municipality("AM:09005000"),
            municipality("AM:11003000"),
            municipality("GE:GE-IM:Kutaisi"),
            municipality("AM:08001000"),
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


def put_on(
    cast: Cast, name: str, stage: str, *, days: int, folder: Path = FILES, reasons: str = "passed_over", **changes: Any
) -> tuple[Call, Stage]:
    """Publish a call file's call, with a stage's deadline about so many days from now (negative: ago).

    Args:
        reasons: which texts of the story say why warnings were passed over.
        changes: what is different from the file, such as the code.
    """
    spec = moved(load_file(folder / f"{name}.yaml"), stage, cast.now.date() + timedelta(days=days))
    spec = spec.model_copy(update=changes)
    draft = write_call(spec, by=cast.officer)
    # Published when its first stage opened, or yesterday, not at the moment at which the demonstration was loaded.
    opened = min(cast.day(1), *(row.opens_at for row in draft.stages.all()))
    with clock.at(opened):
        call = publish_call(draft, by=cast.officer, overrides=why_not_heeded(draft, story("texts")[reasons], opened))
    return call, call.stages.get(code=stage)


def why_not_heeded(draft: Call, reasons: Mapping[str, str], at: datetime) -> dict[str, str]:
    """Return the officer's reason for each warning that publishing a draft at a moment raises."""
    codes = [caution.code for caution in cautions_of(draft, at)]
    return {code: reasons.get(code.partition(":")[0]) or story("texts")["passed_over"]["other"] for code in codes}
