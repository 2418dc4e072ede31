"""Name, mark and colours of the site: those of the programme, unless the settings bring others."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language, gettext


@dataclass(frozen=True)
class Identity:
    """``mark`` and ``stylesheet`` are paths of static files; an empty stylesheet means the colours as they are."""

    name: str
    mark: str
    stylesheet: str
    version: str


def identity() -> Identity:
    """Return the identity in the active language.

    Settings: ``SITE_NAMES`` (language to name), ``SITE_MARK``, ``SITE_STYLESHEET`` (may set the colour variables
    of ``site.css`` anew), ``VERSION``.
    """
    names: dict[str, str] = getattr(settings, "SITE_NAMES", {})
    return Identity(
        name=names.get(get_language() or "") or gettext("Calls for municipalities"),
        mark=getattr(settings, "SITE_MARK", "") or "site/mark.svg",
        stylesheet=getattr(settings, "SITE_STYLESHEET", ""),
        version=getattr(settings, "VERSION", ""),
    )
