"""`manage.py export_shortlist CALL STAGE`: write the shortlist in force as JSON, XLSX or CSV."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from evaluation import exports
from evaluation.models import Shortlist, ShortlistState
from evaluation.queries import shortlist_page


class Command(BaseCommand):
    """Write the whole shortlist, or one country's rows of it with the ranks of the whole."""

    help = "Write the shortlist in force of a stage: JSON (which verify_shortlist reads), XLSX or CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("call", metavar="CALL")
        parser.add_argument("stage", metavar="STAGE")
        parser.add_argument("--format", choices=["json", "xlsx", "csv"], default="json")
        parser.add_argument("--country", default="", help="ISO 3166-1; only its rows (XLSX and CSV)")
        parser.add_argument("--language", choices=["hy", "en"], default="en")
        parser.add_argument("--output", type=Path, help="a file; otherwise the standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        in_force = Shortlist.objects.filter(state=ShortlistState.FROZEN).select_related("stage__call")
        shortlist = in_force.filter(stage__call__code=options["call"], stage__code=options["stage"]).first()
        if shortlist is None:
            raise CommandError(_("This stage has no frozen shortlist."))
        if options["country"] and options["format"] == "json":
            raise CommandError(_("JSON holds the whole shortlist, since only the whole can be verified."))
        with translation.override(options["language"]):
            data = self.render(shortlist, options["format"], options["country"])
        if options["output"]:
            options["output"].write_bytes(data)
        else:
            sys.stdout.buffer.write(data)

    def render(self, shortlist: Shortlist, kind: str, country: str) -> bytes:
        """The file's content."""
        if kind == "json":
            return exports.verifiable(shortlist)
        page = shortlist_page(shortlist, None, country=country)
        return exports.workbook(page) if kind == "xlsx" else b"".join(exports.csv(page))
