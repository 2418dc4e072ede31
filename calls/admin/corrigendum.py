"""Changing a published call, for staff: the changes so far, the working copy, its review, a later deadline."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls import following
from calls.admin.amending import Counter, SummaryForm, by_the_clock, counter, writing_counter
from calls.authoring.fields import MomentField
from calls.authoring.places import Places
from calls.authoring.words import zones_of
from calls.comparison import Change, Verdict
from calls.corrigenda import (
    CopyIsGone,
    NotAmendable,
    Review,
    apply_harmless,
    begin_changes,
    discard_changes,
    extend_deadline,
    issue_corrigendum,
    renew_copy,
    review_of,
)
from calls.corrigenda.queries import corrigenda_of
from calls.models import Call, Stage
from calls.pages.cards import voice_of
from calls.pages.corrigenda import ChangeRow, change_rows, corrigendum_page


def changes_page(request: HttpRequest, pk: int, *, admin: Any) -> HttpResponseBase:
    """Show the corrigenda so far and the open working copy; open one when that is asked."""
    here = counter(request, admin, pk)
    if request.method == "POST":
        try:
            copy = begin_changes(here.call, by=request.user)  # type: ignore[arg-type]
        except NotAmendable as refusal:
            messages.error(request, str(refusal))
            return redirect(here.home())
        return redirect("admin:calls_setup", copy.pk)
    issued = [(corrigendum_page(one), str(one.issued_by or "")) for one in corrigenda_of(here.call)]
    return here.show(
        "changes",
        _("Changes of %(code)s") % {"code": here.call.code},
        issued=issued,
        copy=Call.objects.filter(amends=here.call).first(),
        deadline_url=here.at("extend_deadline"),
        extensions_url=here.at("extensions"),
        public_url=reverse("calls:changes", args=[here.call.code]),
    )


# The review of a working copy


def review_page(request: HttpRequest, pk: int, *, admin: Any) -> HttpResponseBase:
    """Show what a working copy would change; issue it as a corrigendum, or apply it where all is harmless."""
    here = counter(request, admin, pk, copy=True)
    form = SummaryForm(request.POST if request.method == "POST" else None, call=here.call)
    if request.method == "POST":
        if "_apply" in request.POST:
            return _settled(here, None) or redirect(here.at("amend_review"))
        if form.is_valid() and (answer := _settled(here, form)):
            return answer
    return _show_review(here, form)


def _settled(here: Counter, form: SummaryForm | None) -> HttpResponseBase | None:
    """Issue or apply the copy; None where that was refused, with what stands against it told."""
    person: Any = here.request.user
    try:
        if form is None:
            apply_harmless(here.call, by=person)
            messages.success(here.request, _("The changes are applied. They are in the history of the call."))
        else:
            issued = issue_corrigendum(here.call, by=person, summary=form.summary())
            told = _("Corrigendum No %(number)s is issued. Everybody concerned is told by e-mail.")
            messages.success(here.request, told % {"number": issued.number})
    except CopyIsGone as refusal:
        messages.error(here.request, str(refusal))
    except NotAmendable as refusal:
        if form is None:
            messages.error(here.request, str(refusal))
        else:
            form.add_error(None, str(refusal))
        return None
    return redirect(here.home())


def _show_review(here: Counter, form: SummaryForm) -> HttpResponseBase:
    found, places = review_of(here.original, here.call), Places(here.call)
    return here.show(
        "review",
        _("Review of the changes of %(code)s") % {"code": here.original.code},
        status=422 if form.errors else 200,
        form=form,
        found=found,
        groups=_groups(found),
        faults=[(problem.text(), places.of(problem.path)) for problem in found.faults],
        told=len(following.followers(here.original)) if found.announced else 0,
        number=here.original.last_corrigendum + 1,
        fixed=[
            (stage, ", ".join(reasons))
            for stage in here.original.stages.all()
            if (reasons := found.fixed.get(stage.code))
        ],
        addresses={
            "edit": here.at("setup"),
            "discard": here.at("amend_discard"),
            "renew": here.at("amend_renew"),
        },
    )


def _groups(found: Review) -> list[tuple[str, str, str, list[tuple[ChangeRow, str]]]]:
    """Return the changes by verdict, the gravest first: key, title, tone, and each change with the reason."""
    titles = (
        (Verdict.REFUSED, _("Not possible after publication"), "error"),
        (Verdict.CORRIGENDUM, _("Announced by the corrigendum"), "warn"),
        (Verdict.HARMLESS, _("Harmless: applied without being announced"), "done"),
    )
    groups = ((str(verdict), title, tone, _rows(found, found.of(verdict))) for verdict, title, tone in titles)
    return [group for group in groups if group[3]]


def _rows(found: Review, changes: tuple[Change, ...]) -> list[tuple[ChangeRow, str]]:
    rows = change_rows(found.said(changes))
    return [(row, _(change.reason)) for row, change in zip(rows, changes, strict=True)]


def discard(request: HttpRequest, pk: int, *, admin: Any) -> HttpResponseBase:
    """Ask first; throw a working copy away when that is confirmed."""
    here = writing_counter(request, admin, pk, copy=True)
    if request.method == "POST":
        try:
            discard_changes(here.call, by=request.user)  # type: ignore[arg-type]
            messages.success(request, _("The changes are thrown away. The published call stays as it is."))
        except CopyIsGone as refusal:
            messages.error(request, str(refusal))
        return redirect(here.home())
    title = _("Throw the changes of %(code)s away") % {"code": here.original.code}
    return here.show("discard", title, back=here.at("amend_review"))


def renew(request: HttpRequest, pk: int, *, admin: Any) -> HttpResponseBase:
    """Take note that the published call has changed; the review shows all that differs now."""
    here = writing_counter(request, admin, pk, copy=True)
    if request.method == "POST":
        try:
            renew_copy(here.call, by=request.user)  # type: ignore[arg-type]
        except NotAmendable as refusal:
            messages.error(request, str(refusal))
            return redirect(here.home())
    return redirect(here.at("amend_review"))


# A later deadline


class DeadlineForm(SummaryForm):
    """Which stage gets which later deadline, and what is said of it."""

    def __init__(self, data: Any, *, call: Call) -> None:
        super().__init__(data, call=call, initial={code: _first_words(code) for code in call.languages})
        stages = call.stages.all()
        first = {
            "stage": forms.ModelChoiceField(
                stages, label=gettext_lazy("Stage"), to_field_name="code", empty_label=None, initial=stages[0]
            ),
            "deadline": MomentField(
                zone=call.time_zone,
                others=zones_of(call),
                label=gettext_lazy("New deadline"),
                help_text=by_the_clock(call),
            ),
        }
        self.fields = {**first, **self.fields}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        stage, deadline = cleaned.get("stage"), cleaned.get("deadline")
        if isinstance(stage, Stage) and deadline and deadline <= stage.deadline:
            self.add_error("deadline", _("The new deadline must be later than the present one."))
        return cleaned


def _first_words(language: str) -> str:
    """Return what is usually said of a later deadline."""
    with translation.override(language):
        return _("The deadline is extended.")


def deadline_page(request: HttpRequest, pk: int, *, admin: Any) -> HttpResponseBase:
    """Extend a deadline for all: a corrigendum about this alone."""
    here = writing_counter(request, admin, pk)
    form = DeadlineForm(request.POST if request.method == "POST" else None, call=here.call)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            issued = extend_deadline(
                given["stage"],
                until=given["deadline"],
                by=request.user,  # type: ignore[arg-type]
                summary=form.summary(),
            )
        except NotAmendable as refusal:
            form.add_error("deadline", str(refusal))
        else:
            told = _("The deadline is extended by corrigendum No %(number)s. Everybody concerned is told by e-mail.")
            messages.success(request, told % {"number": issued.number})
            return redirect(here.home())
    voice = voice_of(here.call)
    return here.show(
        "deadline",
        _("Extend a deadline of %(code)s") % {"code": here.call.code},
        status=422 if form.errors else 200,
        form=form,
        present=[(stage.title, voice.moment(stage.deadline)) for stage in here.call.stages.all()],
        told=len(following.followers(here.call)),
        number=here.call.last_corrigendum + 1,
        back=here.home(),
    )


ROUTES = (
    ("<int:pk>/changes/", changes_page, "amend"),
    ("<int:pk>/review/", review_page, "amend_review"),
    ("<int:pk>/review/discard/", discard, "amend_discard"),
    ("<int:pk>/review/renew/", renew, "amend_renew"),
    ("<int:pk>/deadline/", deadline_page, "extend_deadline"),
)
