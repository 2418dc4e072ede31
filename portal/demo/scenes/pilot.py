"""The pilot call: its concept notes are being checked and assessed."""

from applications.models import StageEntry
from calls.models import Call
from evaluation.scoring import Outcome
from portal.demo.scenes import settling
from portal.demo.scenes.stage import Cast, Municipalities, put_on
from portal.demo.simulation import Wish, simulate

_SEED = 12
_APPLICATIONS = 40
_UNFINISHED, _DIVERGENT, _CHECKED = 0.15, 0.18, 0.8


def play(cast: Cast, known: Municipalities) -> Call:
    """Put the call on: 40 concept notes, most of them assessed, some waiting for an assessor or a third opinion."""
    call, stage = put_on(cast, "m4eg-2021-pilot", "concept", days=-20)
    wish = Wish(
        applications=_APPLICATIONS,
        seed=_SEED,
        assess=True,
        divergent=_DIVERGENT,
        unfinished=_UNFINISHED,
        checked=_CHECKED,
        first=(known.dilijan.pk, known.kutaisi.pk),
        leave_out=(known.meghri.pk, known.gyumri.pk),
    )
    entries = simulate(call, stage, wish).entries
    diverging = settling.waiting(stage, Outcome.NEEDS_THIRD)
    people = settling.assessors(list(cast.people.values()))[::-1]
    for place, entry in enumerate(diverging[:2]):
        settling.third_opinion(entry, people, cast.officer, finish=place > 0)
    _reject_one([entry for entry in entries if entry not in diverging], cast)
    return call


def _reject_one(entries: list[StageEntry], cast: Cast) -> None:
    settling.reject(
        entries[-1],
        "Ստորագրված հայտարարությունը բացակայում է։",
        "The signed declaration is missing. / Ստորագրված հայտարարությունը կցված չէ։",
        cast.officer,
    )
