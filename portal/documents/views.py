"""Serving private files to those who may see them."""

from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.documents.models import StoredFile
from portal.documents.registry import may_see
from portal.documents.sniff import KINDS
from portal.documents.storage import open_stored

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
    of showing it.
    """
    stored_file = StoredFile.objects.filter(token=token).first()
    if stored_file is None or not may_see(request.user, stored_file):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise Http404
    return _response(stored_file, download="download" in request.GET)


def _response(stored_file: StoredFile, *, download: bool) -> FileResponse:
    try:
        content = open_stored(stored_file)
    except FileNotFoundError as error:
        raise Http404 from error
    inline = stored_file.content_type in _INLINE and not download
    response = FileResponse(
        content, as_attachment=not inline, filename=stored_file.name, content_type=stored_file.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    pdf = stored_file.content_type == "application/pdf"
    response["Content-Security-Policy"] = _PDF_POLICY if pdf else _POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Referrer-Policy"] = "same-origin"
    return response
