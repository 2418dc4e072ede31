"""Changes of pages: saving, deleting, and loading those that every portal begins with."""

from pathlib import Path

import yaml
from django.db import transaction

from portal.content import queries
from portal.content.models import Page

INITIAL_PAGES = Path(__file__).parent / "data" / "pages.yaml"


def save_page(page: Page) -> None:
    """Save a page; the footer shows the change at once."""
    page.save()
    transaction.on_commit(queries.forget_footer)


def delete_page(page: Page) -> None:
    """Delete a page; the footer shows the change at once."""
    page.delete()
    transaction.on_commit(queries.forget_footer)


@transaction.atomic
def load_pages(path: Path = INITIAL_PAGES) -> int:
    """Create the pages of a YAML file that do not exist yet, and return how many.

    A page that is there, by its address, is left as somebody may have edited it; so this can be run again.
    """
    there = set(Page.objects.values_list("slug", flat=True))
    rows = [row for row in yaml.safe_load(path.read_text(encoding="utf-8")) if row["slug"] not in there]
    for position, row in enumerate(rows, len(there) + 1):
        Page.objects.create(
            slug=row["slug"],
            in_footer=row.get("in_footer", True),
            position=position,
            **{f"{name}_{language}": text for name in ("title", "body") for language, text in row[name].items()},
        )
    transaction.on_commit(queries.forget_footer)
    return len(rows)
