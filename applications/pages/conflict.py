"""Two texts for the same section: what a colleague saved, and what was just typed. Neither is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from applications.answers import LOT, clean_section
from applications.forms import posted_answers
from applications.messages import say
from applications.models import SectionAnswers
from applications.presentation import Filled, ShownAnswer, shown
from applications.queries import Dossier
from calls.spec import SectionSpec

MINE, THEIRS = "mine", "theirs"
KEEP = "form.keep."


@dataclass(frozen=True)
class Difference:
    """One question that the two answer differently."""

    key: str
    label: str
    name: str
    mine: ShownAnswer
    theirs: ShownAnswer


@dataclass(frozen=True)
class ConflictPage:
    """What ``applications/conflict.html`` prints; ``posted`` is what was typed, to be sent along."""

    title: str
    who: str
    version: int
    differences: tuple[Difference, ...]
    posted: tuple[tuple[str, str], ...]


def conflict_page(
    dossier: Dossier, section: SectionSpec, theirs: SectionAnswers | None, data: QueryDict
) -> ConflictPage:
    """Prepare the page on which a person chooses, question by question, which text stays."""
    other = theirs.answers if theirs else {}
    typed = clean_section(section, posted_answers(section, data))
    left, right = (_by_key(dossier, section, answers) for answers in (typed, other))
    changed = [q for q in section.questions if q.key != LOT and typed.get(q.key) != other.get(q.key)]
    who = theirs.changed_by if theirs else None
    return ConflictPage(
        title=say(section.title),
        who=str(who) if who else _("a colleague"),
        version=theirs.version if theirs else 0,
        differences=tuple(
            Difference(q.key, say(q.label), f"{KEEP}{q.key}", left[q.key], right[q.key]) for q in changed
        ),
        posted=tuple(_typed_fields(data)),
    )


def _typed_fields(data: QueryDict) -> list[tuple[str, str]]:
    own = ("form.", "csrfmiddlewaretoken")
    return [(name, str(value)) for name, values in data.lists() if not name.startswith(own) for value in values]


def _by_key(dossier: Dossier, section: SectionSpec, answers: Mapping[str, Any]) -> dict[str, ShownAnswer]:
    filled = Filled((section,), frozenset(), {section.code: answers}, {}, dossier.sheet.call.currency)
    return {answer.key: answer for answer in shown(filled)[0].answers}


def chosen(section: SectionSpec, data: QueryDict, theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers that a person chose: their own, except where they kept the colleague's."""
    typed = clean_section(section, posted_answers(section, data))
    kept = [q.key for q in section.questions if data.get(f"{KEEP}{q.key}") == THEIRS]
    return {**typed, **{key: theirs.get(key) for key in kept}}


def is_choice(data: QueryDict) -> bool:
    """Whether a post comes from the page of choices."""
    return "form.resolve" in data
