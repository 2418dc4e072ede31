"""The page before an award: each selected application with a tick and its addressee."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grants.lifecycle import Addressees


class AwardForm(forms.Form):
    """One application that is to be awarded."""

    row = forms.IntegerField(widget=forms.HiddenInput)
    award = forms.BooleanField(label=_("award"), required=False, initial=True)
    addressee_hy = forms.CharField(label=_("addressee (Armenian)"), max_length=300, required=False)
    addressee_en = forms.CharField(label=_("addressee (English)"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """Want the addressee of a letter that will be written, in both of its languages."""
        values = super().clean() or self.cleaned_data
        for name in ("addressee_hy", "addressee_en"):
            if values.get("award") and not values.get(name) and name not in self.errors:
                self.add_error(name, _("Write to whom the letter goes."))
        return values

    @property
    def row_key(self) -> int | None:
        """The primary key of the row, as given or as sent; None where what was sent is no number."""
        written = str(self["row"].value() or "")
        return int(written) if written.isdecimal() else None


class BaseAwardFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """All applications that can be awarded now; at least one must be ticked."""

    def clean(self) -> None:
        super().clean()
        if not any(self.errors) and not self.chosen():
            raise forms.ValidationError(_("Tick at least one application."))

    def chosen(self) -> set[int]:
        """Return the primary keys of the ticked rows."""
        return {data["row"] for data in self._filled() if data["award"]}

    def addressees(self) -> dict[int, Addressees]:
        """Return the addressee lines by row."""
        return {data["row"]: Addressees(data["addressee_hy"], data["addressee_en"]) for data in self._filled()}

    def _filled(self) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.forms if form.cleaned_data]


AwardFormSet = forms.formset_factory(AwardForm, formset=BaseAwardFormSet, extra=0, max_num=2000, absolute_max=2000)
