"""The order of a form: sections with their questions, as keys of rows. Pure."""

from collections.abc import Sequence

from calls.authoring.sent import key_sent

Order = list[tuple[int, list[int]]]
"""Each section with its questions."""


def read(text: str) -> Order:
    """Read "12:3,4;13:" as it is sent by the page; what is no number is left out."""
    order: Order = []
    for part in text.split(";"):
        section, _colon, questions = part.partition(":")
        if (key := key_sent(section)) is not None:
            order.append((key, [sent for one in questions.split(",") if (sent := key_sent(one)) is not None]))
    return order


def written(order: Order) -> str:
    """Return an order as ``read`` takes it."""
    return ";".join(f"{section}:{','.join(map(str, questions))}" for section, questions in order)


def stepped(order: Order, question: int, step: int) -> Order:
    """Move a question one place up (-1) or down (1); past the end of its section it goes on to the next one."""
    made = [(section, list(questions)) for section, questions in order]
    spot = next((place for place, (_section, questions) in enumerate(made) if question in questions), None)
    if spot is None:
        return made
    questions = made[spot][1]
    place = questions.index(question)
    if 0 <= place + step < len(questions):
        questions[place], questions[place + step] = questions[place + step], question
    elif 0 <= spot + step < len(made):
        questions.remove(question)
        made[spot + step][1].insert(0 if step > 0 else len(made[spot + step][1]), question)
    return made


def section_stepped(order: Order, section: int, step: int) -> Order:
    """Move a section one place up (-1) or down (1)."""
    made = list(order)
    place = next((place for place, (key, _questions) in enumerate(made) if key == section), None)
    if place is not None and 0 <= place + step < len(made):
        made[place], made[place + step] = made[place + step], made[place]
    return made


def placed(order: Order, question: int, section: int, before: int | None) -> Order:
    """Put a question into a section, before another one or at its end."""
    made = [(key, [one for one in questions if one != question]) for key, questions in order]
    for key, questions in made:
        if key == section:
            questions.insert(questions.index(before) if before in questions else len(questions), question)
    return made


def same_rows(one: Order, other: Order) -> bool:
    """Whether two orders have the same sections and the same questions, each once."""
    return _rows(one) == _rows(other)


def _rows(order: Order) -> tuple[Sequence[int], Sequence[int]]:
    questions = [key for _section, keys in order for key in keys]
    return sorted(section for section, _keys in order), sorted(questions)
