"""`manage.py verify_shortlist FILE.json`: does an exported shortlist equal its own recomputation?"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.assessments_file import AssessmentsFileError
from evaluation.content import verify


class Command(BaseCommand):
    """Recompute the ranking, the selection and the digest from the file alone; exit 1 and name each difference."""

    help = "Say whether a shortlist that was exported as JSON equals its own recomputation, and where not."
    requires_system_checks = ()  # the file is all it needs

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.json")

    def handle(self, *args: Any, **options: Any) -> None:
        lines = self.lines(options["file"])
        for line in lines:
            self.stderr.write(line)
        if lines:
            message = ngettext("%(count)d difference.", "%(count)d differences.", len(lines))
            raise CommandError(message % {"count": len(lines)})
        self.stdout.write(_("The shortlist equals its own recomputation."))

    def lines(self, file: Path) -> list[str]:
        """What is wrong with the file, or where it differs."""
        try:
            return verify(file.read_bytes())
        except AssessmentsFileError as errors:
            return list(errors.lines)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
