"""What the pages about published calls have in common: whose call it is, who may change it, the frame of the page."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from calls.authoring.desk import framed
from calls.authoring.words import language_name
from calls.models import Call
from calls.rules import may_amend, may_see_everything
from portal import languages
from portal.content import formatting


class Counter:
    """A request for a page about a published call, or about the working copy in which it is changed."""

    def __init__(self, request: HttpRequest, admin: Any, call: Call) -> None:
        self.request, self.admin, self.call = request, admin, call

    @property
    def original(self) -> Call:
        """The published call."""
        original: Call = self.call.amends or self.call
        return original

    @property
    def may_write(self) -> bool:
        return may_amend(self.request.user, self.original)

    def at(self, name: str, *args: Any) -> str:
        """Return the address of a page about this call."""
        return reverse(f"admin:calls_{name}", args=[self.call.pk, *args])

    def home(self) -> str:
        """Return the address of the changes of the published call."""
        return reverse("admin:calls_amend", args=[self.original.pk])

    def show(self, template: str, title: str, *, status: int = 200, **context: Any) -> HttpResponseBase:
        """Render a page in the frame of the administration."""
        original = self.original
        crumbs = [
            (reverse("admin:calls_call_changelist"), _("Calls")),
            (reverse("admin:calls_call_change", args=[original.pk]), original.code),
        ]
        if may_see_everything(self.request.user):
            crumbs.append((self.home(), _("Changes")))
        values = {"call": self.call, "original": original, "may_write": self.may_write, "crumbs": crumbs, **context}
        response = framed(self.request, self.admin, f"corrigenda/{template}", title, values)
        response.status_code = status
        return response


def counter(request: HttpRequest, admin: Any, pk: int, *, copy: bool = False) -> Counter:
    """Open a published call, or a working copy, for the programme's staff; sending something is for who may change it.

    Raises:
        Http404: there is no such call for this person.
    """
    rows = Call.objects.visible_to(request.user).select_related("programme", "amends__programme")
    call = rows.filter(pk=pk, amends__isnull=not copy).first()
    if call is None or not may_see_everything(request.user):
        raise Http404
    found = Counter(request, admin, call)
    if request.method == "POST" and not found.may_write:
        raise Http404
    return found


def writing_counter(request: HttpRequest, admin: Any, pk: int, *, copy: bool = False) -> Counter:
    """Open it for who may change it only.

    Raises:
        Http404: there is no such call that this person may change.
    """
    found = counter(request, admin, pk, copy=copy)
    if not found.may_write:
        raise Http404
    return found


def by_the_clock(call: Call) -> str:
    """Return by which clock a moment of a call is typed."""
    place = formatting.place(call.time_zone, languages.active())
    return _("By the clock of the call: %(place)s.") % {"place": place}


class SummaryForm(forms.Form):
    """What a corrigendum says in each language of its call."""

    def __init__(self, data: Any, *, call: Call, initial: dict[str, str] | None = None) -> None:
        super().__init__(data)
        self.languages = list(call.languages)
        for code in self.languages:
            self.fields[f"summary_{code}"] = forms.CharField(
                label=_("What changes and why (%(language)s)") % {"language": language_name(code)},
                help_text=_("Everybody reads it: on the call's page, and in the message to applicants and followers."),
                widget=forms.Textarea({"rows": 3, "lang": code}),
                initial=(initial or {}).get(code, ""),
                max_length=4000,
            )

    def summary(self) -> dict[str, str]:
        """Return the summary by language."""
        return {code: self.cleaned_data[f"summary_{code}"] for code in self.languages}
