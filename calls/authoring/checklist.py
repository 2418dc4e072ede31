"""What is done and what is missing in a draft. Prepared from the call's plain values and its rows; no queries."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.authoring import publication
from calls.authoring.parts import part_named
from calls.authoring.places import Place, Places
from calls.authoring.sheets import SHEETS
from calls.callfile import problems
from calls.models import Call, Stage
from calls.pages.cards import voice_of
from calls.spec import CallSpec, StageSpec

LISTS = ("lot", "priority", "rule", "document")


@dataclass(frozen=True)
class Note:
    """A sentence with the field to which it leads; ``code`` names a warning."""

    text: str
    place: Place
    code: str = ""


@dataclass(frozen=True)
class Item:
    """One line of the checklist. ``mark``: done, empty or faults; ``facts`` say in short what is there."""

    title: str
    url: str
    mark: str
    facts: str = ""
    faults: tuple[Note, ...] = ()
    cautions: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Bar:
    """One part of a bar: from where, how wide, both in thousandths of the whole."""

    title: str
    said: str
    percent: str
    start: int
    width: int
    over: bool = False


@dataclass(frozen=True)
class Span:
    """One stage on the time line, in thousandths of the whole time."""

    title: str
    opens: str
    deadline: str
    start: int
    width: int


@dataclass(frozen=True)
class Checklist:
    """Everything the set-up page of a draft shows."""

    items: tuple[Item, ...]
    stages: tuple[tuple[str, tuple[Item, ...]], ...]
    faults: tuple[Note, ...]
    cautions: tuple[Note, ...]
    money: tuple[Bar, ...]
    rest: str
    spans: tuple[Span, ...]
    now: int | None = None

    @property
    def ready(self) -> bool:
        return not self.faults


def checklist(call: Call, spec: CallSpec, now: datetime) -> Checklist:
    """Prepare the checklist of a draft.

    Args:
        call: its rows, with all of ``calls.transfer.CONTENT`` at hand.
        spec: the same call as plain values.
        now: the moment as of which it is judged.
    """
    places = Places(call)
    # A working copy is not published but issued: stages of the past stay as they are, and nothing of it is unusual.
    copy = call.amends_id is not None
    found, unusual = (problems(spec), []) if copy else (publication.faults(spec, now), publication.warnings(spec, now))
    faults = [Note(_sentence(problem.text()), places.of(problem.path)) for problem in found]
    cautions = [Note(caution.text(), places.of(caution.path), caution.code) for caution in unusual]
    sorted_out = _Sorted(faults, cautions)
    spans, mark = _spans(call, spec, now)
    money, rest = _money(call, spec)
    return Checklist(
        tuple(_items(call, spec, sorted_out)),
        tuple(_stages(call, spec, sorted_out)),
        tuple(faults),
        tuple(cautions),
        money,
        rest,
        spans,
        mark,
    )


class _Sorted:
    """Faults and warnings by the line of the checklist to which they belong."""

    def __init__(self, faults: Sequence[Note], cautions: Sequence[Note]) -> None:
        self._faults, self._cautions = _by_subject(faults), _by_subject(cautions)

    def item(self, subject: str, title: str, url: str, *, filled: bool, facts: str = "") -> Item:
        faults, cautions = self._faults[subject], self._cautions[subject]
        mark = "faults" if faults else "done" if filled else "empty"
        return Item(capfirst(title), url, mark, facts, tuple(faults), tuple(cautions))


def _by_subject(notes: Sequence[Note]) -> "defaultdict[str, list[Note]]":
    found: defaultdict[str, list[Note]] = defaultdict(list)
    for note in notes:
        found[note.place.subject].append(note)
    return found


def _items(call: Call, spec: CallSpec, notes: _Sorted) -> Iterator[Item]:
    voice = voice_of(call)
    letters = bool(spec.letters.signatory.name or spec.letters.funder)
    yield notes.item("basics", str(SHEETS["basics"].title), _sheet(call, "basics"), filled=True, facts=call.code)
    money = voice.money(call.budget)
    yield notes.item("money", str(SHEETS["money"].title), _sheet(call, "money"), filled=True, facts=money)
    for name in LISTS:
        part = part_named(name)
        count = len(getattr(call, part.relation).all())
        facts = str(count) if count else _("none")
        yield notes.item(name, str(part.plural), _sheet(call, name), filled=bool(count), facts=facts)
    until = voice.moment(call.questions_until) if call.questions_until else _("no questions are taken")
    filled = call.questions_until is not None
    yield notes.item("questions", str(SHEETS["questions"].title), _sheet(call, "questions"), filled=filled, facts=until)
    yield notes.item("letters", str(SHEETS["letters"].title), _sheet(call, "letters"), filled=letters)
    part = part_named("stage")
    count = len(spec.stages)
    facts = str(count) if count else _("none")
    yield notes.item("stage", str(part.plural), _sheet(call, "stage"), filled=bool(count), facts=facts)


def _stages(call: Call, spec: CallSpec, notes: _Sorted) -> Iterator[tuple[str, tuple[Item, ...]]]:
    for row, stage in zip(call.stages.all(), spec.stages, strict=True):
        yield row.title or row.code, tuple(_of_stage(call, row, stage, notes))


def _of_stage(call: Call, row: Stage, stage: StageSpec, notes: _Sorted) -> Iterator[Item]:
    voice = voice_of(call)
    dates = reverse("admin:calls_setup_part", args=[call.pk, "stage", row.pk])
    facts = f"{voice.moment(row.opens_at)} – {voice.moment(row.deadline)}"
    yield notes.item(f"{row.pk}:stage", _("Dates and kind"), dates, filled=True, facts=facts)
    asked = sum(1 for _question in stage.form.questions())
    facts = ngettext("%(count)s question", "%(count)s questions", asked) % {"count": asked}
    yield notes.item(f"{row.pk}:form", _("Form"), _page(call, row, "form"), filled=bool(asked), facts=facts)
    facts = ngettext("%(count)s check", "%(count)s checks", len(stage.checks)) % {"count": len(stage.checks)}
    url = _page(call, row, "checks")
    yield notes.item(f"{row.pk}:checks", _("Checks before scoring"), url, filled=bool(stage.checks), facts=facts)
    url = _page(call, row, "grid")
    grid = stage.evaluation
    yield notes.item(f"{row.pk}:grid", _("Evaluation grid"), url, filled=grid is not None, facts=_grid_facts(stage))


def _grid_facts(stage: StageSpec) -> str:
    grid = stage.evaluation
    if grid is None:
        return _("none")
    values = {"most": _plain(grid.maximum()), "mark": _plain(grid.pass_mark), "count": len(tuple(grid.criteria()))}
    return _("%(count)s criteria, at most %(most)s points, threshold %(mark)s") % values


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _page(call: Call, stage: Stage, name: str) -> str:
    return reverse(f"admin:calls_setup_stage_{name}", args=[call.pk, stage.pk])


def _sheet(call: Call, name: str) -> str:
    return reverse("admin:calls_setup_list", args=[call.pk, name])


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


# Pictures


def _money(call: Call, spec: CallSpec) -> tuple[tuple[Bar, ...], str]:
    """The budgets of the lots beside the call's, and what is left of it in words; empty without lots."""
    voice = voice_of(call)
    total = sum((lot.budget for lot in spec.lots), Decimal(0))
    whole = max(total, spec.budget)
    if not spec.lots or not whole:
        return (), ""
    bars, start = [], 0
    for lot in spec.lots:
        width = int(lot.budget * 1000 / whole)
        share = voice.percent((lot.budget * 100 / spec.budget).quantize(Decimal("0.1"))) if spec.budget else "—"
        title = f"{lot.code} {voice.text(lot.title)}".strip()
        bars.append(Bar(title, voice.money(lot.budget), share, start, width, over=total > spec.budget))
        start += width
    left = spec.budget - total
    said = _("%(amount)s of the call's budget is in no lot.") if left > 0 else _("The lots are %(amount)s too much.")
    return tuple(bars), said % {"amount": voice.money(abs(left))} if left else _("The lots make up the whole budget.")


def _spans(call: Call, spec: CallSpec, now: datetime) -> tuple[tuple[Span, ...], int | None]:
    """The stages on one line of time, and where now is on it."""
    voice = voice_of(call)
    rows: list[Any] = list(call.stages.all())
    if not rows:
        return (), None
    first, last = min(row.opens_at for row in rows), max(row.deadline for row in rows)
    whole = (last - first).total_seconds()

    def at(moment: datetime) -> int:
        return int((moment - first).total_seconds() * 1000 / whole)

    spans = tuple(
        Span(
            row.title or row.code,
            voice.moment(row.opens_at),
            voice.moment(row.deadline),
            at(row.opens_at),
            max(at(row.deadline) - at(row.opens_at), 4),
        )
        for row in rows
    )
    return spans, at(now) if first <= now <= last else None
