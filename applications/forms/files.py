"""A file as a line of a list: with its small picture, whether it was checked for viruses, and a button to remove it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.models import Attachment
from applications.presentation import ShownFile, file_size, preview_url, scan_sign
from portal.documents.models import Scan, StoredFile


def shown_file(stored: StoredFile) -> ShownFile:
    """Return a stored file ready to print."""
    return ShownFile(
        stored.name,
        file_size(stored.size),
        reverse("documents:file", args=[stored.token, stored.name]),
        stored.sha256,
        preview=preview_url(stored.kind, stored.token),
        scan=scan_sign(stored.scan),
    )


def row_of(key: int, file: ShownFile) -> dict[str, Any]:
    """Return a file of a draft as ``components/file_item.html`` takes it."""
    return {
        "name": file.name,
        "size": file.size,
        "url": file.url,
        "preview": file.picture,
        "scan": file.scan,
        "remove_name": "form.remove-file",
        "remove_value": key,
    }


def file_row(attachment: Attachment) -> dict[str, Any]:
    """Return an attachment of a draft as ``components/file_item.html`` takes it."""
    return row_of(attachment.pk, shown_file(attachment.file))


def infected_files(entry: int, questions: Sequence[str]) -> Mapping[str, list[tuple[str, str]]]:
    """Return names and reasons of the files that were taken out for a virus, by question.

    Those of a question are told until another file was put in their place. One query where a scanner is set up.
    """
    if not settings.CLAMAV:
        return {}
    rows = Attachment.objects.filter(entry=entry, question__in=questions).select_related("file").order_by("pk")
    told: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        if row.file.scan != Scan.INFECTED:
            told.pop(row.question, None)
        elif row.removed_at:
            told.setdefault(row.question, []).append((row.file.name, _reason(row.file)))
    return told


def _reason(file: StoredFile) -> str:
    reason = _("A virus was found in this file (%(virus)s), so it was taken out. Please have your computer checked.")
    return reason % {"virus": file.virus}
