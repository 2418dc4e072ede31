"""`manage.py rank CALL.yaml STAGE ASSESSMENTS.json`: recompute a ranking without a database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.callfile import CallFileErrors, load_file
from evaluation.assembly import frame_of
from evaluation.assessments_file import AssessmentsFileError, StageFrame, recompute
from evaluation.ranking_json import result_text


class Command(BaseCommand):
    """Print the ranking as JSON. With any fault: name every fault on the error stream, exit 1."""

    help = "Recompute a stage's ranking from a call file and an assessments file, and print it as JSON."
    requires_system_checks = []  # no database, no cache: two files are all it needs

    def add_arguments(self, parser: CommandParser) -> None:
        """The two files, and the stage between them."""
        parser.add_argument("call_file", type=Path, metavar="CALL.yaml")
        parser.add_argument("stage", metavar="STAGE")
        parser.add_argument("assessments_file", type=Path, metavar="ASSESSMENTS.json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read both files, rank, print."""
        try:
            frame = self.frame(options["call_file"], options["stage"])
            ranking = recompute(options["assessments_file"].read_bytes(), frame)
        except (CallFileErrors, AssessmentsFileError) as errors:
            self.refuse([str(line) for line in errors.lines])
        except OSError as error:
            self.refuse([f"{error.filename}: {error.strerror}"])
        else:
            self.stdout.write(result_text(ranking))

    def frame(self, call_file: Path, stage: str) -> StageFrame:
        """The stage's grid and the call's lots."""
        call = load_file(call_file)
        frame = frame_of(call, stage)
        if frame is None:
            known = ", ".join(one.code for one in call.stages if one.evaluation is not None)
            values = {"stage": stage, "known": known or "–"}
            message = _("%(stage)s: the call evaluates no such stage, but %(known)s")
            raise AssessmentsFileError([message % values])
        return frame

    def refuse(self, lines: list[str]) -> None:
        """Every fault on a line of its own, then the end."""
        for line in lines:
            self.stderr.write(line)
        count = len(lines)
        message = ngettext("%(count)d error, nothing was ranked.", "%(count)d errors, nothing was ranked.", count)
        raise CommandError(message % {"count": count})
