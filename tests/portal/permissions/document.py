"""Writes docs/permissions.md from the table."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.embedded import ROOT
from tests.portal.permissions.table import ACCOUNT, OUTCOMES, PAGES, PEOPLE, RECORDS

FILE = ROOT / "docs" / "permissions.md"
VIEWS = ("changelist", "add", "change", "delete", "history")


@dataclass(frozen=True)
class Row:
    """A line of the table: outcomes by column, the address (or model) and what it is about."""

    outcomes: tuple[str, ...]
    name: str
    thing: str = "-"


def rows(text: str, columns: int) -> list[Row]:
    """Return the lines of one of the table's parts; headings, which begin with #, are left out."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    parts = [line.split(maxsplit=columns + 1) for line in lines]
    return [Row(tuple(part[:columns]), part[columns], *part[columns + 1 :]) for part in parts]


def document() -> str:
    """Return the text of docs/permissions.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Who may open what\n"
    yield "Made from `tests/portal/permissions/table.py`, which the tests hold the portal to; an address without a line"
    yield "there fails them. To write it anew: `.venv/bin/python -m tests.portal.permissions.document`.\n"
    yield "People, by the signs at the head of the columns:\n"
    yield from (f"- `{sign}` {who}" for sign, who in PEOPLE.items())
    yield "\nOutcomes:\n"
    yield from (f"- `{sign}` {what}" for sign, what in OUTCOMES.items())
    yield "\nGET looks; POST sends an empty form."
    yield from _pages()
    yield from _records()
    yield from _account()


def _pages() -> Iterator[str]:
    for part in PAGES.strip().split("# ")[1:]:
        title, lines = part.split("\n", 1)
        yield f"\n## {title}\n\n```\n{_head('GET', 'POST')}"
        yield lines.rstrip() + "\n```"


def _records() -> Iterator[str]:
    yield f"\n## Records in the administration\n\n```\n{_head('list', 'add', 'change', 'delete', 'history')}"
    yield RECORDS.strip() + "\n```"


def _account() -> Iterator[str]:
    yield "\n## Login, password, second factor\n"
    yield "GET and POST, each for nobody in particular and for anyone who has logged in.\n\n```"
    yield ACCOUNT.strip() + "\n```"


def _head(*columns: str) -> str:
    signs = "".join(PEOPLE)
    titles = "  ".join(column.ljust(len(signs)) for column in columns).rstrip()
    return f"{titles}\n{'  '.join(signs for _column in columns)}"


if __name__ == "__main__":
    FILE.write_text(document())
