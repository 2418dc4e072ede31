"""The languages of the site, and of texts that are kept in several. Which the site speaks is a setting."""

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import get_language

FALLBACK = "en"
"""What is not translated into a language is said in English: Armenian would help nobody on a Georgian page."""


def chosen(codes: Iterable[str], known: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the languages that the setting ``SITE_LANGUAGES`` names, each with its own name, in its order.

    Raises:
        ImproperlyConfigured: a code is unknown or stands twice, or English is not among them.
    """
    named = [code.strip() for code in codes]
    if strange := sorted(set(named) - set(known)):
        raise ImproperlyConfigured(
            f"SITE_LANGUAGES: unknown {', '.join(strange) or 'empty code'}; it takes {', '.join(known)}."
        )
    if len(named) != len(set(named)):
        raise ImproperlyConfigured("SITE_LANGUAGES: a language stands twice.")
    if FALLBACK not in named:
        raise ImproperlyConfigured(
            f"SITE_LANGUAGES: {FALLBACK} has to be among them, since what is not translated is said in it."
        )
    return [(code, known[code]) for code in named]


def spoken() -> tuple[str, ...]:
    """Return the codes of the site's languages, the site's first one first."""
    return tuple(code for code, _name in settings.LANGUAGES)


def active() -> str:
    """Return the active language where the site speaks it, otherwise the fallback."""
    code = (get_language() or "")[:2]
    return code if code in spoken() else FALLBACK


def fitting(available: Iterable[str], wanted: str) -> str:
    """Return the language in which a text is read best: the wanted one, English, or the first there is; else empty."""
    found = tuple(available)
    return next((code for code in (wanted, FALLBACK) if code in found), found[0] if found else "")


def said(text: Mapping[str, str], language: str) -> str:
    """Return a text in a language, else in English, else in the first that it has; empty where there is none."""
    written = {code: words for code, words in text.items() if words}
    return written.get(fitting(written, language), "")
