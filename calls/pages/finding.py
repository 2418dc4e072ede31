"""The list of calls: what was chosen, what was found, what was perhaps meant."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from calls import queries, registry, search
from calls.filters import CallFilter
from calls.models import Call
from calls.pages import cards
from calls.pages.cards import Card, Fact
from calls.pages.voice import page_language
from portal import clock
from portal.content import formatting

PAGE_SIZE: Final = 12
FEW: Final = 3
"""With fewer calls than these, those that are spelled nearly so are looked for too."""
_HINTS: Final = 40


@dataclass(frozen=True)
class Tag:
    """A filter that was chosen, and the list without it. ``clear`` says that the text is understood without label."""

    label: str
    text: str
    without: str
    clear: bool = True


@dataclass(frozen=True)
class Meant:
    """What was perhaps meant, and the list of that."""

    text: str
    url: str


@dataclass(frozen=True)
class Finding:
    """What calls/list.html prints."""

    filter: CallFilter
    page: "Page[Call]"
    cards: list[Card]
    tags: list[Tag]
    query: str
    similar: list[Card]
    meant: Meant | None
    priorities: list[str]

    @property
    def narrowed(self) -> bool:
        return bool(self.tags)

    @property
    def name(self) -> str:
        """The name under which the search is kept, unless a person gives another one."""
        return name_of(self.tags)


def find(request: HttpRequest) -> Finding:
    """Find the calls that a request asks for, with all that the list prints."""
    now, countries, programmes = clock.now(), queries.country_names(), queries.programme_titles()
    found = CallFilter(request.GET, queryset=queries.listed(now), countries=countries, programmes=programmes)
    page = Paginator(found.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    text = found.form.cleaned_data.get("q", "")
    calls: list[Call] = list(page.object_list)
    others: list[Call] = []
    if text and page.paginator.count < FEW:
        wider = CallFilter(_without_words(request), queryset=found.queryset, countries=countries, programmes=programmes)
        others = search.similar(wider.qs.exclude(pk__in=[call.pk for call in calls]), text, FEW, every=bool(calls))
    decided = registry.decided_among(call.pk for call in (*calls, *others))
    shown = cards.cards(calls, now, countries, decided)
    return Finding(
        filter=found,
        page=page,
        cards=list(_marked(calls, shown, text)) if text else shown,
        tags=tags_of(found),
        query=query_of(found),
        similar=cards.cards(others, now, countries, decided),
        meant=_meant(found, text, others) if others and not calls else None,
        priorities=queries.priority_titles(_HINTS),
    )


# What was chosen


def chosen(found: CallFilter) -> dict[str, Any]:
    """Return the filters that are set and right, by name, as values; in the order of the form."""
    found.is_valid()  # what is wrong is not among the values
    values = found.form.cleaned_data
    return {name: values[name] for name in found.filters if values.get(name) not in (None, "")}


def query_of(found: CallFilter, *, without: str = "") -> str:
    """Return the part of the address that leads to this list: only what is set and right, in the form's order."""
    pairs = [(name, _written(value)) for name, value in chosen(found).items() if name != without]
    return urlencode(pairs)


def _written(value: Any) -> str:
    """Return a value of a filter as it stands in an address."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def tags_of(found: CallFilter) -> list[Tag]:
    """Return each filter that was chosen, with the address of the list without it."""
    return [
        Tag(
            label=str(found.filters[name].label),
            text=_in_words(found, name, value),
            without=_list(query_of(found, without=name)),
            clear=name not in _UNCLEAR,
        )
        for name, value in chosen(found).items()
    ]


_UNCLEAR: Final = frozenset({"amount_from", "amount_to", "closing", "lot", "priority"})


def _in_words(found: CallFilter, name: str, value: Any) -> str:
    if isinstance(value, Decimal):
        return formatting.number(value, page_language())
    choices = found.filters[name].extra.get("choices", ())
    words = dict(choices() if callable(choices) else choices)
    return str(words.get(value, value))


def name_of(tags: Iterable[Tag]) -> str:
    """Return a name for a search from what was chosen in it."""
    return " · ".join(tag.text if tag.clear else f"{tag.label} {tag.text}" for tag in tags)[:100] or _("All new calls")


def _list(query: str) -> str:
    return f"{reverse('calls:list')}{'?' if query else ''}{query}"


# What was found


def _marked(calls: Iterable[Call], shown: list[Card], text: str) -> Iterator[Card]:
    """Yield the cards with the words marked for which they were found, and the lot in which some were."""
    passages = [card.title for card in shown] + [card.summary for card in shown]
    lots = [[lot.title for lot in call.lots.all()] for call in calls]
    found = search.matching(text, [*passages, *(title for titles in lots for title in titles)], page_language())
    for card, titles in zip(shown, lots, strict=True):
        matching = [marked for title in titles if "<mark>" in (marked := search.marked(title, found))]
        facts = (Fact(_("Lot"), matching[0]),) if matching else ()
        yield replace(
            card,
            shown_title=search.marked(card.title, found),
            shown_summary=search.marked(card.summary, found),
            facts=(*card.facts, *facts),
        )


def _without_words(request: HttpRequest) -> QueryDict:
    data = request.GET.copy()
    data["q"] = ""
    return data


def _meant(found: CallFilter, text: str, others: list[Call]) -> Meant | None:
    suggestion = search.meant(others[0], text)
    rest = query_of(found, without="q")
    query = "&".join(part for part in (urlencode({"q": suggestion}), rest) if part)
    return Meant(suggestion, _list(query)) if suggestion else None
