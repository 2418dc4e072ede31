"""What PDFs need from the machine, checked when the portal starts."""

import ctypes
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, register
from django.core.checks import Warning as CheckWarning

from portal.documents.fonts import font_directory, missing_fonts

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


def _loads(names: Sequence[str]) -> bool:
    return any(_loaded(name) for name in names)


def _loaded(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
