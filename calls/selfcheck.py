"""Which municipality a call's page speaks about: the reader's own, or one that anybody names before logging in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from calls import queries
from calls.forms import SelfCheckForm
from calls.pages import may
from calls.spec import CallSpec
from portal.accounts.models import Membership, Municipality
from portal.armenian import fold

MOST: Final = 12
"""How many municipalities are offered to choose from."""
LEAST_TYPED: Final = 2
"""From how many letters on they are suggested while a name is typed."""


@dataclass(frozen=True)
class Asked:
    """Which municipality a page of a call speaks about, and how it was named.

    Attributes:
        former: the municipality that was named where it has merged; ``municipality`` is its successor then.
        matches: those that may have been meant, at most ``MOST``; ``more``: there are others.
        text: what was typed; ``country``: the code of the country chosen, "" for any of the call's.
    """

    memberships: list[Membership]
    municipality: Municipality | None = None
    former: Municipality | None = None
    matches: Sequence[Municipality] = ()
    more: bool = False
    text: str = ""
    country: str = ""

    @property
    def own(self) -> Municipality | None:
        """The municipality that the reader works for and asks about."""
        return next((held.municipality for held in self.memberships if held.municipality == self.municipality), None)

    @property
    def not_found(self) -> bool:
        """Whether a name was typed that no municipality has."""
        return bool(self.text) and self.municipality is None and not self.matches


def asked(request: HttpRequest, spec: CallSpec) -> Asked:
    """Return the municipality chosen in the address, the only one that has the name typed, or the reader's own."""
    memberships = queries.memberships_of(request.user)
    wanted, text, country = request.GET.get("municipality", ""), _typed(request), _country(request, spec.countries)
    if wanted.isdecimal() and len(wanted) < 10:
        return _chosen(Asked(memberships, text=text, country=country), queries.municipality(int(wanted)))
    found = _named(text, country, spec.countries)
    if len(found) == 1:
        return _chosen(Asked(memberships, text=text, country=country), found[0])
    own = memberships[0].municipality if memberships and not text else None
    return Asked(memberships, own, None, found[:MOST], len(found) > MOST, text, country)


def _typed(request: HttpRequest) -> str:
    return request.GET.get("check", "").replace("\0", "").strip()[:100]


def _country(request: HttpRequest, countries: Sequence[str]) -> str:
    country = request.GET.get("country", "")
    return country if country in countries else ""


def _named(text: str, country: str, countries: Sequence[str]) -> list[Municipality]:
    """Return those that have the text in their names, and one more than is offered, to tell whether there are more."""
    wanted = [country] if country else countries
    return queries.municipalities_named(text, wanted, limit=MOST + 1) if text else []


def _chosen(asked: Asked, chosen: Municipality | None) -> Asked:
    """Speak about the successor of a municipality that has merged, but for its own people: they are told as it is."""
    given: dict[str, Any] = {"text": asked.text, "country": asked.country}
    own = any(held.municipality == chosen for held in asked.memberships)
    if chosen is None or own or chosen.merged_into_id is None:
        return Asked(asked.memberships, chosen, **given)
    return Asked(asked.memberships, queries.successor_of(chosen), chosen, **given)


def form_for(spec: CallSpec, asked: Asked, names: Mapping[str, str]) -> SelfCheckForm:
    """Return the form with what was typed; one country needs no choice. ``names`` are those of countries by code."""
    countries = sorted(((code, names.get(code, code)) for code in spec.countries), key=lambda pair: fold(pair[1]))
    given = {"check": asked.text, "country": asked.country}
    return SelfCheckForm(given if asked.text else None, countries=countries if len(countries) > 1 else ())


@require_safe
@vary_on_headers("HX-Request")
def suggestions(request: HttpRequest, code: str) -> HttpResponse:
    """Return the municipalities that have in their name what was typed so far, as a part of the call's page."""
    call = queries.call_for(request.user, code)
    if call is None:
        raise Http404
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{reverse('calls:detail', args=[call.code])}?{request.GET.urlencode()}#may")
    text, country = _typed(request), _country(request, call.countries)
    found = _named(text, country, call.countries) if len(text) >= LEAST_TYPED else []
    page = reverse("calls:detail", args=[call.code])
    context = {
        "matches": may.matches(found[:MOST], page),
        "more": len(found) > MOST,
        "not_found": not found and len(text) >= LEAST_TYPED,
        "offices": may.offices_to_ask(queries.offices_in([country] if country else call.countries)),
    }
    return render(request, "calls/_matches.html", context)
