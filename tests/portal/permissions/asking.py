"""What the portal answers to a person, as one sign."""

from typing import Any

from django.db import transaction
from django.test import Client

from portal.accounts.models import Person

SIGNS = {200: "+", 422: "+", 301: "r", 302: "r", 401: "L", 403: "F", 404: ".", 405: "x"}


def ask(person: Person | None, method: str, path: str) -> str:
    """Send a request as a person (None for nobody) and return its outcome; what it changed is undone."""
    response = respond(person, method, path)
    if response.status_code == 302 and response["Location"].partition("?")[0].endswith("/login/"):
        return "L"
    return SIGNS.get(response.status_code, str(response.status_code))


def respond(person: Person | None, method: str, path: str) -> Any:
    with transaction.atomic():
        client = Client()
        if person is not None:
            client.force_login(person)
        response: Any = getattr(client, method)(path)
        transaction.set_rollback(True)
    return response


def saves(person: Person | None, path: str) -> bool:
    """Whether a page of the administration takes what is sent to it: its form is shown again, with its mistakes."""
    response = respond(person, "post", path)
    return response.status_code == 200 and "adminform" in (response.context or {})
