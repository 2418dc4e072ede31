"""Forms of questions and answers, for the site and for the administration."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from calls.enquiries.rules import MOST_CHARACTERS
from calls.enquiries.wording import Wording
from calls.forms import FilterForm
from calls.models import Call, Enquiry, EnquiryAnswer
from portal import languages
from portal.accounts.models import Membership, Municipality

NEWEST, BY_NUMBER = "newest", "number"


class PlainText(forms.CharField):
    """A text of several lines; a line end is one character, as browsers count it."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class AskForm(forms.Form):
    """A question about a call, in one of its languages."""

    text = PlainText(
        label=_("Your question"),
        max_length=MOST_CHARACTERS,
        help_text=_(
            "Leave out names, telephone numbers and what tells who you are: the question is published with its answer."
        ),
        widget=forms.Textarea({"rows": 6, "data-max-characters": MOST_CHARACTERS}),
    )
    language = forms.ChoiceField(label=_("Language of the question"))
    municipality = forms.ModelChoiceField(
        Municipality.objects.none(),
        label=_("For your municipality"),
        required=False,
        empty_label=_("For nobody in particular"),
        help_text=_("Only staff see this; the office of your country then sees the question too."),
    )

    def __init__(self, call: Call, memberships: Sequence[Membership], *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"language": languages.fitting(call.languages, languages.active())})
        kwargs.setdefault("auto_id", "ask-%s")  # the page of the call has other forms
        super().__init__(*args, **kwargs)
        named = [(code, settings.KNOWN_LANGUAGES[code]) for code in call.languages]
        self.fields["language"].choices = named  # type: ignore[attr-defined]
        if len(named) == 1:
            self.fields["language"].widget = forms.HiddenInput()
        if memberships:
            own = [held.municipality_id for held in memberships]
            self.fields["municipality"].queryset = Municipality.objects.filter(pk__in=own)  # type: ignore[attr-defined]
        else:
            del self.fields["municipality"]


class FindForm(FilterForm):
    """Words in the published answers, and their order. What is wrong narrows nothing."""

    q = forms.CharField(label=_("Words"), max_length=100, required=False, strip=True)
    sort = forms.ChoiceField(
        label=_("Order"),
        choices=[(NEWEST, _("Newest first")), (BY_NUMBER, _("By number"))],
        required=False,
    )


# Staff


class WordingForm(forms.Form):
    """Question and answer in each of some languages; ``wordings`` returns them."""

    def __init__(
        self, written: Sequence[str], present: Mapping[str, Wording], *args: Any, required: bool, **kwargs: Any
    ) -> None:
        initial: dict[str, Any] = {}
        for code in written:
            wording = present.get(code, Wording())
            initial |= {f"question_{code}": wording.question, f"text_{code}": wording.text}
        super().__init__(*args, **{**kwargs, "initial": initial | kwargs.get("initial", {})})
        self.written = tuple(written)
        for code in written:
            name = settings.KNOWN_LANGUAGES[code]
            attrs = {"lang": code, "class": "staff-wide"}
            for field, label, rows in (("question", _("Question"), 4), ("text", _("Answer"), 8)):
                self.fields[f"{field}_{code}"] = PlainText(
                    label=_("%(field)s, %(language)s") % {"field": label, "language": name},
                    required=required,
                    max_length=20_000,
                    widget=forms.Textarea({**attrs, "rows": rows}),
                )

    def wordings(self) -> dict[str, Wording]:
        """Return what was typed, by language; only of a valid form."""
        given = self.cleaned_data
        return {code: Wording(given[f"question_{code}"], given[f"text_{code}"]) for code in self.written}

    def renew(self, name: str, value: int) -> None:
        """Put another value into a hidden field, so that the next save knows what is now shown beside it."""
        data: Any = self.data
        self.data = data.copy()
        self.data[name] = str(value)  # type: ignore[index]

    def by_language(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Return code and name of each language with its two fields."""
        return [
            (code, settings.KNOWN_LANGUAGES[code], [self[f"question_{code}"], self[f"text_{code}"]])
            for code in self.written
        ]


class DraftForm(WordingForm):
    """A draft of an answer, with the other questions that it answers."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    merged = forms.MultipleChoiceField(
        label=_("Other questions that ask the same"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, enquiry: Enquiry, present: Mapping[str, Wording], others: Iterable[Enquiry], *args: Any, **kwargs: Any
    ) -> None:
        rows, answer = list(others), enquiry.answer
        kwargs["initial"] = {
            "version": answer.version if answer else 0,
            "merged": [str(row.pk) for row in rows if answer and row.answer_id == answer.pk],
        }
        super().__init__(enquiry.call.languages, present, *args, required=False, **kwargs)
        self.fields["merged"].choices = [(str(row.pk), _merging(row, answer)) for row in rows]  # type: ignore[attr-defined]

    def merged_keys(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["merged"]]


def _merging(row: Enquiry, answer: EnquiryAnswer | None) -> str:
    """Return a question to be merged in a line; a draft of its own, which would be dropped, is named."""
    text = Truncator(" ".join(row.text.split())).chars(160)
    if row.answer_id is None or (answer is not None and row.answer_id == answer.pk):
        return text
    return str(_("%(question)s (it has a draft of its own, which is dropped)") % {"question": text})


class CorrectionForm(WordingForm):
    """New words of a published answer. ``number`` is that of the correction; ``confirmed`` comes from the preview."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)


class PublishForm(forms.Form):
    """Which drafts are published, each in the version that is shown."""

    answers = forms.MultipleChoiceField(
        label=_("Answers to publish"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one answer."),
            "invalid_choice": _("An answer was changed or published in the meantime. Look at the drafts again."),
        },
    )
    checked = forms.BooleanField(
        label=_("I have read what is pointed out: it does not tell who asked, or may be told."), required=False
    )

    def __init__(self, ready: Mapping[str, bool], *args: Any, **kwargs: Any) -> None:
        """``ready`` has the values ``KEY:VERSION`` of complete drafts, and whether something is pointed out in each."""
        super().__init__(*args, **kwargs)
        self.ready = ready
        self.fields["answers"].choices = [(value, value) for value in ready]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if any(self.ready[value] for value in cleaned.get("answers", ())) and not cleaned.get("checked"):
            text = _("Something is pointed out in an answer: change it, or confirm that it may stay.")
            self.add_error("checked", text)
        return cleaned

    def versions(self) -> dict[int, int]:
        """Return the chosen drafts with the version of each."""
        chosen = (value.split(":") for value in self.cleaned_data["answers"])
        return {int(key): int(version) for key, version in chosen}


class DeclineForm(forms.Form):
    """Why a question is not answered."""

    reason = PlainText(
        label=_("Reason"),
        max_length=5000,
        help_text=_("Sent to the asker in these words and in this language, and to nobody else."),
        widget=forms.Textarea({"rows": 5, "class": "staff-wide"}),
    )


class AnsweredAlreadyForm(forms.Form):
    """Which published answer is the answer to an equal question."""

    answer = forms.ModelChoiceField(
        EnquiryAnswer.objects.none(), label=_("Published answer"), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, answers: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].queryset = answers  # type: ignore[attr-defined]
