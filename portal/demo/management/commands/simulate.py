"""``manage.py simulate``: plausible applications for a trial."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from calls.models import Call, Stage
from portal import clock
from portal.demo.simulation import Refusal, Result, Wish, simulate


class Command(BaseCommand):
    help = (
        "Makes plausible applications in a published call, beside those that are there: from real municipalities, "
        "within the call's rules, with answers to every question, files, numbers and snapshots; with --assess also "
        "checks and assessments. The same seed gives the same answers and scores. Nobody is sent a message."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("call", metavar="CALL", help="code of a published call")
        parser.add_argument("--applications", type=_count, required=True, metavar="N", help="how many are submitted")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="default: 1")
        parser.add_argument("--stage", metavar="CODE", help="default: the last stage that has opened")
        parser.add_argument(
            "--assess", action="store_true", help="also check and assess them; the stage must be closed"
        )
        parser.add_argument("--drafts", type=_count, default=0, metavar="N", help="how many more are only begun")
        parser.add_argument(
            "--extra-municipalities",
            type=_count,
            default=0,
            metavar="N",
            help="make sure that there are N municipalities for trials (“Test municipality 00001” …, kind “simulated”) "
            "in the call's countries: room for more applications than the real ones may make",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        call = Call.objects.filter(code=options["call"]).first()
        if call is None:
            raise CommandError(f"There is no call {options['call']}.")
        stage = _stage(call, options["stage"])
        wish = Wish(
            applications=options["applications"],
            seed=options["seed"],
            drafts=options["drafts"],
            assess=options["assess"],
            extra_municipalities=options["extra_municipalities"],
        )
        begun = time.monotonic()
        quiet = options["verbosity"] == 0
        with tqdm(total=wish.applications + wish.drafts, unit=" applications", disable=quiet, leave=False) as bar:
            try:
                result = simulate(call, stage, wish, progress=bar.update)
            except Refusal as refusal:
                raise CommandError(str(refusal)) from refusal
        if not quiet:
            self._report(call, stage, result, time.monotonic() - begun)

    def _report(self, call: Call, stage: Stage, result: Result, seconds: float) -> None:
        if result.new_municipalities:
            self.stdout.write(f"{result.new_municipalities} municipalities for trials were made.")
        numbers = [entry.application.number for entry in result.entries]
        span = f" ({numbers[0]} to {numbers[-1]})" if numbers else ""
        self.stdout.write(
            f"{call.code}, stage {stage.code}: {len(numbers)} applications submitted{span}, "
            f"{len(result.drafts)} begun, {result.assessments} assessments, in {seconds:.1f} s. "
            f"{result.left} more are possible."
        )


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError
    return number


def _stage(call: Call, code: str | None) -> Stage:
    """Return the stage asked for, else the last that has opened, else the first."""
    stages = list(call.stages.order_by("position", "pk"))
    if code is not None:
        found = next((stage for stage in stages if stage.code == code), None)
        if found is None:
            known = ", ".join(stage.code for stage in stages)
            raise CommandError(f"{call.code} has no stage {code}; it has: {known}.")
        return found
    opened = [stage for stage in stages if stage.has_opened(clock.now())]
    if not stages:
        raise CommandError(f"{call.code} has no stage.")
    return opened[-1] if opened else stages[0]
