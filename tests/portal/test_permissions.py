"""Who may open what: every address of the portal, asked by everybody, answers as the table says."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from portal.notices.models import Message
from tests.portal.permissions import document
from tests.portal.permissions.addresses import addresses
from tests.portal.permissions.asking import ask, respond, saves
from tests.portal.permissions.document import VIEWS, Row, rows
from tests.portal.permissions.scene import Scene
from tests.portal.permissions.table import ACCOUNT, OUTCOMES, PAGES, PEOPLE, RECORDS

PAGE_ROWS = rows(PAGES, 2)
RECORD_ROWS = rows(RECORDS, len(VIEWS))
ACCOUNT_ROWS = rows(ACCOUNT, 2)


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """The scene, made once for this module in a transaction that is undone in the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Scene()
        transaction.set_rollback(True)


def title(row: Row) -> str:
    return f"{row.name} {row.thing}"


@pytest.mark.django_db
@pytest.mark.parametrize("row", PAGE_ROWS, ids=title)
def test_a_page(scene: Scene, row: Row) -> None:
    path = addresses()[row.name].path(scene.things[row.thing])
    found = tuple("".join(ask(person, method, path) for person in scene.people.values()) for method in ("get", "post"))
    assert found == row.outcomes, f"{''.join(PEOPLE)} at {path}"


@pytest.mark.django_db
@pytest.mark.parametrize("row", RECORD_ROWS, ids=title)
def test_a_record_in_the_administration(scene: Scene, row: Row) -> None:
    found = []
    for view in VIEWS:
        path = addresses()[f"admin:{row.name}_{view}"].path(scene.things[row.thing])
        outcomes = {sign: ask(person, "get", path) for sign, person in scene.people.items()}
        if view == "change":
            outcomes |= {s: "w" for s, given in outcomes.items() if given == "+" and saves(scene.people[s], path)}
        found.append("".join(outcomes.values()))
    assert tuple(found) == row.outcomes, "".join(PEOPLE)


@pytest.mark.django_db
@pytest.mark.parametrize("row", ACCOUNT_ROWS, ids=title)
def test_a_page_of_ones_own_account(scene: Scene, row: Row) -> None:
    path = addresses()[row.name].path(scene.things[row.thing])
    for method, outcomes in zip(("get", "post"), row.outcomes, strict=True):
        found = "".join(ask(person, method, path) for person in scene.people.values())
        assert found == outcomes[0] + outcomes[1] * (len(PEOPLE) - 1), f"{''.join(PEOPLE)} at {path}"


def test_every_address_has_a_line_and_every_line_an_address() -> None:
    listed = [row.name for row in (*PAGE_ROWS, *ACCOUNT_ROWS)]
    listed += [f"admin:{row.name}_{view}" for row in RECORD_ROWS for view in VIEWS]
    assert set(addresses()) == set(listed)


def test_every_line_answers_for_everybody() -> None:
    for row in (*PAGE_ROWS, *RECORD_ROWS):
        for outcomes in row.outcomes:
            assert len(outcomes) == len(PEOPLE), row
            assert set(outcomes) <= set(OUTCOMES), row


@pytest.mark.django_db
def test_another_country_reads_nothing_of_the_municipality(scene: Scene) -> None:
    """A list that opens for a country office shows its own country only; so do the search and the choices."""
    paths = [addresses()[f"admin:{row.name}_changelist"].path({}) for row in RECORD_ROWS if row.outcomes[0][8] == "+"]
    search = [addresses()[name].path({}) + "?s=alav&term=alav&q=alav" for name in ("admin:search", "admin:index")]
    choice = addresses()["admin:autocomplete"].path(scene.things["choice of a municipality"]) + "&term=alav"
    for path in (*paths, *search, choice):
        for sign, sees in (("C", True), ("D", False)):
            response = respond(scene.people[sign], "get", path)
            text = response.content.decode().replace(scene.people[sign].email, "")  # type: ignore[union-attr]
            assert sees or "Alaverdi" not in text, path
    assert "Alaverdi" in respond(scene.people["C"], "get", choice).content.decode()


@pytest.mark.django_db
def test_asking_changes_nothing(scene: Scene) -> None:
    path = addresses()["admin:notices_message_send_again"].path(scene.things["message, given up"])
    assert ask(scene.people["P"], "post", path) == "r"
    assert Message.objects.get(key="failed").state == "failed"


def test_the_document_is_current() -> None:
    assert document.FILE.read_text() == document.document(), "python -m tests.portal.permissions.document"
