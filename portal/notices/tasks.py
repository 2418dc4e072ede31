"""Sending in the background, and the clock. Every task is safe to run twice."""

from celery import shared_task

from portal.notices import lifecycle
from portal.notices.models import Message

BATCH = 200


@shared_task
def send_message(pk: int) -> None:
    """Send one message of the outbox."""
    lifecycle.send(pk)


@shared_task
def sweep_outbox() -> None:
    """Send what waits: first attempts whose task was lost, and further attempts that have come due."""
    for pk in Message.objects.due().order_by("next_attempt_at").values_list("pk", flat=True)[:BATCH]:
        lifecycle.send(pk)


@shared_task
def write_reminders() -> None:
    """Write the reminders that are due."""
    lifecycle.write_reminders()
