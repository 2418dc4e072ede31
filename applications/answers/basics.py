"""The section that every form begins with: the lot, the priorities, and what the applicant confirms.

It is made of questions like any other. Their keys hold a point, which no key of a call file does.
"""

from dataclasses import dataclass
from typing import Final

from calls.spec import BUILTIN_SECTION, CallSpec, ChoiceSpec, QuestionSpec, SectionSpec, Text

LOT: Final = "the.lot"
PRIORITY: Final = "priority."
DECLARATION: Final = "declaration."
PRIORITY_WORDS: Final = 100
"""How many words say how a proposal addresses a priority (call file format)."""


class LotChoice(ChoiceSpec):
    """A lot as an answer; its code has capital letters."""

    code: str


class BasicsQuestion(QuestionSpec):
    """A question that the portal asks by itself."""

    key: str
    choices: tuple[LotChoice, ...] = ()


class BasicsSection(SectionSpec):
    questions: tuple[BasicsQuestion, ...] = ()


@dataclass(frozen=True)
class Words:
    """How the built-in section speaks, by language; ``priority`` has the place ``%(title)s``."""

    title: Text
    lot: Text
    priority: Text


def basics_of(call: CallSpec, words: Words) -> SectionSpec:
    """Return the built-in section of a call's forms; its questions may be none."""
    questions = (*_lot(call, words.lot), *_priorities(call, words.priority), *_declarations(call))
    return BasicsSection(code=BUILTIN_SECTION, title=words.title, questions=questions)


def _lot(call: CallSpec, label: Text) -> list[BasicsQuestion]:
    if not call.lots:
        return []
    choices = tuple(LotChoice(code=lot.code, title=lot.title) for lot in call.lots)
    return [BasicsQuestion(key=LOT, kind="choice", label=label, required=True, choices=choices)]


def _priorities(call: CallSpec, label: Text) -> list[BasicsQuestion]:
    return [
        BasicsQuestion(
            key=PRIORITY + priority.code,
            kind="long_text",
            label={language: label[language] % {"title": title} for language, title in priority.title.items()},
            required=call.priorities.cover == "all",
            max_words=PRIORITY_WORDS,
        )
        for priority in call.priorities.list
    ]


def _declarations(call: CallSpec) -> list[BasicsQuestion]:
    return [
        BasicsQuestion(key=DECLARATION + code, kind="declaration", label=text, required=rule.otherwise == "fail")
        for rule in call.eligibility
        for code, text in ([rule.statement] if rule.statement else [])
    ]
