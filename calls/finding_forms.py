"""Forms of finding calls: the filters of the list, the name of a search that is kept."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from calls.forms import FilterForm
from calls.models import SavedSearch
from portal import numbers


class AmountField(forms.CharField):
    """An amount as people type it: «60 000», "60000,50"; "60,000" is asked about and never guessed."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "unreadable": _("“%(typed)s” cannot be read as a number. Please use digits, for example 60 000."),
        "two_ways": _("“%(typed)s” can be read in two ways. Please write %(large)s or %(small)s."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}), **kwargs)

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            amount = numbers.read(text, places=2)
        except numbers.Unreadable as unclear:
            code = "two_ways" if unclear.code == "ambiguous" else "unreadable"
            said = {"typed": text[:50], **unclear.params}
            raise ValidationError(self.error_messages[code], code, said) from unclear
        if amount < 0:
            raise ValidationError(self.error_messages["unreadable"], "unreadable", {"typed": text[:50]})
        return amount


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
