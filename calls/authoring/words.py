"""Names of languages, countries and zones as the pages of authoring write them."""

from collections.abc import Iterable

import pycountry
from babel import Locale
from django.conf import settings

from calls.models import Call
from portal import languages
from portal.accounts.models import Country, Region


def language_name(code: str) -> str:
    """Return the name of a language in the language of the page: "Armenian"."""
    return str(Locale.parse(languages.active()).languages.get(code, code))


def country_names(codes: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return the countries of the portal, and those of the given codes that it does not have, by code."""
    known = {country.code: country.name for country in Country.objects.all()}
    strange = {code: _iso_name(code) for code in codes if code not in known}
    return sorted({**known, **strange}.items())


def region_names(call: Call, codes: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return the regions of a call's countries, and the given ones that the portal does not have, by code."""
    regions = Region.objects.filter(country__in=call.countries)
    known = {region.code: f"{region.name} ({region.code})" for region in regions}
    return sorted({**{code: code for code in codes}, **known}.items())


def language_names(codes: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return the languages in which texts can be kept, in the order of the settings, and other given ones."""
    every = dict.fromkeys((*settings.MODELTRANSLATION_LANGUAGES, *codes))
    return [(code, language_name(code)) for code in every]


def zones_of(call: Call) -> list[str]:
    """Return the call's zone, then those of its countries, each once."""
    rows = Country.objects.filter(code__in=call.countries).order_by("code").values_list("time_zone", flat=True)
    return list(dict.fromkeys((call.time_zone, *rows)))


def _iso_name(code: str) -> str:
    found = pycountry.countries.get(alpha_2=code)
    return str(Locale.parse(languages.active()).territories.get(code, code)) if found else code
