"""The demonstration, loaded once for a module of tests and taken back at its end."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings

from calls.callfile import load_file
from calls.lifecycle import publish_anyway
from calls.models import Call, Stage
from calls.spec import CallSpec
from calls.transfer import write_call
from portal import clock
from portal.accounts.registry import load_registry
from portal.demo.loading import load_demonstration
from portal.demo.scenes.stage import FILES, moved


@pytest.fixture(scope="module")
def demonstration(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Everything that ``load_demo`` loads; what a test changes is taken back after it."""
    with django_db_blocker.unblock(), override_settings(DEMONSTRATION=True), transaction.atomic():
        cache.clear()
        assert load_demonstration()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def registry(db: None) -> None:
    load_registry()


def put_on(name: str, stage: str, days: int, **changes: Any) -> tuple[Call, Stage]:
    """Publish a call of the project's call files, with a stage's deadline about so many days from now."""
    spec: CallSpec = moved(load_file(FILES / f"{name}.yaml"), stage, clock.now().date() + timedelta(days=days))
    draft = write_call(spec.model_copy(update=changes))
    opened = min(clock.now(), *(row.opens_at for row in draft.stages.all()))
    call = publish_anyway(draft, by=None, reason="a test", at=opened)
    return call, call.stages.get(code=stage)


@pytest.fixture
def pilot(registry: None) -> tuple[Call, Stage]:
    """The pilot call with its concept notes received, before any assessment."""
    return put_on("m4eg-2021-pilot", "concept", -20)
