"""The task list of an application, and all that stands between it and its submission."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.answers import Problem, Progress
from applications.messages import say, sentence
from applications.pages.frame import url
from applications.pages.remarks import open_in
from applications.presentation import FileRecord, ShownSection, filled_sheet, shown
from applications.queries import Dossier
from calls.spec import QuestionSpec


@dataclass(frozen=True)
class Task:
    """What ``components/tasklist.html`` prints."""

    title: str
    url: str
    word: str
    tone: str
    note: str = ""


@dataclass(frozen=True)
class ErrorLine:
    """What ``components/error_summary.html`` prints."""

    href: str
    label: str
    text: str


@dataclass(frozen=True)
class CheckedSection:
    """A section in the check page: its answers, and the address to change them (empty where they are fixed)."""

    shown: ShownSection
    url: str
    lines: tuple[ErrorLine, ...]


def tasks_of(dossier: Dossier, *, writes: bool, remarks: Mapping[str, int] | None = None) -> list[Task]:
    """Return the sections as tasks; for somebody who only reads they do not lead anywhere.

    Args:
        remarks: how many remarks of colleagues are open, by question.
    """
    tasks = (_task(dossier, section.code, say(section.title), writes=writes) for section in dossier.sheet.sections)
    counts = (open_in(section, remarks or {}) for section in dossier.sheet.sections)
    return [_with_remarks(task, count) if count else task for task, count in zip(tasks, counts, strict=True)]


def _with_remarks(task: Task, count: int) -> Task:
    open_ones = ngettext("%(count)s open remark", "%(count)s open remarks", count) % {"count": count}
    return replace(task, note=" · ".join(filter(None, (task.note, open_ones))))


def _task(dossier: Dossier, code: str, title: str, *, writes: bool) -> Task:
    section = dossier.sheet.section(code)
    progress = dossier.sheet.progress(section) if section else Progress.NOT_STARTED
    words = {
        Progress.NOT_STARTED: (_("Not started"), "neutral"),
        Progress.IN_PROGRESS: (_("In progress"), "warn"),
        Progress.DONE: (_("Done"), "done"),
    }
    word, tone = words[progress]
    count = len(dossier.sheet.problems_in(code)) if progress is Progress.IN_PROGRESS else 0
    note = ngettext("%(count)s answer to go", "%(count)s answers to go", count) % {"count": count} if count else ""
    return Task(title, url("section", dossier.entry, code) if writes else "", word, tone, note)


def error_line(dossier: Dossier, problem: Problem, *, here: bool = False) -> ErrorLine:
    """Return a problem as a link to its field; ``here`` where the field is on the same page."""
    section = dossier.sheet.section(problem.section)
    question = next((q for q in section.questions if q.key == problem.key), None) if section else None
    page = "" if here else f"{url('section', dossier.entry, problem.section)}?check=1"
    label = label_at(question, problem.target) if question else ""
    return ErrorLine(f"{page}#field-{problem.target}", label, sentence(problem, dossier.sheet.call.currency))


_ROW = re.compile(r"\.(?:source\.)?([0-9]+)-")


def label_at(question: QuestionSpec, target: str) -> str:
    """Return the words for a field: the question's, and within a table or budget also the row's or the line's."""
    inner = target.removeprefix(question.key)
    place = next((say(c.title) for c in question.categories if inner.startswith(f".{c.code}-")), "")
    if not place and (row := _ROW.match(inner)):
        place = str(int(row[1]) + 1)
    return f"{say(question.label)}, {place}" if place else say(question.label)


def error_lines(dossier: Dossier) -> list[ErrorLine]:
    """Return everything that stands between the draft and its submission, each a link to its field."""
    return [error_line(dossier, problem) for problem in dossier.sheet.problems]


def file_records(dossier: Dossier) -> dict[str, list[FileRecord]]:
    """Return a draft's files as a snapshot would record them."""
    grouped: dict[str, list[FileRecord]] = {}
    for file in dossier.frozen_files():
        grouped.setdefault(file.question, []).append(file.record())
    return grouped


def checked_sections(dossier: Dossier, *, writes: bool) -> list[CheckedSection]:
    """Return all sections with their answers, for checking before submission."""
    sections = shown(filled_sheet(dossier.sheet, file_records(dossier)))
    return [
        CheckedSection(
            section,
            url("section", dossier.entry, section.code) if writes else "",
            tuple(error_line(dossier, problem) for problem in dossier.sheet.problems_in(section.code)),
        )
        for section in sections
    ]
