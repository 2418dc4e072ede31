"""The award letter: what it says, as plain values, and its PDF."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import segno
from django.utils import translation
from django.utils.translation import gettext as _

from portal.documents.formats import letter_date, money
from portal.documents.pdf import render_pdf
from portal.documents.words import amount_in_words

LANGUAGES = ("hy", "en")
_PAGES = 2

Text = Mapping[str, str]


@dataclass(frozen=True)
class LetterOffice:
    """Whose letterhead it is. ``email``, ``phone`` and ``site`` may be empty."""

    name: Text
    address: Text
    email: str = ""
    phone: str = ""
    site: str = ""


@dataclass(frozen=True)
class Signatory:
    """Who signs; where the name and position are empty, the office signs."""

    name: Text
    position: Text


@dataclass(frozen=True)
class LetterContent:
    """Everything an award letter says. A Text has one wording for each of LANGUAGES.

    The addressee stands as given (Armenian: in the dative, the municipality's name in the nominative).
    ``amount`` is in units of ``currency`` (ISO 4217); with 0 the letter tells of a selection and speaks of no money.
    ``project_title`` may be empty. ``duration_months`` counts from the signing of the
    agreement. ``conditions`` follow the standing ones. ``confirm_url`` is the full address of the page that
    confirms the letter, for the code; ``confirm_address`` the same for people to type.
    """

    number: str
    dated: date
    programme: Text
    office: LetterOffice
    addressee_hy: str
    addressee_en: str
    call_title: Text
    call_code: str
    application_number: str
    project_title: str
    project_language: str
    amount: Decimal
    currency: str
    duration_months: int | None
    signatory: Signatory
    prevailing_language: str
    confirm_url: str
    confirm_address: str
    lot: Text | None = None
    funder: Text | None = None
    reply_by: date | None = None
    conditions: tuple[Text, ...] = ()


def render_award_letter(content: LetterContent) -> bytes:
    """Return the award letter as a tagged PDF of two pages: the Armenian text, then the English one.

    The prevailing language is named, not put first: a letter to an Armenian municipality opens in Armenian.
    Raises ValueError for a language without a version or an amount that cannot be written in words, and
    what ``render_pdf`` raises.
    """
    if content.prevailing_language not in LANGUAGES:
        raise ValueError(f"no version of the letter in: {content.prevailing_language}")
    with translation.override("hy"):
        title = _("Award letter %(number)s") if content.amount else _("Notice of selection %(number)s")
    context = {"content": content, "versions": [_version(content, language) for language in LANGUAGES]}
    return render_pdf(
        "grants/letter_award.html", context, title=title % {"number": content.number}, language="hy", max_pages=_PAGES
    )


def _version(content: LetterContent, language: str) -> dict[str, Any]:
    """Return what the template shows in one language, ready to print."""
    office = content.office
    return {
        "language": language,
        "date": letter_date(content.dated, language),
        "programme": content.programme[language],
        "office": office.name[language],
        "contacts": [line for line in (office.address[language], office.phone, office.email, office.site) if line],
        "addressee": content.addressee_hy if language == "hy" else content.addressee_en,
        "call_title": content.call_title[language],
        "lot": content.lot[language] if content.lot else "",
        "funder": content.funder[language] if content.funder else "",
        "amount": money(content.amount, content.currency, language) if content.amount else "",
        "amount_in_words": amount_in_words(content.amount, content.currency, language) if content.amount else "",
        "reply_by": letter_date(content.reply_by, language) if content.reply_by else "",
        "conditions": [condition[language] for condition in content.conditions],
        "signatory_name": content.signatory.name[language],
        "signatory_position": content.signatory.position[language] or office.name[language],
        "qr": _qr(content.confirm_url, language),
    }


def _qr(address: str, language: str) -> str:
    with translation.override(language):
        title = _("QR code with the address of the page that confirms this letter")
    return segno.make(address, error="m", micro=False).svg_inline(border=0, dark="#15212d", title=title)
