"""The portfolio call: closed, evaluated, decided, and the selected municipalities told by letter."""

from calls.models import Call, ProgrammeMembership
from evaluation.lifecycle import freeze_shortlist, make_shortlist
from evaluation.scoring import Outcome
from grants.lifecycle import award_shortlist
from portal.accounts.models import Municipality
from portal.demo.scenes import settling
from portal.demo.scenes.stage import Cast, Municipalities, put_on
from portal.demo.simulation import Wish, simulate

_SEED = 2021
_APPLICATIONS = 25
_DIVERGENT = 0.12
_NETWORK = 40
_STRONG, _FAIR = 0.97, 0.7


def play(cast: Cast, known: Municipalities) -> None:
    """Put the call on, let 25 municipalities apply and be assessed, freeze the shortlist and award.

    Dilijan is among the best; Alaverdi and Kutaisi took part; Meghri did not.
    """
    call, stage = put_on(cast, "m4eg-2021-portfolio", "eoi", days=-70)
    _network(call, known)
    wish = Wish(
        applications=_APPLICATIONS,
        seed=_SEED,
        assess=True,
        divergent=_DIVERGENT,
        first=(known.dilijan.pk, known.alaverdi.pk, known.kutaisi.pk),
        leave_out=(known.meghri.pk, known.gyumri.pk),
        quality={known.dilijan.pk: _STRONG, known.alaverdi.pk: _FAIR, known.kutaisi.pk: _FAIR},
    )
    simulate(call, stage, wish)
    for entry in settling.waiting(stage, Outcome.NEEDS_CONSENSUS):
        settling.agree(entry, cast.officer)
    shortlist = freeze_shortlist(make_shortlist(stage, by=cast.officer), by=cast.officer)
    award_shortlist(shortlist, by=cast.officer)


def _network(call: Call, known: Municipalities) -> None:
    """Make some municipalities of each country members of the programme's network, Meghri not among them."""
    rows = Municipality.objects.current().exclude(pk=known.meghri.pk)
    members = {row.pk for row in (known.alaverdi, known.dilijan, known.kutaisi)}
    for country in call.countries:
        members |= set(rows.filter(country=country).order_by("code").values_list("pk", flat=True)[:_NETWORK:2])
    ProgrammeMembership.objects.bulk_create(
        ProgrammeMembership(programme=call.programme, municipality_id=key) for key in sorted(members)
    )
