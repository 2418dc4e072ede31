"""Pages that make a draft: an empty one, or a copy of another call."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from calls.authoring.copying import Dates, NewCall, copy_call, years_later, years_to
from calls.authoring.desk import framed
from calls.authoring.fields import CodesField, MomentField, NumberField
from calls.authoring.forms import Cell, Group
from calls.authoring.kinds.sheets import CURRENCIES, add_places, currency_field, known_currency, known_zone
from calls.authoring.words import country_names, language_name
from calls.models import Call, Programme
from calls.models.base import public_code
from calls.rules import may_prepare, may_see_everything
from calls.spec import CallSpec
from calls.transfer import WritingRefused, spec_of
from portal import clock


class CodeForm(forms.Form):
    """The code of a new call, which no other has."""

    code = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=40,
        validators=[public_code],
        help_text=gettext_lazy("Capital letters, digits and hyphens, such as M4EG-2028-PILOT. Applications bear it."),
    )
    suggestions: dict[str, list[str]] = {}

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if Call.objects.filter(code=code).exists():
            raise ValidationError(_("Another call has this code. Please choose another."))
        return code

    def clean_time_zone(self) -> str:
        return known_zone(self.cleaned_data["time_zone"])

    def clean_currency(self) -> str:
        return known_currency(self.cleaned_data["currency"])

    layout: Any = ()

    @property
    def groups(self) -> list[Group]:
        """The fields as the page shows them."""
        return [
            Group(title, tuple(tuple(Cell(self[name]) for name in names) for names in rows))
            for title, rows in self.layout
        ]

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """The errors for the summary at the top."""
        return [
            (f"#{self[name].id_for_label or self[name].auto_id}", str(self[name].label), str(sentence))
            for name, sentences in self.errors.items()
            if name in self.fields
            for sentence in sentences
        ]


class NewCallForm(CodeForm):
    """What a draft has from the beginning; all else is added part by part."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"] = forms.ModelChoiceField(Programme.objects.all(), label=_("Programme"))
        for code in settings.MODELTRANSLATION_LANGUAGES:
            self.fields[f"title_{code}"] = forms.CharField(
                label=_("Title (%(language)s)") % {"language": language_name(code)},
                max_length=300,
                required=False,
                widget=forms.TextInput({"lang": code}),
            )
        add_places(self, ["hy", "en"], [])
        self.fields["languages"].initial = ["hy", "en"]
        self.fields["currency"] = currency_field()
        self.fields["currency"].initial = CURRENCIES[0]
        self.fields["budget"] = NumberField(label=capfirst(_("total budget")), min_value=0)
        self.fields["time_zone"].initial = "Asia/Yerevan"
        self.suggestions = {**self.suggestions, "currencies": list(CURRENCIES)}
        titles = tuple(f"title_{code}" for code in settings.MODELTRANSLATION_LANGUAGES)
        self.layout = (
            ("", (("code", "programme"),)),
            (_("Languages"), (("languages",), titles)),
            (_("Where and how much"), (("countries",), ("time_zone",), ("budget", "currency"))),
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for code in cleaned.get("languages", ()):
            if not cleaned.get(f"title_{code}"):
                self.add_error(f"title_{code}", _("Please write the title in each language of the call."))
        return cleaned

    @transaction.atomic
    def save(self) -> Call:
        """Make the draft. What is written does not depend on the language of whoever writes it."""
        given = self.cleaned_data
        titles = {
            f"title_{code}": given[f"title_{code}"] if code in given["languages"] else ""
            for code in settings.MODELTRANSLATION_LANGUAGES
        }
        names = ("code", "programme", "languages", "countries", "time_zone", "currency", "budget")
        with translation.override(settings.MODELTRANSLATION_DEFAULT_LANGUAGE):
            made: Call = Call.objects.create(**{name: given[name] for name in names}, **titles)
        return made


class CopyForm(CodeForm):
    """What is asked of a copy: code, title, places, currency, and all dates."""

    def __init__(self, *args: Any, spec: CallSpec, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        for code, title in spec.title.items():
            self.fields[f"title_{code}"] = forms.CharField(
                label=_("Title (%(language)s)") % {"language": language_name(code)},
                max_length=300,
                initial=title,
                widget=forms.TextInput({"lang": code}),
            )
        self.fields["countries"] = CodesField(
            label=_("Countries"), present=spec.countries, choices=country_names(spec.countries)
        )
        self.fields["countries"].initial = list(spec.countries)
        self.fields["currency"] = currency_field()
        self.fields["currency"].initial = spec.currency
        self.fields["time_zone"] = forms.CharField(label=_("Time zone"), max_length=50, initial=spec.time_zone)
        self.suggestions = {"currencies": list(CURRENCIES)}
        self._years = years_to(spec, clock.now())
        self._add_dates(str(self.data.get("time_zone", "") or spec.time_zone))
        self.layout = self._layout()

    def _add_dates(self, zone: str) -> None:
        """All dates are asked anew; the old ones, moved by whole years, stand below as a hint."""
        try:
            known_zone(zone)
        except ValidationError:
            zone = self.spec.time_zone
        for stage in self.spec.stages:
            self._moment(f"opens_{stage.code}", zone, _("opens at"), stage.opens)
            self._moment(f"deadline_{stage.code}", zone, _("deadline"), stage.deadline)
        asked = {"questions_until": _("questions until"), "answers_until": _("answers until")}
        for name, label in asked.items():
            self._moment(name, zone, label, getattr(self.spec, name), required=False)

    def _moment(self, name: str, zone: str, label: str, before: datetime | None, *, required: bool = True) -> None:
        hint = ""
        if before is not None:
            later = years_later(before, self._years)
            hint = ngettext(
                "Was %(before)s; %(years)s year later: %(later)s.",
                "Was %(before)s; %(years)s years later: %(later)s.",
                self._years,
            ) % {
                "before": f"{before:%d.%m.%Y, %H:%M}",
                "years": self._years,
                "later": f"{later:%d.%m.%Y, %H:%M}",
            }
        self.fields[name] = MomentField(zone=zone, label=capfirst(label), required=required, help_text=hint)

    def _layout(self) -> tuple[Any, ...]:
        stages = tuple(
            (self.spec_title(stage.title, stage.code), ((f"opens_{stage.code}", f"deadline_{stage.code}"),))
            for stage in self.spec.stages
        )
        titles = tuple(f"title_{code}" for code in self.spec.title)
        return (
            ("", (("code",), titles)),
            (_("Where and how much"), (("countries",), ("currency", "time_zone"))),
            *stages,
            (_("Questions and answers"), (("questions_until", "answers_until"),)),
        )

    def spec_title(self, title: Any, code: str) -> str:
        """Return the title of a stage in the language of the page."""
        language = (translation.get_language() or "en")[:2]
        return str(title.get(language) or next(iter(title.values()), code))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for stage in self.spec.stages:
            opens, deadline = cleaned.get(f"opens_{stage.code}"), cleaned.get(f"deadline_{stage.code}")
            if opens and deadline and opens >= deadline:
                self.add_error(f"opens_{stage.code}", _("The stage must open before its deadline."))
        return cleaned

    def asked(self) -> NewCall:
        """Return what was asked, with all moments by the clock of the new call."""
        given, fixed = self.cleaned_data, self.spec.model_copy(update={"time_zone": self.cleaned_data["time_zone"]})

        def local(name: str) -> Any:
            return given.get(name) and fixed.local(given[name])

        return NewCall(
            code=given["code"],
            title={code: given[f"title_{code}"] for code in self.spec.title},
            countries=tuple(given["countries"]),
            currency=given["currency"],
            time_zone=given["time_zone"],
            stages={
                stage.code: Dates(local(f"opens_{stage.code}"), local(f"deadline_{stage.code}"))
                for stage in self.spec.stages
            },
            questions_until=local("questions_until"),
            answers_until=local("answers_until"),
        )


def new(request: HttpRequest, *, admin: Any) -> HttpResponseBase:
    """Make an empty draft."""
    if not may_prepare(request.user):
        raise Http404
    form = NewCallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        call = form.save()
        messages.success(request, _("%(code)s is a draft now. Below is what it still needs.") % {"code": call.code})
        return redirect("admin:calls_setup", call.pk)
    context = {"form": form, "may_write": True, "back": reverse("admin:calls_call_changelist")}
    return framed(request, admin, "new", _("New call"), context)


def copy(request: HttpRequest, pk: int, *, admin: Any) -> HttpResponseBase:
    """Make a draft from a call that the person may read."""
    if not (may_prepare(request.user) and may_see_everything(request.user)):
        raise Http404
    call = get_object_or_404(Call.objects.visible_to(request.user).filter(amends=None), pk=pk)
    form = CopyForm(request.POST or None, spec=spec_of(call))
    if request.method == "POST" and form.is_valid():
        try:
            made = copy_call(call, form.asked(), by=request.user)  # type: ignore[arg-type]
        except WritingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(code)s is a draft now. Below is what it still needs.") % {"code": made.code})
            return redirect("admin:calls_setup", made.pk)
    back = reverse("admin:calls_call_change", args=[call.pk])
    context = {"form": form, "call": call, "may_write": True, "back": back}
    return framed(request, admin, "copy", _("Copy %(code)s") % {"code": call.code}, context)
