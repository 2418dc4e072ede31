"""What an award letter says, gathered from the rows it rests on."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from calls.models import Call
from grants.letters import LANGUAGES, LetterContent, LetterOffice, Signatory, Text
from grants.models import Letter
from grants.queries import project_title
from portal.accounts.models import CountryOffice, Municipality


def of(letter: Letter) -> LetterContent:
    """Return the content of a letter."""
    grant = letter.grant
    application = grant.entry.application
    call = application.call
    return LetterContent(
        number=letter.number,
        dated=letter.dated,
        programme=_texts(call.programme, "title"),
        office=_office(grant.municipality, call),
        addressee_hy=letter.addressee_hy,
        addressee_en=letter.addressee_en,
        call_title=_texts(call, "title"),
        call_code=call.code,
        application_number=str(application.number),
        project_title=project_title(grant),
        project_language=grant.entry.submission.language if grant.entry.submission else "hy",
        amount=grant.amount,
        currency=grant.currency,
        duration_months=grant.entry.months,
        signatory=Signatory(_texts(call, "signatory_name"), _texts(call, "signatory_position")),
        prevailing_language=call.prevailing_language or "en",
        confirm_url=confirm_url(letter),
        confirm_address=confirm_url(letter, in_groups=True).partition("://")[2],
        lot=_texts(application.lot, "title") if application.lot else None,
        funder=_texts(call, "funder") if any(_texts(call, "funder").values()) else None,
    )


def confirm_url(letter: Letter, *, in_groups: bool = False) -> str:
    """Return the full address of the page that confirms a letter; for people to type, in groups of four signs."""
    groups = [letter.code[start : start + 4] for start in range(0, len(letter.code), 4)]
    with translation.override("hy"):
        return str(settings.SITE_URL) + reverse("grants:confirm", args=[("-" if in_groups else "").join(groups)])


def _texts(row: object, field: str) -> Text:
    return {language: getattr(row, f"{field}_{language}") or "" for language in LANGUAGES}


def _office(municipality: Municipality, call: Call) -> LetterOffice:
    """Return the letterhead: the office of the municipality's country, else the programme itself."""
    site = settings.SITE_URL.partition("://")[2]
    office = CountryOffice.objects.filter(country=municipality.country_id).first()
    if office is None:
        nothing = dict.fromkeys(LANGUAGES, "")
        return LetterOffice(name=_texts(call.programme, "title"), address=nothing, site=site)
    return LetterOffice(
        name=_texts(office, "name"),
        address=_texts(office, "address"),
        email=office.email,
        phone=office.phone,
        site=site,
    )
