"""Letters in the background. Every task is safe to run twice."""

from celery import shared_task

from grants import lifecycle

BATCH = 100


@shared_task
def render_letter(pk: int) -> None:
    """Make one letter and tell the municipality."""
    lifecycle.render_letter(pk)


@shared_task
def sweep_letters() -> None:
    """Make the letters whose task was lost, with a worker or with the broker."""
    lifecycle.render_waiting(BATCH)
