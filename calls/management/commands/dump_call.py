"""Writes a call back as a call file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.callfile.dump import dump_text
from calls.models import Call
from calls.transfer import CONTENT, spec_of
from portal.documents.storage import open_stored


class Command(BaseCommand):
    """Prints the file; with a folder, writes it there together with the call's documents."""

    help = str(gettext_lazy("Write a call back as a call file."))

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The call, and where to."""
        parser.add_argument("code")
        parser.add_argument("--to", type=Path, metavar="FOLDER", help=_("also writes the documents of the call"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Print or write the file.

        Raises:
            CommandError: there is no such call.
        """
        call = Call.objects.filter(code=options["code"]).prefetch_related(*CONTENT).first()
        if call is None:
            raise CommandError(_("There is no call %(code)s.") % {"code": options["code"]})
        text = dump_text(spec_of(call))
        folder: Path | None = options["to"]
        if folder is None:
            self.stdout.write(text, ending="")
            return
        write_folder(call, text, folder)
        self.stdout.write(_("%(code)s is written to %(folder)s.") % {"code": call.code, "folder": folder})


def write_folder(call: Call, text: str, folder: Path) -> None:
    """Write the call file as ``code.yaml`` in small letters, and its documents beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{call.code.lower()}.yaml").write_text(text, encoding="utf-8")
    for document in call.documents.all():
        path = folder / (document.place or document.file.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_stored(document.file) as content:
            path.write_bytes(content.read())
