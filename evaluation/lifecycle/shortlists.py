"""Shortlists: drafted with a recorded draw, frozen once nothing waits, replaced but never changed."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.utils.translation import gettext as _

from applications.answers import digest_of
from applications.models import ENTRY_TRANSITIONS, EntryState, StageEntry
from calls.models import Stage
from evaluation.assembly import StageFile, load_stage
from evaluation.content import content_of
from evaluation.lifecycle.errors import CannotFreeze, Refused
from evaluation.models import SHORTLIST_TRANSITIONS, Shortlist, ShortlistRow, ShortlistState
from evaluation.ranking import Place, Ranking
from evaluation.ranking_json import result_document
from evaluation.scoring import Outcome, display
from portal import clock
from portal.accounts.models import Person
from portal.transitions import move

SEEDS = 10**12
"""The draw takes one of so many seeds; few enough to be read out loud."""

# What becomes of an application by its outcome. Where the committee chooses (`passed`), it stays as submitted.
DECIDED = {
    Outcome.SELECTED: EntryState.SELECTED,
    Outcome.RESERVE: EntryState.RESERVE,
    Outcome.FAILED: EntryState.FAILED,
    Outcome.PASSED: EntryState.SUBMITTED,
}


def _locked_stage(pk: int) -> Stage:
    rows = Stage.objects.select_for_update(of=("self",)).select_related("call", "grid")
    return rows.get(pk=pk)


@transaction.atomic
def make_shortlist(stage: Stage, *, by: Person | None) -> Shortlist:
    """Make the draft of a shortlist with its draw, or give back the draft that is there.

    Effects: a shortlist in state draft with a random seed, recorded and never changed. A draft that will replace a
    frozen shortlist keeps that one's seed: nobody draws again until the draw pleases.

    Raises:
        Refused: the stage has no evaluation grid.
    """
    locked = _locked_stage(stage.pk)
    if not hasattr(locked, "grid"):
        raise Refused(_("This stage has no evaluation grid."))
    draft: Shortlist | None = Shortlist.objects.filter(stage=locked, state=ShortlistState.DRAFT).first()
    if draft is not None:
        return draft
    in_force = Shortlist.objects.filter(stage=locked, state=ShortlistState.FROZEN).first()
    seed = in_force.seed if in_force else secrets.randbelow(SEEDS)
    return Shortlist.objects.create(stage=locked, seed=seed, created_by=by)


def obstacles(file: StageFile, ranking: Ranking, now: datetime) -> list[str]:
    """What a shortlist waits for before it can be frozen, one text for each; none if it can."""
    found = []
    if file.stage.accepts(now, with_grace=True):
        found.append(_("The stage is still open for applications."))
    if not file.entries:
        found.append(_("No application is under evaluation."))
    waiting = [place for place in ranking.places if place.outcome.waits]
    if waiting:
        found.append(_("These wait for an assessment: %(numbers)s.") % {"numbers": _numbers(waiting)})
    asked = [row.application.number or "" for row in file.entries if row.state == EntryState.CLARIFICATION]
    if asked:
        found.append(_("These wait for a clarification: %(numbers)s.") % {"numbers": ", ".join(sorted(asked))})
    return found


def _numbers(places: Iterable[Place]) -> str:
    return ", ".join(place.application.number for place in places)


@transaction.atomic
def freeze_shortlist(shortlist: Shortlist, *, by: Person | None, shown: str = "") -> Shortlist:
    """Freeze a draft: recompute its ranking, fix it under a digest, and decide its applications.

    Effects, all or none: the stage and its applications are locked; content, SHA-256 and rows are written;
    applications become selected, reserve or failed, and stay submitted where the committee chooses; the shortlist in
    force before is superseded and named. Of two people who freeze at once, one does.

    Args:
        shown: the ``fingerprint`` of the ranking that the person confirmed; empty where nobody was asked.

    Raises:
        CannotFreeze: the stage is open, an application waits, or there is none.
        Refused: the ranking is no longer the one that was shown. IllegalTransition: no draft any more.
    """
    stage = _locked_stage(shortlist.stage_id)
    found: Shortlist = Shortlist.objects.select_for_update(of=("self",)).get(pk=shortlist.pk)
    move(found, ShortlistState.FROZEN, SHORTLIST_TRANSITIONS)
    file = load_stage(stage, lock=True)
    ranking = file.ranking(found.seed)
    found.frozen_at, found.frozen_by = clock.now(), by
    hindrances = obstacles(file, ranking, found.frozen_at)
    if hindrances:
        raise CannotFreeze(hindrances)
    if shown and shown != fingerprint(ranking):
        raise Refused(_("The ranking has changed since this page was opened. Look at it again before freezing it."))
    found.replaces = _superseded(stage)
    before = found.replaces.digest if found.replaces else ""
    found.content = content_of(file, found.seed, ranking, at=found.frozen_at, replaces=before)
    found.digest = digest_of(found.content)
    found.save()
    _write_rows(found, file, ranking)
    _decide(file, ranking, found.frozen_at)
    return found


def fingerprint(ranking: Ranking) -> str:
    """What a page that asks for confirmation has shown: freezing refuses anything else."""
    return digest_of(result_document(ranking))


def _superseded(stage: Stage) -> Shortlist | None:
    previous: Shortlist | None = (
        Shortlist.objects.select_for_update(of=("self",)).filter(stage=stage, state=ShortlistState.FROZEN).first()
    )
    if previous is not None:
        move(previous, ShortlistState.SUPERSEDED, SHORTLIST_TRANSITIONS)
        previous.save(update_fields=["state"])
    return previous


def _write_rows(shortlist: Shortlist, file: StageFile, ranking: Ranking) -> None:
    entries = {entry.application.number: entry for entry in file.entries}
    ShortlistRow.objects.bulk_create(
        ShortlistRow(
            shortlist=shortlist,
            entry=(entry := entries[place.application.number]),
            lot=entry.application.lot,
            position=position,
            rank=place.rank,
            score=Decimal(display(place.standing.score or Fraction())),
            requested=entry.requested,
            outcome=place.outcome.value,
        )
        for position, place in enumerate(ranking.places, start=1)
    )


def _decide(file: StageFile, ranking: Ranking, now: datetime) -> None:
    entries = {entry.application.number: entry for entry in file.entries}
    changed: dict[str, list[int]] = {}
    for place in ranking.places:
        entry, to = entries[place.application.number], DECIDED[place.outcome]
        if entry.state != to:
            move(entry, to, ENTRY_TRANSITIONS)
            changed.setdefault(to, []).append(entry.pk)
    for state, pks in changed.items():
        StageEntry.objects.filter(pk__in=pks).update(state=state, changed_at=now)
