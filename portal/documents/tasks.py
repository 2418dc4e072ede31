"""What the clock and arriving files start: scans and tidying up. Every task is safe to run twice."""

import structlog
from celery import shared_task

from portal.documents import leftovers, scanning, uploads

log = structlog.get_logger(__name__)


@shared_task
def scan_file(pk: int) -> None:
    """Have one file scanned; where the scanner does not answer, the sweep tries again."""
    try:
        scanning.scan(pk)
    except scanning.NoAnswer as error:
        log.warning("file not scanned yet", file=pk, error=str(error))


@shared_task
def sweep_scans() -> None:
    """Scan what waits."""
    scanning.sweep()


@shared_task
def sweep_uploads() -> None:
    """Give up uploads that nobody went on with."""
    uploads.sweep()


@shared_task
def sweep_leftovers() -> None:
    """Remove files that no row knows."""
    leftovers.sweep()
