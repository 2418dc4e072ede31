from typing import Any

from django.core.management.base import BaseCommand

from portal.accounts.registry import load_registry


class Command(BaseCommand):
    help = "Create or renew countries, regions and municipalities from the official lists that the portal carries."

    def handle(self, *args: Any, **options: Any) -> None:
        count = load_registry()
        self.stdout.write(f"{count} municipalities. Belarus has no list yet.")
