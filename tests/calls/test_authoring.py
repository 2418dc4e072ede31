"""Calls written part by part in the administration: the machinery that all parts share."""

import re
from typing import Any

import pytest
from django.test import Client

from calls.callfile.dump import dump_text
from calls.models import Call
from calls.transfer import spec_of
from tests.calls.test_admin import Fields
from tests.factories import make_call, make_country, make_staff

pytestmark = pytest.mark.django_db
PILOT, PORTFOLIO, INNOVATION = "M4EG-2021-PILOT", "M4EG-2021-PORTFOLIO", "M4EG-2021-INNOVATION"
PARTS = ("lot", "priority", "rule", "document", "stage")
SHEETS = ("basics", "money", "cover", "questions", "letters")


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(make_staff("programme_officer"))
    return client


def at(call: Call, *steps: Any) -> str:
    return f"/en/admin/calls/call/{call.pk}/setup/" + "".join(f"{step}/" for step in steps)


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return response.content.decode()


def sent(client: Client, path: str, **changes: Any) -> str:
    """Send the form of a page as a browser would, with some fields changed; return the page that follows."""
    values = {**fields(page(client, path)), **changes}
    response = client.post(path, {name: value for name, value in values.items() if value is not None}, follow=True)
    return re.sub(r"[ \n]+", " ", response.content.decode())


class Boxes(Fields):
    """The fields of a page, with every ticked box."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("type") in ("checkbox", "radio"):
            if "checked" in given:
                self.values.setdefault(given["name"], []).append(given.get("value", "on"))  # type: ignore[arg-type, attr-defined]
            return
        super().handle_starttag(tag, attrs)


def fields(html: str) -> dict[str, Any]:
    return dict(Boxes(html).values)


def draft(code: str = PILOT) -> Call:
    for country in ("AM", "AZ", "BY", "GE", "MD", "UA"):
        make_country(country)
    return make_call(code, published=False)


def again(call: Call) -> Call:
    found: Call = Call.objects.get(pk=call.pk)
    return found


# Posted back untouched


@pytest.mark.parametrize("code", [PILOT, INNOVATION, PORTFOLIO])
def test_whatever_is_only_looked_at_and_saved_stays_as_it_was(officer: Client, code: str) -> None:
    call = draft(code)
    before = dump_text(spec_of(again(call)))
    addresses = [at(call, sheet) for sheet in SHEETS]
    for part in PARTS:
        listed = page(officer, at(call, part))
        addresses += sorted(set(re.findall(rf'href="(/en{at(call, part)[3:]}\d+/)"', listed)))
    assert len(addresses) > len(SHEETS) + 2
    for path in addresses:
        assert "Saved." in sent(officer, path), path
    assert dump_text(spec_of(again(call))) == before
