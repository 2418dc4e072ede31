"""Forms of the pages of calls and of their administration."""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from calls.callfile import CallFileErrors, read
from calls.callfile.source import decode
from calls.models import Call, CallState
from calls.pages.waivers import WaivableRule
from calls.queries import municipalities_named
from calls.spec import CallSpec
from calls.transfer import WritingRefused, write_call
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


class SeveralFiles(forms.FileField):
    """Any number of files in one field; its value is a list."""

    class Input(forms.ClearableFileInput):
        allow_multiple_selected = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=self.Input, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(SeveralFiles, self).clean(one, initial) for one in given]


class CallFileForm(forms.Form):
    """A call file with its documents. ``error_lines`` says all that is wrong with the file, line by line."""

    file = forms.FileField(label=_("Call file"), help_text=_("A YAML file, as docs/call-file.md describes it."))
    documents = SeveralFiles(
        label=_("Documents"),
        required=False,
        help_text=_("The files that the call file names under “documents”; those that the draft has may be left out."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.error_lines: list[str] = []

    def save(self, *, by: Any) -> Call | None:
        """Write the draft, or return None and keep the errors in ``error_lines``."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        name = file.name or "call.yaml"
        try:
            reading = read(decode(file.read(), name), name)
            return write_call(reading.call, by=by, files=self._documents(reading.call))
        except CallFileErrors as error:
            self.error_lines = error.lines
        except WritingRefused as error:
            self.error_lines = [f"{name}: {error}"]
        return None

    def _documents(self, spec: CallSpec) -> dict[str, bytes]:
        """Match what was uploaded to the paths in the file by their last part: browsers send no folders."""
        given = {document.name: document.read() for document in self.cleaned_data["documents"]}
        paths = {document.file: PurePosixPath(document.file).name for document in spec.documents}
        return {path: given[name] for path, name in paths.items() if name in given}


class SameTextForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form of the administration that takes no change of line ends for a change of the text.

    Browsers send CRLF, and Django drops the last line end: a call that is only looked at and saved would differ
    from its call file.
    """

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        return {name: self._same(name, value) if isinstance(value, str) else value for name, value in cleaned.items()}

    def _same(self, name: str, value: str) -> str:
        text, before = value.replace("\r\n", "\n"), self.initial.get(name)
        return before if isinstance(before, str) and before.strip() == text.strip() else text


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
