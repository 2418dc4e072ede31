"""Conditions of questions as they are typed: in the words of the call file, read by its reader, and for the editor.

Pure but for the words of the messages.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from yaml.nodes import Node

from calls.callfile import CallFileErrors, shapes
from calls.callfile.checks.forms import form_conditions
from calls.callfile.dump import number_text, value_text
from calls.callfile.problems import Path, Problem
from calls.callfile.source import compose
from calls.callfile.walker import Walker
from calls.pages.voice import Voice
from calls.spec import CHOICE_KINDS, NUMBER_KINDS, Condition, FormSpec, QuestionSpec, Strict

_AT: Final[Path] = ("show_if",)
_HINT: Final = next(field.hint for field in shapes.fields(QuestionSpec) if field.name == "show_if")
TRUTH_KINDS: Final = frozenset({"yes_no", "declaration"})
NO_ANSWER: Final = frozenset({"heading"})


class NoConditionError(Exception):
    """What was typed is no condition; ``lines`` says each fault with its line."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def typed_condition(text: str) -> Condition | None:
    """Read a condition as a call file writes it; None for an empty text.

    Raises:
        NoConditionError: with the sentences of the call file's reader.
    """
    if not text.strip():
        return None
    walker = Walker()
    found = walker.read(_node(text), _HINT, _AT)
    if walker.problems:
        raise NoConditionError([_line(problem, walker.lines) for problem in walker.problems])
    condition: Condition | None = found
    return condition


def _node(text: str) -> Node:
    try:
        return compose(text, "show_if")
    except CallFileErrors as error:
        lines = [_said(fault.line, "", fault.problem.text()) for fault in error.faults]
        raise NoConditionError(lines) from error


def _line(problem: Problem, lines: dict[Path, int]) -> str:
    path = problem.path
    while path and path not in lines:
        path = path[:-1]
    return _said(problem.line or lines.get(path, 1), _spot(problem.path), problem.text())


def _spot(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path[1:]).removeprefix(".")


def _said(line: int, spot: str, sentence: str) -> str:
    return _("Line %(line)s: %(sentence)s") % {"line": line, "sentence": f"{spot}: {sentence}" if spot else sentence}


def as_text(condition: Any) -> str:
    """Return a condition as a call file writes it; empty for none."""
    return "" if condition is None else value_text(condition)


def _fields(value: Any) -> tuple[shapes.FieldShape, ...]:
    kind: type[Strict] = type(value)
    return shapes.fields(kind)


def as_plain(condition: Any) -> Any:
    """Return a condition as JSON values for the editor; numbers are text, so that none becomes a float."""
    if isinstance(condition, Strict):
        return {field.key: as_plain(getattr(condition, field.name)) for field in _fields(condition)}
    if isinstance(condition, tuple):
        return [as_plain(part) for part in condition]
    return number_text(condition) if isinstance(condition, Decimal) else condition


def asked_about(condition: Any) -> Iterator[str]:
    """Yield the keys of the questions on which a condition rests, as often as it names them."""
    for field in _fields(condition):
        part = getattr(condition, field.name)
        if field.name == "question":
            yield part
        elif isinstance(part, Strict):
            yield from asked_about(part)
        elif isinstance(part, tuple):
            yield from (key for one in part if isinstance(one, Strict) for key in asked_about(one))


def renamed(condition: Any, old: str, new: str) -> Any:
    """Return a condition that asks about ``new`` where it asked about ``old``."""
    changes: dict[str, Any] = {}
    for field in _fields(condition):
        part = getattr(condition, field.name)
        if field.name == "question" and part == old:
            changes[field.name] = new
        elif isinstance(part, Strict):
            changes[field.name] = renamed(part, old, new)
        elif isinstance(part, tuple):
            changes[field.name] = tuple(renamed(one, old, new) if isinstance(one, Strict) else one for one in part)
    return condition.model_copy(update=changes)


@dataclass(frozen=True)
class Broken:
    """A condition that would no longer hold: of which question, and why."""

    key: str
    label: str
    sentence: str


def faults(form: FormSpec, key: str) -> list[str]:
    """Return what is wrong with the condition of one question of a form."""
    return [problem.text() for owner, problem in form_problems(form) if owner.key == key]


def broken(before: FormSpec, after: FormSpec, voice: Voice, *, besides: Collection[str] = ()) -> list[Broken]:
    """Return the conditions that a change of a form breaks, in the order of the form; those faulty before do not count.

    Args:
        besides: keys of questions that are left out, since their own faults are shown elsewhere.
    """
    known = {owner.key for owner, _problem in form_problems(before)}
    found: dict[str, Broken] = {}
    for owner, problem in form_problems(after):
        if owner.key not in known and owner.key not in besides:
            found.setdefault(owner.key, Broken(owner.key, voice.text(owner.label) or owner.key, problem.text()))
    return list(found.values())


def form_problems(form: FormSpec) -> Iterator[tuple[QuestionSpec, Problem]]:
    """Yield the faults of the conditions of a form, each with the question whose condition it is."""
    for problem in form_conditions((), form):
        _sections, section, _questions, question = problem.path[:4]
        yield form.sections[int(section)].questions[int(question)], problem


def earlier(form: FormSpec, key: str) -> list[QuestionSpec]:
    """Return the questions before this one to which one can answer; all where it is not in the form."""
    found: list[QuestionSpec] = []
    for question in form.questions():
        if question.key == key:
            break
        if question.kind not in NO_ANSWER:
            found.append(question)
    return found


def offered(questions: Iterable[QuestionSpec], voice: Voice) -> list[dict[str, Any]]:
    """Return questions as the editor offers them: key, label, what may be asked, and the answers to choose."""
    return [
        {
            "key": question.key,
            "label": voice.text(question.label) or question.key,
            "kind": _manner(question.kind),
            "choices": [[choice.code, voice.text(choice.title) or choice.code] for choice in question.choices],
        }
        for question in questions
    ]


def _manner(kind: str) -> str:
    """How the answers of a kind are compared: as truth, number, choice, text, or only whether there is one."""
    if kind in TRUTH_KINDS:
        return "truth"
    if kind in NUMBER_KINDS:
        return "number"
    if kind in CHOICE_KINDS:
        return "choice"
    return "text" if kind in ("short_text", "long_text", "date") else "any"


def editor_words() -> dict[str, str]:
    """Return the sentences and words of the editor, in the language of the page; those of ``in_words`` are the same."""
    return {
        "equals": _("the answer to “%(question)s” is “%(answer)s”"),
        "in": _("the answer to “%(question)s” is one of these: %(answers)s"),
        "greater": _("the answer to “%(question)s” is more than %(number)s"),
        "answered": _("“%(question)s” is answered"),
        "unanswered": _("“%(question)s” is not answered"),
        "not": _("it is not so that %(condition)s"),
        "and": _(" and "),
        "or": _(" or "),
        "asked": _("Asked only if %(condition)s."),
        "yes": _("yes"),
        "no": _("no"),
        "always": _("Always asked."),
        "all": _("all of these"),
        "any": _("any of these"),
        "none": _("none of this"),
        "is": _("is"),
        "is_one_of": _("is one of"),
        "is_more_than": _("is more than"),
        "is_answered": _("is answered"),
        "is_not_answered": _("is not answered"),
        "add": _("Add a condition"),
        "add_group": _("Add a group"),
        "remove": _("Remove"),
        "question": _("Question"),
        "comparison": _("How the answer is compared"),
        "answer": _("Answer"),
        "group": _("How these go together"),
        "as_text": _("Write it as text"),
        "as_form": _("Choose from lists"),
        "nothing_earlier": _("There is no earlier question on which this one could depend."),
        "unfinished": _("A part of the condition is not finished; it is left out."),
    }
