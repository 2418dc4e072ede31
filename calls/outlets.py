"""What feeds, calendars and open data have in common: whom they tell of, full addresses, and conditional answers."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date

from calls import queries
from calls.filters import CallFilter
from calls.models import Call
from portal import clock
from portal.languages import spoken

FRESH_SECONDS: Final = 900
"""For how long a copy may be shown without asking again: a moved deadline is seen after a quarter of an hour."""


def chosen(request: HttpRequest) -> Any:
    """Return the public calls that the list shows for the same query string, as a query set."""
    found = CallFilter(request.GET, queryset=queries.listed(clock.now()), countries=queries.country_names())
    return found.qs


def public_call(code: str) -> Call | None:
    """Return a call that anyone may read, with what a card prints, or None. A draft is None for everybody."""
    found: Call | None = queries.with_parts(Call.objects.public()).filter(code=code).first()
    return found


def absolute(path: str) -> str:
    """Return the full address of a path of this site, by the setting ``SITE_URL``."""
    return f"{settings.SITE_URL}{path}"


def in_each_language(route: str, args: Sequence[Any] = ()) -> dict[str, str]:
    """Return the full address of a page in every language of the site."""
    return {language: in_language(language, route, args) for language in spoken()}


def in_language(language: str, route: str, args: Sequence[Any] = ()) -> str:
    """Return the full address of a page in one language of the site."""
    with translation.override(language):
        return absolute(reverse(route, args=args))


def languages_of(call: Call) -> tuple[str, ...]:
    """Return the languages of the site in which a call is written; all of them, where it is in none."""
    return tuple(language for language in spoken() if language in call.languages) or spoken()


def answer(
    request: HttpRequest,
    content: bytes,
    content_type: str,
    *,
    seal: str = "",
    modified: datetime | None = None,
    file_name: str = "",
) -> HttpResponse:
    """Answer with public content, or with 304 where the asker has it already.

    Args:
        seal: what the content rests on, where the content itself also tells when it was made.
        modified: when it last changed, aware.
        file_name: under which it is kept where somebody saves it.
    """
    response = HttpResponse(content, content_type=content_type)
    etag = f'"{hashlib.sha256(seal.encode() or content).hexdigest()[:32]}"'
    if seal:
        etag = f"W/{etag}"
    response["ETag"] = etag
    if modified:
        response["Last-Modified"] = http_date(modified.timestamp())
    if file_name:
        response["Content-Disposition"] = f'inline; filename="{file_name}"'
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    stamp = int(modified.timestamp()) if modified else None
    found: HttpResponse = get_conditional_response(request, etag, stamp, response) or response
    return found
