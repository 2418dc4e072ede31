"""Taking note of the corrigenda of a call in a draft."""

from applications.lifecycle.holding import writing
from applications.models import Acknowledgement, StageEntry
from calls.models import Corrigendum
from portal import clock
from portal.accounts.models import Person


def acknowledge(entry: StageEntry, number: int, *, by: Person) -> StageEntry:
    """Record that those who write a draft know the corrigenda of its call up to a number.

    Args:
        number: of the last one that was shown; later ones, and numbers that the call does not have, change nothing.
        by: who confirms it; the caller has asked ``rules.may_edit``.

    Effects: an acknowledgement of each corrigendum that was new to the draft; asked twice, nothing more happens.

    Raises:
        NotADraft: it was submitted or withdrawn.
    """
    with writing(entry) as locked:
        rows = Corrigendum.objects.filter(
            call=locked.stage.call_id, number__gt=locked.acknowledged, number__lte=number
        ).order_by("number")
        unread, moment = list(rows), clock.now()
        if unread:
            Acknowledgement.objects.bulk_create(
                Acknowledgement(entry=locked, corrigendum=corrigendum, person=by, acknowledged_at=moment)
                for corrigendum in unread
            )
            locked.acknowledged = unread[-1].number
            locked.save(update_fields=["acknowledged"])
    return locked
