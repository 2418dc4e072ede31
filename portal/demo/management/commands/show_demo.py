"""``manage.py show_demo``: the address, who can log in as what, and where sent messages are."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse
from django.utils import translation

from portal.demo.people import PASSWORD, Login, municipality, there

_GAP = "  "


class Command(BaseCommand):
    help = "Prints the address of the demonstration, who can log in as what, and where the sent messages are."

    def handle(self, *args: Any, **options: Any) -> None:
        people = list(there())
        if not people:
            self.stdout.write("The demonstration is not loaded: manage.py load_demo")
            return
        with translation.override("en"):
            self.stdout.write("\n".join(_lines(people)))


def _lines(people: Sequence[Login]) -> Iterator[str]:
    yield f"Address   {settings.SITE_URL}{reverse('home')}"
    yield f"Log in    {settings.SITE_URL}{reverse('account_login')}"
    yield f"Staff     {settings.SITE_URL}{reverse('admin:index')}"
    yield f"Password  {PASSWORD}   for everybody below"
    yield ""
    yield from _table([("Log in as", "Who", "What to try"), *map(_row, people)])
    yield ""
    yield f"Messages  {settings.SITE_URL}{reverse('admin:notices_message_changelist')}   (as administrator)"
    yield f"          {settings.VAR_DIR / 'mail'}   (each e-mail as a file)"


def _row(login: Login) -> tuple[str, str, str]:
    return login.email, _who(login), login.try_this


def _who(login: Login) -> str:
    role = login.role.replace("_", " ")
    if login.municipality:
        return f"{municipality(login.municipality)}: {role}"
    return f"{role} {login.country}".strip()


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield _GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
