"""Calls in the background. Every task is safe to run twice."""

from celery import shared_task

from calls import lifecycle


@shared_task
def publish_scheduled() -> None:
    """Publish the drafts whose planned moment has come."""
    lifecycle.publish_due()
