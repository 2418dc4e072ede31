"""What of earlier answers fits into another form: matched by the keys of questions, columns, choices and lines.

An answer is carried where the other form asks the same key in a kind that can say the same. What is carried is what was
written; what is too long or cannot be read there is carried too, and shown as a problem. What a person confirmed is
never carried: it is confirmed anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from applications.answers.basics import LOT
from applications.answers.values import TEXT_KINDS, clean
from calls.spec import FILE_ENDINGS, NUMBER_KINDS, ColumnSpec, QuestionSpec, SectionSpec

Asked = QuestionSpec | ColumnSpec

_UNIT_KINDS: Final = frozenset({"percent", "money"})
"""Numbers of something: each is carried into its own kind or a plain number, never into the other."""


class Left(StrEnum):
    """Why an answer, or a part of it, stays where it is."""

    NOT_ASKED = "not_asked"
    OTHER_KIND = "other_kind"
    NOT_OFFERED = "not_offered"
    OTHER_CURRENCY = "other_currency"
    CONFIRM = "confirm"
    ANSWERED = "answered"
    FILE_KIND = "file_kind"
    FILE_SIZE = "file_size"
    FILE_COUNT = "file_count"
    FILE_HELD = "file_held"


@dataclass(frozen=True)
class Earlier:
    """What was answered earlier, with the questions that were shown, by their keys; the lot is not among them."""

    questions: Mapping[str, QuestionSpec]
    answers: Mapping[str, Any]
    currency: str


def earlier_of(
    sections: Iterable[SectionSpec],
    hidden: frozenset[str],
    answers: Mapping[str, Mapping[str, Any]],
    currency: str,
) -> Earlier:
    """Return what a form with its answers says to another form."""
    asked, given = {}, {}
    for section in sections:
        for question in section.questions:
            if question.kind == "heading" or question.key in hidden or question.key == LOT:
                continue
            asked[question.key] = question
            kept = answers.get(section.code, {}).get(question.key)
            if kept is not None:
                given[question.key] = kept
    return Earlier(asked, given, currency)


@dataclass(frozen=True)
class Carried:
    """What fits, by section and question, and what does not, by question.

    Attributes:
        answers: as they are kept in the new form; cleaning them there changes nothing.
        left: why an answer was left; a key that has an answer too was carried in part.
    """

    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    left: Mapping[str, Left] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[str, ...]:
        """The questions that get an answer, in the order of the new form."""
        return tuple(key for section in self.answers.values() for key in section)

    @property
    def whole(self) -> frozenset[str]:
        """The questions whose answer was carried as it was."""
        return frozenset(self.keys) - self.left.keys()


def carry(
    earlier: Earlier,
    sections: Sequence[SectionSpec],
    currency: str,
    present: Mapping[str, Mapping[str, Any]] | None = None,
) -> Carried:
    """Return what of earlier answers a form takes; files are chosen by ``carry_files``.

    Args:
        sections: of the new form, the built-in one among them.
        currency: of the new form's call; amounts in another currency are left.
        present: what the new form has already, by section; a question with an answer keeps it.
    """
    asked = {q.key: (section.code, q) for section in sections for q in section.questions if q.key != LOT}
    answers: dict[str, dict[str, Any]] = {}
    left: dict[str, Left] = {}
    for key, given in earlier.answers.items():
        if key not in asked:
            left[key] = Left.NOT_ASKED
            continue
        code, question = asked[key]
        kept, reason = _fitted(earlier.questions[key], given, question, same_currency=currency == earlier.currency)
        there = (present or {}).get(code, {}).get(key)
        if there is not None:
            left |= {} if there == kept else {key: Left.ANSWERED}
            continue
        if reason is not None:
            left[key] = reason
        if kept is not None:
            answers.setdefault(code, {})[key] = kept
    return Carried(_in_order(answers, sections), left)


def _in_order(answers: Mapping[str, Mapping[str, Any]], sections: Sequence[SectionSpec]) -> dict[str, dict[str, Any]]:
    return {
        section.code: {q.key: answers[section.code][q.key] for q in section.questions if q.key in answers[section.code]}
        for section in sections
        if section.code in answers
    }


def _fitted(before: Asked, given: Any, now: Asked, *, same_currency: bool) -> tuple[Any, Left | None]:
    """Return what is kept of an answer in another question, and why something of it is not."""
    if now.kind == "declaration" or before.kind == "declaration":
        return None, Left.CONFIRM
    if (not same_currency and "budget" in (before.kind, now.kind)) or _other_money(before, now, same_currency):
        return None, Left.OTHER_CURRENCY
    if isinstance(now, QuestionSpec) and isinstance(before, QuestionSpec) and now.kind == before.kind == "table":
        return _table(before, given, now, same_currency=same_currency)
    if now.kind == before.kind == "budget":
        kept = clean(now, given)
        return kept, _less(given, kept)
    if {now.kind, before.kind} <= {"choice", "choices"}:
        return _choices(given, now)
    if not _same_sense(before.kind, now.kind):
        return None, Left.OTHER_KIND
    return clean(now, given), None


def _other_money(before: Asked, now: Asked, same_currency: bool) -> bool:
    return not same_currency and "money" in (before.kind, now.kind)


def _same_sense(before: str, now: str) -> bool:
    """Whether one kind can say what the other says."""
    if before == now:
        return now != "file"
    if {before, now} <= TEXT_KINDS:
        return True
    return {before, now} <= NUMBER_KINDS and not {before, now} <= _UNIT_KINDS


def _choices(given: Any, now: Asked) -> tuple[Any, Left | None]:
    codes = given if isinstance(given, list) else [given]
    if now.kind == "choice" and len(codes) > 1:
        return None, Left.OTHER_KIND
    kept = clean(now, codes if now.kind == "choices" else codes[0])
    count = len(kept) if isinstance(kept, list) else int(kept is not None)
    return kept, None if count == len(codes) else Left.NOT_OFFERED


def _table(
    before: QuestionSpec, given: list[Mapping[str, Any]], now: QuestionSpec, *, same_currency: bool
) -> tuple[Any, Left | None]:
    """Carry a table column by column; rows of which nothing is carried are left out."""
    columns = {column.key: column for column in before.columns}
    reasons: list[Left] = [
        Left.NOT_ASKED
        for key in columns.keys() - {column.key for column in now.columns}
        if any(key in row for row in given)
    ]
    rows: list[dict[str, Any]] = []
    for row in given:
        cells: dict[str, Any] = {}
        for column in now.columns:
            if column.key not in row or column.key not in columns:
                continue
            kept, reason = _fitted(columns[column.key], row[column.key], column, same_currency=same_currency)
            reasons += [reason] if reason else []
            cells |= {} if kept is None else {column.key: kept}
        rows.append(cells)
    # The first in the order of the reasons, whatever the order of the columns.
    return clean(now, rows), min(reasons, key=list(Left).index, default=None)


def _less(given: Mapping[str, Any], kept: Mapping[str, Any] | None) -> Left | None:
    """Whether lines of a budget were left, since the new form has no such line."""
    return Left.NOT_ASKED if given["categories"].keys() - (kept or {}).get("categories", {}).keys() else None


# --- files ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EarlierFile:
    """A file that was given earlier. ``held``: nobody may open it, or not yet, for what a virus scan says."""

    token: str
    kind: str
    size: int
    held: bool = False


def carry_files(
    question: QuestionSpec, files: Sequence[EarlierFile], *, most: int, most_mb: int
) -> tuple[tuple[EarlierFile, ...], Left | None]:
    """Return the files that a question without any takes, in their order, and why another one is left.

    Args:
        most, most_mb: how many files, and of which size, a question takes where its call does not say.
    """
    if question.kind != "file":
        return (), Left.OTHER_KIND
    endings, size = question.accept or FILE_ENDINGS, (question.max_mb or most_mb) * 1024 * 1024
    fit: list[EarlierFile] = []
    reason: Left | None = None
    for file in files:
        refusal = _refused(file, endings, size)
        if refusal is None and len(fit) >= (question.max_files or most):
            refusal = Left.FILE_COUNT
        if refusal is None:
            fit.append(file)
        reason = reason or refusal
    return tuple(fit), reason


def _refused(file: EarlierFile, endings: Iterable[str], size: int) -> Left | None:
    if file.held:
        return Left.FILE_HELD
    if file.kind not in endings:
        return Left.FILE_KIND
    return Left.FILE_SIZE if file.size > size else None
