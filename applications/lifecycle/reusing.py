"""Taking answers and files of an earlier application over into another one."""

from django.utils.translation import gettext as _

from applications.lifecycle.holding import writing
from applications.lifecycle.rewriting import rewrite
from applications.models import Attachment, EntryState, Reuse, StageEntry
from applications.queries import Dossier, dossier_of
from applications.refusals import NotADraft, Refused
from applications.sources import Plan, earlier_entries, plan_of, sources_of
from portal.accounts.models import Person


class NothingToTake(Refused):
    """Nothing of the earlier application fits where the draft has no answer yet."""

    def __init__(self) -> None:
        super().__init__(_("Nothing was taken over: what fits is answered already. Your answers are as they were."))


def reuse_answers(entry: StageEntry, source: StageEntry, *, by: Person) -> Reuse:
    """Fill the questions that have no answer yet with what an earlier application of the same municipality said.

    Answers are matched by the keys of questions (``applications.answers.carrying``); none that is there is changed, and
    nothing that was confirmed is taken over. Files are not copied: the same one stands in both. Asked twice, it
    returns the record of the first time.

    Args:
        source: one of ``earlier_entries(entry)``.
        by: who does it; the caller has asked ``rules.may_edit`` and that they work for the municipality.

    Effects: answers, files, and a record of what was taken and what was left, with the reasons.

    Raises:
        NotADraft: it takes no text any more, or only answers that are to be clarified.
        LookupError: the source is not one that the municipality can take from.
        NothingToTake: nothing fits that is not answered already.
    """
    with writing(entry) as locked:
        if locked.state == EntryState.CLARIFICATION:
            raise NotADraft
        rows = [row for row in earlier_entries(locked) if row.pk == source.pk]
        if not rows:
            raise LookupError(source.pk)
        dossier = dossier_of(locked)
        (found,) = sources_of(rows)
        plan = plan_of(dossier, found)
        if plan.taken:
            return take_over(dossier, found.entry, plan, by=by)
        known: Reuse | None = Reuse.objects.filter(entry=locked, source=source).order_by("-taken_at").first()
        if known is None:
            raise NothingToTake
        return known


def take_over(dossier: Dossier, source: StageEntry, plan: Plan, *, by: Person) -> Reuse:
    """Write what a plan takes into a held entry, and the record of it."""
    entry = dossier.entry
    answers = {
        section: {**dossier.sheet.answers.get(section, {}), **kept} for section, kept in plan.carried.answers.items()
    }
    rewrite(entry, answers, by=by)
    Attachment.objects.bulk_create(
        Attachment(entry=entry, question=question, file=file)
        for question, files in plan.files.items()
        for file in files
    )
    left = {key: str(reason) for key, reason in plan.left.items()}
    return Reuse.objects.create(entry=entry, source=source, person=by, taken=list(plan.taken), left=left)  # type: ignore[no-any-return]
