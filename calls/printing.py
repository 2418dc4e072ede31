"""A whole call to print: as a page, and the same as PDF, which is rendered once for each content."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template, render_to_string
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from calls import outlets, queries
from calls.corrigenda.queries import corrigenda_of
from calls.models import Call, CallState
from calls.pages import call as call_page
from calls.pages import may, printing
from calls.pages.cards import voice_of
from calls.transfer import spec_of
from portal import clock
from portal.documents.pdf import render_pdf

KEPT_SECONDS: Final = 7 * 24 * 3600
"""How long a rendered PDF is kept after it was made."""
_TEMPLATE: Final = "calls/print_pdf.html"
STYLESHEET: Final = "calls/print_pdf.css"
_SHARED_STYLE: Final = Path(settings.BASE_DIR) / "static" / "site" / "print.css"
_LOCK: Final = 0x63616C6C  # a number of our own among PostgreSQL's advisory locks


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Show a whole call on one page without navigation, to be read or printed."""
    call = _found(request, code)
    response = render(request, "calls/print.html", {"printed": _printed(call), "code": call.code})
    return _for_staff_alone(response) if call.state == CallState.DRAFT else response


@require_safe
def pdf(request: HttpRequest, code: str) -> HttpResponse:
    """Give a whole call as PDF. That of a draft is made for the staff member who asks, and kept nowhere."""
    call = _found(request, code)
    printed = _printed(call)
    paper = Paper(_TEMPLATE, STYLESHEET, {"printed": printed, "style": style()}, printed.page.title)
    name = f"{call.code}-{get_language()}.pdf"
    if call.state == CallState.DRAFT:
        response = HttpResponse(paper.drawn(), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{name}"'
        return _for_staff_alone(response)
    return outlets.answer(request, paper.kept(), "application/pdf", file_name=name)


def _for_staff_alone(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_store=True)
    return response


def _found(request: HttpRequest, code: str) -> Call:
    call = queries.call_for(request.user, code)
    if call is None:
        raise Http404
    return call


def _printed(call: Call) -> printing.PrintedCall:
    """Prepare a call for paper, for nobody in particular: whoever prints it, the paper is the same."""
    spec, now, countries = spec_of(call), clock.now(), queries.country_names()
    around = call_page.Around(
        now=now,
        countries=countries,
        regions=queries.region_names(code for lot in spec.lots for code in lot.regions),
        reader=None,
        facts=None,
        documents=queries.documents_of(call),
        offices=queries.offices_in(spec.countries),
        decided=False,
        corrigenda=corrigenda_of(call),
    )
    voice = voice_of(call)
    return printing.prepare(
        call,
        spec,
        call_page.prepare(call, spec, around),
        may.conditions(queries.conditions(spec, now), voice),
        countries,
        outlets.in_language(get_language() or "", "calls:detail", [call.code]),
    )


# The PDF


@dataclass(frozen=True)
class Paper:
    """What is set as PDF in the active language: template and style sheet, what they print, and its title."""

    template: str
    stylesheet: str
    context: dict[str, Any]
    title: str

    def drawn(self) -> bytes:
        """Return the PDF, made anew."""
        language = get_language() or ""
        return render_pdf(self.template, self.context, title=self.title, language=language, stylesheet=self.stylesheet)

    def kept(self, seconds: int = KEPT_SECONDS) -> bytes:
        """Return the PDF of this very content. Two who ask for it at once wait for one drawing.

        Args:
            seconds: for how long it is kept.
        """
        key = f"calls:print:{self._digest()}"
        content: bytes | None = cache.get(key)
        if content is not None:
            return content
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, key])
            content = cache.get(key)
            if content is None:
                content = self.drawn()
                cache.set(key, content, seconds)
        return content

    def _digest(self) -> str:
        """Return what tells one content from another: the text as it is set, and how it is set."""
        text = render_to_string(self.template, {**self.context, "title": self.title, "language": get_language()})
        sheet = get_template(self.stylesheet).render({})
        return hashlib.sha256(f"{text}\n{sheet}".encode()).hexdigest()


def style() -> str:
    """Return the style that paper and page share: PDFs fetch nothing."""
    return _SHARED_STYLE.read_text(encoding="utf-8")
