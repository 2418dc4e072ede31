"""The page of a section, as it is asked for or after a save that something was wrong with."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from applications import presence
from applications.pages.frame import frame_of, inner_crumbs
from applications.pages.section import Asked, section_page
from applications.pages.together import here_lines
from applications.queries import Dossier
from applications.views.common import person_of
from calls.spec import SectionSpec
from portal import clock


def _spec(dossier: Dossier, code: str) -> SectionSpec:
    found = dossier.sheet.section(code)
    if found is None:
        raise Http404
    return found


def show_section(request: HttpRequest, dossier: Dossier, code: str, asked: Asked, *, status: int = 200) -> HttpResponse:
    """Show a section of a draft as a page."""
    now, spec = clock.now(), _spec(dossier, code)
    frame = frame_of(dossier, now, step=1, writes=True)
    others = presence.come(dossier.entry.pk, person_of(request), code)
    context = {
        "page": section_page(dossier, spec, frame, asked, now),
        "frame": frame,
        "crumbs": inner_crumbs(frame),
        "here": here_lines(dossier.entry, others),
        "person": person_of(request).pk,
    }
    return render(request, "applications/section.html", context, status=status)
