"""What the pages, feeds and papers of questions and answers need from the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    Expression,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    prefetch_related_objects,
)
from django.db.models.functions import Cast

from calls import queries
from calls.enquiries.anonymity import Known
from calls.models import AnswerCorrection, AnswerState, Call, Enquiry, EnquiryAnswer, EnquiryState
from portal import languages
from portal.accounts.models import CountryOffice, Membership, Municipality
from portal.armenian import fold, folded


def public_call(code: str) -> Call | None:
    """Return a call that anyone may read, with its stages, or None: nobody asks about a draft."""
    found: Call | None = Call.objects.public().prefetch_related("stages").filter(code=code).first()
    return found


def read_in(call: Call) -> str:
    """Return the language in which the answers of a call are read on the present page."""
    return languages.fitting(call.languages, languages.active())


# What is public


def published(call: Call) -> "QuerySet[EnquiryAnswer]":
    """Return the published answers of a call by number, with their corrections, in two queries."""
    corrections = Prefetch("corrections", AnswerCorrection.objects.order_by("number"))
    found: QuerySet[EnquiryAnswer] = EnquiryAnswer.objects.published().filter(call=call).prefetch_related(corrections)
    return found.order_by("number")


def published_at_hand(call: Call) -> list[EnquiryAnswer]:
    """Return what ``published`` does, read once for the same object: its page and its news both need it."""
    prefetch_related_objects([call], Prefetch("answers", published(call), to_attr="published_answers"))
    found: list[EnquiryAnswer] = call.published_answers  # type: ignore[attr-defined]
    return found


def with_words(answers: "QuerySet[EnquiryAnswer]", text: str, language: str) -> "QuerySet[EnquiryAnswer]":
    """Keep the answers that have every word in a language, however և is spelt; earlier words count as well."""
    for word in fold(text).split():
        here = Q(question_key__contains=word) | Q(text_key__contains=word)
        keys = {"question_key": _key(f"question_{language}"), "text_key": _key(f"text_{language}")}
        corrected = AnswerCorrection.objects.filter(answer=OuterRef("pk")).alias(**keys).filter(here)
        answers = answers.alias(**keys).filter(here | Exists(corrected))
    return answers


def _key(column: str) -> Expression:
    """Return the folded key of a long text; as one type, which texts of several languages are not."""
    return folded(Cast(column, CharField()))


# What belongs to the asker


def own(person: Any, call: Call) -> "QuerySet[Enquiry]":
    """Return what a person has asked about a call, the newest first."""
    asked: QuerySet[Enquiry] = Enquiry.objects.filter(asked_by=person, call=call).select_related("answer")
    return asked.order_by("-asked_at", "-pk")


def offices_for(call: Call, memberships: Sequence[Membership]) -> list[CountryOffice]:
    """Return whom a person asks where the portal takes no question: the own country's office, else all of the call."""
    near = list(queries.offices_in({held.municipality.country_id for held in memberships}))
    return near or list(queries.offices_in(call.countries))


# For staff


def waiting_by_call(person: Any) -> list[tuple[Call, int, int]]:
    """Return the calls with unanswered questions that a person may see: how many wait, how many have a draft."""
    counts: QuerySet[Any] = Enquiry.objects.visible_to(person).waiting().order_by().values("call")
    found = {
        row["call"]: (row["waiting"], row["drafted"])
        for row in counts.annotate(waiting=Count("pk"), drafted=Count("answer", distinct=True))
    }
    calls = Call.objects.filter(pk__in=found).order_by("answers_until", "code")
    return [(call, *found[call.pk]) for call in calls]


def found_by_words(enquiries: "QuerySet[Enquiry]", text: str) -> "QuerySet[Enquiry]":
    """Keep the questions that have every word, as asked or in the published words, or in call or municipality."""
    columns = {
        "asked_key": "text",
        "place_key": "municipality__name_hy",
        "english_key": "municipality__name_en",
        "call_key": "call__code",
    }
    for word in fold(text).split():
        wordings = EnquiryAnswer.objects.filter(pk=OuterRef("answer"))
        spoken = [with_words(wordings, word, language) for language in languages.spoken()]
        keys = {name: _key(column) for name, column in columns.items()}
        found = Q(*((f"{name}__contains", word) for name in keys), _connector=Q.OR)
        for wording in spoken:
            found |= Q(Exists(wording))
        enquiries = enquiries.alias(**keys).filter(found)
    return enquiries


def mergeable(enquiry: Enquiry, person: Any) -> "QuerySet[Enquiry]":
    """Return the other waiting questions of the same call that a person may put under the same answer."""
    others: QuerySet[Enquiry] = Enquiry.objects.waiting().filter(call=enquiry.call_id).exclude(pk=enquiry.pk)
    if person is not None and not person.sees_everything:
        others = others.filter(municipality__country__in=person.office_countries)
    return others.select_related("municipality", "answer").order_by("asked_at", "pk")


def drafts(call: Call) -> "QuerySet[EnquiryAnswer]":
    """Return the drafts of answers in a call in the order in which their questions came, with those who asked."""
    asked = Prefetch("enquiries", Enquiry.objects.select_related("asked_by", "municipality").order_by("asked_at", "pk"))
    found: QuerySet[EnquiryAnswer] = EnquiryAnswer.objects.filter(call=call, state=AnswerState.DRAFT)
    waiting = found.annotate(first=Min("enquiries__asked_at")).filter(enquiries__state=EnquiryState.WAITING).distinct()
    return waiting.order_by("first", "pk").prefetch_related(asked)


@dataclass(frozen=True)
class Askers:
    """What is known of those who asked, for many answers of a call at once."""

    places: dict[int, list[str]]
    public: tuple[str, ...]

    def known(self, enquiries: Iterable[Enquiry]) -> Known:
        """Return what may not stand in the published words of these questions."""
        people = {row.asked_by.name for row in enquiries if row.asked_by is not None}
        places = {name for row in enquiries for name in self._names(row)}
        return Known(tuple(sorted(people - {""})), tuple(sorted(places)), self.public)

    def _names(self, enquiry: Enquiry) -> list[str]:
        named = names_of(enquiry.municipality) if enquiry.municipality else []
        return [*named, *self.places.get(enquiry.asked_by_id or 0, ())]


def askers(call: Call, enquiries: Iterable[Enquiry]) -> Askers:
    """Read for which municipalities those who asked work, and what of the offices is public; two queries."""
    people = {row.asked_by_id for row in enquiries if row.asked_by_id}
    places: dict[int, list[str]] = {}
    for held in Membership.objects.filter(person__in=people).select_related("municipality"):
        places.setdefault(held.person_id, []).extend(names_of(held.municipality))
    public = tuple(
        item for office in queries.offices_in(call.countries) for item in (office.email, office.phone) if item
    )
    return Askers(places, public)


def names_of(municipality: Municipality) -> list[str]:
    """Return the names of a municipality in all languages."""
    names = {getattr(municipality, f"name_{code}", "") or "" for code in languages.spoken()}
    return sorted({*names, municipality.native_name} - {""})
