"""Awards and letters: every change of them is one function here."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from io import BytesIO
from typing import Any

import structlog
from django.core.files.base import File
from django.db import DatabaseError, transaction
from django.template import TemplateDoesNotExist
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from evaluation.models import Outcome, Shortlist, ShortlistRow, ShortlistState
from grants import letter_content, queries
from grants.letters import render_award_letter
from grants.models import Grant, Letter
from grants.rules import may_award
from portal import clock
from portal.documents.pdf import FontsMissing
from portal.documents.sniff import KINDS
from portal.documents.storage import store
from portal.notices.lifecycle import enqueue

log = structlog.get_logger(__name__)


class AwardRefused(Exception):
    """An award that cannot be made. Its text is for people."""


@dataclass(frozen=True)
class Addressees:
    """To whom a letter goes, as staff left it."""

    hy: str
    en: str


@transaction.atomic
def award_shortlist(
    shortlist: Shortlist, *, by: Any, addressees: Mapping[int, Addressees] | None = None, only: set[int] | None = None
) -> list[Grant]:
    """Award a grant to the selected applications of a frozen shortlist.

    Args:
        by: the person who awards.
        addressees: by primary key of a row, the addressee of its letter; the usual line where none is given.
        only: primary keys of the rows to award now; all selected ones if None.

    Returns:
        The new grants; applications that have one are left alone, so that two people cannot award twice.

    Effects: grants and numbered letters; after the transaction a Celery task renders each letter, and only then is
    the municipality told.

    Raises:
        AwardRefused: the person may not award, the shortlist is not frozen, or its stage is not the last.
    """
    shortlist = Shortlist.objects.select_for_update(of=("self",)).select_related("stage__call").get(pk=shortlist.pk)
    check_award(shortlist, by=by)
    rows = [row for row in queries.rows_of(shortlist) if is_waiting(row) and (only is None or row.pk in only)]
    series = queries.lock_series(shortlist.stage.call)
    grants = []
    for row in rows:
        series.last += 1
        number = f"{shortlist.stage.call.code}-L{series.last:04d}"
        grants.append(_award(row, number, (addressees or {}).get(row.pk), by=by))
    series.save(update_fields=["last"])
    log.info("awarded", shortlist=shortlist.pk, grants=len(grants))
    return grants


def check_award(shortlist: Shortlist, *, by: Any) -> None:
    """Raise AwardRefused where a person cannot award from a shortlist. Needs ``shortlist.stage``."""
    if not may_award(by):
        raise AwardRefused(_("Only those who run the programme award grants."))
    if shortlist.state != ShortlistState.FROZEN:
        raise AwardRefused(_("Grants are awarded from a frozen shortlist that is in force; this one is not."))
    if not queries.is_last_stage(shortlist):
        raise AwardRefused(_("Grants are awarded after the last stage of a call; this stage only invites to the next."))


def is_waiting(row: ShortlistRow) -> bool:
    """Say whether a row is selected and its application has no grant, from this shortlist or one that it replaces."""
    return row.outcome == Outcome.SELECTED and not hasattr(row.entry, "grant")


def amount_of(row: ShortlistRow) -> Decimal:
    """Return what a row is awarded: the fixed amount of the lot or call where there is one, else what was requested."""
    of_lot = row.lot.grant_fixed if row.lot else None
    fixed = of_lot if of_lot is not None else row.entry.application.call.grant_fixed
    return Decimal(fixed if fixed is not None else row.requested)


def _award(row: ShortlistRow, number: str, addressees: Addressees | None, *, by: Any) -> Grant:
    application = row.entry.application
    grant = Grant.objects.create(
        entry=row.entry,
        row=row,
        municipality=application.municipality,
        amount=amount_of(row),
        currency=application.call.currency,
        awarded_by=by,
    )
    lines = addressees or usual_addressees(row)
    letter = Letter.objects.create(
        grant=grant,
        kind=Letter.Kind.AWARD if grant.amount else Letter.Kind.SELECTION,
        number=number,
        addressee_hy=lines.hy,
        addressee_en=lines.en,
        dated=application.call.local(clock.now()).date(),
    )
    transaction.on_commit(partial(_render_soon, letter.pk), robust=True)
    return grant


def usual_addressees(row: ShortlistRow) -> Addressees:
    """Return the addressee lines that staff start from."""
    application = row.entry.application
    municipality = application.municipality
    return Addressees(
        hy=queries.addressee(municipality, application.municipality_name_hy, "hy"),
        en=queries.addressee(municipality, application.municipality_name_en, "en"),
    )


def _render_soon(pk: int) -> None:
    from grants.tasks import render_letter

    render_letter.delay(pk)


@transaction.atomic
def render_letter(pk: int) -> bool:
    """Make a letter's file and tell the municipality; return False where that was done before, or is being done.

    File, digest and notices are written in one transaction under a lock of the letter: a worker that is killed
    meanwhile leaves nothing, and the next one makes the only letter and the only notices.
    """
    letter = Letter.objects.select_for_update(skip_locked=True).filter(pk=pk, file=None).first()
    if letter is None:
        return False
    content = letter_content.of(letter)
    pdf = render_award_letter(content)
    letter.file = store(File(BytesIO(pdf)), name=f"{letter.number}.pdf", by=None, kind=KINDS["pdf"])
    letter.rendered_at = clock.now()
    letter.save(update_fields=["file", "rendered_at"])
    _tell(letter)
    log.info("letter rendered", letter=letter.number, bytes=len(pdf))
    return True


UNRENDERABLE = (FontsMissing, TemplateDoesNotExist, DatabaseError, OSError, LookupError, ValueError, TypeError)
"""What keeps one letter from being made: fonts or a template that are not there, data that do not fit, a full disk."""


def render_waiting(limit: int) -> int:
    """Make the files of letters that wait for one, oldest first, and return how many were made.

    A letter that cannot be made is logged and does not hold up the others.
    """
    made = 0
    for pk in Letter.objects.filter(file=None).order_by("pk").values_list("pk", flat=True)[:limit]:
        try:
            made += render_letter(pk)
        except UNRENDERABLE:
            log.exception("letter not rendered", letter=pk)
    return made


def _tell(letter: Letter) -> None:
    grant = letter.grant
    for person in queries.recipients(grant.municipality):
        with translation.override(person.language):
            address = reverse("grants:list")
        context = {"letter": letter, "grant": grant, "call": grant.entry.application.call, "address": address}
        enqueue("award_letter", recipient=person, key=f"award_letter:{letter.pk}:{person.pk}", context=context)
