"""Texts of which a part has any number, such as the objectives of a lot: lines within its form.

They are added, removed and moved by buttons that send the form without saving it, so no script is needed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from calls.authoring.sent import key_sent
from calls.authoring.words import language_name

Texts = dict[str, str]
_MOST = 200


@dataclass(frozen=True)
class Input:
    """One text in one language."""

    name: str
    language: str
    label: str
    value: str
    error: str = ""


@dataclass(frozen=True)
class TextLine:
    """One line: its place, its inputs by language."""

    place: int
    inputs: tuple[Input, ...]
    first: bool
    last: bool


def said(lines: Sequence[Texts]) -> str:
    """Return lines as one text, to show and to compare them."""
    return "\n".join(" / ".join(text for text in line.values() if text) for line in lines)


class TextLines:
    """The lines of one relation.

    Args:
        name: of the inputs: ``objectives-0-hy``.
        label: what the lines are called.
        data: what was sent; None shows what is kept.
        kept: the texts that the part has.
    """

    def __init__(
        self,
        name: str,
        label: "str | Promise",
        languages: Sequence[str],
        data: Mapping[str, Any] | None,
        kept: Sequence[Texts],
    ) -> None:
        self.name, self.label, self.languages = name, label, list(languages)
        self.kept = list(kept)
        self.texts = list(kept) if data is None or f"{name}-total" not in data else self._sent(data)
        self._do = "" if data is None else str(data.get(f"{name}-do", ""))
        if self.asks_again:
            self._act()

    def _sent(self, data: Mapping[str, Any]) -> list[Texts]:
        total = str(data.get(f"{self.name}-total", "0"))
        count = min(key_sent(total) or 0, _MOST)
        return [
            {code: str(data.get(f"{self.name}-{place}-{code}", "")).replace("\r\n", "\n") for code in self.languages}
            for place in range(count)
        ]

    @property
    def asks_again(self) -> bool:
        """Whether one of the buttons of the lines was pressed."""
        return bool(self._do)

    def _act(self) -> None:
        act, _dash, place = self._do.partition("-")
        sent = key_sent(place)
        spot = -1 if sent is None else sent
        if act == "add":
            self.texts.append({})
        elif act == "remove" and 0 <= spot < len(self.texts):
            del self.texts[spot]
        elif act == "up" and 0 < spot < len(self.texts):
            self.texts[spot - 1 : spot + 1] = self.texts[spot], self.texts[spot - 1]
        elif act == "down" and 0 <= spot < len(self.texts) - 1:
            self.texts[spot : spot + 2] = self.texts[spot + 1], self.texts[spot]

    @property
    def lines(self) -> list[TextLine]:
        """The lines as the page shows them."""
        return [
            TextLine(place, tuple(self._input(place, code) for code in self.languages), not place, self._last(place))
            for place in range(len(self.texts))
        ]

    def _last(self, place: int) -> bool:
        return place == len(self.texts) - 1

    def _input(self, place: int, code: str) -> Input:
        return Input(f"{self.name}-{place}-{code}", code, language_name(code), self.texts[place].get(code, ""))

    @property
    def filled(self) -> list[Texts]:
        """The texts to be kept, without empty lines; what differs only in white space at its ends stays as it was."""
        before = {text.strip(): text for line in self.kept for text in line.values()}
        lines = [{code: before.get(text.strip(), text.strip()) for code, text in line.items()} for line in self.texts]
        return [line for line in lines if any(line.values())]
