"""Beginning from an earlier application: what there is, how much of it fits, and afterwards what was taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers.carrying import Left
from applications.messages import language, say
from applications.models import Reuse, StageEntry
from applications.pages.frame import tone
from applications.pages.links import url
from applications.queries import Dossier
from applications.sources import Plan, Source, plan_of, sources_of
from portal.content import formatting

REASONS: Final[Mapping[Left, "str | Promise"]] = {
    Left.NOT_ASKED: gettext_lazy("not asked here, or not in this form"),
    Left.OTHER_KIND: gettext_lazy("asked in another way here"),
    Left.NOT_OFFERED: gettext_lazy("what was chosen is not offered here"),
    Left.OTHER_CURRENCY: gettext_lazy("the amounts are in another currency"),
    Left.CONFIRM: gettext_lazy("is confirmed anew for each application"),
    Left.ANSWERED: gettext_lazy("answered here already; your answer was kept"),
    Left.FILE_KIND: gettext_lazy("files of this kind are not accepted here"),
    Left.FILE_SIZE: gettext_lazy("too large for what is accepted here"),
    Left.FILE_COUNT: gettext_lazy("more files than are accepted here"),
    Left.FILE_HELD: gettext_lazy("a file was not checked for viruses yet, or has one"),
}


@dataclass(frozen=True)
class LeftLine:
    """A question of the earlier application that was left, or taken in part only, and why."""

    label: str
    reason: str
    part: bool = False


def left_lines(
    left: Mapping[str, str], labels: Mapping[str, str], taken: frozenset[str] = frozenset()
) -> tuple[LeftLine, ...]:
    """Name what was left, in the order of the earlier form.

    Args:
        labels: of the questions of the earlier form, in its order.
        taken: what was taken all the same, in part.
    """
    known = {str(reason): str(words) for reason, words in REASONS.items()}
    return tuple(
        LeftLine(label, known.get(left[key], ""), key in taken) for key, label in labels.items() if key in left
    )


# --- what there is ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """An earlier application in the list.

    Attributes:
        municipality: whose it was, where it was another one that merged into this one.
        fits: how many answers would be taken.
        left: how many answers have no place here, or one that is filled.
        taken_url: the page of what was taken from it, where that was done.
    """

    pk: int
    title: str
    stage: str
    lot: str
    number: str
    municipality: str
    when: str
    word: str
    tone: str
    fits: int
    left: int
    taken_url: str = ""


def offers_of(dossier: Dossier, entries: list[StageEntry]) -> tuple[Offer, ...]:
    """Prepare the list, in a number of queries that does not depend on its length; what fits best comes first."""
    rows = Reuse.objects.filter(entry=dossier.entry).order_by("taken_at", "pk")
    taken = dict(rows.values_list("source", "pk"))  # of several, the latest
    sources = sources_of(entries)
    offers = [_offer(dossier, source, plan_of(dossier, source), taken.get(source.entry.pk)) for source in sources]
    return tuple(sorted(offers, key=lambda offer: -offer.fits))


def _offer(dossier: Dossier, source: Source, plan: Plan, taken: int | None) -> Offer:
    entry, lot = source.entry, source.entry.application.lot
    application = entry.application
    other = application.municipality_id != dossier.entry.application.municipality_id
    moment = entry.submitted_at or entry.changed_at
    zone = dossier.entry.application.municipality.country.time_zone
    return Offer(
        pk=entry.pk,
        title=entry.stage.call.title,
        stage=entry.stage.title,
        lot=lot.title if lot else "",
        number=application.number or "",
        municipality=application.municipality.name if other else "",
        when=formatting.day(moment, zone, language()),
        word=entry.get_state_display(),
        tone=tone(entry),
        fits=len(plan.taken),
        left=len(plan.left.keys() - set(plan.taken)),
        taken_url=url("reused", dossier.entry, str(taken)) if taken else "",
    )


# --- what was taken --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TakenLine:
    """A question that got an answer, with the way to it."""

    label: str
    url: str
    section: str


@dataclass(frozen=True)
class ReusePage:
    """What ``applications/reused.html`` prints."""

    title: str
    number: str
    by: str
    taken: tuple[TakenLine, ...]
    left: tuple[LeftLine, ...]
    problems: int


def reuse_page(dossier: Dossier, reuse: Reuse) -> ReusePage:
    """Prepare what was taken over, and what not; ``reuse.source`` is at hand as ``sources_of`` needs it."""
    (source,) = sources_of([reuse.source])
    labels = {q.key: say(q.label) for section in source.sections for q in section.questions}
    taken = frozenset(reuse.taken)
    unclear = {problem.key for problem in dossier.sheet.problems if not problem.missing}
    return ReusePage(
        title=_("%(call)s, %(stage)s") % {"call": reuse.source.stage.call.title, "stage": reuse.source.stage.title},
        number=reuse.source.application.number or "",
        by=str(reuse.person or ""),
        taken=tuple(
            TakenLine(say(q.label), f"{url('section', dossier.entry, section.code)}#field-{q.key}", say(section.title))
            for section in dossier.sheet.sections
            for q in section.questions
            if q.key in taken
        ),
        left=left_lines(reuse.left, labels, taken),
        problems=len(unclear & taken),
    )
