"""The versions of an application: what was submitted when and by whom, which one counts, and what differs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers import TEXT_KINDS
from applications.answers.comparing import Change, Compared, ComparedRow, compare, rows
from applications.messages import exact_clocks, language, say
from applications.models import EntryState, StageEntry, Submission
from applications.pages.links import url
from applications.pages.tasks import file_records
from applications.presentation import (
    Cells,
    Filled,
    ShownAnswer,
    ShownFile,
    ShownTable,
    filled_sheet,
    filled_submission,
    shown,
)
from applications.queries import Dossier
from calls.comparison.words import Piece, marked

DRAFT: Final = "draft"
"""Stands for the answers as they are now, where a submission is named by its sequence."""
WORDS: Final[Mapping[Change, tuple["str | Promise", str]]] = {
    Change.ADDED: (gettext_lazy("New"), "done"),
    Change.REMOVED: (gettext_lazy("Removed"), "error"),
    Change.CHANGED: (gettext_lazy("Changed"), "open"),
    Change.SAME: (gettext_lazy("Unchanged"), "neutral"),
}


# --- the list ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class VersionRow:
    """One submission in the list.

    Attributes:
        note: by what it came, beside submitting: an answer to a request for clarification, an extension.
        asked_url: what was asked, where it is such an answer.
        changed_url: what it changed of the one before; empty for the first one.
    """

    sequence: int
    moment: str
    by: str
    digest: str
    word: str
    tone: str
    note: str
    asked_url: str
    receipt_url: str
    pdf_url: str
    changed_url: str
    before: int


@dataclass(frozen=True)
class VersionsPage:
    """What ``applications/versions.html`` prints.

    Attributes:
        rows: the latest one first.
        draft_url: where the reader may see what was changed since and not submitted yet; else empty.
        counts: sequence of the one that counts, 0 where none does.
    """

    rows: tuple[VersionRow, ...]
    draft_url: str
    draft_sequence: int
    counts: int


def versions_page(entry: StageEntry, submissions: Sequence[Submission], *, reads_draft: bool) -> VersionsPage:
    """Prepare the list.

    Args:
        submissions: of the entry, the first one first, with ``clarification`` at hand.
        reads_draft: the reader may see answers that were not submitted yet.
    """
    before = dict(zip((s.pk for s in submissions[1:]), submissions, strict=False))
    last = submissions[-1].sequence if submissions else 0
    counting = entry.submission_id if entry.state not in (EntryState.DRAFT, EntryState.WITHDRAWN) else None
    return VersionsPage(
        rows=tuple(_row(entry, one, before.get(one.pk), counting) for one in reversed(submissions)),
        draft_url=_compare_url(entry, str(last), DRAFT) if last and reads_draft and entry.takes_text else "",
        draft_sequence=last,
        counts=next((one.sequence for one in submissions if one.pk == counting), 0),
    )


def _row(entry: StageEntry, submission: Submission, before: Submission | None, counting: int | None) -> VersionRow:
    place = [submission.number, submission.sequence]
    word, tone = _standing(entry, submission, counting)
    return VersionRow(
        sequence=submission.sequence,
        moment=exact_time(entry, submission),
        by=str(submission.submitted_by or ""),
        digest=submission.digest,
        word=word,
        tone=tone,
        note=_note(submission),
        asked_url=url("clarification", entry) if hasattr(submission, "clarification") else "",
        receipt_url=reverse("applications:receipt", args=place),
        pdf_url=reverse("applications:submission_pdf", args=place),
        changed_url=_compare_url(entry, str(before.sequence), str(submission.sequence)) if before else "",
        before=before.sequence if before else 0,
    )


def exact_time(entry: StageEntry, submission: Submission) -> str:
    """Return when a submission was received, by the clocks of its entry."""
    return " · ".join(exact_clocks(submission.received_at, entry.zones, language()))


def _standing(entry: StageEntry, submission: Submission, counting: int | None) -> tuple[str, str]:
    if submission.pk == counting:
        return _("This one counts"), "done"
    if submission.pk == entry.submission_id:
        return _("Withdrawn"), "warn"
    return _("Replaced by a later one"), "neutral"


def _note(submission: Submission) -> str:
    if hasattr(submission, "clarification"):
        return _("Answer to a request for clarification")
    return _("Submitted within an extension of the deadline") if submission.extension_id else ""


def _compare_url(entry: StageEntry, before: str, after: str) -> str:
    return f"{url('compare', entry)}?before={before}&after={after}"


# --- two of them beside each other -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A version that can be compared; ``value`` stands for it in the address."""

    value: str
    title: str


@dataclass(frozen=True)
class ComparedCell:
    pieces: tuple[Piece, ...]
    number: bool


@dataclass(frozen=True)
class ComparedLine:
    """A row of a table; ``word`` says what happened to it, empty for nothing."""

    change: Change
    word: str
    cells: tuple[ComparedCell, ...]


@dataclass(frozen=True)
class ComparedTable:
    """A table with its changes. ``foot`` is empty where nothing is summed."""

    head: Cells
    rows: tuple[ComparedLine, ...]
    foot: tuple[ComparedLine, ...]


@dataclass(frozen=True)
class ComparedFile:
    file: ShownFile
    word: str
    tone: str


@dataclass(frozen=True)
class ComparedAnswer:
    """One question that differs.

    Attributes:
        pieces: a text with what went and what came.
        note: what happened to the question itself: it was not asked then, or is not asked any more.
    """

    key: str
    label: str
    word: str
    tone: str
    note: str
    pieces: tuple[Piece, ...] = ()
    tables: tuple[ComparedTable, ...] = ()
    files: tuple[ComparedFile, ...] = ()


@dataclass(frozen=True)
class ComparedSection:
    code: str
    title: str
    changed: tuple[ComparedAnswer, ...]
    same: tuple[ShownAnswer, ...]


@dataclass(frozen=True)
class ComparePage:
    """What ``applications/compare.html`` prints. ``changed`` lists what differs, to lead there."""

    before: Choice
    after: Choice
    choices: tuple[Choice, ...]
    sections: tuple[ComparedSection, ...]

    @property
    def changed(self) -> list[ComparedAnswer]:
        return [answer for section in self.sections for answer in section.changed]


def choices_of(submissions: Sequence[Submission], *, draft: bool) -> tuple[Choice, ...]:
    """Return what can be compared, in its order."""
    found = [
        Choice(str(one.sequence), _("Submission %(sequence)s") % {"sequence": one.sequence}) for one in submissions
    ]
    return (*found, *([Choice(DRAFT, _("What is written now, not submitted"))] if draft else []))


def compared_sections(before: Filled, after: Filled) -> tuple[ComparedSection, ...]:
    """Return all sections of two versions, with what differs and what is the same."""
    old, new = shown(before), shown(after)
    said = [{answer.key: answer for section in version for answer in section.answers} for version in (old, new)]
    titles = {section.code: section.title for section in (*old, *new)}
    order = dict.fromkeys(section.code for section in (*new, *old))
    found = compare(before, after)
    sections = (_section(code, titles[code], [one for one in found if one.section == code], *said) for code in order)
    return tuple(section for section in sections if section.changed or section.same)


def _section(
    code: str, title: str, found: Sequence[Compared], old: Mapping[str, ShownAnswer], new: Mapping[str, ShownAnswer]
) -> ComparedSection:
    same = [one.key for one in found if one.change is Change.SAME]
    return ComparedSection(
        code=code,
        title=title,
        changed=tuple(_answer(one, old, new) for one in found if one.change is not Change.SAME),
        same=tuple(new[key] for key in same if key in new),
    )


def _answer(one: Compared, old: Mapping[str, ShownAnswer], new: Mapping[str, ShownAnswer]) -> ComparedAnswer:
    asked = new[one.key] if one.key in new else old[one.key]
    nothing = ShownAnswer(asked.key, asked.kind, asked.label)
    before, after = old.get(one.key, nothing), new.get(one.key, nothing)
    word, tone = WORDS[one.change]
    return ComparedAnswer(
        key=one.key,
        label=asked.label,
        word=str(word),
        tone=tone,
        note=_asked_note(one),
        pieces=_pieces(before, after),
        tables=tuple(_tables(before.tables, after.tables)),
        files=tuple(_files(before.files, after.files)),
    )


def _asked_note(one: Compared) -> str:
    if not one.asked[1]:
        return _("This question is not asked any more.")
    return "" if one.asked[0] else _("This question was not asked before.")


def _pieces(before: ShownAnswer, after: ShownAnswer) -> tuple[Piece, ...]:
    """Compare texts word by word; an amount, a date or a choice is replaced whole."""
    if before.text == after.text or {before.kind, after.kind} <= TEXT_KINDS:
        return marked(before.text, after.text)
    both = (Piece("old", before.text), Piece("new", after.text))
    return tuple(piece for piece in both if piece.text)


def _tables(before: Sequence[ShownTable], after: Sequence[ShownTable]) -> Iterator[ComparedTable]:
    """Pair the tables of an answer: a budget has its costs first, then, where any are named, its sources."""
    for place in range(max(len(before), len(after))):
        old = before[place] if place < len(before) else None
        new = after[place] if place < len(after) else None
        if old and new and old.head != new.head:
            yield _table(old, None)
            old = None
        yield _table(old, new)


def _table(before: ShownTable | None, after: ShownTable | None) -> ComparedTable:
    old, new = before or ShownTable((), ()), after or ShownTable((), ())
    head = new.head or old.head
    feet = ([table.foot] if table.foot else [] for table in (old, new))
    return ComparedTable(head, _lines(head, old.rows, new.rows), _lines(head, *feet))


def _lines(head: Cells, before: Sequence[Cells], after: Sequence[Cells]) -> tuple[ComparedLine, ...]:
    texts = ([tuple(cell.text for cell in line) for line in lines] for lines in (before, after))
    return tuple(_line(head, row) for row in rows(*texts))


def _line(head: Cells, row: ComparedRow) -> ComparedLine:
    word = "" if row.change is Change.SAME else str(WORDS[row.change][0])
    cells = (ComparedCell(pieces, cell.number) for pieces, cell in zip(row.cells, head, strict=True))
    return ComparedLine(row.change, word, tuple(cells))


def _files(before: Sequence[ShownFile], after: Sequence[ShownFile]) -> Iterator[ComparedFile]:
    old, new = ({(file.sha256, file.name) for file in files} for files in (before, after))
    for file in before:
        if (file.sha256, file.name) not in new:
            yield _file(file, Change.REMOVED)
    for file in after:
        yield _file(file, Change.SAME if (file.sha256, file.name) in old else Change.ADDED)


def _file(file: ShownFile, change: Change) -> ComparedFile:
    word, tone = WORDS[change]
    return ComparedFile(file, str(word), tone)


def filled_of(dossier: Dossier) -> Filled:
    """Return the answers as they are now, fit to be compared with a submission."""
    return filled_sheet(dossier.sheet, file_records(dossier))


def unsent_labels(dossier: Dossier, submission: Submission) -> list[str]:
    """Return the questions whose answers differ from a submission, in the reader's language."""
    now, then = filled_of(dossier), filled_submission(submission)
    labels = {q.key: say(q.label) for form in (then.sections, now.sections) for s in form for q in s.questions}
    return [labels[one.key] for one in compare(then, now) if one.change is not Change.SAME]


def choice_of(choices: Sequence[Choice], value: Any) -> Choice | None:
    """Return the version that a part of an address stands for."""
    return next((choice for choice in choices if choice.value == value), None)
