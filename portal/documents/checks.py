"""What PDFs and scans need, checked when the portal starts."""

import ctypes
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as CheckWarning

from portal.documents.fonts import font_directory, missing_fonts
from portal.documents.scanning import scanner_of

_PANGO = ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll")
_PANGOFT2 = ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0.dll")
_SUBSET = ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll")


@register()
def check_pdf_libraries(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warn where the system libraries that draw PDFs are not installed."""
    messages: list[CheckMessage] = []
    if not (_loads(_PANGO) and _loads(_PANGOFT2)):
        hint = "Install Pango (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 fontconfig)."
        messages.append(CheckWarning("Pango is not installed: no PDF can be made.", hint=hint, id="documents.W001"))
    if not _loads(_SUBSET):
        text = "HarfBuzz-Subset is not installed: letters take up to four times as long."
        hint = "Install it (Debian: apt-get install libharfbuzz-subset0)."
        messages.append(CheckWarning(text, hint=hint, id="documents.W002"))
    return messages


@register()
def check_pdf_fonts(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warn where fonts that letters need were not brought by the install step."""
    missing = missing_fonts()
    if not missing:
        return []
    text = f"Fonts for PDFs are missing in {font_directory()}: {', '.join(missing)}."
    return [CheckWarning(text, hint="Run the install step again (make install).", id="documents.W003")]


@register()
def check_scanner(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse an address of the virus scanner that cannot be one: files would wait for ever."""
    try:
        if settings.CLAMAV:
            scanner_of(settings.CLAMAV)
    except ValueError as error:
        hint = "CLAMAV is tcp://host:3310 or unix:///path/of/the/socket."
        return [Error(str(error), hint=hint, id="documents.E001")]
    return []


def _loads(names: Sequence[str]) -> bool:
    return any(_loaded(name) for name in names)


def _loaded(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
