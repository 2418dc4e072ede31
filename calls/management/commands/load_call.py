"""Creates a call from a call file, or brings its draft in line with the file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.callfile import CallFileErrors, Fault, Problem, Reading, read_file
from calls.transfer import WritingRefused, write_call


class Command(BaseCommand):
    """Writes nothing unless the file has no error; all errors are printed."""

    help = str(gettext_lazy("Create a call from a call file, or update it while it is a draft."))

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files; several are loaded one after another, each by itself."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load each file.

        Raises:
            SystemExit: code 1, after all error lines, when a file has any; files without errors are loaded.
        """
        errors = [line for path in options["files"] for line in self._load(path)]
        for line in errors:
            self.stderr.write(line)
        if errors:
            raise SystemExit(1)

    def _load(self, path: Path) -> list[str]:
        try:
            reading = read_file(path)
            call = write_call(reading.call, files=documents(reading, path.parent))
        except CallFileErrors as error:
            return error.lines
        except (WritingRefused, OSError) as error:
            return [f"{path}: {error}"]
        self.stdout.write(_("%(code)s is loaded as a draft.") % {"code": call.code})
        return []


def documents(reading: Reading, folder: Path) -> dict[str, bytes]:
    """The content of the call's documents by their path, from the folder of the call file.

    Raises:
        CallFileErrors: a document is not there, at its line.
    """
    missing = gettext_lazy("there is no file “%(file)s” in the folder of the call file; put it there")
    faults: list[Fault] = []
    found: dict[str, bytes] = {}
    for place, document in enumerate(reading.call.documents):
        path = folder / document.file
        if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            found[document.file] = path.read_bytes()
        else:
            problem = Problem(("call", "documents", place, "file"), missing, {"file": document.file})
            faults.append(reading.fault(problem))
    if faults:
        raise CallFileErrors(faults)
    return found
