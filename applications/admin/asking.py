"""The page on which staff ask about answers of an application."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.clarifications.replying import askable
from applications.lifecycle import ask_clarification
from applications.lifecycle.clarifying import NO_QUESTION, NO_TEXT, TOO_LONG, CannotAsk
from applications.messages import language, say
from applications.models import StageEntry, Submission
from applications.presentation import ShownAnswer, submitted_answers
from calls.authoring.fields import MomentField
from portal import clock
from portal.content import formatting
from portal.transitions import IllegalTransition

log = structlog.get_logger(__name__)
USUAL = timedelta(days=7)
"""So much time to answer is proposed, until six in the evening by the call's clock."""


@dataclass(frozen=True)
class AskableQuestion:
    """A question with its present answer, and whether it is ticked."""

    key: str
    label: str
    answer: ShownAnswer | None
    chosen: bool


@dataclass(frozen=True)
class AskableSection:
    title: str
    questions: tuple[AskableQuestion, ...]


class AskForm(forms.Form):
    """What is asked about which answers, until when."""

    questions = forms.MultipleChoiceField(
        label=gettext_lazy("Questions"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": NO_QUESTION},
    )
    text = forms.CharField(
        label=gettext_lazy("What has to be clarified"),
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        help_text=gettext_lazy(
            "The municipality and those who evaluate the application read it, and it stays on record."
        ),
        error_messages={"required": NO_TEXT, "max_length": TOO_LONG},
    )

    def __init__(self, data: Any, *, entry: StageEntry, about: Submission) -> None:
        super().__init__(data)
        self._about = about
        self._askable = askable(entry, about)
        call, country = entry.stage.call, entry.application.municipality.country
        self.fields["questions"].choices = [  # type: ignore[attr-defined]
            (question.key, say(question.label)) for _section, questions in self._askable for question in questions
        ]
        place = formatting.place(call.time_zone, language())
        self.fields["due_at"] = MomentField(
            zone=call.time_zone,
            others=[country.time_zone],
            label=_("To be answered by"),
            help_text=_("By the clock of %(place)s. What arrives later is not taken.") % {"place": place},
            initial=_usual(call.time_zone),
        )

    @property
    def sections(self) -> list[AskableSection]:
        """Return the questions by section, each with its present answer."""
        shown = {answer.key: answer for section in submitted_answers(self._about) for answer in section.answers}
        chosen = set(self["questions"].value() or ())
        return [
            AskableSection(say(section.title), tuple(_askable(question, shown, chosen) for question in questions))
            for section, questions in self._askable
        ]


def _askable(question: Any, shown: Mapping[str, ShownAnswer], chosen: set[str]) -> AskableQuestion:
    return AskableQuestion(question.key, say(question.label), shown.get(question.key), question.key in chosen)


def _usual(zone: str) -> datetime:
    day = (clock.now() + USUAL).astimezone(ZoneInfo(zone)).date()
    return datetime.combine(day, time(18), ZoneInfo(zone))


def asking_page(request: HttpRequest, admin: Any, entry: StageEntry) -> HttpResponseBase:
    """Ask for a clarification of a submitted application; with everything typed again where that is refused."""
    about = entry.submission
    if about is None:
        raise Http404
    form = AskForm(request.POST if request.method == "POST" else None, entry=entry, about=about)
    back = reverse("admin:applications_stageentry_change", args=[entry.pk])
    if request.method == "POST" and form.is_valid():
        try:
            ask_clarification(entry, **form.cleaned_data, by=request.user)  # type: ignore[arg-type]
        except CannotAsk as refusal:
            form.add_error(refusal.field, str(refusal))
        except IllegalTransition as refusal:
            messages.error(request, str(refusal))
            return redirect(back)
        else:
            messages.success(request, _("The clarification is requested. The municipality is told by e-mail."))
            return redirect(back)
    if form.errors:
        log.info("clarification not asked", entry=entry.pk, fields=sorted(form.errors))
    return _page(request, admin, entry, {"form": form, "back": back})


def _page(request: HttpRequest, admin: Any, entry: StageEntry, more: Mapping[str, Any]) -> TemplateResponse:
    frame = {**admin.admin_site.each_context(request), "opts": admin.opts, "title": _("Ask for a clarification")}
    context = {"entry": entry, "application": entry.application, "call": entry.stage.call, **more}
    response = TemplateResponse(request, "admin/applications/ask.html", {**frame, **context})
    response.status_code = 422 if more["form"].errors else 200
    return response
