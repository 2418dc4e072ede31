"""Forms of the pages of calls and of their administration."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class FilterForm(forms.Form):
    """The filters of a list: a row of fields, none of which needs to be marked as optional."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.needed = True  # type: ignore[attr-defined]


class SelfCheckForm(forms.Form):
    """Which municipality a visitor asks about."""

    check = forms.CharField(
        label=_("Name of the municipality"),
        max_length=100,
        required=False,
        help_text=_("In Armenian, in English or in the country's own language; a part of the name is enough."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["check"].needed = True  # type: ignore[attr-defined]
