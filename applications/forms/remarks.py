"""The form of a remark on a question."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.lifecycle.remarking import MOST_CHARACTERS
from calls.enquiries.forms import PlainText


class RemarkForm(forms.Form):
    """A remark on the question with a key."""

    text = PlainText(
        label=_("Your remark"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Please write something first.")},
    )

    def __init__(self, data: Any, *, key: str) -> None:
        super().__init__(data, prefix=f"remark-{key}")
