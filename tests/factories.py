"""People, municipalities and calls for tests: plain functions that make real rows by the portal's own functions."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from applications.models import StageEntry
from calls.callfile import load_file
from calls.models import Call, CallState, Lot, Stage
from calls.spec import CallSpec
from calls.transfer import write_call
from portal import clock
from portal.accounts.models import Country, Membership, Municipality, Person, Region, StaffRole

CALL_FILES = Path(__file__).parent.parent / "calls" / "data" / "calls"
PASSWORD = "a long walk by the lake"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\nxref\n0 4\n0000000000 65535 f \n"
    b"0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n"
    b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n"
)
"""The smallest PDF with a page."""

_COUNTRIES = {
    "AM": ("Հայաստան", "Armenia", "Asia/Yerevan"),
    "AZ": ("Ադրբեջան", "Azerbaijan", "Asia/Baku"),
    "BY": ("Բելառուս", "Belarus", "Europe/Minsk"),
    "GE": ("Վրաստան", "Georgia", "Asia/Tbilisi"),
    "MD": ("Մոլդովա", "Moldova", "Europe/Chisinau"),
    "UA": ("Ուկրաինա", "Ukraine", "Europe/Kyiv"),
}
_numbers = count(1)


def make_country(code: str = "AM", **fields: Any) -> Country:
    """A country of the programme, made once; ``fields`` change the one that is there."""
    hy, en, zone = _COUNTRIES[code]
    country, _made = Country.objects.update_or_create(
        code=code, defaults={"name_hy": hy, "name_en": en, "time_zone": zone, **fields}
    )
    return country


def make_region(code: str = "AM-LO") -> Region:
    region, _made = Region.objects.get_or_create(
        code=code, defaults={"country": make_country(code[:2]), "name_hy": code, "name_en": code}
    )
    return region


def make_municipality(name: str = "Alaverdi", *, country: str = "AM", **fields: Any) -> Municipality:
    """A municipality; its Armenian name is the English one with «համայնք» unless ``name_hy`` is given."""
    values = {
        "code": f"{country}{next(_numbers):04d}",
        "name_hy": f"{name} համայնք",
        "name_en": name,
        "population": 12_000,
    }
    made: Municipality = Municipality.objects.create(country=make_country(country), **{**values, **fields})
    return made


def make_person(email: str = "", *, language: str = "en", **fields: Any) -> Person:
    """A person who can log in with ``PASSWORD``."""
    email = email or f"person{next(_numbers)}@example.org"
    return Person.objects.create_user(email, PASSWORD, language=language, **{"name": email.split("@")[0], **fields})


def make_member(municipality: Municipality, role: str = "editor", **fields: Any) -> Person:
    """A person who works for a municipality."""
    person = make_person(**fields)
    Membership.objects.create(person=person, municipality=municipality, role=role)
    return person


def make_staff(role: str = "programme_officer", *, country: str | None = None, **fields: Any) -> Person:
    """A person who works for the programme in one role."""
    person = make_person(**{"is_staff": True, **fields})
    StaffRole.objects.create(person=person, role=role, country=make_country(country) if country else None)
    return person


@cache
def call_file(code: str) -> CallSpec:
    """The plain values of one of the call files that the portal carries."""
    return load_file(CALL_FILES / f"{code.lower()}.yaml")


def moved(spec: CallSpec, stage: str, deadline: datetime) -> CallSpec:
    """The same call with all its moments moved so that a stage ends at this aware moment."""
    target = next(one for one in spec.stages if one.code == stage)
    shift = deadline.astimezone(ZoneInfo(spec.time_zone)).replace(tzinfo=None) - target.deadline
    stages = tuple(
        one.model_copy(update={"opens": one.opens + shift, "deadline": one.deadline + shift}) for one in spec.stages
    )
    asked = {name: getattr(spec, name) and getattr(spec, name) + shift for name in ("questions_until", "answers_until")}
    return spec.model_copy(update={"stages": stages, **asked})


def make_call(
    code: str = "M4EG-2021-PORTFOLIO",
    *,
    deadline: datetime | None = None,
    stage: str = "",
    change: Callable[[CallSpec], CallSpec] | None = None,
    published: bool = True,
) -> Call:
    """A call from one of the call files, by default published and open for ten more days.

    Args:
        deadline: when ``stage`` (by default the first) ends; the other moments keep their distance from it.
        change: makes the plain values other ones before they are written.
    """
    spec = call_file(code)
    spec = moved(spec, stage or spec.stages[0].code, deadline or clock.now() + timedelta(days=10))
    call = write_call(change(spec) if change else spec)
    if published:
        Call.objects.filter(pk=call.pk).update(state=CallState.PUBLISHED, published_at=clock.now())
        call.refresh_from_db()
    return call


def stage_of(call: Call, code: str = "") -> Stage:
    """A stage of a call, by default the first."""
    stages = Stage.objects.filter(call=call, **({"code": code} if code else {}))
    return stages.select_related("call").order_by("position")[0]


def lot_of(call: Call, code: str) -> Lot:
    return Lot.objects.get(call=call, code=code)


def make_draft(
    call: Call, municipality: Municipality, *, by: Person | None = None, lot: str = "", stage: str = ""
) -> StageEntry:
    """An application that was begun in a call that is open."""
    from applications.lifecycle import start_application

    by = by or make_member(municipality)
    return start_application(call, stage_of(call, stage), municipality, lot_of(call, lot) if lot else None, by=by)
