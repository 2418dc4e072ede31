"""``manage.py load_pages``: the pages that every portal begins with."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.content.lifecycle import load_pages


class Command(BaseCommand):
    help = "Creates the initial pages (about, help, privacy, accessibility) that do not exist yet."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_pages()} pages created")
