"""Uploading in pieces, for the script of the pages: begun, piece by piece, finished; each answer is JSON."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import structlog
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from applications import rules
from applications.forms.files import file_row
from applications.lifecycle import begin_upload, finish_upload
from applications.lifecycle.filing import upload_scope
from applications.models import StageEntry
from applications.queries import dossier_of
from applications.refusals import NotADraft, Refused
from applications.views.common import entry_to_write, member_page, person_of
from applications.views.saving import missing_text
from portal.documents import uploads
from portal.documents.models import Upload
from portal.documents.sniff import UploadRefused

log = structlog.get_logger(__name__)
_LONGEST = 10_000
_LARGEST = 2**53
View = Callable[..., HttpResponseBase]


def _answers_script(view: View) -> View:
    """Turn what may go wrong into an answer that the script understands: its text is for people."""

    @wraps(view)
    def answered(request: HttpRequest, pk: int, question: str, **named: Any) -> HttpResponseBase:
        try:
            return view(request, entry_to_write(request, pk), question, **named)
        except UploadRefused as refusal:
            return JsonResponse({"refused": " ".join(refusal.messages)}, status=422)
        except uploads.Incomplete as fault:
            return JsonResponse({"missing": fault.missing}, status=422)
        except uploads.WrongChunk as fault:
            log.info("piece of an upload not taken", entry=pk, reason=str(fault))
            changed = _("The file was changed while it was sent, so it is sent from its beginning.")
            return JsonResponse({"again": changed}, status=422)
        except Refused as refusal:
            return JsonResponse({"closed": str(refusal)}, status=409)
        except LookupError as error:
            raise Http404 from error

    return require_POST(never_cache(member_page(cast("View", answered))))


@_answers_script
def begin(request: HttpRequest, entry: StageEntry, question: str) -> HttpResponse:
    """Begin an upload, or say how far the same one came earlier."""
    upload = begin_upload(entry, question, _announced(request), by=person_of(request))
    return _state(upload)


@_answers_script
def state(request: HttpRequest, entry: StageEntry, question: str, token: str) -> HttpResponse:
    """Say which pieces of an upload are here."""
    return _state(_upload(request, entry, question, token))


@_answers_script
def chunk(request: HttpRequest, entry: StageEntry, question: str, token: str, index: int) -> HttpResponse:
    """Take one piece."""
    _still_open(request, entry)
    uploads.receive(_upload(request, entry, question, token), index, request.body)
    return JsonResponse({"received": index})


@_answers_script
def finish(request: HttpRequest, entry: StageEntry, question: str, token: str) -> HttpResponse:
    """Attach the whole file, and return its line for the list."""
    upload = _upload(request, entry, question, token)
    attachment = finish_upload(entry, question, upload, by=person_of(request))
    html = render_to_string("components/file_item.html", {"file": file_row(attachment)}, request)
    missing = missing_text(len(dossier_of(entry).sheet.problems))
    return JsonResponse({"html": html, "missing": missing, "sha256": attachment.file.sha256})


@_answers_script
def cancel(request: HttpRequest, entry: StageEntry, question: str, token: str) -> HttpResponse:
    """Give an upload up."""
    uploads.discard(_upload(request, entry, question, token))
    return JsonResponse({"cancelled": True})


def _announced(request: HttpRequest) -> uploads.Announced:
    """Read what the script says of a file; anything else than a name and two whole numbers is refused."""
    try:
        said = json.loads(request.body) if len(request.body) <= _LONGEST else None
    except ValueError:
        said = None
    values = said if isinstance(said, dict) else {}
    name, size, modified = (values.get(key) for key in ("name", "size", "modified"))
    if isinstance(name, str) and _whole(size) and _whole(modified):
        return uploads.Announced(name, int(size or 0), int(modified or 0))
    log.warning("upload announced without name and size", path=request.path)
    raise UploadRefused(_("The browser did not say what it sends. Please load the page again."))


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST


def _still_open(request: HttpRequest, entry: StageEntry) -> None:
    if not rules.may_edit(person_of(request), entry):
        raise NotADraft


def _upload(request: HttpRequest, entry: StageEntry, question: str, token: str) -> Upload:
    """Return an upload of this person for this question, else 404."""
    mine = Upload.objects.filter(owner=person_of(request), scope=upload_scope(entry, question))
    upload = mine.filter(token=token).first()
    if upload is None:
        raise Http404
    return upload


def _state(upload: Upload) -> JsonResponse:
    return JsonResponse(
        {
            "token": upload.token,
            "chunk_size": upload.chunk_size,
            "count": upload.count,
            "received": uploads.received(upload),
        }
    )
