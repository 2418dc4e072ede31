"""What changed in a call since those who write a draft last took note of it, with links to the questions concerned."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from applications.pages.links import url
from applications.queries import Dossier
from calls.pages.corrigenda import ChangeRow, CorrigendumPage, change_rows, corrigendum_page

FEW = 6
"""So many changes are named on each page of a draft; of the others the number is told."""


@dataclass(frozen=True)
class ChangeLine:
    """One change in a line; ``url`` leads to its question, where the form of the draft has it."""

    line: str
    word: str
    tone: str
    url: str


@dataclass(frozen=True)
class Unread:
    """The corrigenda of which nobody who writes has taken note.

    Attributes:
        number: of the last one: what is confirmed.
        lines: what changed, first what concerns questions of this form; ``more``: so many others.
    """

    number: int
    corrigenda: tuple[CorrigendumPage, ...]
    lines: tuple[ChangeLine, ...]
    more: int
    url: str


def unread_of(dossier: Dossier) -> Unread | None:
    """Prepare the note on each page of a draft; None where there is nothing new."""
    if not dossier.unread:
        return None
    records = [record for corrigendum in dossier.unread for record in corrigendum.changes]
    found = [
        line for record, row in zip(records, change_rows(records), strict=True) for line in _lines(dossier, record, row)
    ]
    found.sort(key=lambda line: not line.url)
    return Unread(
        number=dossier.unread[-1].number,
        corrigenda=tuple(corrigendum_page(one) for one in dossier.unread),
        lines=tuple(found[:FEW]),
        more=max(0, len(found) - FEW),
        url=url("changes", dossier.entry),
    )


def _lines(dossier: Dossier, record: Mapping[str, Any], row: ChangeRow) -> Iterator[ChangeLine]:
    places = [place.split("/", 2) for place in record["questions"]]
    own = [place for place in places if place[0] == dossier.entry.stage.code]
    if places and not own:
        return
    yield ChangeLine(row.line, row.word, row.tone, _address(dossier, own[0]) if own else "")


def changed_questions(dossier: Dossier, section: str) -> dict[str, list[ChangeLine]]:
    """Return what changed in the questions of a section, by their keys, to be said at their fields."""
    records = [record for corrigendum in dossier.unread for record in corrigendum.changes]
    found: dict[str, list[ChangeLine]] = {}
    for record, row in zip(records, change_rows(records), strict=True):
        for place in record["questions"]:
            stage, code, key = place.split("/", 2)
            if (stage, code) == (dossier.entry.stage.code, section):
                found.setdefault(key, []).append(
                    ChangeLine(row.line, row.word, row.tone, url("changes", dossier.entry))
                )
    return found


def _address(dossier: Dossier, place: list[str]) -> str:
    """Return where a question of the form is answered; empty where it is no longer asked."""
    _stage, code, key = place
    section = dossier.sheet.section(code)
    if section is None or all(question.key != key for question in section.questions):
        return ""
    return f"{url('section', dossier.entry, code)}#field-{key}"
