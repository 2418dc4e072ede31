"""What the lists of applications have in common."""

from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from portal.accounts.models import Role
from portal.accounts.staff import WHOLE_PROGRAMME, StaffAdmin
from portal.armenian import fold

READERS = (*WHOLE_PROGRAMME, Role.COUNTRY_OFFICER)


class Findable(StaffAdmin):
    """Found by number or by municipality; nothing is added or changed here."""

    viewers = READERS
    number_field = "number"
    municipality_field = "municipality"
    search_fields = ("number",)
    search_help_text = gettext_lazy("Number or municipality")

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> tuple["QuerySet[Any]", bool]:
        """Find by number, or by the municipality's name in any spelling of և."""
        wanted, town = search_term.strip(), self.municipality_field
        if not wanted:
            return queryset, False
        number = Q(**{f"{self.number_field}__icontains": wanted})
        armenian, english = (
            Q(**{f"{town}__sort_key__contains": fold(wanted)}),
            Q(**{f"{town}__name_en__icontains": wanted}),
        )
        return queryset.filter(number | armenian | english), False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
