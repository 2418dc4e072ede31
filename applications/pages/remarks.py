"""What colleagues say to each other about the questions of an application, prepared for the pages that show it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.messages import language, say
from applications.models import Remark, StageEntry
from applications.pages.links import url
from applications.queries import Dossier
from calls.spec import QuestionSpec, SectionSpec
from portal.content import formatting


@dataclass(frozen=True)
class RemarkLine:
    """One remark; ``settled`` says who settled it and when, empty where it is open."""

    pk: int
    author: str
    when: str
    text: str
    settled: str


@dataclass(frozen=True)
class Thread:
    """The remarks on one question, the first one first.

    Attributes:
        field: the name of the field in which a remark is typed; ``typed`` and ``error``: what was refused, and why.
        url: where it is sent to, and where the thread has a page of its own.
    """

    key: str
    label: str
    url: str
    lines: tuple[RemarkLine, ...] = ()
    typed: str = ""
    error: str = ""

    @property
    def field(self) -> str:
        return f"remark-{self.key}-text"

    @property
    def open(self) -> int:
        return sum(not line.settled for line in self.lines)

    @property
    def summary(self) -> str:
        """Return what stands on the disclosure."""
        if not self.lines:
            return _("Remarks")
        if not self.open:
            return _("Remarks (all settled)")
        return ngettext("Remarks (%(count)s open)", "Remarks (%(count)s open)", self.open) % {"count": self.open}


def remarks_of(entry: StageEntry, questions: Iterable[QuestionSpec]) -> dict[str, Thread]:
    """Return the thread of each question, empty ones too; one query."""
    lines = _lines(entry)
    return {question.key: thread_on(entry, question, lines) for question in questions if question.kind != "heading"}


def thread_on(entry: StageEntry, question: QuestionSpec, lines: Mapping[str, Sequence[RemarkLine]]) -> Thread:
    """Return the thread of one question."""
    address = url("remark", entry, question.key)
    return Thread(question.key, say(question.label), address, tuple(lines.get(question.key, ())))


def _lines(entry: StageEntry) -> dict[str, list[RemarkLine]]:
    lines = defaultdict(list)
    zone = entry.application.municipality.country.time_zone
    for remark in Remark.objects.filter(entry=entry).select_related("author", "settled_by"):
        lines[remark.question].append(_line(remark, zone))
    return dict(lines)


def _line(remark: Remark, zone: str) -> RemarkLine:
    settled: dict[str, Any] = {"who": _name(remark.settled_by)}
    if remark.settled_at:
        settled["when"] = formatting.moment(remark.settled_at, zone, language())
    return RemarkLine(
        pk=remark.pk,
        author=_name(remark.author),
        when=formatting.moment(remark.written_at, zone, language()),
        text=remark.text,
        settled=_("Settled by %(who)s, %(when)s") % settled if remark.settled_at else "",
    )


def _name(person: Any) -> str:
    return str(person) if person else _("a former colleague")


def open_remarks(entry: StageEntry) -> Mapping[str, int]:
    """Return how many remarks wait to be settled, by question; one query."""
    return Counter(Remark.objects.filter(entry=entry, settled_at=None).values_list("question", flat=True))


def open_in(section: SectionSpec, counts: Mapping[str, int]) -> int:
    """Return how many of them are on questions of a section."""
    return sum(counts.get(question.key, 0) for question in section.questions)


@dataclass(frozen=True)
class SectionThreads:
    """The threads of one section that have remarks; ``others``: those of its questions that have none yet."""

    title: str
    threads: tuple[Thread, ...]
    others: tuple[Thread, ...] = ()


def threads_by_section(dossier: Dossier) -> list[SectionThreads]:
    """Return all threads in the order of the form; those on questions that a corrigendum took away at the end."""
    lines, sections = _lines(dossier.entry), dossier.sheet.sections
    found = [_threads_in(dossier.entry, section, lines) for section in sections]
    asked = {question.key for section in sections for question in section.questions}
    lost = tuple(Thread(key, key, "", tuple(kept)) for key, kept in lines.items() if key not in asked)
    return [*found, SectionThreads(_("No longer asked"), lost)] if lost else found


def _threads_in(entry: StageEntry, section: SectionSpec, lines: Mapping[str, Sequence[RemarkLine]]) -> SectionThreads:
    threads = [thread_on(entry, question, lines) for question in section.questions if question.kind != "heading"]
    written = tuple(thread for thread in threads if thread.lines)
    return SectionThreads(say(section.title), written, tuple(thread for thread in threads if not thread.lines))
