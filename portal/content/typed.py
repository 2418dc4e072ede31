"""What people typed is not lost when their login or the token of a form has expired: it comes back on one page.

The page holds every field of the form that was sent, shows the texts so that they can be read and copied, and sends the
same fields to the same address with a fresh token. It is given only to forms of our own pages: who lures somebody
into sending a form from another site gets no page of ours with texts of their choice.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from urllib.parse import urlencode

import structlog
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, UnreadablePostError
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

log = structlog.get_logger(__name__)

LONGEST: Final = 1_000_000
"""Up to how many characters, names and values together, a form is held."""
_TOKEN: Final = "csrfmiddlewaretoken"  # noqa: S105
_CODE: Final = re.compile(r"[\w.:+-]{0,30}", re.ASCII)
"""What is held without being shown: numbers, dates, and the codes of choices and buttons."""

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


@dataclass(frozen=True)
class Typed:
    """A form as it was sent.

    Attributes:
        fields: names and values, to be sent again.
        texts: those of the values that people read.
        files: names of the files that have to be chosen again.
    """

    fields: tuple[tuple[str, str], ...]
    texts: tuple[str, ...]
    files: tuple[str, ...]


def login_wanted(
    view: Callable[Concatenate[HttpRequest, P], R],
) -> Callable[Concatenate[HttpRequest, P], R | HttpResponse]:
    """Let in who is logged in; lead others to the login, and hold what they typed.

    A script (``X-Autosave: 1``, or JSON wanted) gets 401 with ``login``, the address to log in at, and ``reason``.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R | HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if by_script(request):
            said = {"login": _login(), "reason": _("You are no longer logged in.")}
            return _private(JsonResponse(said, status=401))
        typed = typed_in(request)
        return redirect_to_login(request.get_full_path()) if typed is None else _hold(request, typed, 401)

    guarded.wants_login = True  # type: ignore[attr-defined]
    return guarded


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token does not fit: hold what was typed where the form was ours. Django calls it.

    A script of our own pages gets 403 with ``token``, a fresh one, to try again with.
    """
    if by_script(request):
        fresh = {"token": get_token(request)} if is_ours(request) else {}
        return _private(JsonResponse({**fresh, "reason": _("The form has expired")}, status=403))
    typed = typed_in(request)
    if typed is None or not (typed.fields or typed.files):
        return render(request, "403_csrf.html", status=403)
    return _hold(request, typed, 403)


def typed_in(request: HttpRequest) -> Typed | None:
    """Return what was typed in a form of ours; None where nothing may be held.

    Raises:
        SuspiciousOperation: the request is larger than any form (Django answers 400).
    """
    if request.method != "POST" or not is_ours(request) or _of_an_account(request):
        return None
    try:
        fields = tuple((name, str(value)) for name, values in request.POST.lists() for value in values)
        files = tuple(str(file.name) for _name, many in request.FILES.lists() for file in many)
    except UnreadablePostError:
        return None
    fields = tuple((name, value) for name, value in fields if name != _TOKEN)
    if sum(len(name) + len(value) for name, value in fields) > LONGEST or any(_is_secret(name) for name, _v in fields):
        return None
    return Typed(fields, tuple(value for _name, value in fields if not _CODE.fullmatch(value)), files)


def is_ours(request: HttpRequest) -> bool:
    """Say whether a browser sent this from a page of ours; browsers let no page of another site say so."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    here = f"{request.scheme}://{request.get_host()}"
    if origin := request.headers.get("Origin"):
        return origin == here
    return request.headers.get("Referer", "").startswith(f"{here}/")


def by_script(request: HttpRequest) -> bool:
    """Say whether a script of a page sent this, which wants JSON."""
    wanted = request.get_preferred_type(["text/html", "application/json"])
    return request.headers.get("X-Autosave") == "1" or wanted == "application/json"


def _of_an_account(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is None or match.func.__module__.startswith("allauth.")


def _is_secret(name: str) -> bool:
    return "password" in name.lower()


def _login() -> str:
    """Return where to log in, in another window: the one with the text stays as it is."""
    return f"{reverse('account_login')}?{urlencode({'next': reverse('content:logged_in')}, safe='/')}"


def _hold(request: HttpRequest, typed: Typed, status: int) -> HttpResponse:
    wants_login = getattr(request.resolver_match.func, "wants_login", False) if request.resolver_match else False
    why = "login" if status == 401 else "token"
    log.info("typed text held", why=why, path=request.path, fields=len(typed.fields), files=len(typed.files))
    context: dict[str, Any] = {
        "typed": typed,
        "login_url": _login() if wants_login and not request.user.is_authenticated else "",
        "action": request.get_full_path(),
        "several_parts": request.content_type == "multipart/form-data",
    }
    return _private(render(request, "content/typed.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    return response
