"""Every change of a call's state: made, published, cancelled, archived. The table is ``CALL_TRANSITIONS``."""

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError

from calls.callfile import problems
from calls.callfile.problems import dotted
from calls.models import CALL_TRANSITIONS, Call, CallState
from calls.transfer import spec_of
from portal import clock
from portal.accounts.models import Person
from portal.transitions import move


class NotPublishable(Exception):
    """A draft has faults; ``lines`` says each as ``path.to.key: what is wrong, and what would be right``."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


def faults_of(call: Call) -> list[str]:
    """What keeps a call from being published, one line for each fault; empty where nothing does."""
    try:
        return [f"{dotted(problem.path)}: {problem.text()}" for problem in problems(spec_of(call))]
    except ValidationError as error:
        message = _("is missing or not as the format has it (docs/call-file.md)")
        return [f"{dotted(('call', *fault['loc']))}: {message}" for fault in error.errors()]


@transaction.atomic
def publish_call(call: Call, *, by: Person | None) -> Call:
    """Publish a draft: from now on everybody can read it, and its content stays as it is.

    Args:
        by: who publishes; the caller has asked ``rules.may_prepare``. None for the portal itself.

    Effects: state published, with the moment; history by trigger.

    Raises:
        NotPublishable: the draft has faults.
        IllegalTransition: the call is no draft.
    """
    locked = _locked(call)
    move(locked, CallState.PUBLISHED, CALL_TRANSITIONS)
    if faults := faults_of(locked):
        raise NotPublishable(faults)
    locked.published_at = clock.now()
    locked.save(update_fields=["state", "published_at"])
    return locked


@transaction.atomic
def cancel_call(call: Call, *, by: Person | None) -> Call:
    """Cancel a published call: it can still be read, and nobody can apply.

    Args:
        by: who cancels; the caller has asked ``rules.may_prepare``. None for the portal itself.

    Effects: state cancelled; history by trigger.

    Raises:
        IllegalTransition: the call is not published.
    """
    return _moved(call, CallState.CANCELLED)


@transaction.atomic
def archive_call(call: Call, *, by: Person | None) -> Call:
    """Archive a published or cancelled call: it leaves the lists of current calls.

    Args:
        by: who archives; the caller has asked ``rules.may_prepare``. None for the portal itself.

    Effects: state archived; history by trigger.

    Raises:
        IllegalTransition: the call is a draft, or archived already.
    """
    return _moved(call, CallState.ARCHIVED)


def _locked(call: Call) -> Call:
    locked: Call = Call.objects.select_for_update().get(pk=call.pk)
    return locked


def _moved(call: Call, state: CallState) -> Call:
    locked = _locked(call)
    move(locked, state, CALL_TRANSITIONS)
    locked.save(update_fields=["state"])
    return locked
