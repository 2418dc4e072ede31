"""The sheets of the call itself: what it is, its money, questions and answers, letters."""

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pycountry
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from calls.authoring.fields import CodesField, MomentField
from calls.authoring.forms import PartForm, formfield
from calls.authoring.sheets import Sheet, register_sheet
from calls.authoring.words import country_names, language_name, language_names, zones_of
from calls.callfile.checks.moments import zones
from calls.models import Call, Stage

_MOST = 30_000


class CallForm(PartForm):
    """A form on the call itself."""

    def siblings(self) -> Any:
        return Call.objects.all()

    def _numbers(self, *names: str) -> None:
        for name in names:
            self.fields[name].validators += [MinValueValidator(1), MaxValueValidator(_MOST)]


class BasicsForm(CallForm):
    """What the call is, in which languages, for whom, by which clock."""

    texts = ("title", "summary", "description")
    required_texts = ("title",)
    long_texts = ("summary", "description")
    codes = "code"
    layout = (
        ("", (("code", "programme"), ("title",), ("summary",), ("description",))),
        (_("Languages and places"), (("languages", "first_language"), ("countries",), ("time_zone",))),
    )

    first_language = forms.ChoiceField(
        label=_("First language"), help_text=_("It prevails in letters where nothing else is said.")
    )

    class Meta:
        model = Call
        fields = ("code", "programme", "languages", "countries", "time_zone")

    def prepare(self) -> None:
        call = self.instance
        self.fields["summary_" + self.call.languages[0]].help_text = _("One paragraph; lists of calls show it.")
        self.fields["description_" + self.call.languages[0]].help_text = _("Markdown.")
        add_places(self, call.languages, call.countries)
        self.fields["first_language"].choices = language_names(call.languages)  # type: ignore[attr-defined]
        self.initial["first_language"] = call.languages[0]

    def clean_time_zone(self) -> str:
        return known_zone(self.cleaned_data["time_zone"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        chosen, first = cleaned.get("languages", []), cleaned.get("first_language")
        if chosen and first in chosen:
            cleaned["languages"] = [first, *(code for code in chosen if code != first)]
        elif chosen and first:
            self.add_error("first_language", _("This language is not among those of the call."))
        return cleaned

    def before_writing(self, by: Any) -> None:
        """Where the clock changes, hours stay as they are written: 16:00 in Brussels becomes 16:00 in Yerevan."""
        before = Call.objects.values_list("time_zone", flat=True).get(pk=self.instance.pk)
        self._clocks = ZoneInfo(before), ZoneInfo(self.instance.time_zone)
        if before != self.instance.time_zone:
            for name in ("questions_until", "answers_until"):
                setattr(self.instance, name, self._moved(getattr(self.instance, name)))

    def write_more(self, row: Any) -> None:
        if self._clocks[0] == self._clocks[1]:
            return
        for stage in Stage.objects.filter(call=row):
            stage.opens_at, stage.deadline = self._moved(stage.opens_at), self._moved(stage.deadline)
            stage.save(update_fields=["opens_at", "deadline"])

    def _moved(self, moment: Any) -> Any:
        old, new = self._clocks
        return moment and moment.astimezone(old).replace(tzinfo=new, fold=0).astimezone(UTC)


def add_places(form: Any, languages: Any, countries: Any) -> None:
    """Give a form the fields of languages, countries and time zone."""
    form.fields["languages"] = CodesField(
        label=_("Languages"),
        present=languages,
        choices=language_names(languages),
        help_text=_("Of the call's texts, and those in which applications may be written."),
    )
    form.fields["countries"] = CodesField(
        label=_("Countries"),
        present=countries,
        choices=country_names(countries),
        help_text=_("Whose municipalities may apply."),
    )
    form.fields["time_zone"] = forms.CharField(
        label=_("Time zone"),
        max_length=50,
        widget=forms.TextInput({"list": "zones", "autocomplete": "off"}),
        help_text=_(
            "The place by whose clock all moments of the call are given, such as Asia/Yerevan or Europe/Brussels."
        ),
    )
    form.suggestions = {"zones": sorted(zones())}


def known_zone(name: str) -> str:
    """Return the name of the zone of a place.

    Raises:
        ValidationError: it is none; CET and the like have no rules of summer time.
    """
    if name != "UTC" and name not in zones():
        message = _("“%(name)s” is not the time zone of a place. Please write one such as Asia/Yerevan.")
        raise ValidationError(message, params={"name": name})
    return name


def known_currency(code: str) -> str:
    """Return an ISO 4217 code in capitals.

    Raises:
        ValidationError: ISO 4217 does not know it.
    """
    upper = code.upper()
    if not pycountry.currencies.get(alpha_3=upper):
        message = _("ISO 4217 does not know “%(code)s”. Please write a code such as EUR.")
        raise ValidationError(message, params={"code": code})
    return upper


CURRENCIES = ("EUR", "USD", "AMD", "AZN", "BYN", "GEL", "MDL", "UAH")
"""Offered first: those of grants in the region."""


def currency_field() -> forms.CharField:
    """Return the field of a call's currency."""
    return forms.CharField(
        label=_("Currency"), max_length=3, widget=forms.TextInput({"list": "currencies", "autocomplete": "off"})
    )


class MoneyForm(CallForm):
    """The money of the call, and what limits projects."""

    layout = (
        (_("The call"), (("budget", "currency"),)),
        (_("One grant"), (("grant_min", "grant_max", "grant_fixed"), ("cofinancing_min_percent",))),
        (_("Projects"), (("duration_min_months", "duration_max_months"),)),
        (_("Applications of one municipality"), (("limit_per_call", "limit_per_lot"),)),
    )

    class Meta:
        model = Call
        fields = (
            "budget",
            "currency",
            "grant_min",
            "grant_max",
            "grant_fixed",
            "cofinancing_min_percent",
            "duration_min_months",
            "duration_max_months",
            "limit_per_call",
            "limit_per_lot",
        )
        formfield_callback = formfield

    def prepare(self) -> None:
        self.fields["currency"] = currency_field()
        self.suggestions = {"currencies": list(CURRENCIES)}
        self._numbers("duration_min_months", "duration_max_months", "limit_per_call", "limit_per_lot")
        self.fields["cofinancing_min_percent"].required = True

    def clean_currency(self) -> str:
        return known_currency(self.cleaned_data["currency"])


class CoverForm(CallForm):
    layout = (("", (("priorities_cover",),)),)

    class Meta:
        model = Call
        fields = ("priorities_cover",)


def _cover(call: Call) -> str:
    return str(call.get_priorities_cover_display())


class QuestionsForm(CallForm):
    """Until when one may ask, and until when it is answered."""

    layout = (("", (("questions_until",), ("answers_until",))),)

    class Meta:
        model = Call
        fields = ("questions_until", "answers_until")

    def prepare(self) -> None:
        others = zones_of(self.call)
        zone = self.call.time_zone
        self.fields["questions_until"] = MomentField(
            zone=zone,
            others=others,
            required=False,
            label=_("Questions until"),
            help_text=_("Usually until 21 days before the deadline. Empty: nobody can ask."),
        )
        self.fields["answers_until"] = MomentField(
            zone=zone,
            others=others,
            required=False,
            label=_("Answers until"),
            help_text=_("Usually at the latest 11 days before the deadline."),
        )


class LettersForm(CallForm):
    """What letters to applicants say and who signs them."""

    texts = ("signatory_name", "signatory_position", "funder")
    layout = (("", (("signatory_name",), ("signatory_position",), ("funder",), ("prevailing_language",))),)

    class Meta:
        model = Call
        fields = ("prevailing_language",)

    def prepare(self) -> None:
        present = [self.call.prevailing_language] if self.call.prevailing_language else []
        codes = dict.fromkeys((*self.call.languages, *present))
        self.fields["prevailing_language"] = forms.ChoiceField(
            label=_("Prevailing language"),
            required=False,
            choices=[("", _("the first language of the call")), *((code, language_name(code)) for code in codes)],
        )


register_sheet(Sheet("basics", _("What the call is"), BasicsForm))
register_sheet(Sheet("money", _("Money and limits"), MoneyForm))
register_sheet(Sheet("cover", _("Priorities to address"), CoverForm, says=_cover))
register_sheet(
    Sheet("questions", _("Questions and answers"), QuestionsForm, _("Answers are published for all, without names."))
)
register_sheet(Sheet("letters", _("Letters"), LettersForm, _("All of this may stay empty.")))
