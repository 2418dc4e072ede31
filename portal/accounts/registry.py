"""Countries, regions and municipalities from the official lists that the portal carries (``data/``).

Sources: national registers, as facts; coordinates from GeoNames (CC BY 4.0). Belarus has no list yet.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pycountry
import yaml
from django.db import transaction

from portal.accounts.models import Country, CountryOffice, Municipality, Region

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Row:
    """A municipality as a list gives it."""

    country: str
    code: str
    name_en: str
    name_hy: str
    native: str = ""
    kind: str = ""
    region: str = ""
    region_names: dict[str, str] = field(default_factory=dict)
    merged_into: str = ""
    merged_on: date | None = None
    population: int | None = None
    lat: Decimal | None = None
    lon: Decimal | None = None


def _armenia(line: dict[str, str]) -> Row:
    merged = line["merged_when"]
    return Row(
        country="AM",
        code=line["code"],
        name_en=line["name_en"],
        name_hy=line["name_hy"],
        native=line["name_hy"],
        region=line["iso_3166_2"],
        region_names={"hy": line["marz_hy"], "en": line["marz_en"], "full_hy": line["marz_full_hy"]},
        merged_into=line["merged_into_code"],
        merged_on=date.fromisoformat(f"{merged}-01"[:10]) if merged else None,
        population=int(line["population"]) if line["population"] else None,
        lat=Decimal(line["lat"]) if line["lat"] else None,
        lon=Decimal(line["lon"]) if line["lon"] else None,
    )


def _georgia(line: dict[str, str]) -> Row:
    return Row(
        country="GE",
        code=f"{line['iso_3166_2']}:{line['name_en']}",
        name_en=line["name_en"],
        name_hy=line["name_en"],
        native=line["name_ka"],
        kind=line["kind"],
        region=line["iso_3166_2"],
        region_names={"en": line["region_en"]},
    )


def _moldova(line: dict[str, str]) -> Row:
    region = line["parent_iso"] or line["iso_3166_2"]
    return Row(
        country="MD",
        code=line["iso_3166_2"] or f"{region}:{line['name_en']}",
        name_en=line["name_en"],
        name_hy=line["name_en"],
        native=line["name_ro"],
        kind=(line["type"] or line["kind"]).lower(),
        region=region,
    )


def _ukraine(line: dict[str, str]) -> Row:
    return Row(
        country="UA",
        code=line["katottg"],
        name_en=line["name_en"],
        name_hy=line["name_en"],
        native=line["name_uk"],
        kind=line["type"],
        region=line["iso_3166_2"],
        region_names={"en": line["oblast_en"]},
        population=int(line["population_2022"]) if line["population_2022"] else None,
    )


def _azerbaijan(line: dict[str, str]) -> Row:
    return Row(
        country="AZ",
        code=line["iso_3166_2"],
        name_en=line["name_en"],
        name_hy=line["name_en"],
        native=line["name_az"],
        kind=line["type"],
        region=line["parent"],
    )


READERS: dict[str, Callable[[dict[str, str]], Row]] = {
    "am": _armenia,
    "az": _azerbaijan,
    "ge": _georgia,
    "md": _moldova,
    "ua": _ukraine,
}


def rows() -> Iterator[Row]:
    """Yield every municipality of the lists."""
    for country, read in READERS.items():
        with (DATA / f"municipalities_{country}.csv").open(encoding="utf-8", newline="") as file:
            yield from map(read, csv.DictReader(file))


@transaction.atomic
def load_registry() -> int:
    """Create or renew countries, regions and municipalities; return how many municipalities the lists hold.

    Running it again changes only what the lists changed. A suspension and an office's contacts stay as staff set them.
    """
    _load_countries()
    listed = list(rows())
    _load_regions(listed)
    Municipality.objects.bulk_create(
        [_municipality(row) for row in listed],
        update_conflicts=True,
        unique_fields=["country", "code"],
        update_fields=[
            "name",
            "name_hy",
            "name_en",
            "native_name",
            "kind",
            "region",
            "population",
            "lat",
            "lon",
        ],
    )
    _load_mergers(listed)
    return len(listed)


def _load_countries() -> None:
    for entry in yaml.safe_load((DATA / "countries.yaml").read_text(encoding="utf-8")):
        note = entry.get("note", {})
        texts = {f"name_{language}": text for language, text in entry["name"].items()}
        texts |= {f"note_{language}": note.get(language, "") for language in ("hy", "en")}
        country, _created = Country.objects.update_or_create(
            code=entry["code"], defaults={"time_zone": entry["time_zone"], **texts}
        )
        if office := entry.get("office"):
            CountryOffice.objects.get_or_create(
                country=country,
                defaults={"name_hy": office["hy"], "name_en": office["en"], "email": office["email"]},
            )


def _load_regions(listed: list[Row]) -> None:
    regions = {row.region: row for row in listed if row.region}
    Region.objects.bulk_create(
        [_region(row) for row in regions.values()],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "name_hy", "name_en", "full_name", "full_name_hy", "full_name_en"],
    )


def _region(row: Row) -> Region:
    english = row.region_names.get("en") or _official_name(row.region)
    names: dict[str, Any] = {
        "name": english,
        "name_en": english,
        "name_hy": row.region_names.get("hy", english),
    }
    full = row.region_names.get("full_hy") or names["name_hy"]
    return Region(
        code=row.region,
        country_id=row.country,
        full_name=english,
        full_name_en=english,
        full_name_hy=full,
        **names,
    )


def _official_name(code: str) -> str:
    """Return the name that ISO 3166-2 gives to a region."""
    subdivision = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]
    return subdivision.name if subdivision else code


def _municipality(row: Row) -> Municipality:
    return Municipality(
        country_id=row.country,
        code=row.code,
        name=row.name_en,
        name_en=row.name_en,
        name_hy=row.name_hy,
        native_name=row.native,
        kind=row.kind,
        region_id=row.region or None,
        population=row.population,
        lat=row.lat,
        lon=row.lon,
    )


def _load_mergers(listed: list[Row]) -> None:
    for row in listed:
        if row.merged_into:
            successor = Municipality.objects.get(country_id=row.country, code=row.merged_into)
            Municipality.objects.filter(country_id=row.country, code=row.code, merged_into=None).update(
                merged_into=successor, merged_on=row.merged_on
            )
