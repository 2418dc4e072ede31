"""Prints the JSON Schema of the call file: ``manage.py call_file_schema > docs/call-file.schema.json``."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext_lazy as _

from calls.callfile.schema import schema_text


class Command(BaseCommand):
    """Needs neither database nor migrations."""

    help = str(_("Print the JSON Schema of the call file."))
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the schema, without a second line break at its end."""
        self.stdout.write(schema_text(), ending="")
