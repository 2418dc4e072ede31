"""Two texts for the same answer: what a colleague saved, and what was just typed. Neither is lost."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from applications.answers import LOT, TEXT_KINDS, clean_section
from applications.answers.merging import mark_of
from applications.forms import posted_answers
from applications.lifecycle import Saved
from applications.messages import say
from applications.presentation import Filled, ShownAnswer, shown
from applications.queries import Dossier
from calls.spec import QuestionSpec, SectionSpec

MINE, THEIRS, BOTH = "mine", "theirs", "both"
KEEP = "form.keep."
TOGETHER = "form.together."


@dataclass(frozen=True)
class Difference:
    """One question that the two answer differently.

    Attributes:
        both: the two texts one after the other, to be made into one; empty where the answer is no text.
    """

    key: str
    label: str
    name: str
    mine: ShownAnswer
    theirs: ShownAnswer
    both: str = ""
    together: str = ""
    rows: int = 4


@dataclass(frozen=True)
class ConflictPage:
    """What ``applications/conflict.html`` prints; ``posted`` is what was typed, to be sent along."""

    title: str
    who: str
    version: int
    marks: str
    differences: tuple[Difference, ...]
    posted: tuple[tuple[str, str], ...]


def conflict_page(
    dossier: Dossier, section: SectionSpec, saved: Saved, data: QueryDict, marks: Mapping[str, str]
) -> ConflictPage:
    """Prepare the page on which a person chooses, question by question, which text stays.

    Args:
        marks: of the answers that the page was made from, as it sent them. For the rest that was just saved, and for
            what the choice is between, those of the answers as they are kept now take their place.
    """
    other = saved.row.answers
    typed = clean_section(section, posted_answers(section, data))
    left, right = (_by_key(dossier, section, answers) for answers in (typed, other))
    changed = [q for q in section.questions if q.key != LOT and q.key in saved.clashing]
    who = saved.row.changed_by
    now = {q.key: mark_of(other.get(q.key)) for q in section.questions if q.key not in saved.theirs}
    return ConflictPage(
        title=say(section.title),
        who=str(who) if who else _("a colleague"),
        version=saved.version,
        marks=json.dumps({**marks, **now}),
        differences=tuple(
            _difference(q, left[q.key], right[q.key], typed.get(q.key), other.get(q.key)) for q in changed
        ),
        posted=tuple(_typed_fields(data)),
    )


def _difference(question: QuestionSpec, mine: ShownAnswer, theirs: ShownAnswer, typed: Any, kept: Any) -> Difference:
    both = ""
    if question.kind in TEXT_KINDS and typed and kept:
        both = f"{typed} {kept}" if question.kind == "short_text" else f"{typed}\n\n{kept}"
    return Difference(
        key=question.key,
        label=say(question.label),
        name=f"{KEEP}{question.key}",
        mine=mine,
        theirs=theirs,
        both=both,
        together=f"{TOGETHER}{question.key}",
        rows=2 if question.kind == "short_text" else 12,
    )


def _typed_fields(data: QueryDict) -> list[tuple[str, str]]:
    own = ("form.", "csrfmiddlewaretoken")
    return [(name, str(value)) for name, values in data.lists() if not name.startswith(own) for value in values]


def _by_key(dossier: Dossier, section: SectionSpec, answers: Mapping[str, Any]) -> dict[str, ShownAnswer]:
    filled = Filled((section,), frozenset(), {section.code: answers}, {}, dossier.sheet.call.currency)
    return {answer.key: answer for answer in shown(filled)[0].answers}


def chosen(section: SectionSpec, data: QueryDict, theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers that a person chose: their own, except where they kept the colleague's or made one of both."""
    typed = clean_section(section, posted_answers(section, data))
    for question in section.questions:
        choice = data.get(f"{KEEP}{question.key}")
        if choice == THEIRS:
            typed[question.key] = theirs.get(question.key)
        elif choice == BOTH:
            typed[question.key] = data.get(f"{TOGETHER}{question.key}", "")
    return typed


def is_choice(data: QueryDict) -> bool:
    """Whether a post comes from the page of choices."""
    return "form.resolve" in data
