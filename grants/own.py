"""What grants add to the page and to the archive of a municipality."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.archive import Item
from applications.exports import stored_item
from applications.registry import Holding, Part
from grants.models import Grant, GrantState, Letter
from grants.queries import own_grants
from portal import languages
from portal.content import formatting

_TONES = {
    GrantState.AWARDED: "done",
    GrantState.ACCEPTED: "done",
    GrantState.SIGNED: "done",
    GrantState.RUNNING: "open",
    GrantState.TERMINATED: "error",
}


def part(person: Any, municipalities: Sequence[int]) -> Part:
    """Return the grants of municipalities that a person works for; one query."""
    rows = own_grants(person).filter(municipality__in=municipalities).prefetch_related(None)
    rows = rows.defer("entry__submission__snapshot", "entry__submission__eligibility")
    return Part(_("Grants"), tuple(map(_holding, rows)), reverse("grants:list"), _("All grants with their letters"))


def _holding(grant: Grant) -> Holding:
    application = grant.entry.application
    return Holding(
        title=application.call.title,
        url=reverse("grants:list"),
        word=grant.get_state_display(),
        tone=_TONES.get(GrantState(grant.state), "neutral"),
        note=str(application.number),
        amount=formatting.money(grant.amount, grant.currency, languages.active()) if grant.amount else "",
    )


def letters(person: Any, municipalities: Sequence[int]) -> Iterable[Item]:
    """Yield the letters of the grants of municipalities that a person works for; one query."""
    own = Grant.objects.visible_to(person).filter(municipality__in=municipalities)
    rows = Letter.objects.filter(grant__in=own).exclude(file=None)
    for letter in rows.select_related("file", "grant__entry__application").order_by("pk"):
        if letter.file:
            number = letter.grant.entry.application.number
            yield stored_item(f"grants/{number}/{letter.file.name}", letter.file, person)
