"""List pages against a view that does nothing."""

from collections.abc import Iterator

from django.test import Client, override_settings
from django.urls import reverse

from bench.measuring import Measured, Work, measure
from portal.accounts.models import Person

_RUNS = 40
_FLOOR = "a view that does nothing"
_PAGES = (
    ("list of calls, for anyone", "calls:list", ""),
    ("own applications, for a clerk", "applications:list", "head@alaverdi.example"),
    ("list of 540 applications, for staff", "admin:applications_application_changelist", "officer@demo.example"),
)


def measured() -> Iterator[Measured]:
    for title, name, email in _PAGES:
        client = Client()
        if email:
            client.force_login(Person.objects.get(email=email))
        yield measure(title, _FLOOR, _page(client, reverse(name)), _bare(client), runs=_RUNS)


def _page(client: Client, address: str) -> Work:
    def work() -> None:
        response = client.get(address)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")

    return work


def _bare(client: Client) -> Work:
    def work() -> None:
        with override_settings(ROOT_URLCONF="bench.bare"):
            client.get("/nothing/")

    return work
