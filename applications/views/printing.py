"""Whole applications as PDF: what is being written, and each submission."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from applications import rules
from applications.models import EntryState, Submission
from applications.printing import application_pdf, file_name
from applications.queries import Dossier, dossier_of, submissions_for
from applications.views.common import entry_for, member_page, person_of
from portal import languages

PDF = "application/pdf"


@require_safe
@member_page
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an application as PDF: what is being written, marked as not submitted; otherwise the submission.

    What is changed while a submission stands is for those who change it.
    """
    entry = entry_for(request, pk)
    writing = entry.takes_text and (entry.state == EntryState.DRAFT or rules.works_on(person_of(request), entry))
    if writing or entry.submission is None:
        return _application(request, dossier_of(entry))
    return _application(request, submission_of(request, entry.submission.number, entry.submission.sequence))


@require_safe
@member_page
def submission_pdf(request: HttpRequest, number: str, sequence: int) -> HttpResponse:
    """Give one of the submissions as PDF, also one that was replaced."""
    return _application(request, submission_of(request, number, sequence))


def submission_of(request: HttpRequest, number: str, sequence: int) -> Submission:
    """Return a submission that the person may know of, else 404."""
    rows = submissions_for(person_of(request))
    return get_object_or_404(rows, entry__application__number=number, sequence=sequence)  # by the index on numbers


def language_of(request: HttpRequest) -> str:
    """Return the language asked for by ``?language=``, that of the page where the site does not speak it."""
    asked = request.GET.get("language", "")
    return asked if asked in languages.spoken() else languages.active()


def _application(request: HttpRequest, source: "Dossier | Submission") -> HttpResponse:
    code = language_of(request)
    return private_file(application_pdf(source, code), PDF, file_name(source, code))


def private_file(content: bytes, content_type: str, name: str, *, shown: bool = True) -> HttpResponse:
    """Return what is for this reader alone and is kept in no cache.

    Args:
        name: under which it is saved, of letters that every file system takes.
        shown: the browser may show it; otherwise it is saved.
    """
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'{"inline" if shown else "attachment"}; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response
