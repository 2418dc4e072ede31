"""Openings, deadlines and last days for questions as iCalendar (RFC 5545), for the calendars of people.

An entry keeps its UID for ever; where anything in a call changes, its SEQUENCE grows and LAST-MODIFIED follows,
so that calendars move a deadline that was extended. Moments are in UTC: every calendar shows its owner's hour,
and the description tells the hour and place that the call names.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls import changes, outlets
from calls.changes import Revision
from calls.models import Call, Stage
from calls.pages.cards import voice_of
from portal import clock
from portal.content.identity import identity

CONTENT_TYPE: Final = "text/calendar; charset=utf-8"
KEPT: Final = timedelta(days=366)
"""How long after its last deadline a call stays in the calendar of all calls."""
MOST: Final = 300
"""How many calls the calendar of all has: the most urgent ones. Each takes some milliseconds to write."""


@dataclass(frozen=True)
class Entry:
    """One moment of a call. ``key`` names it within the call for ever; ``kind`` is a category."""

    key: str
    kind: str
    title: str
    moment: datetime


@require_safe
def all_calls(request: HttpRequest) -> HttpResponse:
    """Give the calendar of the public calls; the query string narrows it as it does the list.

    Which calls it has changes with the hour and not only with their content: it tells no day of its last change.
    """
    calls = list(outlets.chosen(request).filter(last__gte=clock.now() - KEPT)[:MOST])
    return outlets.answer(request, _written(calls, _("Calls for proposals")), CONTENT_TYPE, file_name="calls.ics")


@require_safe
def one_call(request: HttpRequest, code: str) -> HttpResponse:
    """Give the calendar of one public call."""
    call = outlets.public_call(code)
    if call is None:
        raise Http404
    return outlets.answer(request, _written([call], call.title), CONTENT_TYPE, file_name=f"{call.code}.ics")


def _written(calls: list[Call], title: str) -> bytes:
    book = calendar(calls, title, changes.revisions(calls), changes.cancelled_at(calls))
    content: bytes = book.to_ical()
    return content


def calendar(
    calls: Iterable[Call], title: str, revisions: Mapping[int, Revision], cancelled: Mapping[int, datetime]
) -> icalendar.Calendar:
    """Return a calendar of calls in the active language.

    Args:
        calls: public, with programme and stages at hand.
        revisions, cancelled: as ``calls.changes`` gives them, by primary key.
    """
    book = icalendar.Calendar()
    site = urlsplit(settings.SITE_URL).hostname or "localhost"
    book.add("prodid", f"-//{site}//calls//{(get_language() or '').upper()}")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):
        book.add(name, " ".join(f"{title} · {identity().name}".split()))
    book.add("refresh-interval", timedelta(hours=6), {"value": "DURATION"})
    book.add("x-published-ttl", "PT6H")
    for call in calls:
        for entry in entries(call):
            book.add_component(_event(call, entry, revisions[call.pk], site, off=call.pk in cancelled))
    return book


def entries(call: Call) -> Iterator[Entry]:
    """Yield the moments of a call that people keep in mind."""
    stages = list(call.stages.all())
    for stage in stages:
        name = _name(call, stage, several=len(stages) > 1)
        opens, ends = _("Opens: %(call)s") % {"call": name}, _("Deadline: %(call)s") % {"call": name}
        yield Entry(f"{stage.code}.opens", _("opening"), opens, stage.opens_at)
        yield Entry(f"{stage.code}.deadline", _("deadline"), ends, stage.deadline)
    if call.questions_until:
        title = _("Last moment for questions: %(call)s") % {"call": call.title}
        yield Entry("questions", _("questions"), title, call.questions_until)


def _name(call: Call, stage: Stage, *, several: bool) -> str:
    return f"{call.title} ({stage.title})" if several else call.title


def _event(call: Call, entry: Entry, revision: Revision, site: str, *, off: bool) -> icalendar.Event:
    url = outlets.in_language(get_language() or "", "calls:detail", [call.code])
    local = voice_of(call).moment(entry.moment)
    lines = [local, call.code, *([_("This call was cancelled")] if off else []), url]
    event = icalendar.Event()
    event.add("uid", f"{entry.key}.{call.code}@{site}".lower())
    event.add("dtstamp", revision.moment.astimezone(UTC))
    event.add("last-modified", revision.moment.astimezone(UTC))
    event.add("sequence", revision.number)
    event.add("dtstart", entry.moment.astimezone(UTC))
    event.add("summary", entry.title, {"language": get_language() or ""})
    event.add("description", "\n".join(lines))
    event.add("url", url)
    event.add("categories", [call.programme.title, entry.kind])
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event
