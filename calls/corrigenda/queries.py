"""The corrigenda of calls, for pages and feeds."""

from django.db.models import prefetch_related_objects

from calls.models import Call, Corrigendum


def corrigenda_of(call: Call) -> list[Corrigendum]:
    """Return all corrigenda of a call, the last one first, each with the call at hand.

    One query, which is not asked again for the same object; none where the call has no corrigendum.
    """
    if not call.last_corrigendum:
        return []
    prefetch_related_objects([call], "corrigenda")
    return list(call.corrigenda.all())
