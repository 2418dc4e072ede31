"""Extensions for one municipality, for staff: who has which, granting one, taking one back."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.admin.amending import Counter, by_the_clock, writing_counter
from calls.authoring.fields import MomentField
from calls.authoring.words import zones_of
from calls.extensions import EvaluationHasBegun, ExtensionRefused, grant_extension, revoke_extension
from calls.models import Call, Extension
from calls.pages.cards import voice_of
from calls.queries import municipalities_named
from portal import clock
from portal.accounts.models import Municipality


@dataclass(frozen=True)
class ExtensionLine:
    """One extension in the list. ``word`` and ``tone`` say whether it counts."""

    municipality: str
    stage: str
    until: str
    reason: str
    granted: str
    word: str
    tone: str
    revoked: str
    url: str


class ExtensionForm(forms.Form):
    """Who gets until when in which stage, and why."""

    name = forms.CharField(
        label=gettext_lazy("Name of the municipality"),
        max_length=100,
        required=False,
        help_text=gettext_lazy(
            "In Armenian, in English or in the country's own language; a part of the name is enough."
        ),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    municipality = forms.ModelChoiceField(
        Municipality.objects.none(),
        label=gettext_lazy("Which one do you mean?"),
        required=False,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=5000,
        help_text=gettext_lazy("The municipality reads it, and it stays on record."),
        widget=forms.Textarea({"rows": 3}),
    )
    confirmed = forms.BooleanField(label=gettext_lazy("Grant it although the evaluation has begun"), required=False)

    def __init__(self, data: Any, *, call: Call) -> None:
        super().__init__(data)
        self.matches: list[Municipality] = []
        self.begun = False
        stages = call.stages.all()
        more = {
            "stage": forms.ModelChoiceField(
                stages, label=gettext_lazy("Stage"), to_field_name="code", empty_label=None, initial=stages[0]
            ),
            "until": MomentField(
                zone=call.time_zone, others=zones_of(call), label=gettext_lazy("Until"), help_text=by_the_clock(call)
            ),
        }
        own = self.fields
        self.fields = {"name": own["name"], "municipality": own["municipality"], **more}
        self.fields |= {"reason": own["reason"], "confirmed": own["confirmed"]}
        self._countries = call.countries
        chosen = Municipality.objects.filter(country__in=call.countries).select_related("country")
        self.fields["municipality"].queryset = chosen  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Find the municipality by its name; where several have it, ask which one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("municipality") is not None:
            self.matches = [cleaned["municipality"]]
            return cleaned
        self.matches = municipalities_named(cleaned.get("name", ""), self._countries)
        if len(self.matches) == 1:
            cleaned["municipality"] = self.matches[0]
        elif self.matches:
            self.add_error("municipality", _("Several municipalities have this in their names: choose one."))
        else:
            self.add_error("name", _("No municipality of the call's countries has this in its name."))
        return cleaned


class RevocationForm(forms.Form):
    """Why an extension is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=5000,
        help_text=gettext_lazy("The municipality reads it, and it stays on record."),
        widget=forms.Textarea({"rows": 3}),
    )


def _reading_counter(request: HttpRequest, admin: Any, pk: int) -> Counter:
    """Open the extensions of a call for all staff who see calls; each sees those of the own country at most."""
    call = Call.objects.visible_to(request.user).filter(pk=pk, amends=None).select_related("programme").first()
    if call is None or not admin.has_view_permission(request):
        raise Http404
    return Counter(request, admin, call)


def list_page(request: HttpRequest, pk: int, *, admin: Any) -> HttpResponseBase:
    """Show the extensions in a call, as far as the person may see them."""
    here = _reading_counter(request, admin, pk)
    if request.method == "POST":
        raise Http404
    rows = Extension.objects.visible_to(request.user).filter(stage__call=here.call)
    rows = rows.select_related("stage", "municipality", "granted_by", "revoked_by")
    return here.show(
        "extensions",
        _("Extensions in %(code)s") % {"code": here.call.code},
        rows=[_line(here, row) for row in rows],
        grant_url=here.at("extension_grant") if here.may_write else "",
    )


def _line(here: Counter, row: Extension) -> ExtensionLine:
    voice = voice_of(here.call)
    alive, ended = row.revoked_at is None, row.until < clock.now()
    word, tone = (_("Revoked"), "error") if not alive else (_("Ended"), "") if ended else (_("In force"), "done")
    return ExtensionLine(
        municipality=row.municipality.name,
        stage=row.stage.title,
        until=voice.moment(row.until),
        reason=row.reason,
        granted=" · ".join(filter(None, (str(row.granted_by or ""), voice.moment(row.granted_at)))),
        word=word,
        tone=tone,
        revoked=_revocation(row, here),
        url=here.at("extension_revoke", row.pk) if alive and not ended and here.may_write else "",
    )


def _revocation(row: Extension, here: Counter) -> str:
    if row.revoked_at is None:
        return ""
    moment = voice_of(here.call).moment(row.revoked_at)
    return " · ".join(filter(None, (str(row.revoked_by or ""), moment, row.revocation_reason)))


def grant_page(request: HttpRequest, pk: int, *, admin: Any) -> HttpResponseBase:
    """Grant an extension; where the evaluation of the stage has begun, ask once more."""
    here = writing_counter(request, admin, pk)
    form = ExtensionForm(request.POST if request.method == "POST" else None, call=here.call)
    if request.method == "POST" and form.is_valid() and _granted(here, form):
        return redirect(here.at("extensions"))
    voice = voice_of(here.call)
    return here.show(
        "extension_grant",
        _("Extend the deadline for one municipality"),
        status=422 if form.errors else 200,
        form=form,
        present=[(stage.title, voice.moment(stage.deadline)) for stage in here.call.stages.all()],
        back=here.at("extensions"),
    )


def _granted(here: Counter, form: ExtensionForm) -> bool:
    given, person = form.cleaned_data, here.request.user
    try:
        grant_extension(
            given["stage"],
            given["municipality"],
            until=given["until"],
            reason=given["reason"],
            by=person,  # type: ignore[arg-type]
            confirmed=given["confirmed"],
        )
    except EvaluationHasBegun as refusal:
        form.begun = True
        form.add_error("confirmed", str(refusal))
        return False
    except ExtensionRefused as refusal:
        form.add_error("until", str(refusal))
        return False
    messages.success(here.request, _("The deadline is extended. The municipality is told by e-mail."))
    return True


def revoke_page(request: HttpRequest, pk: int, row: int, *, admin: Any) -> HttpResponseBase:
    """Ask for the reason; take an extension back when that is confirmed."""
    here = writing_counter(request, admin, pk)
    rows = (
        Extension.objects.visible_to(request.user).filter(stage__call=here.call).select_related("municipality", "stage")
    )
    found = rows.filter(pk=row).first()
    if found is None:
        raise Http404
    form = RevocationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            revoke_extension(found, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]
            messages.success(request, _("The extension is revoked. The municipality is told by e-mail."))
            return redirect(here.at("extensions"))
        except ExtensionRefused as refusal:
            form.add_error(None, str(refusal))
    return here.show(
        "extension_revoke",
        _("Revoke an extension"),
        status=422 if form.errors else 200,
        form=form,
        line=_line(here, found),
        back=here.at("extensions"),
    )


ROUTES = (
    ("<int:pk>/extensions/", list_page, "extensions"),
    ("<int:pk>/extensions/grant/", grant_page, "extension_grant"),
    ("<int:pk>/extensions/<int:row>/revoke/", revoke_page, "extension_revoke"),
)
