"""What cannot be run here is at least held to what the code expects of it."""

import json
import re
import subprocess
from typing import Any

import pytest
import yaml

from portal.embedded import ROOT

LOCKS = ("requirements.txt", "requirements-dev.txt", "scripts/uv.txt", "scripts/node.txt")


def _compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_the_application_never_learns_the_owners_password() -> None:
    with_it = [name for name, service in _compose()["services"].items() if "OWNER_PASSWORD" in json.dumps(service)]
    assert with_it == ["database", "migrate"]


def test_every_variable_of_the_deployment_has_its_line_in_the_example() -> None:
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    given = set(re.findall(r"^(\w+)=", (ROOT / "docker" / "env.example").read_text(), re.MULTILINE))
    assert used == given


def test_the_deployment_has_the_locale_that_the_portal_insists_on() -> None:
    arguments = _compose()["services"]["database"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    keeper = (ROOT / "portal" / "keeper.py").read_text()
    assert len(arguments) == 4
    assert [argument for argument in arguments if f'"{argument}"' not in keeper] == []


def test_files_that_the_deployment_mounts_exist() -> None:
    for service in _compose()["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (ROOT / source).is_file(), source


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_have_hashes_and_name_no_registry(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert re.findall(r"://|--(?:extra-)?index|--find-links", text) == []
    pinned = re.findall(r"^[\w.\[\]-]+==", text, re.MULTILINE)
    assert pinned
    assert len(re.findall(r"^\S.*\\\n    --hash=sha256:", text, re.MULTILINE)) == len(pinned)


def test_the_front_end_lock_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in packages.items() if name)


def test_the_development_lock_contains_the_other_one_unchanged() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==[^ \\]+", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def test_the_second_postgresql_driver_stays_out() -> None:
    """Django would silently use it in place of psycopg2."""
    names = re.findall(r"^([\w-]+)", (ROOT / "requirements-dev.txt").read_text(), re.MULTILINE)
    assert [name for name in names if name.startswith("psycopg")] == ["psycopg2-binary"]


def test_what_continuous_integration_runs_is_in_the_readme() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["make test"]
    assert "make test" in (ROOT / "README.md").read_text()


def test_nothing_that_is_made_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    made = [name for name in listed.splitlines() if re.search(r"^(\.venv|var|node_modules|static/vendor)/|\.mo$", name)]
    assert made == []
