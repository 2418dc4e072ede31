"""What the pages of grants need, each starting from what the person may see."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from calls.models import Call, Stage
from calls.registry import ResultRow
from evaluation.models import Outcome, Shortlist, ShortlistRow, ShortlistState
from grants.models import Grant, Letter, LetterSeries
from portal import languages
from portal.accounts.models import MemberRole, Membership, Municipality, Person


def own_grants(person: Any) -> "QuerySet[Grant]":
    """Return the grants of the municipalities that a person works for, with their letters."""
    own = person.current_memberships().values("municipality")
    return (
        Grant.objects.visible_to(person)
        .filter(municipality__in=own)
        .select_related("entry__application__call", "entry__submission", "municipality")
        .prefetch_related("letters__file")
    )


def awardable_shortlists() -> "QuerySet[Shortlist]":
    """Return the frozen shortlists of last stages that have a selected application without a grant."""
    waiting = ShortlistRow.objects.filter(outcome=Outcome.SELECTED, entry__grant=None).values("shortlist")
    later = Stage.objects.filter(call=OuterRef("stage__call"), position__gt=OuterRef("stage__position"))
    frozen = Shortlist.objects.filter(~Exists(later), state=ShortlistState.FROZEN, pk__in=waiting)
    return frozen.select_related("stage__call").defer("content").order_by("stage__call__code")


def is_last_stage(shortlist: Shortlist) -> bool:
    """Say whether awards follow from a shortlist: those of earlier stages only invite to the next one."""
    return not shortlist.stage.call.stages.filter(position__gt=shortlist.stage.position).exists()


def rows_of(shortlist: Shortlist) -> "QuerySet[ShortlistRow]":
    """Return a shortlist's rows in order, with what an award needs of each."""
    return shortlist.rows.select_related(
        "lot",
        "entry__grant",
        "entry__application__call",
        "entry__application__municipality__region",
        "entry__application__municipality__country",
    ).order_by("position")


def addressee(municipality: Municipality, name: str, language: str) -> str:
    """Return the line to whom a letter goes, which staff may still change.

    In Armenian the dative: the name stays in the nominative before «համայնքին», the marz in the genitive.
    """
    region = getattr(municipality.region, f"full_name_{language}", "") or ""
    country = getattr(municipality.country, f"name_{language}")
    if language == "en":
        parts = [f"Municipality of {name}", "" if region == name else region, country]
        return ", ".join(part for part in parts if part)
    if municipality.country_id != "AM":
        return f"{name} համայնքին, {country}"
    return f"{region}ի {name} համայնքին" if region.endswith("մարզ") else f"{name} համայնքին"


def recipients(municipality: Municipality) -> list[Person]:
    """Return who is told about a municipality's grants: its head; where none is registered, all who work for it."""
    in_force = Membership.objects.in_force().filter(municipality=municipality, person__is_active=True)
    members = list(in_force.select_related("person").order_by("pk"))
    heads = [member.person for member in members if member.role == MemberRole.HEAD]
    return heads or [member.person for member in members]


def announced(call: Call) -> Iterable[ResultRow]:
    """Yield the awards of a call, by lot and rank, for its public page."""
    grants = (
        Grant.objects.filter(entry__application__call=call)
        .select_related("entry__application", "entry__submission", "municipality__region", "municipality__country")
        .select_related("row__lot")
        .order_by("row__position")
    )
    return [_result(grant) for grant in grants]


def _result(grant: Grant) -> ResultRow:
    application = grant.entry.application
    return ResultRow(
        lot=grant.row.lot.code if grant.row.lot else None,
        number=str(application.number),
        municipality=_name_then(application),
        title=project_title(grant),
        amount=grant.amount or None,
        place=", ".join(str(part) for part in (grant.municipality.region, grant.municipality.country) if part),
    )


def _name_then(application: Any) -> str:
    """Return the name under which an application was made, which is kept in Armenian and English."""
    name = application.municipality_name_hy if languages.active() == "hy" else application.municipality_name_en
    return str(name)


def decided_among(calls: Iterable[int]) -> Iterable[int]:
    """Return the calls that have awards."""
    found = Grant.objects.filter(entry__application__call__in=calls).values_list("entry__application__call", flat=True)
    return found.distinct()


def project_title(grant: Grant) -> str:
    """Return the title that the application gave to its project; empty where its form asks for none."""
    submission = grant.entry.submission
    answers = submission.snapshot.get("answers", {}) if submission else {}
    found = (section["title"] for section in answers.values() if isinstance(section, dict) and section.get("title"))
    return str(next(found, ""))


def lock_series(call: Call) -> LetterSeries:
    """Return the call's series of letter numbers, locked until the end of the transaction."""
    LetterSeries.objects.get_or_create(call=call)
    return LetterSeries.objects.select_for_update().get(call=call)


def letter_by_code(code: str) -> Letter | None:
    """Return the letter with a code of confirmation, however it was typed; None if there is none, or no file yet."""
    letters = Letter.objects.exclude(file=None).select_related(
        "file", "grant__entry__application__call", "corrected_by"
    )
    typed = "".join(sign for sign in code if sign.isalnum())
    return letters.filter(code=typed.upper()).first()
