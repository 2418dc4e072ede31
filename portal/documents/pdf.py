"""Tagged PDFs (PDF/UA-1) from templates.

Fonts and style sheets are read once in each process: new ones for each letter double its time and leak
memory. The drawing library is not safe for threads, so one document is drawn at a time.
"""

import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import weasyprint
from django.template.loader import get_template, render_to_string
from django.utils import translation
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from portal.documents.fonts import font_directory, font_files, missing_fonts
from portal.documents.structure import add_languages

_VARIANT = "pdf/ua-1"
_DENSITIES = ("normal", "dense", "denser")
_drawing = threading.Lock()


class FontsMissing(Exception):
    """The fonts for PDFs are not there; run the install step."""


def render_pdf(
    template_name: str,
    context: Mapping[str, Any],
    *,
    title: str,
    language: str,
    stylesheet: str = "documents/letter.css",
    max_pages: int | None = None,
) -> bytes:
    """Return a tagged PDF (PDF/UA-1) with bookmarks from headings, embedded fonts, and the language of each
    part.

    The template is rendered with ``language`` active and gets, beside ``context``: ``title`` (also the
    document's title), ``language`` and ``density``, which is "normal", and where the document has more than
    ``max_pages`` pages "dense", then "denser". ``stylesheet`` is a template too, without context. Nothing
    is fetched: the document may use inline SVG, data addresses and the fonts only. Raises FontsMissing, and
    TemplateDoesNotExist.
    """
    base = {**context, "title": title, "language": language}
    with _drawing:
        for density in _DENSITIES:
            with translation.override(language):
                text = render_to_string(template_name, {**base, "density": density})
            document = weasyprint.HTML(string=text, url_fetcher=_fetcher()).render(
                stylesheets=[_stylesheet(stylesheet)], font_config=_fonts(), pdf_variant=_VARIANT
            )
            if max_pages is None or len(document.pages) <= max_pages:
                break
        content: bytes = document.write_pdf(finisher=add_languages, pdf_variant=_VARIANT)
    return content


class LocalFetcher(URLFetcher):  # type: ignore[misc]
    """Opens data addresses and the font files; refuses everything else."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """Return what stands at an address, or raise ValueError for one that is not allowed."""
        parts = urlsplit(url)
        if parts.scheme == "data" or (parts.scheme == "file" and _is_font(parts.path)):
            return super().fetch(url, headers)
        raise ValueError(f"not allowed in a PDF: {url}")


def _is_font(path: str) -> bool:
    return Path(url2pathname(path)).resolve().is_relative_to(font_directory().resolve())


@cache
def _fetcher() -> LocalFetcher:
    return LocalFetcher(allowed_protocols={"data", "file"}, allow_redirects=False)


@cache
def _fonts() -> FontConfiguration:
    if missing := missing_fonts():
        raise FontsMissing(f"missing in {font_directory()}: {', '.join(missing)}")
    fonts = FontConfiguration()
    faces = "\n".join(file.face for file in font_files())
    weasyprint.CSS(string=faces, font_config=fonts, url_fetcher=_fetcher())
    return fonts


@cache
def _stylesheet(name: str) -> weasyprint.CSS:
    text = get_template(name).render({})
    return weasyprint.CSS(string=text, font_config=_fonts(), url_fetcher=_fetcher())
