"""Applications in the background. Every task is safe to run twice."""

from celery import shared_task

from applications.lifecycle import clarifying


@shared_task
def lapse_clarifications() -> None:
    """End the requests for clarification whose time has passed without an answer."""
    clarifying.lapse_due()
