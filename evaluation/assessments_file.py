"""The assessments file: anyone can recompute a ranking from it and the call file (docs/call-file.md).

`parse_assessments` reads and checks it, `recompute` ranks it; no database. `ranking_json` writes.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TypeGuard

from django.utils.translation import gettext as _

from evaluation.ranking import Application, Lot, Ranking, rank_stage
from evaluation.scoring import (
    ConsensusFault,
    Entry,
    Grid,
    Number,
    ScoreFault,
    consensus_fault,
    score_fault,
)
from evaluation.strict_json import JsonObject, read_json

AMOUNT = re.compile(r"[0-9]{1,16}(\.[0-9]{1,2})?")
HALF_CHARACTER = re.compile("[\ud800-\udfff]")
LARGEST_AMOUNT = 10**16
LARGEST_EXPONENT = 40  # no scale reaches it, and exact arithmetic on what lies beyond would fill the memory
SHOWN = 60  # characters of a wrong value that a message repeats


class AssessmentsFileError(Exception):
    """An assessments file that cannot be used: `lines` has one line for each fault."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True)
class AssessmentsFile:
    """A checked assessments file."""

    call: str
    stage: str
    seed: int
    applications: tuple[Application, ...]


@dataclass(frozen=True, slots=True)
class StageFrame:
    """What an assessments file is held against: the call's code and lots, the stage's code and grid."""

    call: str
    stage: str
    lots: tuple[Lot, ...]
    grid: Grid


def shown(value: object) -> str:
    """A wrong value as a message repeats it."""
    text = str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def plain(value: Fraction) -> str:
    """A number of the grid as it was written, without superfluous zeros."""
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


def is_number(value: object) -> TypeGuard[int | Decimal]:
    """Whether a JSON value is a finite number of a sane size; true and false are not numbers."""
    if isinstance(value, Decimal):
        return value.is_finite() and (not value or abs(value.adjusted()) <= LARGEST_EXPONENT)
    return isinstance(value, int) and not isinstance(value, bool)


def amount_of(value: object) -> Decimal | None:
    """An amount of money from a JSON text or number: not negative, at most two places; None if it is none."""
    if isinstance(value, str):
        return Decimal(value) if AMOUNT.fullmatch(value) else None
    if not is_number(value):
        return None
    number = Decimal(str(value))
    places = -int(number.as_tuple().exponent)
    return abs(number) if 0 <= number < LARGEST_AMOUNT and places <= 2 else None


def usable_text(value: object) -> bool:
    """Whether a JSON value is a text, not empty, that UTF-8 can hold (JSON allows half characters)."""
    return isinstance(value, str) and bool(value.strip()) and not HALF_CHARACTER.search(value)


@dataclass
class Checker:
    """Reads the parts of one assessments file and collects every fault on the way."""

    frame: StageFrame
    faults: list[str] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)

    def fault(self, where: Sequence[str], message: str) -> None:
        """Note one fault, with where it is."""
        self.faults.append(f"{', '.join(where)}: {message}" if where else message)

    def members(
        self, value: object, where: Sequence[str], required: Sequence[str], optional: Sequence[str] = ()
    ) -> JsonObject:
        """The value as an object with exactly these keys; what is missing or too much is a fault."""
        if not isinstance(value, JsonObject):
            self.fault(where, _("must be a JSON object, not %(value)s") % {"value": shown(value)})
            return JsonObject([])
        for key in value.repeated:
            self.fault(where, _("the key %(key)s is given twice") % {"key": shown(key)})
        for key in sorted(value.keys() - {*required, *optional}):
            self.fault(where, _("unknown key %(key)s") % {"key": shown(key)})
        for key in required:
            if key not in value:
                self.fault(where, _("the key %(key)s is missing") % {"key": shown(key)})
        return value

    def items(self, parent: JsonObject, key: str, where: Sequence[str]) -> list[object]:
        """The list under a key; anything else there is a fault."""
        value = parent.get(key, [])
        if isinstance(value, list):
            return value
        self.fault(where, _("%(key)s must be a list, not %(value)s") % {"key": key, "value": shown(value)})
        return []

    def expected(self, parent: JsonObject, key: str, wanted: str) -> None:
        """A key that must say the same as the command's arguments."""
        if key in parent and parent[key] != wanted:
            values = {"key": key, "found": shown(parent[key]), "wanted": wanted}
            self.fault([], _("%(key)s: the file is for %(found)s, not for %(wanted)s") % values)

    def document(self, value: object) -> AssessmentsFile:
        """The whole file."""
        top = self.members(value, [], ("call", "stage", "seed", "applications"), ("shortlist",))
        self.expected(top, "call", self.frame.call)
        self.expected(top, "stage", self.frame.stage)
        seed = top.get("seed", 0)
        if not isinstance(seed, int) or isinstance(seed, bool):
            self.fault([], _("seed must be a whole number, not %(value)s") % {"value": shown(seed)})
            seed = 0
        listed = enumerate(self.items(top, "applications", []), start=1)
        applications = tuple(self.application(position, one) for position, one in listed)
        for number, times in self.numbers.items():
            if times > 1:
                self.fault([application_named(number)], _("the number is given twice"))
        return AssessmentsFile(self.frame.call, self.frame.stage, seed, applications)

    def application(self, position: int, value: object) -> Application:
        """One application with all its assessments."""
        number = value.get("number") if isinstance(value, JsonObject) else None
        usable = usable_text(number)
        where = [application_named(str(number)) if usable else application_at(position)]
        one = self.members(value, where, ("number", "lot", "requested", "assessments"))
        if usable:
            self.numbers[str(number)] += 1
        elif "number" in one:
            self.fault(where, _("number must be a text, not %(value)s") % {"value": shown(number)})
        entries = tuple(
            self.entry(place, entry, where)
            for place, entry in enumerate(self.items(one, "assessments", where), start=1)
        )
        self.entries_together(entries, where)
        return Application(str(number), self.lot(one, where), self.requested(one, where), entries)

    def lot(self, one: JsonObject, where: Sequence[str]) -> str | None:
        """An application's lot: one of the call's, or null where the call has none."""
        lot = one.get("lot")
        codes = [known.code for known in self.frame.lots]
        if "lot" not in one or lot in codes:
            return None if lot is None else str(lot)
        if codes == [None]:
            self.fault(where, _("lot must be null, since the call has no lots: %(lot)s") % {"lot": shown(lot)})
        else:
            values = {"lot": shown(lot), "lots": ", ".join(code or "" for code in codes)}
            self.fault(where, _("unknown lot %(lot)s; the call has %(lots)s") % values)
        return None

    def requested(self, one: JsonObject, where: Sequence[str]) -> Decimal:
        """The amount an application asks for."""
        value = one.get("requested", 0)
        amount = amount_of(value)
        if amount is None:
            message = _('requested must be an amount such as "512000.00", not %(value)s')
            self.fault(where, message % {"value": shown(value)})
        return amount or Decimal()

    def entry(self, place: int, value: object, where: Sequence[str]) -> Entry:
        """One assessment. An agreed one need not name an assessor."""
        raw = value if isinstance(value, JsonObject) else JsonObject([])
        assessor, consensus = raw.get("assessor"), raw.get("consensus", False)
        named = usable_text(assessor)
        here = [*where, assessor_named(str(assessor)) if named else assessment_at(place)]
        needed = ("scores",) if consensus is True else ("assessor", "scores")
        one = self.members(value, here, needed, ("assessor", "consensus"))
        if "assessor" in one and not named:
            self.fault(here, _("assessor must be a text, not %(value)s") % {"value": shown(assessor)})
        if not isinstance(consensus, bool):
            message = _("consensus must be true or false, not %(value)s")
            self.fault(here, message % {"value": shown(consensus)})
        scores = self.scores(one, here) if "scores" in one else {}
        return Entry(scores, str(assessor) if named else None, consensus is True)

    def scores(self, one: JsonObject, where: Sequence[str]) -> dict[str, Number]:
        """The scores of one assessment: one for each criterion of the grid and no other."""
        value = one["scores"]
        if not isinstance(value, JsonObject):
            self.fault(where, _("scores must be a JSON object, not %(value)s") % {"value": shown(value)})
            return {}
        codes = [criterion.code for criterion in self.frame.grid.criteria]
        for code in value.repeated:
            self.fault([*where, criterion_named(code)], _("the criterion is given twice"))
        for code in sorted(value.keys() - set(codes)):
            self.fault([*where, criterion_named(code)], _("unknown criterion"))
        for code in codes:
            if code not in value:
                self.fault([*where, criterion_named(code)], _("the score is missing"))
        checked = {code: self.score(value[code], [*where, criterion_named(code)]) for code in codes if code in value}
        return {code: score for code, score in checked.items() if score is not None}

    def score(self, value: object, where: Sequence[str]) -> Number | None:
        """One score on the grid's scale; anything else is a fault."""
        if not is_number(value):
            self.fault(where, _("the score must be a number, not %(value)s") % {"value": shown(value)})
            return None
        grid = self.frame.grid
        values = {
            "value": str(value),
            "low": plain(grid.scale_min),
            "high": plain(grid.scale_max),
            "step": plain(grid.scale_step),
        }
        match score_fault(grid, value):
            case ScoreFault.OUT_OF_RANGE:
                self.fault(where, _("the score %(value)s is not between %(low)s and %(high)s") % values)
            case ScoreFault.OFF_STEP:
                self.fault(where, _("the score %(value)s is not in steps of %(step)s from %(low)s") % values)
        return value

    def entries_together(self, entries: Sequence[Entry], where: Sequence[str]) -> None:
        """What the assessments of one application must not be beside each other."""
        names = Counter(entry.assessor for entry in entries if not entry.consensus and entry.assessor)
        for name, times in names.items():
            if times > 1:
                self.fault([*where, assessor_named(name)], _("the assessor is named twice"))
        agreed = [
            assessor_named(entry.assessor) if entry.assessor else assessment_at(place)
            for place, entry in enumerate(entries, start=1)
            if entry.consensus
        ]
        match consensus_fault(self.frame.grid, entries):
            case ConsensusFault.TWO:
                self.fault([*where, *agreed], _("more than one agreed assessment"))
            case ConsensusFault.NOT_ALLOWED:
                message = _("an agreed assessment, but the grid does not resolve divergence by consensus")
                self.fault([*where, *agreed], message)


def application_named(number: str) -> str:
    """Where a fault is: the application, by its number."""
    return _("application %(number)s") % {"number": number}


def application_at(position: int) -> str:
    """Where a fault is: the application, by its position in the file, from 1."""
    return _("application in place %(position)d") % {"position": position}


def assessor_named(name: str) -> str:
    """Where a fault is: the assessor, by name."""
    return _("assessor %(name)s") % {"name": name}


def assessment_at(position: int) -> str:
    """Where a fault is: the assessment, by its position in the application, from 1."""
    return _("assessment in place %(position)d") % {"position": position}


def criterion_named(code: str) -> str:
    """Where a fault is: the criterion."""
    return _("criterion %(code)s") % {"code": code}


def parse_assessments(data: bytes, frame: StageFrame) -> AssessmentsFile:
    """Read and check an assessments file.

    Raises AssessmentsFileError with one line for every fault, each naming application, assessor and criterion
    where they are concerned; counted or not, every entry is checked. A key `shortlist` beside the four of the
    format is left alone: an export of the portal says there what it had found. Source: call file format,
    "The assessments file".
    """
    try:
        value = read_json(data)
    except ValueError as error:
        raise AssessmentsFileError([_("not a JSON file in UTF-8: %(error)s") % {"error": error}]) from error
    checker = Checker(frame)
    document = checker.document(value)
    if checker.faults:
        raise AssessmentsFileError(checker.faults)
    return document


def recompute(data: bytes, frame: StageFrame) -> Ranking:
    """The ranking that an assessments file comes to. Raises AssessmentsFileError."""
    document = parse_assessments(data, frame)
    return rank_stage(frame.grid, frame.lots, document.applications, document.seed)
