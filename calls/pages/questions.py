"""A form to be read before starting: each question with its kind, its limits and when it is asked, in words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from calls.pages.templates import TemplateLink, Templates
from calls.pages.voice import Voice
from calls.spec import (
    AllCondition,
    AnsweredCondition,
    AnyCondition,
    CallSpec,
    ColumnSpec,
    EqualsCondition,
    FormSpec,
    GreaterCondition,
    InCondition,
    NotCondition,
    QuestionSpec,
    StageSpec,
)

KINDS: Final[Mapping[str, "str | Promise"]] = {
    "short_text": gettext_lazy("one line"),
    "long_text": gettext_lazy("text"),
    "integer": gettext_lazy("whole number"),
    "decimal": gettext_lazy("any number"),
    "percent": gettext_lazy("percentage"),
    "money": gettext_lazy("amount"),
    "date": gettext_lazy("date"),
    "yes_no": gettext_lazy("yes or no"),
    "choice": gettext_lazy("one of the answers"),
    "choices": gettext_lazy("any of the answers"),
    "file": gettext_lazy("file"),
    "table": gettext_lazy("table"),
    "budget": gettext_lazy("budget table"),
    "declaration": gettext_lazy("confirmation"),
    "heading": "",
}
PRIORITY_WORDS: Final = 100
"""How many words a form takes on how a proposal addresses one priority (call file format, question kinds)."""


@dataclass(frozen=True)
class QuestionRow:
    """One question, ready to print.

    Attributes:
        taken_over: says that the answer of the earlier stage stays; empty where one answers anew.
        parts: choices, columns or budget lines.
        template: what to download and fill in.
    """

    number: str
    label: str
    kind: str
    expects: str
    required: bool
    condition: str = ""
    taken_over: str = ""
    help: str = ""
    text: str = ""
    parts: tuple[str, ...] = ()
    heading: bool = False
    template: TemplateLink | None = None


@dataclass(frozen=True)
class SectionRows:
    number: int
    code: str
    title: str
    help: str
    questions: tuple[QuestionRow, ...]


@dataclass(frozen=True)
class StageForm:
    """The whole form of one stage; the first section is the built-in one, where the call has lots or priorities."""

    code: str
    title: str
    sections: tuple[SectionRows, ...]
    files: tuple[QuestionRow, ...]


def form_of(call: CallSpec, stage: StageSpec, voice: Voice, templates: Templates | None = None) -> StageForm:
    """Prepare the form of a stage for reading and printing."""
    taken_over = _taken_over(call, stage, voice)
    builtin = list(_builtin(call, voice))
    sections = [SectionRows(1, "basics", _("Lot and priorities"), "", tuple(builtin))] if builtin else []
    for number, section in enumerate(stage.form.sections, start=len(sections) + 1):
        rows = tuple(_rows(section.questions, number, stage.form, voice, templates or {}, taken_over))
        title, help_text = voice.text(section.title), voice.text(section.help)
        sections.append(SectionRows(number, section.code, title, help_text, rows))
    asked_for = [item for item in stage.form.questions() if item.kind == "file"]
    files = tuple(_rows(asked_for, 0, stage.form, voice, templates or {}))
    return StageForm(stage.code, voice.text(stage.title), tuple(sections), files)


def _taken_over(call: CallSpec, stage: StageSpec, voice: Voice) -> str:
    """What is said of a question whose answer comes from the stage before."""
    before = call.stage_before(stage.code)
    title = voice.quoted(voice.text(before.title)) if before else ""
    return _("The answer given in the stage %(stage)s stays and cannot be changed.") % {"stage": title}


def _builtin(call: CallSpec, voice: Voice) -> Iterator[QuestionRow]:
    """The questions every form begins with: which lot, and how the proposal addresses each priority."""
    if call.lots:
        titles = tuple(voice.text(lot.title) for lot in call.lots)
        yield QuestionRow("1.1", _("Which lot do you apply for?"), str(KINDS["choice"]), "", True, parts=titles)
    required = call.priorities.cover == "all"
    for index, priority in enumerate(call.priorities.list, start=2 if call.lots else 1):
        label = _("How does the proposal address the priority “%(title)s”?") % {"title": voice.text(priority.title)}
        yield QuestionRow(f"1.{index}", label, str(KINDS["long_text"]), _words(PRIORITY_WORDS), required)


def _rows(
    questions: "tuple[QuestionSpec, ...] | list[QuestionSpec]",
    section: int,
    form: FormSpec,
    voice: Voice,
    templates: Templates,
    taken_over: str = "",
) -> Iterator[QuestionRow]:
    place = 0
    for question in questions:
        heading = question.kind == "heading"
        place += not heading
        yield QuestionRow(
            number="" if heading else f"{section}.{place}",
            label=voice.text(question.label),
            kind=str(KINDS[question.kind]),
            expects=expects(question, voice),
            required=question.required,
            condition=asked_if(question, form, voice),
            taken_over=taken_over if question.fixed else "",
            help=voice.text(question.help),
            text=voice.text(question.text),
            parts=_parts(question, voice),
            heading=heading,
            template=templates.get(question.template or ""),
        )


def _parts(question: QuestionSpec, voice: Voice) -> tuple[str, ...]:
    titles = [choice.title for choice in question.choices] + [line.title for line in question.categories]
    return (*map(voice.text, titles), *(_column(column, voice) for column in question.columns))


def _column(column: ColumnSpec, voice: Voice) -> str:
    about = [str(KINDS[column.kind]), expects(column, voice), "" if column.required else _("optional")]
    return f"{voice.text(column.label)} ({', '.join(item for item in about if item)})"


# What an answer may be


def expects(question: QuestionSpec | ColumnSpec, voice: Voice) -> str:
    """Return the limits of an answer in words: length, range, files, rows; empty where there are none."""
    found = [_words(question.max_words), _characters(question.max_characters), _range(question, voice)]
    if isinstance(question, QuestionSpec):
        found += [*_files(question), _row_count(question)]
    return ", ".join(item for item in found if item)


def _words(limit: int | None) -> str:
    return "" if limit is None else ngettext("up to %(n)s word", "up to %(n)s words", limit) % {"n": limit}


def _characters(limit: int | None) -> str:
    if limit is None:
        return ""
    return ngettext("up to %(n)s character", "up to %(n)s characters", limit) % {"n": limit}


def _range(question: QuestionSpec | ColumnSpec, voice: Voice) -> str:
    low, high = (None if end is None else voice.number(end) for end in (question.min, question.max))
    if low is not None and high is not None:
        return _("from %(low)s to %(high)s") % {"low": low, "high": high}
    if high is not None:
        return _("up to %(high)s") % {"high": high}
    return _("from %(low)s") % {"low": low} if low is not None else ""


def _files(question: QuestionSpec) -> Iterator[str]:
    if question.accept:
        yield ", ".join(ending.upper() for ending in question.accept)
    if question.max_files is not None:
        yield ngettext("up to %(n)s file", "up to %(n)s files", question.max_files) % {"n": question.max_files}
    if question.max_mb is not None:
        yield _("up to %(n)s MB each") % {"n": question.max_mb}


def _row_count(question: QuestionSpec) -> str:
    low, high = question.rows.min, question.rows.max
    if high is not None:
        return _("%(low)s to %(high)s rows") % {"low": low or 0, "high": high}
    return ngettext("at least %(n)s row", "at least %(n)s rows", low) % {"n": low} if low else ""


# When a question is asked


def asked_if(question: QuestionSpec, form: FormSpec, voice: Voice) -> str:
    """Return in a sentence when a question is asked; empty where it always is."""
    if question.show_if is None:
        return ""
    return _("Asked only if %(condition)s.") % {"condition": in_words(question.show_if, form, voice)}


def in_words(condition: Any, form: FormSpec, voice: Voice) -> str:
    """Return a condition as a clause that can follow «if»."""
    return _CLAUSES[type(condition)](condition, form, voice)


def _quoted(condition: Any, form: FormSpec, voice: Voice) -> str:
    question = form.question(condition.question)
    return voice.text(question.label) if question else condition.question


def _answer(value: bool | Decimal | str, key: str, form: FormSpec, voice: Voice) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return voice.number(value)
    question = form.question(key)
    titles = {choice.code: voice.text(choice.title) for choice in question.choices} if question else {}
    return titles.get(value, value)


def _equals(condition: EqualsCondition, form: FormSpec, voice: Voice) -> str:
    answer = _answer(condition.equals, condition.question, form, voice)
    named = {"question": _quoted(condition, form, voice), "answer": answer}
    return _("the answer to “%(question)s” is “%(answer)s”") % named


def _in(condition: InCondition, form: FormSpec, voice: Voice) -> str:
    answers = ", ".join(voice.quoted(_answer(value, condition.question, form, voice)) for value in condition.in_)
    named = {"question": _quoted(condition, form, voice), "answers": answers}
    return _("the answer to “%(question)s” is one of these: %(answers)s") % named


def _greater(condition: GreaterCondition, form: FormSpec, voice: Voice) -> str:
    named = {"question": _quoted(condition, form, voice), "number": voice.number(condition.greater)}
    return _("the answer to “%(question)s” is more than %(number)s") % named


def _answered(condition: AnsweredCondition, form: FormSpec, voice: Voice) -> str:
    named = {"question": _quoted(condition, form, voice)}
    if condition.answered:
        return _("“%(question)s” is answered") % named
    return _("“%(question)s” is not answered") % named


def _all(condition: AllCondition, form: FormSpec, voice: Voice) -> str:
    return _(" and ").join(_part(part, form, voice) for part in condition.all)


def _any(condition: AnyCondition, form: FormSpec, voice: Voice) -> str:
    return _(" or ").join(_part(part, form, voice) for part in condition.any)


def _part(condition: Any, form: FormSpec, voice: Voice) -> str:
    """A clause within a group; a group within a group stands in brackets, or one could read it two ways."""
    words = in_words(condition, form, voice)
    several = len(getattr(condition, "all", None) or getattr(condition, "any", None) or ()) > 1
    return f"({words})" if several else words


def _not(condition: NotCondition, form: FormSpec, voice: Voice) -> str:
    return _("it is not so that %(condition)s") % {"condition": _part(condition.not_, form, voice)}


_CLAUSES: Final[Mapping[type, Callable[[Any, FormSpec, Voice], str]]] = {
    EqualsCondition: _equals,
    InCondition: _in,
    GreaterCondition: _greater,
    AnsweredCondition: _answered,
    AllCondition: _all,
    AnyCondition: _any,
    NotCondition: _not,
}
