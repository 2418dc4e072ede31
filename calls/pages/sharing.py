"""What a page of a call says of itself to search engines and to whoever shares its address.

Canonical address, description and Open Graph in ``templates/calls/_sharing.html``; schema.org as JSON-LD. Only public
calls have any of it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from calls import outlets, timeline
from calls.models import Call, CallState, Stage
from calls.pages.cards import Card, grant_range, voice_of
from calls.spec import GrantLimits
from portal import clock
from portal.content.identity import identity
from portal.languages import spoken

_LOCALES: Final = {
    "hy": "hy_AM",
    "en": "en_GB",
    "ka": "ka_GE",
    "ro": "ro_MD",
    "uk": "uk_UA",
    "az": "az_AZ",
    "ru": "ru_RU",
}
"""Language and territory, as Open Graph wants them; a language that is not here stands alone."""
_ESCAPES: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
_DESCRIPTION: Final = 200


@dataclass(frozen=True)
class Sharing:
    """What ``calls/_sharing.html`` prints. ``data`` is a whole script element, empty where there is nothing to say."""

    kind: str
    site: str
    title: str
    description: str
    url: str
    locale: str
    other_locales: tuple[str, ...]
    feed: str
    published: str = ""
    modified: str = ""
    data: SafeString | str = ""


def of_call(
    request: HttpRequest, call: Call, countries: Mapping[str, str], modified: datetime | None
) -> Sharing | None:
    """Prepare what the page of a call says of itself; None for a draft.

    Args:
        call: with programme, stages and lots at hand.
        countries: names by code.
        modified: when its content last changed.
    """
    if call.state == CallState.DRAFT:
        return None
    url = _here("calls:detail", [call.code])
    return Sharing(
        kind="article",
        title=call.title,
        description=_short(call.summary),
        url=url,
        feed=_here("calls:feed", [call.code]),
        published=call.published_at.isoformat() if call.published_at else "",
        modified=modified.isoformat() if modified else "",
        data=script(_graph(call, countries, url), request),
        **_common(outlets.languages_of(call)),
    )


def of_list(request: HttpRequest, cards: Iterable[Card], page: int) -> Sharing:
    """Prepare what the list of calls says of itself: the list without filters is the one to be found."""
    url = _here("calls:list") + (f"?page={page}" if page > 1 else "")
    items = [
        {"@type": "ListItem", "position": place, "name": card.title, "url": outlets.absolute(card.url)}
        for place, card in enumerate(cards, 1)
    ]
    return Sharing(
        kind="website",
        title=_("Calls for proposals"),
        description=_("Calls for proposals to municipalities: who may apply, until when, and how much each grant is."),
        url=url,
        feed=_here("calls:feed_of_all"),
        data=script({"@context": "https://schema.org", "@type": "ItemList", "itemListElement": items}, request),
        **_common(spoken()),
    )


def script(data: Mapping[str, Any], request: HttpRequest) -> SafeString:
    """Return a script element with JSON-LD. No text in it can end the element: its signs are written as escapes."""
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    nonce = str(getattr(request, "csp_nonce", ""))
    return format_html(
        '<script type="application/ld+json" nonce="{}">{}</script>',
        nonce,
        mark_safe(text),  # noqa: S308  (no sign of HTML is left in it)
    )


def _here(route: str, args: Sequence[Any] = ()) -> str:
    return outlets.in_language(get_language() or "", route, args)


def _common(languages: Iterable[str]) -> dict[str, Any]:
    own = get_language() or ""
    return {
        "site": identity().name,
        "locale": _LOCALES.get(own, own),
        "other_locales": tuple(_LOCALES.get(code, code) for code in languages if code != own),
    }


def _short(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(_DESCRIPTION)


# schema.org


def _graph(call: Call, countries: Mapping[str, str], url: str) -> dict[str, Any]:
    """Return a call as schema.org has it: the grant itself, and the service that gives it.

    A MonetaryGrant has amount and funder, and neither dates nor an area; the service has those, in its offers.
    """
    grant, service = f"{url}#grant", f"{url}#call"
    return {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "MonetaryGrant", "@id": grant, **_about(call, url), **_grant(call)},
            {"@type": "GovernmentService", "@id": service, **_about(call, url), **_service(call, countries, grant)},
        ],
    }


def _about(call: Call, url: str) -> dict[str, Any]:
    return {"name": call.title, "description": call.summary, "url": url, "identifier": call.code}


def _grant(call: Call) -> dict[str, Any]:
    amount = _amount(grant_range(call), call.currency)
    return {
        "funder": _organisation(call.funder or call.programme.title),
        **({"sponsor": _organisation(call.programme.title)} if call.funder else {}),
        **({"amount": amount} if amount else {}),
    }


def _amount(limits: GrantLimits, currency: str) -> dict[str, str]:
    low, high = (end if limits.fixed is None else limits.fixed for end in (limits.min, limits.max))
    ends = {"minValue": low, "maxValue": high} if low != high else {"value": low}
    written = {name: str(end) for name, end in ends.items() if end is not None}
    return {"@type": "MonetaryAmount", "currency": currency, **written} if written else {}


def _service(call: Call, countries: Mapping[str, str], grant: str) -> dict[str, Any]:
    return {
        "serviceType": _("Call for proposals"),
        "provider": _organisation(call.programme.title),
        "areaServed": [{"@type": "Country", "name": countries.get(code, code)} for code in call.countries],
        "audience": {"@type": "Audience", "audienceType": _("Municipalities")},
        "availableLanguage": list(call.languages),
        "serviceOutput": {"@id": grant},
        "offers": [_offer(call, stage) for stage in call.stages.all()],
    }


def _offer(call: Call, stage: Stage) -> dict[str, Any]:
    """Return a stage: when one may apply, and whether still. Moments stand by the clock of the call."""
    opens, ends = (call.local(moment).isoformat() for moment in (stage.opens_at, stage.deadline))
    off = call.state != CallState.PUBLISHED
    return {
        "@type": "Offer",
        "name": stage.title,
        "description": ": ".join((_("Deadline"), voice_of(call).moment(stage.deadline))),
        "availabilityStarts": opens,
        "availabilityEnds": ends,
        "validFrom": opens,
        "validThrough": ends,
        "availability": f"https://schema.org/{'Discontinued' if off else _AVAILABILITY[_status(stage)]}",
    }


_AVAILABILITY: Final = {
    timeline.Status.UPCOMING: "PreOrder",
    timeline.Status.OPEN: "InStock",
    timeline.Status.CLOSED: "SoldOut",
}


def _status(stage: Stage) -> timeline.Status:
    return timeline.status([stage], clock.now())


def _organisation(name: str) -> dict[str, str]:
    return {"@type": "Organization", "name": name}
