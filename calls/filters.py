"""How the list of calls is narrowed."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from calls import queries
from calls.forms import FilterForm
from calls.models import Call, Programme, Stage

STANDINGS = (("open", _("open")), ("upcoming", _("upcoming")), ("closed", _("closed")))


class CallFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Text, standing, programme, country and kind; ``countries`` are the names by code."""

    q = django_filters.CharFilter(label=_("Search"), method="search")
    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=STANDINGS, field_name="standing", empty_label=_("All")
    )
    programme = django_filters.ModelChoiceFilter(
        label=_("Programme"), queryset=Programme.objects.all(), to_field_name="code", empty_label=_("All")
    )
    country = django_filters.ChoiceFilter(label=_("Country"), method="of_country", empty_label=_("All"))
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=Stage.Kind.choices, method="of_kind", empty_label=_("All")
    )

    class Meta:
        model = Call
        form = FilterForm
        fields: list[str] = []

    def __init__(self, *args: Any, countries: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["country"].extra["choices"] = sorted(countries.items(), key=lambda item: item[1])

    def search(self, calls: "QuerySet[Call]", name: str, value: str) -> "QuerySet[Call]":
        return queries.searched(calls, value)

    def of_country(self, calls: "QuerySet[Call]", name: str, value: str) -> "QuerySet[Call]":
        return calls.filter(countries__contains=[value])

    def of_kind(self, calls: "QuerySet[Call]", name: str, value: str) -> "QuerySet[Call]":
        return calls.filter(pk__in=Stage.objects.filter(kind=value).values("call"))
