"""``manage.py load_demo``: the demonstration, once."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from applications.models import Application
from calls.models import Call
from portal.accounts.models import Municipality
from portal.demo.loading import CODES, NotADemonstration, load_demonstration


class Command(BaseCommand):
    help = (
        "Loads the demonstration: municipalities, pages, people with one known password, and calls (decided, "
        "open, being evaluated, upcoming, cancelled, in the making). Changes nothing where it is there already."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        try:
            loaded = load_demonstration()
        except NotADemonstration as error:
            raise CommandError(str(error)) from error
        if not loaded:
            self.stdout.write("The demonstration is there already; nothing was changed.")
            return
        applications = Application.objects.filter(call__code__in=CODES).count()
        self.stdout.write(
            f"The demonstration is loaded: {Municipality.objects.count()} municipalities, "
            f"{Call.objects.count()} calls, {applications} applications, in {time.monotonic() - begun:.0f} s."
        )
