"""The public pages of questions and answers: all answers of a call, the same as PDF, and asking."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from calls import outlets
from calls import queries as call_queries
from calls.enquiries import lifecycle, pages, queries, rules
from calls.enquiries.forms import NEWEST, AskForm, FindForm
from calls.models import Call, CallState
from calls.pages import call as call_page
from calls.printing import STYLESHEET, Paper, style
from portal.accounts.models import Person
from portal.content.typed import login_wanted


def _call(code: str) -> Call:
    call = queries.public_call(code)
    if call is None:
        raise Http404
    return call


def _arrived(request: HttpRequest) -> datetime:
    moment: datetime = request.received_at  # type: ignore[attr-defined]
    return moment


def _frame(call: Call, moment: datetime) -> dict[str, Any]:
    """Return what all pages of questions and answers print of their call."""
    return {
        "call": call,
        "crumbs": call_page.crumbs((call.title, reverse("calls:detail", args=[call.code]))),
        "open": rules.takes_questions(call, moment),
        "until": pages.until_of(call, moment),
        "due": pages.due_of(call),
        "over": call.state != CallState.PUBLISHED,
    }


@require_safe
def answers(request: HttpRequest, code: str) -> HttpResponse:
    """Show all published questions and answers of a call, or those with some words."""
    call = _call(code)
    find = FindForm(request.GET)
    find.is_valid()
    text, order = find.cleaned_data.get("q", ""), find.cleaned_data.get("sort") or NEWEST
    everything = queries.published(call)
    found = queries.with_words(everything, text, queries.read_in(call)) if text else everything
    rows = pages.sorted_rows(pages.rows(found, call), order)
    context = {
        **_frame(call, _arrived(request)),
        "rows": rows,
        "lang": pages.lang_of(call),
        "find": FindForm(initial={"q": request.GET.get("q", "")[:100], "sort": order}),
        "narrowed": bool(text),
        "any": bool(rows) or everything.exists(),
    }
    return render(request, "calls/enquiries/answers.html", context)


@require_safe
def answers_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """Give all published questions and answers of a call as PDF, by number, in the language of the page."""
    call = _call(code)
    title = _("Questions and answers: %(call)s") % {"call": call.title}
    context = {
        "call": call,
        "rows": pages.rows(queries.published(call), call),
        "lang": pages.lang_of(call),
        "address": outlets.in_language(get_language() or "", "calls:answers", [call.code]),
        "style": style(),
    }
    paper = Paper("calls/enquiries/answers_pdf.html", STYLESHEET, context, title)
    return outlets.answer(
        request, paper.kept(), "application/pdf", file_name=f"{call.code}-answers-{get_language()}.pdf"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_wanted
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Take a question, or say why it is not taken and whom to ask instead; show what the person has asked."""
    call, moment = _call(code), _arrived(request)
    memberships = call_queries.memberships_of(request.user)
    form = AskForm(call, memberships, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = lifecycle.ask(call, by=_person(request), arrived_at=moment, **_given(form))
        except lifecycle.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            _say(request, asked)
            return redirect(f"{reverse('calls:ask', args=[call.code])}#own")
    context = {
        **_frame(call, moment),
        "form": form,
        "typed": request.POST.get("text", ""),
        "offices": pages.office_rows(queries.offices_for(call, memberships)),
        "own": pages.own_rows(queries.own(_person(request), call), call),
    }
    return render(request, "calls/enquiries/ask.html", context, status=422 if form.is_bound else 200)


def _person(request: HttpRequest) -> Person:
    person: Person = request.user  # type: ignore[assignment]
    return person


def _given(form: AskForm) -> dict[str, Any]:
    given = form.cleaned_data
    return {"text": given["text"], "language": given["language"], "municipality": given.get("municipality")}


def _say(request: HttpRequest, asked: lifecycle.Asked) -> None:
    if asked.new:
        messages.success(request, _("Your question has come. You get a mail when it is answered."))
    else:
        messages.info(request, _("You have asked this before. What became of it stands below."))
