"""A database server without Armenian letters is refused by commands, and by whatever connects."""

from collections.abc import Iterator

import pytest
from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

from portal import checks, embedded


@pytest.fixture
def unfit(servers: embedded.Place, django_db_blocker: pytest.FixtureRequest) -> Iterator[DatabaseWrapper]:
    """A connection to a database with the plain C locale."""
    with embedded.superuser(servers) as cursor:
        cursor.execute("CREATE DATABASE unfit TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'")
    connection = DatabaseWrapper({**connections["default"].settings_dict, "NAME": "unfit"}, alias="unfit")
    connections["unfit"] = connection
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield connection
        connection.close()
    del connections["unfit"]
    with embedded.superuser(servers) as cursor:
        cursor.execute("DROP DATABASE unfit WITH (FORCE)")


@pytest.mark.django_db
def test_a_fit_server_passes() -> None:
    assert run_checks(tags=[Tags.database], databases=["default"]) == []


def test_no_process_works_on_an_unfit_server(unfit: DatabaseWrapper) -> None:
    for _attempt in ("first", "again"):
        with pytest.raises(ImproperlyConfigured, match="does not know Armenian letters"):
            unfit.ensure_connection()
        unfit.close()


def test_commands_are_told_what_is_wrong(unfit: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_seen", {"unfit"})  # so that the check itself speaks
    messages = run_checks(tags=[Tags.database], databases=["unfit"])
    assert [(message.id, message.msg[:47]) for message in messages] == [
        ("portal.E001", "The database does not know Armenian letters (lo")
    ]
