"""Who may do what in the evaluation. No queries beyond the roles of the person, which are read once a request."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from applications.models import EntryState, StageEntry
from evaluation.models import Assessment, AssessmentState
from portal.accounts.models import Person, Role

EDITABLE = (AssessmentState.IN_PROGRESS, AssessmentState.REOPENED)
JUDGED = (EntryState.SUBMITTED, EntryState.CLARIFICATION)

# Mailboxes that anybody may have: sharing one of these domains says nothing about where a person works.
FREE_MAIL = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "mail.ru",
        "bk.ru",
        "inbox.ru",
        "list.ru",
        "yandex.ru",
        "yandex.com",
        "ya.ru",
        "rambler.ru",
        "yahoo.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "icloud.com",
        "proton.me",
        "protonmail.com",
        "ukr.net",
        "i.ua",
        "meta.ua",
        "freenet.am",
        "netsys.am",
    }
)


def manages(person: Any) -> bool:
    """Whether the person runs evaluations: checks, assigns, makes and freezes shortlists."""
    return bool(person.is_authenticated and person.has_role(Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER))


def follows(person: Any) -> bool:
    """Whether the person reads every evaluation: the programme's staff and auditors."""
    return bool(person.is_authenticated and person.has_role(*Role.programme_wide()))


def assesses(person: Any) -> bool:
    """Whether the person scores applications that are assigned to them."""
    return bool(person.is_authenticated and person.has_role(Role.ASSESSOR))


def reads_shortlists(person: Any) -> bool:
    """Whether the person reads shortlists: of every country, or frozen ones with their own country's rows."""
    return follows(person) or bool(person.is_authenticated and person.office_countries)


def owns(person: Any, assessment: Assessment) -> bool:
    """Whether the assessment is the person's own to make."""
    if assessment.assessor_id != person.pk:
        return False
    return manages(person) if assessment.consensus else assesses(person)


def reads_assessment(person: Any, assessment: Assessment) -> bool:
    """Whether the person may look at the assessment at all: its assessor, unless in conflict; the programme's staff."""
    if follows(person):
        return True
    return owns(person, assessment) and assessment.state != AssessmentState.DECLINED


def must_declare(assessment: Assessment) -> bool:
    """Whether the assessor has not yet said that there is no conflict of interest, and so has seen nothing."""
    return assessment.state == AssessmentState.ASSIGNED


def scores(person: Any, assessment: Assessment) -> bool:
    """Whether the person may change the scores now. Needs ``assessment.entry``."""
    return owns(person, assessment) and assessment.state in EDITABLE and assessment.entry.state in JUDGED


def reopens(person: Any, assessment: Assessment) -> bool:
    """Whether the person may let the assessor correct a completed assessment. Needs ``assessment.entry``."""
    completed = assessment.state == AssessmentState.COMPLETED
    return manages(person) and completed and assessment.entry.state in JUDGED


def grounds_against(person: Person, entry: StageEntry, works_for: Collection[int]) -> str:
    """Why a person cannot assess an application independently; an empty text if nothing speaks against it.

    ``works_for`` holds the keys of the municipalities that the person has ever been a member of. The entry comes with
    its application and municipality. Found here: the person works or worked for the municipality, has an address in
    the domain of its official mail, or works for the programme and would see the others' scores.
    """
    municipality = entry.application.municipality
    if municipality.pk in works_for:
        return _("%(person)s works or worked for the municipality.") % {"person": person}
    domain = mail_domain(person.email)
    if domain and domain == mail_domain(municipality.official_email) and domain not in FREE_MAIL:
        values = {"person": person, "domain": domain}
        return _("%(person)s has an e-mail address of the municipality (%(domain)s).") % values
    if follows(person) or municipality.country_id in person.office_countries:
        return _("%(person)s works for the programme and would see what others score.") % {"person": person}
    return ""


def mail_domain(address: str) -> str:
    """The part of an e-mail address after the @, in lower case; empty if there is none."""
    return address.rpartition("@")[2].strip().lower() if "@" in address else ""
