"""The pages of help from outside: who helps with an application, and an invitation as the invited person sees it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from applications import rules
from applications.forms.helping import UntilForm, usual_day
from applications.messages import language
from applications.models import Helper, StageEntry
from applications.pages.links import url
from applications.pages.remarks import open_remarks
from portal.accounts.models import Person
from portal.content import formatting


@dataclass(frozen=True)
class HelperRow:
    """One helper, or one invitation.

    Attributes:
        facts: what is said of it, line by line.
        form: until when, where it can be changed; ``button`` says what changing does; ``ends``: it can be ended.
    """

    pk: int
    name: str
    email: str
    word: str
    tone: str
    facts: tuple[str, ...]
    url: str
    form: UntilForm | None
    button: str
    ends: bool


def helpers_of(entry: StageEntry) -> list[Helper]:
    """Return all who were invited to an application, the last one first; one query."""
    rows = Helper.objects.filter(application=entry.application_id).select_related("invited_by", "person", "ended_by")
    return list(rows.order_by("-invited_at", "-pk"))


def helper_rows(
    entry: StageEntry, helpers: Sequence[Helper], now: datetime, *, invites: bool, wrong: UntilForm | None = None
) -> list[HelperRow]:
    """Prepare the list.

    Args:
        invites: the reader may invite and prolong.
        wrong: the form that was just sent and cannot stand; its prefix says of whom.
    """
    return [_row(entry, helper, now, invites, wrong) for helper in helpers]


def _row(entry: StageEntry, helper: Helper, now: datetime, invites: bool, wrong: UntilForm | None) -> HelperRow:
    word, tone = state_of(helper, now)
    over = helper.ended_at is not None
    return HelperRow(
        pk=helper.pk,
        name=helper.name,
        email=helper.email,
        word=word,
        tone=tone,
        facts=tuple(_facts(helper, _zone(entry))),
        url=url("helper", entry, str(helper.pk)),
        form=None if over or not invites else _until_form(entry, helper, now, wrong),
        button=_("Invite again") if helper.person_id is None else _("Change"),
        ends=not over and helper.until > now,
    )


def _until_form(entry: StageEntry, helper: Helper, now: datetime, wrong: UntilForm | None) -> UntilForm:
    prefix, zone = f"helper-{helper.pk}", _zone(entry)
    if wrong is not None and wrong.prefix == prefix:
        return wrong
    day = helper.until.astimezone(ZoneInfo(zone)).date() if helper.until > now else usual_day(entry.deadline, zone)
    return UntilForm(zone=zone, prefix=prefix, initial={"until": day})


def state_of(helper: Helper, now: datetime) -> tuple[str, str]:
    """Return the word and the tone of how things stand with a helper."""
    if helper.ended_at is not None:
        return _("ended"), "neutral"
    if helper.until <= now:
        return _("ran out"), "neutral"
    return (_("invited"), "warn") if helper.person_id is None else (_("helps"), "done")


def _facts(helper: Helper, zone: str) -> Iterable[str]:
    by = str(helper.invited_by) if helper.invited_by else _("a former colleague")
    yield _("Invited %(when)s by %(who)s") % {"when": moment(helper.invited_at, zone), "who": by}
    if helper.accepted_at:
        yield _("Taken up %(when)s") % {"when": moment(helper.accepted_at, zone)}
    if helper.ended_at is None:
        yield _("May write until %(when)s") % {"when": moment(helper.until, zone)}
    elif helper.ended_by:
        yield _("Ended %(when)s by %(who)s") % {"when": moment(helper.ended_at, zone), "who": str(helper.ended_by)}
    else:
        yield _("Ended %(when)s") % {"when": moment(helper.ended_at, zone)}


def _zone(entry: StageEntry) -> str:
    zone: str = entry.application.municipality.country.time_zone
    return zone


def moment(when: datetime, zone: str) -> str:
    """Return a moment with its place: "15 March 2027, 18:00 (Yerevan)"."""
    return f"{formatting.moment(when, zone, language())} ({formatting.place(zone, language())})"


@dataclass(frozen=True)
class Beside:
    """What stands on the task list about working together.

    Attributes:
        remarks: how many are open, by question; ``count`` all of them.
        helpers: who helps now, each with until when; ``helpers_url`` is empty for who may not see to them.
    """

    remarks: Mapping[str, int]
    count: int
    remarks_url: str
    helpers: tuple[str, ...]
    helpers_url: str


def beside_of(entry: StageEntry, person: Person, now: datetime) -> Beside | None:
    """Prepare it, for colleagues and helpers; None for staff. Two queries."""
    if not rules.may_remark(person, entry):
        return None
    remarks, zone = open_remarks(entry), _zone(entry)
    rows = Helper.objects.in_force(now).filter(application=entry.application_id).order_by("name", "pk")
    return Beside(
        remarks=remarks,
        count=sum(remarks.values()),
        remarks_url=url("remarks", entry),
        helpers=tuple(_helps_until(helper, zone) for helper in rows),
        helpers_url=url("helpers", entry) if rules.manages_helpers(person, entry) else "",
    )


def _helps_until(helper: Helper, zone: str) -> str:
    until = formatting.moment(helper.until, zone, language())
    return _("%(name)s, until %(until)s") % {"name": helper.name, "until": until}


@dataclass(frozen=True)
class InvitationPage:
    """What ``applications/helper_invitation.html`` prints."""

    helper: Helper
    call: str
    stage: str
    lot: str
    municipality: str
    inviter: str
    until: str
    deadline: str


def invitation_page(helper: Helper, entry: StageEntry) -> InvitationPage:
    """Prepare what an invited person reads before taking the invitation up: nothing of what is written there."""
    zone, lot = _zone(entry), entry.application.lot
    return InvitationPage(
        helper=helper,
        call=entry.stage.call.title,
        stage=entry.stage.title,
        lot=lot.title if lot else "",
        municipality=entry.application.municipality.name,
        inviter=str(helper.invited_by) if helper.invited_by else "",
        until=moment(helper.until, zone),
        deadline=moment(entry.deadline, zone),
    )
