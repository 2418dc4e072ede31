"""One simulated application as plain values: what is answered, what it asks for, what its submission freezes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from applications.answers import Sheet, digest_of, snapshot_of
from applications.queries import basics
from calls.spec import CallSpec, StageSpec
from portal.demo.simulation import texts
from portal.demo.simulation.files import frozen
from portal.demo.simulation.places import Place
from portal.demo.simulation.plan import plan_for
from portal.demo.simulation.refusals import Refusal
from portal.demo.simulation.writer import Writer
from portal.documents.models import StoredFile


@dataclass(frozen=True)
class Draft:
    """An application that is written and not yet stored."""

    place: Place
    sheet: Sheet
    language: str
    moment: datetime
    begun: datetime

    @property
    def municipality(self) -> dict[str, Any]:
        """The applicant as a snapshot names it."""
        row = self.place.municipality
        return {"country": row.country_id, "code": row.code, "name": self.names}

    @property
    def names(self) -> dict[str, str]:
        """The applicant's name as the application is, or was, made under."""
        made, row = self.place.application, self.place.municipality
        if made is not None:
            return {"hy": made.municipality_name_hy, "en": made.municipality_name_en}
        return {"hy": row.name_hy, "en": row.name_en}  # type: ignore[attr-defined]

    def snapshot(self, number: str, files: Mapping[str, Sequence[StoredFile]]) -> tuple[dict[str, Any], int, str]:
        """Return what the submission freezes, its sequence and its digest."""
        sequence = self.place.submissions_before + 1
        snapshot = snapshot_of(
            self.sheet, frozen(files), number=number, sequence=sequence, municipality=self.municipality
        )
        return snapshot, sequence, digest_of(snapshot)


class Drafting:
    """Writes the applications of one stage; the same seed and place give the same answers."""

    def __init__(self, spec: CallSpec, stage: StageSpec, opens: datetime, closes: datetime, seed: int) -> None:
        self._spec, self._stage, self._seed = spec, stage, seed
        self._opens, self._closes = opens, closes
        self._blank = Sheet(spec, stage, basics(spec))

    def random(self, place: Place, purpose: str) -> Random:
        """Return the source of chance for one place."""
        return Random(f"{self._seed}:{self._spec.code}:{self._stage.code}:{place.key}:{purpose}")  # noqa: S311

    def moments(self, count: int) -> list[datetime]:
        """Return when so many applications arrive, in order: few early, most in the last days."""
        rng = Random(f"{self._seed}:{self._spec.code}:{self._stage.code}:moments")  # noqa: S311
        span = (self._closes - self._opens).total_seconds()
        return sorted(self._closes - timedelta(seconds=span * rng.betavariate(0.8, 3.2)) for _one in range(count))

    def write(self, place: Place, moment: datetime) -> Draft:
        """Write a whole application, ready to be submitted.

        Raises:
            Refusal: the form asks for something that cannot be made up; the text names the question.
        """
        draft = self._written(place, moment)
        if draft.sheet.problems:
            found = "; ".join(f"{problem.section}/{problem.key}: {problem.code}" for problem in draft.sheet.problems)
            raise Refusal(f"No valid answers were found for the form of {self._spec.code} {self._stage.code}: {found}")
        return draft

    def begin(self, place: Place, moment: datetime) -> Draft:
        """Write an application that is not finished: the last sections are missing."""
        draft = self._written(place, moment)
        sections = list(draft.sheet.answers)
        done = self.random(place, "begun").randint(1, max(1, len(sections) - 2))
        answers = {code: draft.sheet.answers[code] for code in sections[:done]}
        sheet = Sheet(self._spec, self._stage, self._blank.basics, place.lot_code, answers, {}, draft.sheet.before)
        return Draft(place, sheet, draft.language, moment, draft.begun)

    def _written(self, place: Place, moment: datetime) -> Draft:
        rng = self.random(place, "answers")
        language = texts.language_for(place.municipality.country_id, self._spec.languages)
        before = place.requested_before if self._stage.keep_requested_within_percent is not None else None
        writer = Writer(
            rng=rng,
            call=self._spec,
            stage=self._stage,
            lot=place.lot_code,
            plan=plan_for(rng, self._spec, self._stage, place.lot_code, before),
            language=language,
            name=getattr(place.municipality, f"name_{language}"),
            theme=rng.choice(texts.themes()),
        )
        answers, files = writer.sheet_answers(self._blank.sections)
        sheet = Sheet(self._spec, self._stage, self._blank.basics, place.lot_code, answers, files, before)
        begun = max(self._opens, moment - timedelta(days=rng.randint(2, 20), minutes=rng.randint(0, 600)))
        return Draft(place, sheet, language, moment, begun)
