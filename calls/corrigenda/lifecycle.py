"""Issuing corrigenda, and applying what is harmless. See docs/corrigenda.md."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from calls import following
from calls.callfile.problems import Problem
from calls.comparison import Change
from calls.corrigenda.copies import CopyIsGone, NotAmendable, files_of, lock_copy, lock_original
from calls.corrigenda.review import Review, review, review_of
from calls.models import Call, Corrigendum, Stage
from calls.pages.corrigenda import corrigendum_page
from calls.spec import Text
from calls.transfer import spec_of, write_content
from portal import clock
from portal.accounts.models import Person
from portal.documents.models import StoredFile
from portal.notices.lifecycle import enqueue_all

KIND = "corrigendum"


class NothingChanged(NotAmendable):
    """The copy is as the call."""

    def __init__(self) -> None:
        super().__init__(_("Nothing differs from the published call yet."))


class StaleCopy(NotAmendable):
    """The published call was changed after the copy was made."""

    def __init__(self) -> None:
        super().__init__(_("The published call has changed since this copy was made: look at the review once more."))


class ChangesRefused(NotAmendable):
    """Some changes may not be made after publication; ``changes`` are these."""

    def __init__(self, changes: tuple[Change, ...]) -> None:
        super().__init__(" ".join(dict.fromkeys(_(change.reason) for change in changes)))
        self.changes = changes


class CopyHasFaults(NotAmendable):
    """The call as it would be has faults; ``problems`` says them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(" ".join(problem.text() for problem in problems))
        self.problems = problems


class SummaryMissing(NotAmendable):
    """A corrigendum says in each language of the call what it is about; ``languages`` are those that lack it."""

    def __init__(self, languages: list[str]) -> None:
        super().__init__(
            _("Say in each language of the call what changes: %(languages)s.") % {"languages": ", ".join(languages)}
        )
        self.languages = languages


@transaction.atomic
def issue_corrigendum(copy: Call, *, by: Person | None, summary: Mapping[str, str]) -> Corrigendum:
    """Write a working copy over its published call as a numbered corrigendum, and tell those concerned.

    Args:
        by: who issues; the caller has asked ``rules.may_amend``. None for the portal itself.
        summary: in each language of the call, what changes and why.

    Effects: the corrigendum with its number, moment, changes and digest; the call's rows, which keep their identity;
        the copy is gone; a notice to everybody who works on a draft, submitted while the stage is open, or follows the
        call.

    Raises:
        CopyIsGone: somebody issued it meanwhile, or threw it away.
        NotAmendable: the call is no longer published, or nothing in the copy needs a corrigendum.
        StaleCopy, NothingChanged, ChangesRefused, CopyHasFaults, SummaryMissing.
    """
    original, copy, found = _locked(copy)
    corrigendum = _issue(original, found, files_of(copy), by, summary)
    copy.delete()
    return corrigendum


@transaction.atomic
def apply_harmless(copy: Call, *, by: Person | None) -> Call:
    """Write a working copy over its published call where all that it changes is harmless: no number, no notices.

    Raises:
        CopyIsGone: somebody applied it meanwhile, or threw it away.
        NotAmendable: the call is no longer published, or something in the copy needs a corrigendum.
        StaleCopy, NothingChanged, ChangesRefused, CopyHasFaults.
    """
    original, copy, found = _locked(copy)
    _check(found)
    if found.announced:
        raise NotAmendable(_("Some of these changes need a corrigendum."))
    _write(original, found, files_of(copy))
    copy.delete()
    return original


@transaction.atomic
def extend_deadline(stage: Stage, *, until: datetime, by: Person | None, summary: Mapping[str, str]) -> Corrigendum:
    """Move the deadline of a stage to a later moment, for all, by a corrigendum about this alone.

    Args:
        until: aware, to the minute as the call's clock has it.
        summary: in each language of the call.

    Effects: as of ``issue_corrigendum``; an open working copy that had the old deadline has the new one, and is not
        behind because of this.

    Raises:
        NotAmendable: the call is not published.
        NothingChanged, ChangesRefused, CopyHasFaults, SummaryMissing.
    """
    original = lock_original(stage.call_id)
    spec, before = spec_of(original), original.stages.get(pk=stage.pk).deadline
    stages = tuple(
        one.model_copy(update={"deadline": spec.local(until)}) if one.code == stage.code else one for one in spec.stages
    )
    files = files_of(original)
    found = review(original, spec.model_copy(update={"stages": stages}), files)
    corrigendum = _issue(original, found, files, by, summary)
    copy = Call.objects.filter(amends=original).select_for_update(of=("self",)).first()
    if copy is not None and copy.amends_revision == original.revision - 1:
        Stage.objects.filter(call=copy, code=stage.code, deadline=before).update(deadline=until)
        Call.objects.filter(pk=copy.pk).update(amends_revision=original.revision)
    return corrigendum


def _locked(copy: Call) -> tuple[Call, Call, Review]:
    """Lock a published call and its working copy, in this order, and judge what differs now."""
    if copy.amends_id is None:
        raise CopyIsGone
    original = lock_original(copy.amends_id)
    locked = lock_copy(copy.pk)
    return original, locked, review_of(original, locked)


def _check(found: Review) -> None:
    if found.stale:
        raise StaleCopy
    if not found.changes:
        raise NothingChanged
    if found.refused:
        raise ChangesRefused(found.refused)
    if found.faults:
        raise CopyHasFaults(found.faults)


def _issue(
    original: Call, found: Review, files: Mapping[str, StoredFile], by: Person | None, summary: Mapping[str, str]
) -> Corrigendum:
    _check(found)
    if not found.announced:
        raise NotAmendable(_("All of these changes are harmless: they are applied without a corrigendum."))
    said = _summary(found, summary)
    original.last_corrigendum += 1
    _write(original, found, files)
    values = {"number": original.last_corrigendum, "issued_at": clock.now(), "summary": said, "changes": found.records}
    digest = digest_of(original.code, values)
    corrigendum = Corrigendum.objects.create(call=original, issued_by=by, digest=digest, **values)
    _tell(corrigendum)
    return corrigendum


def _summary(found: Review, summary: Mapping[str, str]) -> Text:
    said = {language: text.strip() for language, text in summary.items() if text.strip()}
    if missing := [language for language in found.new.side.call.languages if language not in said]:
        raise SummaryMissing(missing)
    return said


def _write(original: Call, found: Review, files: Mapping[str, StoredFile]) -> None:
    original.revision += 1
    write_content(original, found.new.side.call, files)
    original.save(update_fields=["revision", "last_corrigendum"])


def digest_of(code: str, values: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a corrigendum: of its call's reference, number, moment, summary and changes."""
    content = {"call": code, **values, "issued_at": values["issued_at"].isoformat()}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


# Telling


def _tell(corrigendum: Corrigendum) -> None:
    call = corrigendum.call
    # Called by the template, in the language of those who read it.
    context = {"call": call, "page": lambda: corrigendum_page(corrigendum)}
    people = following.followers(call)
    enqueue_all(KIND, people, lambda person: f"{KIND}:{person.pk}:{corrigendum.pk}", context)
