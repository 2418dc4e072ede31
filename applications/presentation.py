"""Answers prepared for reading: in the draft's check page, on the receipt, and for those who evaluate."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.answers import BasicsSection, Sheet, number_of, read_date, show_number, sums_of, write_number
from applications.messages import language, say
from applications.models import Submission
from calls.spec import BUILTIN_SECTION, NUMBER_KINDS, ChoiceSpec, ColumnSpec, QuestionSpec, SectionSpec
from portal.content import formatting
from portal.documents.models import Scan, StoredFile
from portal.documents.previews import KINDS as PREVIEWED


@dataclass(frozen=True)
class ShownFile:
    """A file; ``preview`` is the address of its small picture, ``scan`` what the virus scanner said, where one is."""

    name: str
    size: str
    url: str
    sha256: str
    preview: str = ""
    scan: str = ""

    @property
    def picture(self) -> str:
        """Return the address of the small picture where the reader may see it."""
        return self.preview if self.scan in {"", Scan.CLEAN} else ""


@dataclass(frozen=True)
class Cell:
    """The text of a cell; amounts and other numbers stand at its end."""

    text: str
    number: bool = False


Cells = tuple[Cell, ...]


@dataclass(frozen=True)
class ShownTable:
    """A head, rows and, where something is summed, a foot."""

    head: "Cells"
    rows: tuple["Cells", ...]
    foot: "Cells" = ()


@dataclass(frozen=True)
class ShownAnswer:
    """One question with its answer in the reader's language. Only one of text, tables and files says anything.

    Attributes:
        kind: as in the call file; a heading has no answer.
        empty: nothing was answered.
    """

    key: str
    kind: str
    label: str
    text: str = ""
    tables: tuple[ShownTable, ...] = ()
    files: tuple[ShownFile, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.text or self.tables or self.files)


@dataclass(frozen=True)
class ShownSection:
    code: str
    title: str
    answers: tuple[ShownAnswer, ...]


FileRecord = Mapping[str, Any]


@dataclass(frozen=True)
class Filled:
    """A form with answers, from a draft or from a snapshot; ``files`` are records of files by question.

    ``scans`` is what the virus scanner said of the files, by token, where one is set up.
    """

    sections: tuple[SectionSpec, ...]
    hidden: frozenset[str]
    answers: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, Iterable[FileRecord]]
    currency: str
    scans: Mapping[str, str] = field(default_factory=dict)


def filled_sheet(sheet: Sheet, files: Mapping[str, Iterable[FileRecord]]) -> Filled:
    return Filled(sheet.sections, sheet.hidden, sheet.shown_answers, files, sheet.call.currency)


def filled_submission(submission: Submission) -> Filled:
    """Return what was submitted, from its snapshot alone."""
    frozen = submission.snapshot
    return Filled(
        sections=tuple(_section(section) for section in frozen["form"]),
        hidden=frozenset(frozen["hidden"]),
        answers=frozen["answers"],
        files=frozen["files"],
        currency=frozen["call"]["currency"],
    )


def _section(section: Mapping[str, Any]) -> SectionSpec:
    shape = BasicsSection if section["code"] == BUILTIN_SECTION else SectionSpec
    return shape.model_validate(section)


def submitted_answers(submission: Submission) -> list[ShownSection]:
    """Return what was submitted, ready to print: for the receipt, the checks and the assessors."""
    return shown(filled_submission(submission))


def shown(filled: Filled) -> list[ShownSection]:
    """Return all sections with the questions that are shown and their answers, in the reader's language."""
    filled = replace(filled, scans=_scans(filled))
    return [
        ShownSection(section.code, say(section.title), tuple(_answers(section, filled))) for section in filled.sections
    ]


def _scans(filled: Filled) -> Mapping[str, str]:
    """Return what the scanner said of each file, by token: one query where a scanner is set up, else none."""
    tokens = [record["token"] for records in filled.files.values() for record in records] if settings.CLAMAV else []
    return dict(StoredFile.objects.filter(token__in=tokens).values_list("token", "scan")) if tokens else {}


def _answers(section: SectionSpec, filled: Filled) -> Iterable[ShownAnswer]:
    kept = filled.answers.get(section.code, {})
    for question in section.questions:
        if question.key not in filled.hidden:
            yield _answer(question, kept.get(question.key), filled)


def _answer(question: QuestionSpec, kept: Any, filled: Filled) -> ShownAnswer:
    label = say(question.label)
    if question.kind == "file":
        files = tuple(_file(record, filled.scans) for record in filled.files.get(question.key, ()))
        return ShownAnswer(question.key, question.kind, label, files=files)
    if kept is None or question.kind == "heading":
        return ShownAnswer(question.key, question.kind, label)
    if question.kind == "table":
        return ShownAnswer(question.key, question.kind, label, tables=(_table(question, kept, filled.currency),))
    if question.kind == "budget":
        return ShownAnswer(question.key, question.kind, label, tables=_budget(question, kept, filled.currency))
    return ShownAnswer(question.key, question.kind, label, text=cell(question, kept, filled.currency))


def _file(record: FileRecord, scans: Mapping[str, str]) -> ShownFile:
    url = reverse("documents:file", args=[record["token"], record["name"]])
    preview, scan = preview_url(record["kind"], record["token"]), scan_sign(scans.get(record["token"], ""))
    return ShownFile(record["name"], file_size(record["size"]), url, record["sha256"], preview, scan)


def scan_sign(scan: str) -> str:
    """Return what a list says of a scan: nothing where no scanner is set up or the file was never scanned."""
    return "" if scan == Scan.NOT_SCANNED or not settings.CLAMAV else scan


def preview_url(kind: str, token: str) -> str:
    """Return where the small picture of a file is, empty for a kind that cannot be drawn."""
    return reverse("documents:preview", args=[token]) if kind in PREVIEWED else ""


def file_size(size: int) -> str:
    """Return the size of a file as people say it, in kilobytes or megabytes."""
    if size < 1_000_000:
        return _("%(size)s KB") % {"size": max(1, round(size / 1000))}
    return _("%(size)s MB") % {"size": formatting.number(Decimal(size // 100_000) / 10, language())}


def cell(asked: QuestionSpec | ColumnSpec, kept: Any, currency: str) -> str:
    """Return one plain answer as a text; what cannot be read stands as it was typed."""
    if kept is None:
        return ""
    return _CELLS.get(asked.kind, _as_is)(asked, kept, currency)


def _as_is(asked: QuestionSpec | ColumnSpec, kept: Any, currency: str) -> str:
    return str(kept)


def _number(asked: QuestionSpec | ColumnSpec, kept: Any, currency: str) -> str:
    value = number_of(asked.kind, kept)
    if value is None:
        return str(kept)
    if asked.kind == "money":
        return _money(value, currency)
    written = show_number(write_number(value, asked.kind), language())
    return f"{written} %" if asked.kind == "percent" else written


def _date(asked: QuestionSpec | ColumnSpec, kept: Any, currency: str) -> str:
    try:
        return f"{read_date(kept):%d.%m.%Y}"
    except ValueError:
        return str(kept)


def _yes_no(asked: QuestionSpec | ColumnSpec, kept: Any, currency: str) -> str:
    return _("Yes") if kept else _("No")


def _confirmed(asked: QuestionSpec | ColumnSpec, kept: Any, currency: str) -> str:
    return _("Confirmed")


def _choices(asked: QuestionSpec | ColumnSpec, kept: Any, currency: str) -> str:
    chosen = kept if isinstance(kept, list) else [kept]
    return ", ".join(_title(asked.choices, code) for code in chosen)


def _title(choices: Iterable[ChoiceSpec], code: str) -> str:
    return next((say(choice.title) for choice in choices if choice.code == code), code)


_CELLS: Mapping[str, Callable[[QuestionSpec | ColumnSpec, Any, str], str]] = {
    **dict.fromkeys(("integer", "decimal", "percent", "money"), _number),
    "date": _date,
    "yes_no": _yes_no,
    "declaration": _confirmed,
    "choice": _choices,
    "choices": _choices,
}


def _table(question: QuestionSpec, kept: list[Mapping[str, Any]], currency: str) -> ShownTable:
    columns = [(column, column.kind in NUMBER_KINDS) for column in question.columns]
    return ShownTable(
        head=tuple(Cell(say(column.label), number) for column, number in columns),
        rows=tuple(
            tuple(Cell(cell(column, row.get(column.key), currency), number) for column, number in columns)
            for row in kept
        ),
    )


def _budget(question: QuestionSpec, kept: Mapping[str, Any], currency: str) -> tuple[ShownTable, ...]:
    sums = sums_of(kept)
    lines = [(say(category.title), kept["categories"].get(category.code, {})) for category in question.categories]
    costs = ShownTable(
        head=_line(_("Budget line"), _("Total cost"), _("Requested")),
        rows=tuple(
            _line(title, _typed(line.get("total"), currency), _typed(line.get("requested"), currency))
            for title, line in lines
        ),
        foot=_line(_("Total"), _money(sums.total, currency), _money(sums.requested, currency)),
    )
    if not kept["sources"]:
        return (costs,)
    sources = ShownTable(
        head=_line(_("Other source"), _("Amount")),
        rows=tuple(_line(row.get("name", ""), _typed(row.get("amount"), currency)) for row in kept["sources"]),
        foot=_line(_("Total"), _money(sums.sources, currency)),
    )
    return costs, sources


def _line(title: str, *amounts: str) -> Cells:
    return (Cell(title), *(Cell(amount, number=True) for amount in amounts))


def _typed(text: str | None, currency: str) -> str:
    value = number_of("money", text)
    return (text or "") if value is None else _money(value, currency)


def _money(amount: Decimal, currency: str) -> str:
    return formatting.money(amount, currency, language())
