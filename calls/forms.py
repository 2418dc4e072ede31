"""Forms of the pages of calls and of their administration."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from calls.models import Call, CallState
from calls.pages.waivers import WaivableRule
from calls.queries import municipalities_named
from portal.accounts.models import Municipality


class FilterForm(forms.Form):
    """The filters of a list: a row of fields, none of which needs to be marked as optional."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.needed = True  # type: ignore[attr-defined]


class SelfCheckForm(forms.Form):
    """Which municipality a visitor asks about. Without countries to choose from there is no such field."""

    country = forms.ChoiceField(label=_("Country"), required=False)
    check = forms.CharField(
        label=_("Name of the municipality"),
        max_length=100,
        required=False,
        help_text=_("In Armenian, in English or in the country's own language; a part of the name is enough."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, countries: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = list(countries)
        self.fields["country"].choices = [("", _("All countries of the call")), *choices]  # type: ignore[attr-defined]
        if not choices:
            del self.fields["country"]
        for field in self.fields.values():
            field.needed = True  # type: ignore[attr-defined]


class WaiverPlaceForm(forms.Form):
    """In which call, and for which municipality, a rule is to be waived."""

    call = forms.ModelChoiceField(
        Call.objects.filter(state=CallState.PUBLISHED).order_by("code"),
        to_field_name="code",
        label=_("Call for proposals"),
        help_text=_("Rules are waived while a call is published."),
    )
    name = forms.CharField(
        label=_("Name of the municipality"),
        max_length=100,
        required=False,
        help_text=_("In Armenian, in English or in the country's own language; a part of the name is enough."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    municipality = forms.ModelChoiceField(Municipality.objects.all(), required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "call" in cleaned and not self.matches():
            self.add_error("name", _("No municipality of the call's countries has this in its name."))
        return cleaned

    def matches(self) -> list[Municipality]:
        """Return the municipality that was chosen, or those of the call's countries that have the name."""
        given = self.cleaned_data
        if (chosen := given.get("municipality")) is not None:
            return [chosen] if chosen.country_id in given["call"].countries else []
        return municipalities_named(given.get("name", ""), given["call"].countries)


class WaiverForm(forms.Form):
    """Which rule is waived, and why. ``rows`` are the rules of the call (``calls.pages.waivers``)."""

    rule = forms.ChoiceField(label=_("Rule"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=5000,
        help_text=_("For the record of the programme. The municipality is told that the rule is waived, not why."),
        widget=forms.Textarea({"rows": 4}),
    )

    def __init__(self, rows: "Iterable[WaivableRule]", *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = [(row.identity, row.text) for row in rows if row.open]  # type: ignore[attr-defined]


class WaiverRevocationForm(forms.Form):
    """Why a waiver is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=5000,
        help_text=_("For the record of the programme. The municipality is told that the rule holds again, not why."),
        widget=forms.Textarea({"rows": 4}),
    )
