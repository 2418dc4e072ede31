"""The page of a call that is no draft: where it stands, its stages, what can be done, what was decided."""

from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from calls import registry
from calls.authoring import steps
from calls.authoring.desk import Desk
from calls.authoring.words import country_names
from calls.models import Call, CallState
from calls.pages.cards import grant_range, standing
from calls.rules import may_prepare, may_see_everything
from portal import clock, languages


@dataclass(frozen=True)
class StageLine:
    """One stage as the page shows it."""

    title: str
    kind: str
    opens: str
    deadline: str


@dataclass(frozen=True)
class PassedOver:
    """A warning that was passed over, with its reason."""

    text: str
    reason: str
    by: str
    at: str


def context(here: Desk) -> dict[str, Any]:
    """Prepare the page; the number of queries does not grow with lots, stages or decisions."""
    call, voice = here.call, here.voice
    prefetch_related_objects([call], "stages")
    stages = list(call.stages.all())
    word = standing(call, stages, clock.now(), decided=False)
    return {
        "word": word if call.state != CallState.ARCHIVED else None,
        "state": capfirst(call.get_state_display()),
        "facts": _facts(here),
        "stages": [
            StageLine(stage.title, stage.get_kind_display(), voice.moment(stage.opens_at), voice.moment(stage.deadline))
            for stage in stages
        ],
        "cancel_reason": languages.said(call.cancel_reason, languages.active()),
        "passed_over": _passed_over(here) if may_see_everything(here.request.user) else [],
        "links": registry.staff_links(call, here.request.user),
        "steps": _steps(here),
    }


def _facts(here: Desk) -> list[tuple[str, str]]:
    call, voice = here.call, here.voice
    facts = [
        (_("Reference"), call.code),
        (_("Programme"), call.programme.title),
        (_("Total budget"), voice.money(call.budget)),
        (_("Amount per project"), voice.grant(grant_range(call))),
        (_("Countries"), _countries(call)),
        (_("Published at"), voice.moment(call.published_at) if call.published_at else ""),
        (_("Cancelled at"), voice.moment(call.cancelled_at) if call.cancelled_at else ""),
        (_("Questions until"), voice.moment(call.questions_until) if call.questions_until else ""),
    ]
    return [(term, text) for term, text in facts if text]


def _countries(call: Call) -> str:
    names = dict(country_names(call.countries))
    return ", ".join(str(names.get(code, code)) for code in call.countries)


def _passed_over(here: Desk) -> list[PassedOver]:
    language = languages.active()
    return [
        PassedOver(languages.said(row.text, language), row.reason, str(row.by or ""), here.voice.moment(row.at))
        for row in here.call.warning_overrides.select_related("by")
    ]


def _steps(here: Desk) -> list[tuple[str, str, bool]]:
    """What this person can do with the call: address, words, whether it is grave."""
    call = here.call
    found = [
        (reverse("calls:detail", args=[call.code]), _("Page of the call"), False),
        (here.at("call_download"), _("Download the call file"), False),
    ]
    if call.state == CallState.PUBLISHED:
        if may_see_everything(here.request.user):
            found.append((here.at("amend"), _("Changes and corrigenda"), False))
        found.append((here.at("extensions"), _("Extensions for one municipality"), False))
    if may_prepare(here.request.user):
        found.append((here.at("setup_copy"), _("Copy this call"), False))
        found += [
            (here.at(name), words, grave)
            for name, to, words, grave in (
                ("call_archive_call", CallState.ARCHIVED, _("Archive"), False),
                ("call_cancel_call", CallState.CANCELLED, _("Cancel the call"), True),
            )
            if steps.possible(call, to)
        ]
    if may_see_everything(here.request.user):
        found.append((reverse("admin:calls_call_history", args=[call.pk]), _("History"), False))
    return found
