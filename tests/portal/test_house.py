"""The house as a whole: history that forgets nothing, settings that are written down, migrations that are complete."""

import ast
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

import pghistory.models
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import Model

from portal.embedded import ROOT
from scripts import lint_sizes

# What history leaves out on purpose: personal fields, so that a person can be erased or stays unknown, and computed
# keys.
LEFT_OUT = {
    "accounts.Municipality": {"sort_key"},
    "applications.Helper": {"email", "name", "secret"},
    "accounts.Person": {"email", "last_login", "name", "password", "phone"},
    "calls.Enquiry": {"asked_by_id", "digest", "municipality_id", "reason", "text"},
}
# Without history: what never changes, what is a counter or computed, what people choose for themselves alone, what
# colleagues say to each other, and drafts, which have versions of their own.
UNTRACKED = {
    "applications.AnswersVersion",
    "applications.Attachment",
    "applications.NumberSeries",
    "applications.Remark",
    "applications.SectionAnswers",
    "applications.Submission",
    "calls.CallAnnouncement",
    "calls.CallSearch",
    "calls.CallSubscription",
    "calls.Corrigendum",
    "calls.SavedSearch",
    "documents.StoredFile",
    "documents.Upload",
    "documents.UploadChunk",
    "evaluation.ShortlistRow",
    "grants.LetterSeries",
    "notices.Message",
}
OURS = ("accounts", "notices", "documents", "content", "calls", "applications", "evaluation", "grants")


# --- history


def events() -> list[Any]:
    return [model for model in apps.get_models() if issubclass(model, pghistory.models.Event)]


def columns(model: type[Model]) -> set[str]:
    return {name for field in model._meta.concrete_fields if not (name := str(field.column)).startswith("pgh_")}


def test_every_model_is_tracked_or_known_not_to_be() -> None:
    tracked = {event.pgh_tracked_model._meta.label for event in events()}
    ours = {model._meta.label for label in OURS for model in apps.get_app_config(label).get_models()}
    assert ours - tracked - {event._meta.label for event in events()} == UNTRACKED


@pytest.mark.parametrize("event", events(), ids=lambda event: event._meta.label)
def test_history_has_every_column(event: Any) -> None:
    """A translated model that is tracked too early would leave its texts out."""
    model = event.pgh_tracked_model
    assert columns(model) - columns(event) == LEFT_OUT.get(model._meta.label, set())
    assert columns(event) <= columns(model)


@pytest.mark.django_db
@pytest.mark.parametrize("event", events(), ids=lambda event: event._meta.label)
def test_the_triggers_write_every_column(event: Any) -> None:
    """The function behind each trigger names all columns of the event table, those of the languages too."""
    table = event.pgh_tracked_model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.prosrc FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid "
            "WHERE t.tgrelid = %s::regclass AND f.prosrc LIKE %s",
            [table, f'%INSERT INTO "{event._meta.db_table}"%'],
        )
        sources = [source for (source,) in cursor.fetchall()]
    assert len(sources) == 3, "insert, update, delete"
    for source in sources:
        assert {column for column in columns(event) if f'"{column}"' not in source} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("event", events(), ids=lambda event: event._meta.label)
def test_the_role_that_serves_only_reads_and_adds_to_history(event: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT privilege_type FROM information_schema.role_table_grants "
            "WHERE table_name = %s AND grantee = 'portal_app'",
            [event._meta.db_table],
        )
        assert sorted(name for (name,) in cursor.fetchall()) == ["INSERT", "SELECT"]


# --- migrations, driver


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_the_driver_is_psycopg2() -> None:
    assert find_spec("psycopg") is None
    with pytest.raises(PackageNotFoundError):
        version("psycopg")
    assert version("psycopg2-binary")


# --- settings


def names_in(path: Path) -> Iterator[str]:
    """Yield the names that a module asks the environment for."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            asked = ast.unparse(node.func)
            if asked == "env" or asked.startswith("env.") or asked == "os.environ.get":
                yield str(node.args[0].value)
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            yield str(ast.literal_eval(node.slice))


def test_every_setting_is_written_down_and_no_other() -> None:
    modules = [ROOT / "manage.py", *(ROOT / "portal").rglob("*.py")]
    asked = set(chain.from_iterable(map(names_in, modules)))
    written = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
    assert len(written) == len(set(written))
    assert asked == set(written)


# --- sizes


def test_nothing_is_too_long_to_be_read_at_once() -> None:
    assert [fault for path in lint_sizes.modules() for fault in lint_sizes.faults(path)] == []


def test_what_is_too_long_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint_sizes, "ROOT", tmp_path)
    (tmp_path / "long.py").write_text("def f():\n" + "    x = 1\n" * 60 + "\n" * 340)
    assert list(lint_sizes.faults(tmp_path / "long.py")) == [
        "long.py: 401 lines, 400 are the most",
        "long.py:1: f has 61 lines, 60 are the most",
    ]
