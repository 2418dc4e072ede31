"""What every request carries: its number, the moment at which it arrived, its language, and for whom the answer is."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_cache_control

from portal import clock, languages

_START = re.compile(r"t=(\d{10}(?:\.\d{1,9})?)")
_ADMIN = re.compile(r"/[a-z]{2}/admin/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def arrival(request: HttpRequest) -> datetime:
    """Return when the request arrived: the stamp of the trusted proxy where there is one, else now.

    What counts for a deadline is the arrival of the request and not the end of the work on it. The proxy must
    overwrite the header ``X-Request-Start: t=SECONDS`` before it reads the body; the setting
    ``TRUST_REQUEST_START`` says that it does.
    """
    if settings.TRUST_REQUEST_START:
        stamp = _START.fullmatch(request.headers.get("X-Request-Start", ""))
        if stamp:
            return _EPOCH + timedelta(microseconds=int(Decimal(stamp[1]) * 1_000_000))
    return clock.now()


class Arrival:
    """First middleware: stamps ``request.received_at`` and ``request.number``, and binds the number to the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.received_at = arrival(request)  # type: ignore[attr-defined]
        request.number = uuid.uuid4().hex[:16]  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request=request.number):  # type: ignore[attr-defined]
            response = self.get_response(request)
        response["X-Request-Id"] = request.number  # type: ignore[attr-defined]
        return response


class SiteLanguage(LocaleMiddleware):
    """Speaks the language of the address, the cookie or the browser; to whoever names none, the site's first."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language of a request."""
        super().process_request(request)
        named = (
            translation.get_language_from_path(request.path_info)
            or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
            or request.headers.get("Accept-Language")
        )
        if not named:
            translation.activate(languages.spoken()[0])
            request.LANGUAGE_CODE = translation.get_language()


class WritableAddress:
    """Answers 404 to an address with a NUL in it: PostgreSQL keeps none, so nothing can have that name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, named: dict[str, object]) -> None:
        """Refuse the address before anything is looked up by a part of it."""
        if any("\0" in part for part in named.values() if isinstance(part, str)):
            raise Http404


class PrivatePages:
    """Lets no shared cache keep what is answered to somebody with a session, unless the view says what may be kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True)
        return response


class AdminPolicy:
    """Loosens the content security policy under the administration by the little that its theme needs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _ADMIN.match(request.path_info):
            response._csp_replace = settings.ADMIN_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]
        return response
