"""The calls on the home page."""

from typing import Any, Final

from calls import queries, registry
from calls.pages import cards
from portal import clock

_READ: Final = 24
_RESULTS: Final = 3


def part() -> dict[str, Any]:
    """Return the cards of the open calls, the upcoming ones, and those whose results were announced last."""
    now, countries = clock.now(), queries.country_names()
    calls: list[Any] = list(queries.listed(now)[:_READ])
    decided = registry.decided_among(call.pk for call in calls)
    groups = {
        "open": [call for call in calls if call.standing == "open"],
        "upcoming": [call for call in calls if call.standing == "upcoming"],
        "decided": [call for call in calls if call.standing == "closed" and call.pk in decided][:_RESULTS],
    }
    return {name: cards.cards(group, now, countries, decided) for name, group in groups.items()}
