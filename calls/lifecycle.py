"""Every change of a call's state: made, published, cancelled, archived. The table is ``CALL_TRANSITIONS``.

Publishing can be planned for a later moment; ``publish_due`` does what is due.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from calls import following
from calls.authoring import publication
from calls.authoring.publication import Caution, Said
from calls.callfile.problems import Problem, dotted
from calls.models import CALL_TRANSITIONS, Call, CallState, WarningOverride
from calls.transfer import spec_of
from portal import clock
from portal.accounts.models import Person
from portal.notices.lifecycle import enqueue, enqueue_all
from portal.transitions import IllegalTransition, move

Reasons = Mapping[str, str]


class NotPublishable(Exception):
    """A draft has faults; ``lines`` says each as ``path.to.key: what is wrong, and what would be right``."""

    def __init__(self, found: list[Problem]) -> None:
        self.problems = found
        self.lines = [f"{dotted(problem.path)}: {problem.text()}" for problem in found]
        super().__init__("\n".join(self.lines))


class WarningsOpen(Exception):
    """Warnings were neither heeded nor passed over with a reason; ``cautions`` are these."""

    def __init__(self, cautions: list[Caution]) -> None:
        self.cautions = cautions
        super().__init__("\n".join(caution.text() for caution in cautions))


class ReasonMissing(Exception):
    """A call is cancelled with a reason in each of its languages; ``languages`` are those that lack it."""

    def __init__(self, languages: list[str]) -> None:
        self.languages = languages
        super().__init__(_("The reason is missing in: %(languages)s") % {"languages": ", ".join(languages)})


def problems_of(call: Call) -> list[Problem]:
    """Return what keeps a call from being published now; empty where nothing does."""
    return publication.faults(spec_of(call), clock.now())


def faults_of(call: Call) -> list[str]:
    """Return the same as sentences, one line for each fault."""
    return NotPublishable(problems_of(call)).lines


def cautions_of(call: Call, at: datetime | None = None) -> list[Caution]:
    """Return what is unusual about publishing a call now, or at another moment."""
    return publication.warnings(spec_of(call), at or clock.now())


@transaction.atomic
def publish_call(
    call: Call, *, by: Person | None, overrides: Reasons | None = None, at: datetime | None = None
) -> Call:
    """Publish a draft: from now on everybody can read it, and its content changes by corrigenda only.

    Args:
        by: who publishes; the caller has asked ``rules.may_prepare``. None for the portal itself.
        overrides: the reason for which each warning is passed over, by its code; those given when publication was
            planned count too.
        at: when the call became public, where that was elsewhere and earlier; it is judged as of that moment.

    Effects: state published, with the moment; reasons on record; a plan for later publication is done with; history by
        trigger.

    Raises:
        NotPublishable: the draft has faults.
        WarningsOpen: a warning has no reason.
        IllegalTransition: the call is no draft, or a working copy of another call.
    """
    locked = _locked(call)
    if locked.amends_id is not None:
        raise IllegalTransition(locked, CallState.PUBLISHED)
    move(locked, CallState.PUBLISHED, CALL_TRANSITIONS)
    now = at or clock.now()
    _pass_over(locked, now, by, overrides or {})
    locked.published_at, locked.publish_at, locked.scheduled_by = now, None, None
    locked.save(update_fields=["state", "published_at", "publish_at", "scheduled_by"])
    return locked


def publish_anyway(call: Call, *, by: Person | None, reason: str, at: datetime | None = None) -> Call:
    """Publish a draft whatever is unusual about it, with one reason for all: for demonstrations and measurements.

    Raises:
        NotPublishable: the draft has faults.
        IllegalTransition: the call is no draft, or a working copy of another call.
    """
    overrides = {caution.code: reason for caution in cautions_of(call, at)}
    return publish_call(call, by=by, overrides=overrides, at=at)


def _pass_over(call: Call, now: datetime, by: Person | None, overrides: Reasons) -> None:
    """Judge a locked draft as of a moment and keep the reasons for what is passed over.

    Raises:
        NotPublishable: the draft has faults.
        WarningsOpen: a warning has no reason.
    """
    spec = spec_of(call)
    if found := publication.faults(spec, now):
        raise NotPublishable(found)
    cautions = {caution.code: caution for caution in publication.warnings(spec, now)}
    given = {code: reason.strip() for code, reason in overrides.items() if code in cautions and reason.strip()}
    call.warning_overrides.exclude(code__in=cautions).delete()
    kept = set(call.warning_overrides.values_list("code", flat=True))
    if left := [caution for code, caution in cautions.items() if code not in kept | given.keys()]:
        raise WarningsOpen(left)
    for code, reason in given.items():
        values = {"text": cautions[code].texts(), "reason": reason, "by": by, "at": clock.now()}
        WarningOverride.objects.update_or_create(call=call, code=code, defaults=values)


# Later


@transaction.atomic
def schedule_publication(call: Call, *, at: datetime, by: Person, overrides: Reasons | None = None) -> Call:
    """Plan the publication of a draft for a moment; planning again moves it.

    Args:
        at: an aware moment after now; the draft is judged as of then, now and once more when it comes.
        by: who plans it, and who is told where it cannot be published then.
        overrides: as for ``publish_call``.

    Effects: the plan and the reasons on record. The draft can still be changed; the plan stays.

    Raises:
        NotPublishable: the draft has faults.
        WarningsOpen: a warning has no reason.
        IllegalTransition: the call is no draft, or a working copy of another call.
        ValueError: the moment is not after now.
    """
    locked = _locked(call)
    if locked.state != CallState.DRAFT or locked.amends_id is not None:
        raise IllegalTransition(locked, CallState.PUBLISHED)
    if at <= clock.now():
        raise ValueError("publication is planned for a moment after now")
    _pass_over(locked, at, by, overrides or {})
    locked.publish_at, locked.scheduled_by = at, by
    locked.save(update_fields=["publish_at", "scheduled_by"])
    return locked


@transaction.atomic
def unschedule_publication(call: Call, *, by: Person | None) -> Call:
    """Give up the plan to publish a draft; nothing happens where there is none.

    Args:
        by: who gives it up; None for the portal itself.
    """
    locked = _locked(call)
    if locked.publish_at is not None:
        locked.publish_at, locked.scheduled_by = None, None
        locked.save(update_fields=["publish_at", "scheduled_by"])
    return locked


def publish_due() -> int:
    """Publish the drafts whose planned moment has come, each once however often this runs; return how many were.

    A draft that cannot be published any more stays a draft without a plan, and who planned it is told.
    """
    keys = _due(clock.now()).values_list("pk", flat=True)
    return sum(_publish_planned(key) for key in list(keys))


def _due(now: datetime) -> "QuerySet[Call]":
    found: QuerySet[Call] = Call.objects.filter(state=CallState.DRAFT, publish_at__lte=now).order_by("publish_at", "pk")
    return found


@transaction.atomic
def _publish_planned(key: int) -> bool:
    call = _due(clock.now()).select_for_update(skip_locked=True, of=("self",)).filter(pk=key).first()
    if call is None:
        return False
    planned, person = call.publish_at, call.scheduled_by
    if planned is None or person is None:
        return False
    try:
        with transaction.atomic():
            publish_call(call, by=person)
    except (NotPublishable, WarningsOpen) as refusal:
        unschedule_publication(call, by=None)
        context = {"call": call, "planned": planned, "faults": _sentences(refusal)}
        enqueue("publication_failed", recipient=person, key=f"publication-failed:{key}:{planned}", context=context)
        return False
    return True


def _sentences(refusal: NotPublishable | WarningsOpen) -> "list[Problem | Caution]":
    """What stands against publication; the mail says each in the language of its reader."""
    return list(refusal.problems if isinstance(refusal, NotPublishable) else refusal.cautions)


# The end


@transaction.atomic
def cancel_call(call: Call, *, by: Person | None, reason: Mapping[str, str]) -> Call:
    """Cancel a published call: it can still be read, and nobody can apply.

    Args:
        by: who cancels; the caller has asked ``rules.may_prepare``. None for the portal itself.
        reason: why, in each language of the call; everybody reads it.

    Effects: state cancelled with moment and reason; a notice to each follower; history by trigger.

    Raises:
        ReasonMissing: the reason is missing in a language.
        IllegalTransition: the call is not published.
    """
    locked = _locked(call)
    move(locked, CallState.CANCELLED, CALL_TRANSITIONS)
    said = {code: text.strip() for code, text in reason.items() if text.strip()}
    if missing := [code for code in locked.languages if code not in said]:
        raise ReasonMissing(missing)
    locked.cancelled_at, locked.cancel_reason = clock.now(), said
    locked.save(update_fields=["state", "cancelled_at", "cancel_reason"])
    context = {"call": locked, "reason": Said(said, "")}
    people = following.followers(locked)
    enqueue_all("call_cancelled", people, lambda person: f"cancelled:{locked.pk}:{person.pk}", context)
    return locked


@transaction.atomic
def archive_call(call: Call, *, by: Person | None) -> Call:
    """Archive a published or cancelled call: it leaves the lists of current calls.

    Args:
        by: who archives; the caller has asked ``rules.may_prepare``. None for the portal itself.

    Effects: state archived; history by trigger.

    Raises:
        IllegalTransition: the call is a draft, or archived already, or it is published and a stage still runs or comes:
            such a call is cancelled, with a reason.
    """
    locked = _locked(call)
    if not is_over(locked):
        raise IllegalTransition(locked, CallState.ARCHIVED)
    move(locked, CallState.ARCHIVED, CALL_TRANSITIONS)
    locked.save(update_fields=["state"])
    return locked


def is_over(call: Call) -> bool:
    """Return whether a call is no longer applied for: not published, or the deadlines of all stages have passed."""
    now = clock.now()
    return call.state != CallState.PUBLISHED or all(stage.deadline < now for stage in call.stages.all())


def _locked(call: Call) -> Call:
    locked: Call = Call.objects.select_for_update().get(pk=call.pk)
    return locked
