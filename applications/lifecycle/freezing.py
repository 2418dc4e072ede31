"""What submitting comes down to, for a first submission, another one and the answer to a request for clarification."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import get_language

from applications.answers import digest_of
from applications.messages import exact_clocks
from applications.models import Application, Attachment, NumberSeries, StageEntry, Submission
from applications.receipts.seal import receipt_record, sealed
from calls.models import Extension
from portal import clock
from portal.accounts.models import MemberRole, Municipality, Person
from portal.accounts.queries import people_of
from portal.notices.lifecycle import enqueue_all


@dataclass(frozen=True)
class Reception:
    """Who handed something in, when, and by which deadline it is judged.

    Attributes:
        received_at: when the request arrived.
        deadline: the one that applied; what came later came within the grace.
        confirmation: the sentence that the person confirmed, in the language in which it was read.
        eligibility: the right to apply with what it rested on, as ``calls.queries.Right.record`` writes it.
    """

    by: Person
    received_at: datetime
    deadline: datetime
    confirmation: str = ""
    extension: Extension | None = None
    eligibility: Mapping[str, Any] = field(default_factory=dict)


def next_place(entry: StageEntry) -> tuple[str, int]:
    """Return number and sequence of the next submission of a locked entry.

    The first one takes its number from the series of the call, whose row stays locked until the transaction ends: no
    number is given twice, none is left out. A sequence counts through all stages.
    """
    application = entry.application
    if application.number is None:
        application.call = entry.stage.call  # known already: no query for it
        application.number = give_number(application)
        return application.number, 1
    return application.number, last_sequence(entry) + 1


def last_sequence(entry: StageEntry) -> int:
    """Return the sequence of the last submission of an application, 0 where it has none; asked once of a held entry."""
    known: int | None = entry.__dict__.get("last_sequence")
    if known is None:
        rows = Submission.objects.filter(entry__application=entry.application_id)
        known = entry.__dict__["last_sequence"] = rows.aggregate(last=Max("sequence"))["last"] or 0
    return known


def give_number(application: Application) -> str:
    """Give an application the next number of its call, and return it; series and application in one statement."""
    series, table = (connection.ops.quote_name(model._meta.db_table) for model in (NumberSeries, Application))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH series AS (INSERT INTO {series} (call_id, last) VALUES (%s, 1) "  # noqa: S608 - own names
            f"ON CONFLICT (call_id) DO UPDATE SET last = {series}.last + 1 RETURNING last) "
            f"UPDATE {table} SET number = %s || lpad(last::text, greatest(4, length(last::text)), '0') "
            f"FROM series WHERE id = %s RETURNING number",
            [application.call_id, f"{application.call.code}-", application.pk],
        )
        (number,) = cursor.fetchone()
    return str(number)


def applicant(municipality: Municipality, application: Application) -> dict[str, Any]:
    """Return the applicant as a snapshot records it: under the name that the application was made under."""
    return {
        "country": municipality.country_id,
        "code": municipality.code,
        "name": {"hy": application.municipality_name_hy, "en": application.municipality_name_en},
    }


def freeze(entry: StageEntry, snapshot: Mapping[str, Any], reception: Reception) -> Submission:
    """Fix for ever what is submitted: the snapshot with its digest, and the sealed receipt of it.

    Args:
        snapshot: with ``number`` and ``sequence`` from ``next_place``.
    """
    digest, stage = digest_of(snapshot), entry.stage
    record = receipt_record(
        call=stage.call.code,
        stage=stage.code,
        number=snapshot["number"],
        sequence=snapshot["sequence"],
        received_at=reception.received_at,
        digest=digest,
    )
    seal = sealed(record)
    return Submission.objects.create(
        entry=entry,
        sequence=snapshot["sequence"],
        number=snapshot["number"],
        received_at=reception.received_at,
        deadline=reception.deadline,
        grace_used=reception.received_at > reception.deadline,
        extension=reception.extension,
        corrigendum=entry.acknowledged,
        submitted_by=reception.by,
        language=(get_language() or reception.by.language)[:2],
        snapshot=snapshot,
        eligibility=reception.eligibility,
        digest=digest,
        confirmation=reception.confirmation,
        seal=seal.signature,
        sealed_by=seal.public_key,
    )


def date_files(files: Iterable[Attachment], received_at: datetime) -> None:
    """Date files that came while the request waited for its turn: what is submitted has them, so they were there.

    No query where none did.
    """
    late = [file.pk for file in files if file.added_at > received_at]
    if late:
        Attachment.objects.filter(pk__in=late).update(added_at=received_at)


def settle(entry: StageEntry, submission: Submission, *, clarified: bool = False) -> None:
    """Let a submission be the one that counts, with what is ranked, filtered and summed in the entry's own columns.

    The caller has moved the state. A submission that answers a request for clarification leaves the moment at which the
    application was received as it was: the answer has a deadline of its own.
    """
    amounts = submission.snapshot["amounts"]
    entry.requested, entry.total_cost = Decimal(amounts["requested"]), Decimal(amounts["total_cost"])
    entry.months = amounts["months"]
    entry.submission, entry.reopened_at = submission, None
    if not clarified or entry.submitted_at is None:
        entry.submitted_at = submission.received_at
    entry.changed_at = clock.now()
    columns = ("state", "requested", "total_cost", "months", "submission", "submitted_at", "reopened_at", "changed_at")
    entry.save(update_fields=columns)


def send_receipts(submission: Submission, by: Person) -> None:
    """Write the receipt to the outbox for the submitter and the heads of the municipality, each once."""
    entry = submission.entry
    application = entry.application
    context = {"submission": submission, "entry": entry, "call": entry.stage.call, "application": application}
    enqueue_all(
        "receipt",
        _recipients(entry, by),
        lambda person: f"receipt:{person.pk}:{submission.pk}",
        lambda person: {
            **context,
            "clocks": exact_clocks(submission.received_at, entry.zones, person.language),
        },
    )


def _recipients(entry: StageEntry, by: Person) -> Iterable[Person]:
    people = [by, *people_of(entry.application.municipality_id, MemberRole.HEAD)]
    return {person.pk: person for person in people}.values()
