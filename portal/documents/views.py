"""Serving private files to those who may see them."""

from typing import Any

import structlog
from django.contrib.auth.views import redirect_to_login
from django.core.files.base import File
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from portal.documents.models import StoredFile
from portal.documents.previews import preview_of
from portal.documents.registry import may_see
from portal.documents.sniff import KINDS
from portal.documents.storage import Held, held, open_stored, private_storage

log = structlog.get_logger(__name__)

_INLINE = frozenset(kind.content_type for kind in KINDS.values() if kind.inline)
_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
# Browsers refuse to show a PDF in a sandbox, and show it by their own viewer, apart from our pages.
_PDF_POLICY = f"{_NOTHING}; object-src 'self'; style-src 'unsafe-inline'"
_POLICY = f"{_NOTHING}; style-src 'unsafe-inline'; img-src 'self'; sandbox"


@require_safe
@never_cache
def serve(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """Return a private file. ``name`` in the address is for people only: the token finds the file.

    A file that the person may not see and one that does not exist get the same answer: 404, or the login
    page for somebody who has not logged in. ``?download`` makes the browser save a PDF or picture in place
    of showing it. Whoever may see it is told where the virus scanner has still to look, or found something.
    """
    stored_file = _seen(request, token)
    if stored_file is None:
        return redirect_to_login(request.get_full_path())
    try:
        content = open_stored(stored_file, request.user)
    except Held as refusal:
        log.info("file held back", file=stored_file.pk, scan=stored_file.scan)
        context = {"file": stored_file, "reason": str(refusal), "infected": refusal.infected}
        return render(request, "documents/held.html", context, status=403)
    except FileNotFoundError as error:
        raise Http404 from error
    return _response(stored_file, content, download="download" in request.GET)


@require_safe
@cache_control(private=True, max_age=86400)
def preview(request: HttpRequest, token: str) -> HttpResponseBase:
    """Return the small picture of a private file to those who may open the file; a sign where none can be drawn."""
    stored_file = _seen(request, token)
    if stored_file is None:
        return redirect_to_login(request.get_full_path())
    if held(stored_file, request.user):
        raise Http404
    try:
        path = preview_of(stored_file)
        content = private_storage().open(path, "rb") if path else None
    except FileNotFoundError as error:
        raise Http404 from error
    if content is None:
        return redirect(static("site/file.svg"))
    return _guarded(FileResponse(content, content_type="image/jpeg"), _POLICY)


def _seen(request: HttpRequest, token: str) -> StoredFile | None:
    """Return a file that the person may see, None where a login is asked for first; else 404."""
    stored_file = StoredFile.objects.filter(token=token).first()
    if stored_file is not None and may_see(request.user, stored_file):
        return stored_file
    if request.user.is_authenticated:
        raise Http404
    return None


def _response(stored_file: StoredFile, content: File[Any], *, download: bool) -> FileResponse:
    inline = stored_file.content_type in _INLINE and not download
    response = FileResponse(
        content, as_attachment=not inline, filename=stored_file.name, content_type=stored_file.content_type
    )
    pdf = stored_file.content_type == "application/pdf"
    return _guarded(response, _PDF_POLICY if pdf else _POLICY)


def _guarded(response: FileResponse, policy: str) -> FileResponse:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = policy
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Referrer-Policy"] = "same-origin"
    return response
