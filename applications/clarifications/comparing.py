"""The answers that were asked for, in two versions beside each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from applications.answers.comparing import changed_keys
from applications.models import Submission
from applications.presentation import Filled, ShownAnswer, filled_submission, shown


@dataclass(frozen=True)
class Compared:
    """One answer in two versions, ready to print; ``after`` is None where there is no later version yet."""

    key: str
    section: str
    section_title: str
    label: str
    before: ShownAnswer
    after: ShownAnswer | None
    changed: bool


def compared(about: Submission, answer: Submission | None, questions: Iterable[str]) -> list[Compared]:
    """Return the answers to these questions in the order of the form, and every other answer that differs.

    Beside the questions an answer differs only where another answer made the form ask for it, or no longer.
    """
    return compared_forms(filled_submission(about), filled_submission(answer) if answer else None, questions)


def compared_forms(before: Filled, after: Filled | None, questions: Iterable[str]) -> list[Compared]:
    """Return the same for two forms with answers; the later one may be what is being written."""
    differing = set(changed_keys(before, after)) if after else set()
    wanted = {*questions, *differing}
    old, new = _answers(before), _answers(after) if after else {}
    return [
        Compared(
            key=key,
            section=code,
            section_title=title,
            label=answer.label,
            before=old[key].answer if key in old else _nothing(answer),
            after=(new[key].answer if key in new else _nothing(answer)) if after else None,
            changed=key in differing,
        )
        for key, (code, title, answer) in {**old, **new}.items()
        if key in wanted
    ]


def _nothing(answer: ShownAnswer) -> ShownAnswer:
    return ShownAnswer(answer.key, answer.kind, answer.label)


class _Placed(NamedTuple):
    """An answer, with code and title of its section."""

    section: str
    title: str
    answer: ShownAnswer


def _answers(form: Filled) -> dict[str, _Placed]:
    return {
        answer.key: _Placed(section.code, section.title, answer)
        for section in shown(form)
        for answer in section.answers
        if answer.kind != "heading"
    }
