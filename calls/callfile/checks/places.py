"""Countries, regions, currency and languages: known to ISO, and within each other."""

from collections.abc import Iterator
from functools import cache

import pycountry
from django.utils.translation import gettext_lazy as _

from calls.callfile.checks.walk import CALL, under
from calls.callfile.problems import Path, Problem
from calls.spec import CallSpec, LotSpec


def known_codes(call: CallSpec) -> Iterator[Problem]:
    """Every code is one of the ISO list it comes from."""
    for path, code in under((*CALL, "languages"), call.languages):
        if not pycountry.languages.get(alpha_2=code):
            yield _unknown(path, code, "639-1")
    for path, code in under((*CALL, "countries"), call.countries):
        if not pycountry.countries.get(alpha_2=code):
            yield _unknown(path, code, "3166-1")
    if not pycountry.currencies.get(alpha_3=call.currency):
        yield _unknown((*CALL, "currency"), call.currency, "4217")


def lot_places(call: CallSpec) -> Iterator[Problem]:
    """A lot narrows the call: its countries are the call's, its regions are theirs."""
    for path, lot in under((*CALL, "lots"), call.lots):
        yield from _lot_countries(call, path, lot)
        yield from _lot_regions(call, path, lot)


def _lot_countries(call: CallSpec, path: Path, lot: LotSpec) -> Iterator[Problem]:
    for place, code in under((*path, "countries"), lot.countries):
        if not pycountry.countries.get(alpha_2=code):
            yield _unknown(place, code, "3166-1")
        elif code not in call.countries:
            message = _(
                "%(code)s is not among the countries of the call (%(countries)s); add it there or remove it here"
            )
            yield Problem(place, message, {"code": code, "countries": ", ".join(call.countries)}, _countries(call))


def _lot_regions(call: CallSpec, path: Path, lot: LotSpec) -> Iterator[Problem]:
    countries = lot.countries or call.countries
    reads = (*_countries(call), *(place for place, _code in under((*path, "countries"), lot.countries)))
    for place, code in under((*path, "regions"), lot.regions):
        if code not in _regions():
            yield _unknown(place, code, "3166-2")
        elif code[:2] not in countries:
            message = _("%(code)s is in none of the countries of the lot (%(countries)s); add the country or remove it")
            yield Problem(place, message, {"code": code, "countries": ", ".join(countries)}, reads)


@cache
def _regions() -> frozenset[str]:
    return frozenset(region.code for region in pycountry.subdivisions)


def _countries(call: CallSpec) -> tuple[Path, ...]:
    whole = (*CALL, "countries")
    return (whole, *(path for path, _code in under(whole, call.countries)))


def _unknown(path: Path, code: str, standard: str) -> Problem:
    message = _("ISO %(standard)s does not know “%(code)s”; write a code of that standard")
    return Problem(path, message, {"standard": standard, "code": code}, breaks=True)


CHECKS = (known_codes, lot_places)
