"""The page of a person's municipality: what waits, what it has, what comes, who works there, and messages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import own, rules
from applications.messages import language
from applications.models import Clarification, EntryState, Helper, StageEntry
from applications.own import Place
from applications.pages.frame import url
from applications.pages.mine import Row, about, both_clocks, clocks, name_then, row, with_place
from applications.pages.tasks import ErrorLine, error_lines
from applications.queries import Dossier, dossiers_of
from applications.registry import Duty, Part, parts_for
from calls.models import Call
from portal.accounts.models import MemberRole, Membership, Person
from portal.content import formatting
from portal.notices.models import Message

PAGE_SIZE = 20
FEW = 3
"""So many missing answers are named on a card, so many dates and messages are shown before "all"."""
_SHORT = 6


@dataclass(frozen=True)
class Task:
    """Something that waits for the municipality, as a card.

    Attributes:
        missing: the first answers that are missing, each a link to its field; ``more`` of how many others.
        changed: the number of the corrigendum that was not read yet.
    """

    title: str
    about: str
    name: str
    word: str
    tone: str
    when: str
    left: str
    text: str
    url: str
    button: str
    due: datetime | None
    missing: tuple[ErrorLine, ...] = ()
    more: str = ""
    changed: str = ""
    changed_url: str = ""


@dataclass(frozen=True)
class Date:
    """A moment to come, with what it is."""

    moment: datetime
    when: str
    text: str
    title: str
    url: str


@dataclass(frozen=True)
class Suggestion:
    """A call that is open."""

    title: str
    url: str
    when: str
    left: str


@dataclass(frozen=True)
class Member:
    """Somebody who works for the municipality; ``terms`` say in which role and since when, for each that merged too."""

    name: str
    email: str
    submits: bool
    terms: tuple[str, ...]


@dataclass(frozen=True)
class Outsider:
    """A helper from outside: whom one knows by name, what for, and until when."""

    name: str
    title: str
    word: str
    tone: str
    until: str


@dataclass(frozen=True)
class Note:
    """A message that the portal wrote to the reader."""

    title: str
    language: str
    when: str
    url: str


@dataclass(frozen=True)
class Choice:
    """One of the municipalities that a person works for; ``count`` says of how many applications something waits."""

    name: str
    url: str
    current: bool
    count: str


@dataclass(frozen=True)
class Merged:
    name: str
    when: str


@dataclass(frozen=True)
class MunicipalityPage:
    """What ``applications/municipality.html`` prints."""

    place: Place
    choices: tuple[Choice, ...]
    merged: tuple[Merged, ...]
    merged_into: str
    tasks: tuple[Task, ...]
    rows: tuple[Row, ...]
    pages: "Page[StageEntry]"
    parts: tuple[Part, ...]
    dates: tuple[Date, ...]
    calls: tuple[Suggestion, ...]
    members: tuple[Member, ...]
    outsiders: tuple[Outsider, ...]
    notes: tuple[Note, ...]
    helped: tuple[Row, ...]

    @property
    def soon(self) -> tuple[Date, ...]:
        return self.dates[:_SHORT]

    @property
    def later(self) -> tuple[Date, ...]:
        return self.dates[_SHORT:]

    @property
    def heads(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.submits)


def municipality_page(
    person: Person, places: Sequence[Place], place: Place, now: datetime, page: str | None
) -> MunicipalityPage:
    """Prepare the page of one of the municipalities that a person works for; its queries do not grow with anything.

    Args:
        places: all that the person works for.
        page: which page of the list of what was submitted; anything else than a number leads to the first.
    """
    entries = list(own.waiting_entries(person, place, now))
    dossiers = {dossier.entry.pk: dossier for dossier in dossiers_of(entries)}
    asked = own.open_clarifications(entries)
    parts = tuple(parts_for(person, place.keys))
    waits = [_entry_task(person, place, dossiers[entry.pk], asked.get(entry.pk), now) for entry in entries]
    waits += [_duty_task(duty, place, now) for part in parts for duty in part.duties]
    pages = Paginator(own.other_entries(place, now), PAGE_SIZE).get_page(page)
    listed = [row(entry, now, place.municipality.name) for entry in pages.object_list]
    return MunicipalityPage(
        place=place,
        choices=_choices(places, place, now),
        merged=tuple(
            Merged(one.name, date_format(one.merged_on) if one.merged_on else "") for one in place.predecessors
        ),
        merged_into=place.municipality.merged_into.name if place.municipality.merged_into else "",
        tasks=tuple(sorted(waits, key=lambda task: (task.due is None, task.due))),
        rows=tuple(listed),
        pages=pages,
        parts=parts,
        dates=_dates(entries, asked, parts, place, now),
        calls=tuple(_suggestion(call, place, now) for call in own.open_calls(place, now)),
        members=_members(own.members_of(place), place),
        outsiders=tuple(_outsider(helper, place) for helper in own.helpers_of(place, now)),
        notes=notes(own.messages_to(person)[:FEW], place.municipality.country.time_zone),
        helped=helped_rows(person, now),
    )


def helped_rows(person: Person, now: datetime) -> tuple[Row, ...]:
    """Return what a person helps with from outside."""
    return tuple(row(entry, now) for entry in own.helped_entries(person))


def _choices(places: Sequence[Place], current: Place, now: datetime) -> tuple[Choice, ...]:
    if len(places) < 2:
        return ()
    counts = own.waiting_counts(places, now)
    found = []
    for place in places:
        count = sum(counts.get(key, 0) for key in place.keys)
        word = ngettext("%(count)s waits", "%(count)s wait", count) % {"count": count} if count else ""
        address = reverse("applications:municipality", args=[place.municipality.pk])
        found.append(Choice(place.municipality.name, address, place is current, word))
    return tuple(found)


# --- what waits -----------------------------------------------------------------------------------------------------


def _entry_task(person: Person, place: Place, dossier: Dossier, asked: Clarification | None, now: datetime) -> Task:
    entry = dossier.entry
    writes = rules.may_edit(person, entry)
    word, tone, text = _standing(person, dossier, asked)
    due = asked.due_at if asked else entry.deadline
    lines = error_lines(dossier) if entry.state != EntryState.CLARIFICATION else []
    made_as = name_then(entry.application)
    unread = dossier.unread[-1].number if dossier.unread and writes else 0
    return Task(
        title=entry.stage.call.title,
        about=about(entry),
        name=made_as if made_as != place.municipality.name else "",
        word=word,
        tone=tone,
        when=both_clocks(entry, due),
        left=formatting.span(due - now, language()) if now <= due else "",
        text=text,
        url=url("clarification" if asked else "tasks", entry),
        button=_button(entry, lines, writes=writes),
        due=due,
        missing=tuple(lines[:FEW]) if writes else (),
        more=_more(len(lines) - FEW) if writes else "",
        changed=_("The call was changed. Please read corrigendum No %(number)s.") % {"number": unread}
        if unread
        else "",
        changed_url=url("changes", entry) if unread else "",
    )


def _standing(person: Person, dossier: Dossier, asked: Clarification | None) -> tuple[str, str, str]:
    """Return word, tone and sentence of what waits."""
    entry, count = dossier.entry, len(dossier.sheet.problems)
    if asked is not None or entry.state == EntryState.CLARIFICATION:
        return _("Clarification requested"), "warn", _asked(asked)
    text = _missing(person, entry, count)
    if entry.reopened:
        counts = _("The submission of %(moment)s counts until the changes are submitted.")
        moment = both_clocks(entry, entry.submitted_at) if entry.submitted_at else ""
        return _("Changes not submitted"), "warn", f"{counts % {'moment': moment}} {text}"
    return _("Not submitted yet"), "warn", text


def _asked(asked: Clarification | None) -> str:
    count = len(asked.questions) if asked else 0
    text = ngettext(
        "The programme asks about %(count)s answer. Only what is asked can be changed.",
        "The programme asks about %(count)s answers. Only what is asked can be changed.",
        count,
    )
    return text % {"count": count}


def _missing(person: Person, entry: StageEntry, count: int) -> str:
    if count:
        return ngettext("%(count)s answer is missing.", "%(count)s answers are missing.", count) % {"count": count}
    if rules.submits(person, entry):
        return _("All answers are there: check them and submit.")
    who = entry.stage.get_submitted_by_display()
    return _("All answers are there. It is still to be submitted by: %(who)s.") % {"who": who}


def _button(entry: StageEntry, lines: Sequence[ErrorLine], *, writes: bool) -> str:
    if not writes:
        return _("Read")
    if entry.state == EntryState.CLARIFICATION:
        return _("Answer")
    return _("Go on") if lines else _("Check and submit")


def _more(count: int) -> str:
    return ngettext("and %(count)s more", "and %(count)s more", count) % {"count": count} if count > 0 else ""


def _duty_task(duty: Duty, place: Place, now: datetime) -> Task:
    zone = place.municipality.country.time_zone
    late = duty.due is not None and now > duty.due
    return Task(
        title=duty.title,
        about="",
        name="",
        word=_("Overdue") if late else _("To be done"),
        tone="error" if late else "warn",
        when=with_place(duty.due, zone) if duty.due else "",
        left=formatting.span(duty.due - now, language()) if duty.due and not late else "",
        text=duty.text,
        url=duty.url,
        button=duty.button,
        due=duty.due,
    )


# --- what comes -----------------------------------------------------------------------------------------------------


def _dates(
    entries: Iterable[StageEntry],
    asked: Mapping[int, Clarification],
    parts: Iterable[Part],
    place: Place,
    now: datetime,
) -> tuple[Date, ...]:
    """Return the moments to come, the nearest first: own deadlines, and until when questions can be asked."""
    found: dict[tuple[Any, ...], Date] = {}
    for entry in entries:
        request = asked.get(entry.pk)
        moment, text = (request.due_at, _("Answer")) if request else (entry.deadline, _("Submit"))
        page = url("clarification" if request else "tasks", entry)
        found[entry.pk, text] = Date(moment, both_clocks(entry, moment), text, entry.stage.call.title, page)
        until = entry.stage.call.questions_until
        if until and request is None:
            page = reverse("calls:detail", args=[entry.stage.call.code])
            date = Date(until, both_clocks(entry, until), _("Questions until"), entry.stage.call.title, page)
            found[entry.stage.call_id, "questions"] = date
    zone = place.municipality.country.time_zone
    for duty in (duty for part in parts for duty in part.duties):
        if duty.due:
            when = with_place(duty.due, zone)
            found[duty.url, duty.due] = Date(duty.due, when, duty.button, duty.title, duty.url)
    return tuple(sorted((date for date in found.values() if date.moment >= now), key=lambda date: date.moment))


def _suggestion(call: Call, place: Place, now: datetime) -> Suggestion:
    coming: Any = call.coming  # type: ignore[attr-defined]
    when = clocks(coming, call.time_zone, place.municipality.country.time_zone)
    return Suggestion(
        call.title, reverse("calls:detail", args=[call.code]), when, formatting.span(coming - now, language())
    )


# --- who works there, and what was written to the reader ------------------------------------------------------------


def _members(held: Iterable[Membership], place: Place) -> tuple[Member, ...]:
    """Prepare the members, each once though they may have worked for a municipality that merged as well."""
    people: dict[int, list[Membership]] = {}
    for one in held:
        people.setdefault(one.person_id, []).append(one)
    return tuple(_member(terms, place) for terms in people.values())


def _member(held: Sequence[Membership], place: Place) -> Member:
    person, here = held[0].person, place.municipality.pk
    submits = any(one.role == MemberRole.HEAD and one.municipality_id == here for one in held)
    return Member(str(person), person.email, submits, tuple(_term(one, place) for one in held))


def _term(held: Membership, place: Place) -> str:
    days = {"since": date_format(held.since), "until": date_format(held.until) if held.until else ""}
    term = _("since %(since)s, until %(until)s") % days if held.until else _("since %(since)s") % days
    elsewhere = [] if held.municipality_id == place.municipality.pk else [held.municipality.name]
    return ", ".join([held.get_role_display(), *elsewhere, term])


def _outsider(helper: Helper, place: Place) -> Outsider:
    accepted = helper.person_id is not None
    return Outsider(
        name=helper.name,
        title=helper.application.call.title,
        word=_("at work") if accepted else _("invited"),
        tone="open" if accepted else "neutral",
        until=with_place(helper.until, place.municipality.country.time_zone),
    )


def notes(messages: Iterable[Message], zone: str) -> tuple[Note, ...]:
    """Prepare messages as lines; ``zone`` is the reader's."""
    return tuple(
        Note(
            message.subject,
            message.language,
            formatting.moment(message.created_at, zone, language()),
            reverse("applications:message", args=[message.pk]),
        )
        for message in messages
    )
