"""Files of applications, as far as those who evaluate may open them."""

from datetime import timedelta
from typing import Any

import pytest

from applications.models import Attachment, EntryState, StageEntry
from evaluation.files import may_see_attachment
from evaluation.lifecycle import declare_conflict, declare_no_conflict
from portal import clock
from portal.documents.models import StoredFile, new_token
from tests.evaluation.factories import assign, make_assessor, make_entry, make_stage
from tests.factories import make_member, make_staff

pytestmark = pytest.mark.django_db


def attach(entry: StageEntry, *, before: bool = True, **fields: Any) -> StoredFile:
    """A file that came before or after the submission."""
    assert entry.submitted_at
    at = entry.submitted_at + timedelta(minutes=-5 if before else 5)
    file = StoredFile.objects.create(
        name="a.pdf",
        kind="pdf",
        content_type="application/pdf",
        size=1,
        sha256="0" * 64,
        path=new_token(),
        created_at=at,
    )
    Attachment.objects.create(entry=entry, question="declaration", file=file, added_at=at, **fields)
    return file


def test_an_assessor_opens_files_after_the_declaration_and_never_after_a_conflict() -> None:
    entry, person, stranger = make_entry(make_stage()), make_assessor(), make_assessor()
    file = attach(entry)
    assert not may_see_attachment(person, file)
    assessment = assign(entry, person)
    assert not may_see_attachment(person, file)
    declare_no_conflict(assessment, by=person)
    assert may_see_attachment(person, file)
    assert not may_see_attachment(stranger, file)
    declare_conflict(assessment, "I know the author.", by=person)
    assert not may_see_attachment(person, file)


def test_staff_open_what_was_submitted_and_nothing_of_a_draft() -> None:
    entry = make_entry(make_stage())
    submitted, later = attach(entry), attach(entry, before=False)
    removed_since = attach(make_entry(entry.stage), removed_at=clock.now())
    for role in ("administrator", "programme_officer", "grant_officer", "auditor"):
        officer = make_staff(role)
        assert [may_see_attachment(officer, file) for file in (submitted, later, removed_since)] == [True, False, True]
    StageEntry.objects.filter(pk=entry.pk).update(state=EntryState.WITHDRAWN)
    assert not may_see_attachment(make_staff(), submitted)


def test_others_are_not_let_in_by_the_evaluation() -> None:
    from django.contrib.auth.models import AnonymousUser

    entry = make_entry(make_stage())
    file = attach(entry)
    people = [make_member(entry.application.municipality, "head"), make_staff("country_officer", country="AM")]
    assert not any(may_see_attachment(person, file) for person in (*people, AnonymousUser()))
