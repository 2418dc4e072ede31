"""How the list of calls is narrowed and ordered. The names of the fields are the addresses that people keep."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import django_filters
from django import forms
from django.conf import settings
from django.db.models import Case, CharField, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from calls import queries, search
from calls.finding_forms import AmountField, CallFilterForm
from calls.models import Call, Lot, Priority, Stage
from portal import clock
from portal.armenian import fold, folded

STANDINGS = (("open", _("open")), ("upcoming", _("upcoming")), ("closed", _("closed")))
CLOSING = (("7", _("within 7 days")), ("14", _("within 14 days")), ("30", _("within 30 days")))
ORDERS = (
    ("deadline", _("nearest deadline")),
    ("newest", _("newest")),
    ("amount", _("largest grant")),
)
PASSING: Final = ("status", "closing", "sort")
"""Filters that say when and how one looks, not what a call is: a new call is held against the others."""


class AmountFilter(django_filters.Filter):  # type: ignore[misc]
    field_class = AmountField


class CallFilter(django_filters.FilterSet):  # type: ignore[misc]
    """What to keep of ``queries.listed``, and in which order.

    ``countries`` and ``programmes`` are the names by code; programmes are read, where they are left out, when they
    are asked for. A wrong value narrows nothing and has its message in ``form.errors``.
    """

    q = django_filters.CharFilter(label=_("Search"), method="search")
    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=STANDINGS, field_name="standing", empty_label=_("All")
    )
    programme = django_filters.ChoiceFilter(label=_("Programme"), field_name="programme__code", empty_label=_("All"))
    country = django_filters.ChoiceFilter(label=_("Country"), method="of_country", empty_label=_("All"))
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=Stage.Kind.choices, method="of_kind", empty_label=_("All")
    )
    closing = django_filters.ChoiceFilter(
        label=_("Closes"), choices=CLOSING, method="closes_within", empty_label=pgettext_lazy("closes", "At any time")
    )
    amount_from = AmountFilter(label=_("Grant of at least"), method="at_least")
    amount_to = AmountFilter(label=_("Grant of at most"), method="at_most")
    lot_kind = django_filters.ChoiceFilter(
        label=_("Kind of lot"), choices=Lot.Kind.choices, method="with_lot_kind", empty_label=_("All")
    )
    lot = django_filters.CharFilter(label=_("Lot"), method="with_lot", max_length=100)
    priority = django_filters.CharFilter(
        label=_("Priority"), method="with_priority", max_length=100, widget=forms.TextInput({"list": "priorities"})
    )
    sort = django_filters.ChoiceFilter(
        label=_("Order"), choices=ORDERS, method="as_it_is", empty_label=_("Most relevant")
    )

    class Meta:
        model = Call
        form = CallFilterForm
        fields: list[str] = []

    def __init__(
        self, *args: Any, countries: dict[str, str], programmes: dict[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        known = queries.programme_titles if programmes is None else lambda: programmes
        self.filters["country"].extra["choices"] = _by_name(countries)
        self.filters["programme"].extra["choices"] = lambda: _by_name(known())

    def filter_queryset(self, calls: "QuerySet[Call]") -> "QuerySet[Call]":
        """Narrow the calls by what is right, and bring them into order."""
        found: QuerySet[Call] = super().filter_queryset(calls)
        order = self.form.cleaned_data.get("sort")
        if order:
            return found.order_by(*_ORDERS_BY[order]())
        given = found.query.order_by
        ranked = search.words_of(self.form.cleaned_data.get("q", ""))
        return found.order_by(F("rank").desc(), *given) if ranked else found

    def search(self, calls: "QuerySet[Call]", name: str, value: str) -> "QuerySet[Call]":
        return queries.searched(calls, value)

    def of_country(self, calls: "QuerySet[Call]", name: str, value: str) -> "QuerySet[Call]":
        return calls.filter(countries__contains=[value])

    def of_kind(self, calls: "QuerySet[Call]", name: str, value: str) -> "QuerySet[Call]":
        return calls.filter(pk__in=Stage.objects.filter(kind=value).values("call"))

    def closes_within(self, calls: "QuerySet[Call]", name: str, value: str) -> "QuerySet[Call]":
        end = clock.now() + timedelta(days=int(value))
        return calls.filter(Q(standing="open") & Q(coming__lte=end))

    def at_least(self, calls: "QuerySet[Call]", name: str, value: Decimal) -> "QuerySet[Call]":
        return calls.alias(largest=largest_grant()).filter(largest__gte=value, largest__gt=0)

    def at_most(self, calls: "QuerySet[Call]", name: str, value: Decimal) -> "QuerySet[Call]":
        found = calls.alias(largest=largest_grant(), smallest=smallest_grant())
        return found.filter(smallest__lte=value, largest__gt=0)

    def with_lot_kind(self, calls: "QuerySet[Call]", name: str, value: str) -> "QuerySet[Call]":
        return calls.filter(pk__in=Lot.objects.filter(kind=value).values("call"))

    def with_lot(self, calls: "QuerySet[Call]", name: str, value: str) -> "QuerySet[Call]":
        return calls.filter(pk__in=_titled(Lot.objects.all(), value).values("call"))

    def with_priority(self, calls: "QuerySet[Call]", name: str, value: str) -> "QuerySet[Call]":
        return calls.filter(pk__in=_titled(Priority.objects.all(), value).values("call"))

    def as_it_is(self, calls: "QuerySet[Call]", name: str, value: str) -> "QuerySet[Call]":
        return calls


_ORDERS_BY: Final[dict[str, Callable[[], tuple[Any, ...]]]] = {
    "deadline": lambda: (F("coming").asc(nulls_last=True), F("last").desc(nulls_last=True), "code"),
    "newest": lambda: ("-published_at", "code"),
    "amount": lambda: (largest_grant().desc(), "code"),
}


def _by_name(names: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(names.items(), key=lambda item: item[1])


def _titled(rows: "QuerySet[Any]", text: str) -> "QuerySet[Any]":
    """Keep the lots or priorities of this code, or with this text in the title in any language."""
    columns = (f"title_{language}" for language in settings.MODELTRANSLATION_LANGUAGES)
    titles = Func(Value("\n"), *columns, function="concat_ws", output_field=CharField())
    wanted = text.strip()
    kept = Q(code__iexact=wanted) | Q(titles__contains=fold(wanted))
    found: QuerySet[Any] = rows.alias(titles=folded(titles)).filter(kept)
    return found


# The amount of one grant: of a lot, where it has limits of its own, else of the call; open ends reach to nothing and
# to the whole budget (as calls.pages.cards.grant_range says in words).

_NO_LIMITS: Final = Q(grant_min=None, grant_max=None, grant_fixed=None)


def largest_grant() -> Coalesce:
    """Return the largest amount of a grant in a call as an expression, in the call's currency."""
    of_call = Coalesce("call__grant_fixed", "call__grant_max", "budget")
    of_lot = Case(When(_NO_LIMITS, then=of_call), default=Coalesce("grant_fixed", "grant_max", "budget"))
    lots = Lot.objects.filter(call=OuterRef("pk")).annotate(limit=of_lot).order_by("-limit")
    return Coalesce(Subquery(lots.values("limit")[:1]), "grant_fixed", "grant_max", "budget")


def smallest_grant() -> Coalesce:
    """Return the smallest amount of a grant in a call as an expression, in the call's currency."""
    nothing = Decimal(0)
    of_call = Coalesce("call__grant_fixed", "call__grant_min", nothing)
    of_lot = Case(When(_NO_LIMITS, then=of_call), default=Coalesce("grant_fixed", "grant_min", nothing))
    lots = Lot.objects.filter(call=OuterRef("pk")).annotate(limit=of_lot).order_by("limit")
    return Coalesce(Subquery(lots.values("limit")[:1]), "grant_fixed", "grant_min", nothing)
