"""What paper needs to know of texts and tables: in which language a text is read aloud, how wide a column is."""

from collections import Counter
from typing import Final

from django import template

from applications.presentation import Cells, ShownTable
from portal import languages

register = template.Library()

_SCRIPTS: Final = (("hy", "\u0531", "\u058a"), ("ka", "\u10a0", "\u10ff"), ("uk", "\u0400", "\u04ff"))
_CYRILLIC: Final = frozenset({"uk", "ru"})
_LATIN: Final = frozenset({"en", "ro", "az"})
_LOOKED_AT: Final = 300
"""How many signs of a text are looked at."""
_LINE: Final = 100
"""How many signs of a table's size stand in a line of the page."""
_MOST, _LEAST, _SHORT, _GAP = 36, 8, 16, 3


@register.filter
def tongue(text: str, usual: str = "en") -> str:
    """Return the language of a text by its letters: ``{{ text|tongue:"hy" }}``; empty where it is that of the page.

    Args:
        usual: the language in which its writer writes, where several have the same letters.
    """
    found = _language(str(text), usual)
    return "" if found == languages.active() else found


def _language(text: str, usual: str) -> str:
    """Return the language of most letters, the page's own where there are none."""
    scripts = Counter(script for sign in text[:_LOOKED_AT] if (script := _script(sign)))
    if not scripts:
        return languages.active()
    ((script, _count),) = scripts.most_common(1)
    kin = _CYRILLIC if script == "uk" else _LATIN if script == "en" else frozenset({script})
    return usual if usual in kin else script


def _script(sign: str) -> str:
    if sign.isascii():
        return "en" if sign.isalpha() else ""
    return next((code for code, first, last in _SCRIPTS if first <= sign <= last), "en" if sign.isalpha() else "")


@register.filter
def column_widths(table: ShownTable) -> list[int]:
    """Return how wide the columns of a table are on paper, in thousandths, by what stands in them.

    Numbers and short words are not broken, so their columns are as wide as they need; texts share the rest. Were the
    widths left to the drawing, it would try them all out, and a long table would take several times as long.
    """
    columns = list(zip(table.head, *table.rows, *([table.foot] if table.foot else []), strict=False))
    needs = [(_need(column), column[0].number) for column in columns]
    whole = [need if number or need <= _SHORT else 0 for need, number in needs]
    texts = [0 if kept else need for (need, _number), kept in zip(needs, whole, strict=True)]
    room = max(_LINE - sum(whole), _LEAST * sum(map(bool, texts)))
    widths = [kept or max(room * text // sum(texts), _LEAST) for kept, text in zip(whole, texts, strict=True)]
    return [1000 * width // sum(widths) for width in widths]


def _need(column: Cells) -> int:
    """Return how many signs a column should have room for: those of its longest cell, of its head the longest word."""
    head, *cells = column
    words = max((len(word) for word in head.text.split()), default=0)
    longest = max((len(cell.text) for cell in cells), default=0)
    return _GAP + max(words, longest if head.number else min(longest, _MOST))
