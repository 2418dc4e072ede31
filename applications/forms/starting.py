"""Beginning an application: for which municipality, in which lot."""

from collections.abc import Sequence
from dataclasses import dataclass

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import RadioSelect


@dataclass(frozen=True)
class LotChoice:
    """A lot that can be taken, or the reason why it cannot."""

    code: str
    title: str
    reason: str = ""


class StartForm(forms.Form):
    """The lot. Lots that the municipality may not take stand there too, with the reason."""

    lot = forms.ChoiceField(
        label=_("Which lot do you apply for?"),
        widget=RadioSelect,
        error_messages={"required": _("Please choose a lot.")},
    )

    def __init__(self, *args: object, lots: Sequence[LotChoice], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["lot"]
        labels = [(lot.code, f"{lot.title} ({lot.reason})" if lot.reason else lot.title) for lot in lots]
        field.choices = labels  # type: ignore[attr-defined]
        field.widget.closed = frozenset(lot.code for lot in lots if lot.reason)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_lot(self) -> str:
        code: str = self.cleaned_data["lot"]
        if code in self.fields["lot"].widget.closed:
            raise forms.ValidationError(_("This lot is not open to the municipality."))
        return code
