"""No page says anything in English to whoever reads in Armenian, not even what a framework put there."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils.translation import trans_real

from tests.portal.permissions.addresses import addresses
from tests.portal.permissions.document import VIEWS, rows
from tests.portal.permissions.scene import Scene
from tests.portal.permissions.table import ACCOUNT, PAGES, RECORDS


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield Scene()
        transaction.set_rollback(True)


def paths(scene: Scene) -> Iterator[str]:
    """Every address of the table that shows a page to somebody, in Armenian."""
    known = addresses()
    for row in (*rows(PAGES, 2), *rows(ACCOUNT, 2)):
        if "+" in row.outcomes[0] and not row.name.startswith(("documents:", "admin:evaluation_export")):
            yield known[row.name].path(scene.things[row.thing])
    for row in rows(RECORDS, 5):
        for view in VIEWS:
            yield known[f"admin:{row.name}_{view}"].path(scene.things[row.thing])


@pytest.mark.django_db
@pytest.mark.timeout(300)
def test_no_page_falls_back_to_english(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    missing: dict[str, str] = {}
    here = ""
    original = trans_real.DjangoTranslation.gettext

    def gettext(self: Any, message: str) -> str:
        if self.language() == "hy" and message not in self._catalog and re.search("[A-Za-z]{2}", message):
            missing.setdefault(message, here)
        return str(original(self, message))

    monkeypatch.setattr(trans_real.DjangoTranslation, "gettext", gettext)
    for sign in "-EAPX":
        client = Client(headers={"accept-language": "hy"})
        person = scene.people[sign]
        if person:
            client.force_login(person)
        for path in paths(scene):
            here = path.replace("/en/", "/hy/", 1)
            client.get(here)
    assert missing == {}
