"""A new call from an old one: to the next year, or to another country. All dates are asked anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from calls.models import Call, CallDocument
from calls.spec import CallSpec, LotSpec, StageSpec
from calls.transfer import WritingRefused, spec_of, write_call
from portal.accounts.models import Person


@dataclass(frozen=True)
class Dates:
    """When a stage opens and ends, by the clock of the call."""

    opens: datetime
    deadline: datetime


@dataclass(frozen=True)
class NewCall:
    """What a copy is asked: everything else is taken as it stands.

    Attributes:
        title: by language; those of the old call that are not given stay.
        stages: the dates of each stage, by its code.
    """

    code: str
    title: Mapping[str, str]
    countries: tuple[str, ...]
    currency: str
    time_zone: str
    stages: Mapping[str, Dates]
    questions_until: datetime | None = None
    answers_until: datetime | None = None


@transaction.atomic
def copy_call(call: Call, asked: NewCall, *, by: Person) -> Call:
    """Make a draft from another call, with its texts, money, lots, rules, forms, grids and documents.

    Documents are shared: the files are kept once. Waivers, questions with their answers, extensions, corrigenda,
    followers and applications stay with the old call. Lots that were for other countries alone are left out.

    Effects: the new draft with all that belongs to it.

    Raises:
        calls.transfer.WritingRefused: it cannot be written, as where the code belongs to a call.
    """
    if Call.objects.filter(code=asked.code).exists():
        raise WritingRefused(_("Another call has this code. Please choose another."))
    spec = spec_of(call)
    copied = _changed(spec, asked)
    made = write_call(copied.model_copy(update={"documents": ()}), by=by)
    _share_documents(call, made)
    return made


def _changed(spec: CallSpec, asked: NewCall) -> CallSpec:
    lots = (_for_countries(lot, set(asked.countries)) for lot in spec.lots)
    return spec.model_copy(
        update={
            "code": asked.code,
            "title": {**spec.title, **asked.title},
            "countries": asked.countries,
            "currency": asked.currency,
            "time_zone": asked.time_zone,
            "questions_until": asked.questions_until,
            "answers_until": asked.answers_until,
            "lots": tuple(lot for lot in lots if lot is not None),
            "stages": tuple(_dated(stage, asked.stages[stage.code]) for stage in spec.stages),
        }
    )


def _for_countries(lot: LotSpec, countries: set[str]) -> LotSpec | None:
    """Return a lot narrowed to some countries; None where it was for others alone, since an empty list means all."""
    kept = tuple(code for code in lot.countries if code in countries)
    regions = tuple(code for code in lot.regions if code[:2] in countries)
    if (lot.countries and not kept) or (lot.regions and not regions):
        return None
    return lot.model_copy(update={"countries": kept, "regions": regions})


def _dated(stage: StageSpec, dates: Dates) -> StageSpec:
    return stage.model_copy(update={"opens": dates.opens, "deadline": dates.deadline})


def _share_documents(call: Call, made: Call) -> None:
    with translation.override(settings.MODELTRANSLATION_DEFAULT_LANGUAGE):
        for document in CallDocument.objects.filter(call=call).order_by("position", "pk"):
            document.pk = None
            document._state.adding = True
            document.call = made
            document.save()


def years_later(moment: datetime, years: int) -> datetime:
    """Return the same day and hour some years later; 29 February becomes the 28th."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, day=28)


def years_to(spec: CallSpec, now: datetime) -> int:
    """Return by how many years the dates of a call have to move so that all its deadlines come after a moment."""
    last = min((stage.deadline for stage in spec.stages), default=None)
    years = 1
    while last is not None and years_later(last, years) <= spec.local(now):
        years += 1
    return years
