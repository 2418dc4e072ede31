"""Two submissions beside each other: what an answer was, and what it is now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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
    after: ShownAnswer | None = None

    @property
    def changed(self) -> bool:
        return self.after is not None and self.before != self.after


def compared(about: Submission, answer: Submission | None, questions: Iterable[str]) -> list[Compared]:
    """Return the answers to these questions in the order of the form, and every other answer that differs.

    Beside the questions an answer differs only where another answer made the form ask for it, or no longer.
    """
    return compared_forms(filled_submission(about), filled_submission(answer) if answer else None, questions)


def compared_forms(before: Filled, after: Filled | None, questions: Iterable[str]) -> list[Compared]:
    """Return the same for two forms with answers; the later one may be what is being written."""
    asked, later = set(questions), {answer.key: answer for _s, _t, answer in _answers(after)} if after else {}
    found, known = [], set()
    for section, title, was in _answers(before):
        now = (later.get(was.key) or _nothing(was)) if after else None
        known.add(was.key)
        if was.key in asked or (now is not None and now != was):
            found.append(Compared(was.key, section, title, was.label, was, now))
    for section, title, now in _answers(after) if after else ():
        if now.key not in known and not now.empty:
            found.append(Compared(now.key, section, title, now.label, _nothing(now), now))
    return found


def _nothing(answer: ShownAnswer) -> ShownAnswer:
    return ShownAnswer(answer.key, answer.kind, answer.label)


def _answers(form: Filled) -> Iterator[tuple[str, str, ShownAnswer]]:
    for section in shown(form):
        for answer in section.answers:
            if answer.kind != "heading":
                yield section.code, section.title, answer
