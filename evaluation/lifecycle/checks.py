"""The checklist that staff go through before scoring, and rejection by it."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from applications.models import ENTRY_TRANSITIONS, EntryState, StageEntry
from calls.models import CheckItem
from evaluation.lifecycle.errors import Refused
from evaluation.models import CheckResult
from evaluation.rules import JUDGED
from portal import clock
from portal.accounts.models import Person
from portal.transitions import move

Answer = tuple[str, str]
"""An answer (yes, no, na) and its note."""


def lock_entry(pk: int) -> StageEntry:
    """The entry of an application in a stage, locked until the transaction ends. Take this lock before any other."""
    entries = StageEntry.objects.select_for_update(of=("self",))
    return entries.select_related("application__municipality", "application__lot", "stage__call").get(pk=pk)


def record_check(entry: StageEntry, item: CheckItem, answer: str, note: str = "", *, by: Person | None) -> CheckResult:
    """Record what was found at one line of the checklist. See ``record_checks``."""
    record_checks(entry, {item.pk: (answer, note)}, by=by)
    return CheckResult.objects.get(entry=entry, item=item)


@transaction.atomic
def record_checks(entry: StageEntry, answers: Mapping[int, Answer], *, by: Person | None) -> None:
    """Record answers to the checklist of a submitted application, by key of the check; later ones replace earlier
    ones.

    Effects: one row for each answer, who and when; history by triggers. The state of the application stays.

    Raises:
        Refused: the application is not under evaluation, or a check belongs to another stage.
    """
    locked = lock_entry(entry.pk)
    if locked.state not in JUDGED:
        raise Refused(_("%(number)s is not under evaluation.") % {"number": locked.application})
    known = set(CheckItem.objects.filter(stage=locked.stage_id).values_list("pk", flat=True))
    if not known.issuperset(answers):
        raise Refused(_("This check belongs to another stage."))
    moment = clock.now()
    CheckResult.objects.bulk_create(
        [
            CheckResult(entry=locked, item_id=item, answer=answer, note=note, by=by, at=moment)
            for item, (answer, note) in answers.items()
        ],
        update_conflicts=True,
        unique_fields=["entry", "item"],
        update_fields=["answer", "note", "by", "at"],
    )


@transaction.atomic
def reject_entry(entry: StageEntry, reason: str, *, by: Person | None) -> StageEntry:
    """Reject an application at the checks, for a fatal line of the checklist that was answered with no.

    Effects: state rejected; ``reason`` joins the notes of the failed checks. The assessments stay as they are, and
    count no longer.

    Raises:
        Refused: no reason, no fatal check was answered with no, or the applicant is clarifying answers.
        IllegalTransition: the application is not under evaluation.
    """
    locked = lock_entry(entry.pk)
    failed = CheckResult.objects.filter(entry=locked, item__fatal=True, answer=CheckResult.Answer.NO)
    if not reason.strip():
        raise Refused(_("Give the reason: the municipality will read it."))
    if locked.state == EntryState.CLARIFICATION:
        raise Refused(_("The applicant is clarifying answers. Wait for that, or take the request back first."))
    results = list(failed.select_for_update(of=("self",)))
    if not results:
        raise Refused(_("An application is rejected only where a check that rejects was answered with “no”."))
    move(locked, EntryState.REJECTED, ENTRY_TRANSITIONS)
    locked.changed_at = clock.now()
    locked.save(update_fields=["state", "changed_at"])
    for result in results:
        result.note = "\n".join(filter(None, [result.note, reason.strip()]))
        result.by, result.at = by, locked.changed_at
    CheckResult.objects.bulk_update(results, ["note", "by", "at"])
    return locked
