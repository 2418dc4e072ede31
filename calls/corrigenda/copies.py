"""Working copies: hidden drafts in which the changes of published calls are prepared, one for each call."""

from django.db import transaction
from django.utils.translation import gettext as _

from calls.models import Call, CallState
from calls.transfer import spec_of, write_content
from portal import clock
from portal.accounts.models import Person
from portal.documents.models import StoredFile

_LONGEST_CODE = 40


class NotAmendable(Exception):
    """A call cannot be changed so now; the text says why, for people."""


class CopyIsGone(NotAmendable):
    """Somebody issued or threw away the working copy meanwhile."""

    def __init__(self) -> None:
        super().__init__(_("Somebody has issued these changes or thrown them away in the meantime."))


@transaction.atomic
def begin_changes(call: Call, *, by: Person | None) -> Call:
    """Open the working copy of a published call, or return the one that is open.

    Args:
        by: who asks; the caller has asked ``rules.may_amend``. None for the portal itself.

    Effects: a draft with all that belongs to the call, the documents' files shared, under a reference of its own.

    Raises:
        NotAmendable: the call is not published.
    """
    original = lock_original(call.pk)
    present: Call | None = Call.objects.filter(amends=original).first()
    if present is not None:
        return present
    copy = Call(
        code=_free_code(original),
        programme=original.programme,
        amends=original,
        amends_revision=original.revision,
        created_at=clock.now(),
    )
    write_content(copy, spec_of(original), files_of(original))
    return copy


def lock_original(key: int) -> Call:
    """Return a published call, locked against everybody who submits or changes it.

    Raises:
        NotAmendable: it is not published.
    """
    original: Call = Call.objects.select_for_update(of=("self",)).select_related("programme").get(pk=key)
    if original.state != CallState.PUBLISHED:
        raise NotAmendable(_("Only a published call is changed so."))
    return original


def _free_code(original: Call) -> str:
    """Return CODE-C1, or the next number that no call has."""
    number = original.last_corrigendum
    while True:
        number += 1
        ending = f"-C{number}"
        code = f"{original.code[: _LONGEST_CODE - len(ending)]}{ending}"
        if not Call.objects.filter(code=code).exists():
            return code


def files_of(call: Call) -> dict[str, StoredFile]:
    """Return the files of a call's documents by their paths, as ``spec_of`` names them."""
    rows = call.documents.select_related("file")
    return {document.place or document.file.name: document.file for document in rows}


@transaction.atomic
def discard_changes(copy: Call, *, by: Person | None) -> None:
    """Throw a working copy away; the published call stays as it is.

    Args:
        by: who does; the caller has asked ``rules.may_amend``. None for the portal itself.

    Raises:
        CopyIsGone: it is no longer there.
    """
    lock_copy(copy.pk).delete()


def lock_copy(key: int) -> Call:
    """Return a working copy, locked.

    Raises:
        CopyIsGone: it is no longer there.
    """
    found: Call | None = Call.objects.select_for_update(of=("self",)).filter(pk=key, amends__isnull=False).first()
    if found is None:
        raise CopyIsGone
    return found


@transaction.atomic
def renew_copy(copy: Call, *, by: Person | None) -> Call:
    """Take note that the published call has changed since the copy was made: its review shows all that differs now.

    Raises:
        CopyIsGone: it is no longer there.
        NotAmendable: the call is no longer published.
    """
    if copy.amends_id is None:
        raise CopyIsGone
    original, locked = lock_original(copy.amends_id), lock_copy(copy.pk)
    locked.amends_revision = original.revision
    locked.save(update_fields=["amends_revision"])
    return locked
