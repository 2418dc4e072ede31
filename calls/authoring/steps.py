"""The steps of a call as staff take them: each says first what it does, and what stands against it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls import lifecycle
from calls.authoring.desk import Desk
from calls.authoring.fields import MomentField
from calls.authoring.places import Places
from calls.authoring.publication import Caution
from calls.authoring.words import language_name, zones_of
from calls.lifecycle import NotPublishable, WarningsOpen
from calls.models import CALL_TRANSITIONS, Call, CallState
from portal import clock
from portal.transitions import IllegalTransition


class PublishForm(forms.Form):
    """The reason for each warning that is passed over, and the moment where publication is planned for later."""

    def __init__(self, data: Any, *, call: Call, cautions: Sequence[Caution], later: bool) -> None:
        super().__init__(data)
        self.later = later
        kept = dict(call.warning_overrides.values_list("code", "reason"))
        self._codes = {f"reason-{caution.code}": caution for caution in cautions}
        for name, caution in self._codes.items():
            self.fields[name] = forms.CharField(
                label=gettext_lazy("Why it may be so"),
                widget=forms.Textarea({"rows": 2, "aria-describedby": f"about-{caution.code}"}),
                initial=kept.get(caution.code, ""),
                max_length=2000,
            )
        self.fields["publish_at"] = MomentField(
            zone=call.time_zone,
            others=zones_of(call),
            required=later,
            initial=call.publish_at,
            label=gettext_lazy("Publish at"),
        )

    def clean_publish_at(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data.get("publish_at")
        if self.later and moment and moment <= clock.now():
            raise ValidationError(_("This moment has passed. Please write a later one."))
        return moment

    @property
    def reasons(self) -> list[tuple[Caution, Any]]:
        """The warnings, each with the field of its reason."""
        return [(caution, self[name]) for name, caution in self._codes.items()]

    def overrides(self) -> dict[str, str]:
        """Return the reasons by the codes of the warnings."""
        return {caution.code: self.cleaned_data[name] for name, caution in self._codes.items()}


def publish(here: Desk) -> HttpResponseBase:
    """Show what stands against publication and ask for reasons; publish now, or plan it."""
    call, request = here.call, here.request
    later = "_later" in request.POST
    form = PublishForm(
        request.POST if request.method == "POST" else None,
        call=call,
        cautions=lifecycle.cautions_of(call, _asked_for(call, request.POST) if later else None),
        later=later,
    )
    if request.method == "POST" and form.is_valid() and _published(here, form):
        return redirect("admin:calls_call_change", call.pk) if not later else redirect(here.at("setup"))
    places = Places(call)
    faults = [(problem.text(), places.of(problem.path)) for problem in lifecycle.problems_of(call)]
    title = _("Publish %(code)s") % {"code": call.code}
    return here.show("publish", title, form=form, faults=faults, back=here.at("setup"))


def _asked_for(call: Call, data: Any) -> datetime | None:
    """The moment for which publication is planned, where it can be read: the warnings are those of then."""
    try:
        return MomentField(zone=call.time_zone, required=False).clean(data.get("publish_at", ""))  # type: ignore[no-any-return]
    except ValidationError:
        return None


def _published(here: Desk, form: PublishForm) -> bool:
    """Publish or plan; whether that was done."""
    person: Any = here.request.user
    values = {"code": here.call.code}
    try:
        if form.later:
            at = form.cleaned_data["publish_at"]
            lifecycle.schedule_publication(here.call, at=at, by=person, overrides=form.overrides())
            messages.success(here.request, _("%(code)s will be published at the moment planned.") % values)
        else:
            lifecycle.publish_call(here.call, by=person, overrides=form.overrides())
            messages.success(here.request, _("%(code)s is published.") % values)
    except IllegalTransition as refusal:
        form.add_error(None, str(refusal))
    except (NotPublishable, WarningsOpen):
        form.add_error(None, _("The call has changed meanwhile: please look at it once more."))
    return not form.errors


class CancelForm(forms.Form):
    """Why a call is cancelled, in each of its languages."""

    def __init__(self, data: Any, *, call: Call) -> None:
        super().__init__(data)
        self._languages = call.languages
        for code in call.languages:
            self.fields[f"reason_{code}"] = forms.CharField(
                label=_("Reason (%(language)s)") % {"language": language_name(code)},
                widget=forms.Textarea({"rows": 3, "lang": code}),
                max_length=4000,
            )

    def reason(self) -> dict[str, str]:
        """Return the reason by language."""
        return {code: self.cleaned_data[f"reason_{code}"] for code in self._languages}


def cancel(here: Desk) -> HttpResponseBase:
    """Ask for the reason, which everybody reads, and cancel a published call."""
    request = here.request
    form = CancelForm(request.POST if request.method == "POST" else None, call=here.call)
    if request.method == "POST" and form.is_valid():
        try:
            lifecycle.cancel_call(here.call, by=request.user, reason=form.reason())  # type: ignore[arg-type]
            messages.success(request, _("%(code)s is cancelled.") % {"code": here.call.code})
        except IllegalTransition as refusal:
            messages.error(request, str(refusal))
        return redirect("admin:calls_call_change", here.call.pk)
    title = _("Cancel %(code)s") % {"code": here.call.code}
    return here.show("cancel", title, form=form, back=_page_of(here.call))


def archive(here: Desk) -> HttpResponseBase:
    """Say what archiving does, and do it when that is confirmed."""
    if here.request.method == "POST":
        try:
            lifecycle.archive_call(here.call, by=here.request.user)  # type: ignore[arg-type]
            messages.success(here.request, _("%(code)s is archived.") % {"code": here.call.code})
        except IllegalTransition as refusal:
            messages.error(here.request, str(refusal))
        return redirect("admin:calls_call_change", here.call.pk)
    title = _("Archive %(code)s") % {"code": here.call.code}
    return here.show("archive", title, back=_page_of(here.call))


def possible(call: Call, state: CallState) -> bool:
    """Whether the table has the step, the call is no working copy, and what is archived is not applied for any more."""
    if state == CallState.ARCHIVED and not lifecycle.is_over(call):
        return False
    return state in CALL_TRANSITIONS[call.state] and call.amends_id is None


def _page_of(call: Call) -> str:
    return reverse("admin:calls_call_change", args=[call.pk])
