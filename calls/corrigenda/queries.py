"""The corrigenda of calls, for pages and feeds."""

from calls.models import Call, Corrigendum


def corrigenda_of(call: Call) -> list[Corrigendum]:
    """Return all corrigenda of a call, the last one first, each with the call at hand; no query where it has none."""
    if not call.last_corrigendum:
        return []
    rows = list(Corrigendum.objects.filter(call=call).order_by("-number"))
    for row in rows:
        row.call = call
    return rows
