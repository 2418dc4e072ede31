"""Forms of finding calls: the filters of the list, the name of a search that is kept."""

import re
from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from calls.forms import FilterForm
from calls.models import SavedSearch

_AMOUNT: Final = re.compile(r"(?P<whole>[0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,13})(?:[.,](?P<cents>[0-9]{1,2}))?")
_TWO_WAYS: Final = re.compile(r"(?P<large>[1-9][0-9]{0,2})[.,](?P<rest>[0-9]{3})")


class AmountField(forms.CharField):
    """An amount as people type it: «60 000», "60000,50"; "60,000" is asked about and never guessed."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "unreadable": _("“%(typed)s” cannot be read as a number. Please use digits, for example 60 000."),
        "two_ways": _("“%(typed)s” can be read in two ways. Please write %(large)s or %(small)s."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}), **kwargs)

    def to_python(self, value: Any) -> Any:
        text = " ".join(str(value or "").split())
        if not text:
            return None
        if two := _TWO_WAYS.fullmatch(text):
            large, small = f"{two['large']}\N{NO-BREAK SPACE}{two['rest']}", f"{two['large']}.{two['rest'][:2]}"
            ways = {"typed": text, "large": large, "small": small}
            raise ValidationError(self.error_messages["two_ways"], "two_ways", ways)
        if not (read := _AMOUNT.fullmatch(text)):
            raise ValidationError(self.error_messages["unreadable"], "unreadable", {"typed": text[:50]})
        whole, cents = read["whole"].replace(" ", ""), read["cents"]
        return Decimal(f"{whole}.{cents}" if cents else whole)


class CallFilterForm(FilterForm):
    """The filters of the list of calls, held against each other."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        least, most = cleaned.get("amount_from"), cleaned.get("amount_to")
        if least is not None and most is not None and least > most:
            self.add_error("amount_to", _("The largest amount is below the smallest one."))
        return cleaned


class SearchNameForm(forms.ModelForm):  # type: ignore[type-arg]
    """The name under which a person keeps a search."""

    class Meta:
        model = SavedSearch
        fields = ("name",)
