"""Corrigenda ready to print, in the language of the page: the notes on a call's page, and the page with all of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from calls.comparison.words import Piece, pieces
from calls.models import Corrigendum
from calls.pages.cards import voice_of
from portal import languages
from portal.content import formatting

WORDS: Final[Mapping[str, tuple["str | Promise", str]]] = {
    "added": (gettext_lazy("New"), "done"),
    "removed": (gettext_lazy("Removed"), "error"),
    "changed": (gettext_lazy("Changed"), "open"),
    "moved": (gettext_lazy("Order"), "neutral"),
}
"""What happened, in a word with its tone."""


@dataclass(frozen=True)
class ChangeRow:
    """One change. ``pieces`` has a long text once, with what went and what came; else old and new stand apart."""

    place: str
    what: str
    word: str
    tone: str
    old: str
    new: str
    pieces: tuple[Piece, ...]

    @property
    def line(self) -> str:
        """The change in a line, for mails: where and what."""
        return ": ".join(part for part in (self.place, self.what) if part)


@dataclass(frozen=True)
class CorrigendumPage:
    """A corrigendum. ``lang`` is the language of the summary where it is not the page's own."""

    number: int
    moment: str
    day: str
    iso: str
    summary: str
    lang: str
    changes: tuple[ChangeRow, ...]
    digest: str
    url: str


def corrigendum_page(corrigendum: Corrigendum) -> CorrigendumPage:
    """Prepare one corrigendum; no query where its call is at hand."""
    call, language = corrigendum.call, languages.active()
    found = languages.fitting([code for code, text in corrigendum.summary.items() if text], language)
    return CorrigendumPage(
        number=corrigendum.number,
        moment=voice_of(call).moment(corrigendum.issued_at),
        day=formatting.day(corrigendum.issued_at, call.time_zone, language),
        iso=corrigendum.issued_at.isoformat(),
        summary=languages.said(corrigendum.summary, language),
        lang="" if found == language else found,
        changes=tuple(change_rows(corrigendum.changes)),
        digest=corrigendum.digest,
        url=f"{reverse('calls:changes', args=[call.code])}#no-{corrigendum.number}",
    )


def change_rows(records: Iterable[Mapping[str, Any]]) -> Iterable[ChangeRow]:
    """Prepare changes as they are kept (``calls.corrigenda.wording``)."""
    for record in records:
        place, what, old, new = (
            languages.said(record[name], languages.active()) for name in ("place", "what", "old", "new")
        )
        word, tone = WORDS[record["kind"]]
        yield ChangeRow(place, what, str(word), tone, old, new, pieces(old, new))


def former_deadlines(corrigenda: Sequence[Corrigendum]) -> dict[str, str]:
    """Return what the deadline of each stage was before it was last moved; ``corrigenda``, the last one first."""
    former: dict[str, str] = {}
    for corrigendum in corrigenda:
        for record in corrigendum.changes:
            path = record["path"]
            if len(path) == len(_DEADLINE) and (path[0], path[2]) == (_DEADLINE[0], _DEADLINE[2]):
                former.setdefault(path[1], languages.said(record["old"], languages.active()))
    return former


_DEADLINE: Final = ("stages", "*", "deadline")
