"""Whether a difference is harmless, a matter for a corrigendum, or refused: the first line that fits says it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from calls.comparison.differences import Difference, Kind, Path, Side, compare
from calls.spec import CallSpec, QuestionSpec, SectionSpec, StageSpec


class Verdict(StrEnum):
    """May a published call change so? Freely, by a corrigendum, or not at all."""

    HARMLESS = "harmless"
    CORRIGENDUM = "corrigendum"
    REFUSED = "refused"


@dataclass(frozen=True)
class Standing:
    """Where the published call stands.

    Attributes:
        now: the present moment, aware.
        fixed: codes of the stages on whose form, checks or grid something rests already, each with what that is.
    """

    now: datetime
    fixed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """A difference with its verdict; ``reason`` is English, marked for translation."""

    difference: Difference
    verdict: Verdict
    reason: str

    @property
    def path(self) -> Path:
        return self.difference.path


@dataclass(frozen=True)
class Case:
    """One difference with all that its verdict may rest on: what the lines of the table ask."""

    difference: Difference
    old: CallSpec
    new: CallSpec
    standing: Standing

    @property
    def stage(self) -> StageSpec | None:
        """The stage as it was published, that the difference is about; None for one that is new, or for none."""
        path = self.difference.path
        return self.old.stage(path[1]) if path[0] == "stages" and len(path) > 1 else None

    @property
    def added(self) -> bool:
        return self.difference.kind is Kind.ADDED

    @property
    def removed(self) -> bool:
        return self.difference.kind is Kind.REMOVED

    @property
    def moved(self) -> bool:
        return self.difference.kind is Kind.MOVED

    @property
    def opened(self) -> bool:
        """The stage has opened."""
        return self.stage is not None and self.old.moment(self.stage.opens) <= self.standing.now

    @property
    def locks(self) -> bool:
        """An answer of the earlier stage stays from now on: of a question, or of one that is added."""
        new = self.difference.new
        questions = new.questions if isinstance(new, SectionSpec) else (new,)
        return new is True or any(isinstance(one, QuestionSpec) and one.fixed for one in questions)

    @property
    def closed(self) -> bool:
        """The deadline of the stage, with its grace, has passed."""
        return self.stage is not None and self.old.accepts_until(self.stage) < self.standing.now

    @property
    def any_closed(self) -> bool:
        """The deadline of a stage has passed, so that somebody applied under what the call says as a whole."""
        return any(self.old.accepts_until(stage) < self.standing.now for stage in self.old.stages)

    @property
    def fixed(self) -> bool:
        """Something rests on the stage already: checks answered, scores given."""
        return self.stage is not None and bool(self.standing.fixed.get(self.stage.code))

    @property
    def less(self) -> bool:
        """The value is smaller, or earlier, than it was."""
        return self.difference.new < self.difference.old  # type: ignore[no-any-return]

    @property
    def past(self) -> bool:
        """The moment has passed already."""
        return self.difference.new is not None and self.new.moment(self.difference.new) < self.standing.now

    @property
    def takes_away(self) -> bool:
        """A member of a list was taken out of it."""
        return bool(set(self.difference.old or ()) - set(self.difference.new or ()))

    @property
    def narrows(self) -> bool:
        """An optional list admits less than before: an empty one admits all."""
        old, new = set(self.difference.old or ()), set(self.difference.new or ())
        return bool(new) and (not old or bool(old - new))

    @property
    def translates(self) -> bool:
        """A text was added in another language and stayed as it was in those that it had."""
        old, new = self.difference.old, self.difference.new
        texts = isinstance(old, dict) and isinstance(new, dict)
        return texts and bool(old) and {language: new.get(language) for language in old} == old

    @property
    def other_section(self) -> bool:
        """A question, or one of a section, is or was in another section of the same form."""
        before, after = self.stage, self.new.stage(self.difference.path[1])
        if before is None or after is None:
            return False
        was, is_now = _sections(before), _sections(after)
        part = self.difference.old or self.difference.new
        questions = part.questions if isinstance(part, SectionSpec) else (part,)
        keys = {question.key for question in questions if isinstance(question, QuestionSpec)}
        return any(key in was and key in is_now and was[key] != is_now[key] for key in keys)


def _sections(stage: StageSpec) -> dict[str, str]:
    """Return the section of each question of a form."""
    return {question.key: section.code for section in stage.form.sections for question in section.questions}


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        what: in words, for the documentation.
        where: the paths that it speaks of; ``*`` is one step, ``**`` any number of them.
        when: what has to hold besides, None for nothing; ``condition`` says it in words.
        reason: for people, English, marked for translation.
    """

    what: str
    where: tuple[str, ...]
    verdict: Verdict
    reason: str
    condition: str = ""
    when: Callable[[Case], bool] | None = None

    def fits(self, case: Case) -> bool:
        steps = case.difference.path
        return any(_leads(tuple(where.split("/")), steps) for where in self.where) and (
            self.when is None or self.when(case)
        )


def _leads(pattern: Path, steps: Path) -> bool:
    """Whether a pattern speaks of a path."""
    if not pattern:
        return not steps
    if pattern[0] == "**":
        return any(_leads(pattern[1:], steps[place:]) for place in range(len(steps) + 1))
    return bool(steps) and pattern[0] in ("*", steps[0]) and _leads(pattern[1:], steps[1:])


def judged(old: Side, new: Side, standing: Standing, table: Iterable[Row]) -> tuple[Change, ...]:
    """Return what differs, each with the verdict of the first line of the table that fits; the last one fits all."""
    rows = tuple(table)
    cases = (Case(difference, old.call, new.call, standing) for difference in compare(old, new))
    return tuple(_judge(case, rows) for case in cases)


def _judge(case: Case, rows: tuple[Row, ...]) -> Change:
    row = next(row for row in rows if row.fits(case))
    return Change(case.difference, row.verdict, row.reason)
