"""The Celery application: work in the background and the clock that starts it."""

import os
import signal
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

from portal.embedded import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def _end_with_the_worker(**_signal: Any) -> None:
    """A child of a killed worker ends too, instead of going on with a task that is soon given to another."""
    die_with_parent(signal.SIGKILL, os.getppid())
