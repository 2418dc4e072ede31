"""The public pages of one call: the call, its questions to read and print, its results."""

from collections.abc import Sequence
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls import changes, extensions, following, news, queries, registry, rules, selfcheck, timeline
from calls.corrigenda.queries import corrigenda_of
from calls.enquiries import pages as enquiries
from calls.models import Call, CallState, Stage
from calls.pages import call as call_page
from calls.pages import cards, may, questions, results, sharing
from calls.pages.templates import templates_for
from calls.pages.voice import Voice
from calls.queries import Right
from calls.registry import Action, Visit
from calls.selfcheck import Asked
from calls.spec import CallSpec
from calls.transfer import spec_of
from portal import clock
from portal.accounts.models import Municipality, Person


@require_safe
def call_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show a call; to a member with the right of the municipality to apply, to a visitor with a way to check it."""
    call, spec, now = *_found(request, code), clock.now()
    asked = selfcheck.asked(request, spec)
    stages = extensions.extended_stages(call, asked.own)
    stage = timeline.current(stages, now)
    right = _right(request, call, spec, asked, stage, now)
    around = _around(call, spec, asked, right, stages, now)
    page = call_page.prepare(call, spec, around)
    visit = _visit(request, call, asked, right, page, stage)
    voice = cards.voice_of(call)
    return render(
        request,
        "calls/detail.html",
        {
            "page": page,
            "crumbs": call_page.crumbs(),
            "sharing": sharing.of_call(request, call, around.countries, changes.modified(call)),
            "news": news.rows(call, voice),
            "enquiries": None if page.draft else enquiries.part(call, request.user, asked.memberships, now),
            "may": _may(request, call, asked, right, voice),
            "conditions": () if right else may.conditions(queries.conditions(spec, now), voice),
            "asked": asked,
            "matches": may.matches(asked.matches),
            "check_form": selfcheck.form_for(spec, asked, around.countries),
            "offices_to_ask": may.offices_to_ask(around.offices) if asked.not_found else (),
            "own_applications": registry.own_applications(visit),
            "actions": _actions(request, visit, page),
            "follows": following.follows(call, request.user) if isinstance(request.user, Person) else None,
            "results_url": reverse("calls:results", args=[call.code]) if page.word.tone == "done" else "",
        },
    )


def _found(request: HttpRequest, code: str) -> tuple[Call, CallSpec]:
    call = queries.call_for(request.user, code)
    if call is None:
        raise Http404
    return call, spec_of(call)


def _right(
    request: HttpRequest, call: Call, spec: CallSpec, asked: Asked, stage: Stage | None, now: datetime
) -> Right | None:
    """Find the right to apply, where there is still, or not yet, something to apply for."""
    over = call.state not in (CallState.PUBLISHED, CallState.DRAFT) or stage is None or stage.deadline < now
    if asked.municipality is None or over:
        return None
    insider = asked.own is not None or rules.may_see_everything(request.user)
    find = queries.right_shown if insider else queries.right_in_public
    return find(call, asked.municipality, stage=stage.code if stage else None, moment=now, spec=spec)


def _may(request: HttpRequest, call: Call, asked: Asked, right: Right | None, voice: Voice) -> may.May | None:
    """Prepare the findings for who reads them; staff are told on what they rest, and who waived a rule."""
    municipality = asked.municipality
    if right is None or municipality is None:
        return None
    staff = rules.may_see_everything(request.user)
    reader = may.Reader(
        address=request.build_absolute_uri(request.path),
        public=not staff and asked.own is None,
        staff=staff,
        waive_url=_waive_url(request, call, municipality),
        grants=queries.granted_by(call, municipality) if staff and right.facts.waivers else {},
    )
    return may.may_apply(right, municipality, voice, reader)


def _waive_url(request: HttpRequest, call: Call, municipality: Municipality) -> str:
    if not rules.may_waive(request.user, call):
        return ""
    return f"{reverse('admin:calls_waiver_add')}?{urlencode({'call': call.code, 'municipality': str(municipality.pk)})}"


def _around(
    call: Call, spec: CallSpec, asked: Asked, right: Right | None, stages: Sequence[Stage], now: datetime
) -> call_page.Around:
    reader = asked.own or (asked.memberships[0].municipality if asked.memberships else None)
    near = reader or asked.municipality
    asks_at_home = near is not None and near.country_id in spec.countries
    return call_page.Around(
        now=now,
        countries=queries.country_names(),
        regions=queries.region_names(code for lot in spec.lots for code in lot.regions),
        reader=reader,
        facts=right.facts if right else None,
        documents=queries.documents_of(call),
        offices=queries.offices_in([near.country_id] if near and asks_at_home else spec.countries),
        decided=bool(registry.decided_among([call.pk])),
        corrigenda=corrigenda_of(call),
        stages=stages,
    )


def _visit(
    request: HttpRequest,
    call: Call,
    asked: Asked,
    right: Right | None,
    page: call_page.CallPage,
    stage: Stage | None,
) -> Visit:
    allowed = page.status == "open" and not page.draft and right is not None and right.may_begin
    return Visit(call, asked.own, request.user, allowed, stage.code if stage else None)


def _actions(request: HttpRequest, visit: Visit, page: call_page.CallPage) -> list[Action]:
    """Return the buttons beside the deadline: what the apps above offer, or to log in, and to read the questions."""
    offered = registry.actions_for(visit)
    if page.status == "open" and not page.draft and not request.user.is_authenticated:
        following = urlencode({"next": reverse("calls:detail", args=[page.code])})
        offered.append(Action(_("Log in to apply"), f"{reverse('account_login')}?{following}"))
    offered.append(Action(_("Read and print the questions"), reverse("calls:questions", args=[page.code]), quiet=True))
    return offered


@require_safe
def call_questions(request: HttpRequest, code: str) -> HttpResponse:
    """Show all questions of all stages, to be read or printed before starting."""
    call, spec = _found(request, code)
    voice = cards.voice_of(call)
    offered = templates_for(call, (question for stage in spec.stages for question in stage.form.questions()))
    forms = [questions.form_of(spec, stage, voice, offered) for stage in spec.stages]
    title, link = voice.text(spec.title), reverse("calls:detail", args=[call.code])
    context = {"call": call, "title": title, "forms": forms, "crumbs": call_page.crumbs((title, link))}
    return render(request, "calls/questions.html", context)


@require_safe
def call_results(request: HttpRequest, code: str) -> HttpResponse:
    """Show the announced results of a call, or that there are none yet."""
    call, spec = _found(request, code)
    voice = cards.voice_of(call)
    lots = results.by_lot(registry.results_of(call), spec, voice)
    title, link = voice.text(spec.title), reverse("calls:detail", args=[call.code])
    context = {"call": call, "title": title, "lots": lots, "crumbs": call_page.crumbs((title, link))}
    return render(request, "calls/results.html", {**context, "call_url": link})
